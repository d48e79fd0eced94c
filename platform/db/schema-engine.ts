import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';

type EngineModule = typeof import('@prisma/schema-engine-wasm') & { __wbg_set_wasm(exports: WebAssembly.Exports): void };

let loaded: Promise<EngineModule> | undefined;

/** Node 20 cannot import `.wasm` files, so the module that the package means to import is instantiated by hand. */
async function loadEngineModule(): Promise<EngineModule> {
  const bindings = (await import('@prisma/schema-engine-wasm/schema_engine_bg')) as unknown as EngineModule;
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = await readFile(join(dirname(glue), 'schema_engine_bg.wasm'));
  const imports = { './schema_engine_bg.js': bindings as unknown as WebAssembly.ModuleImports };
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return bindings;
}

/** One database, reached as Prisma's schema engine wants it: with scratch databases of its own for replaying migrations. */
function adapterFactory(databaseUrl: string, schema: string | undefined) {
  const connection = connectionOf(databaseUrl, schema);
  const factory = new PrismaPg(connection, schema ? { schema } : undefined);
  // The adapter's own version drops the scratch database while its pool is still connected to it.
  factory.connectToShadowDb = async () => {
    const database = `traektoria_shadow_${globalThis.crypto.randomUUID().replaceAll('-', '')}`;
    await withClient(connection, (client) => client.query(`CREATE DATABASE "${database}"`));
    const adapter = await new PrismaPg({ ...connection, database }).connect();
    const release = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      await release();
      await withClient(connection, (client) => client.query(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`));
    };
    return adapter;
  };
  return bindMigrationAwareSqlAdapterFactory(factory);
}

/** Discrete settings rather than a URL: with a URL the driver would ignore the name of the scratch database. */
function connectionOf(databaseUrl: string, schema: string | undefined): pg.ClientConfig {
  const url = new URL(databaseUrl);
  const sslmode = url.searchParams.get('sslmode');
  return {
    host: decodeURIComponent(url.hostname),
    port: url.port ? Number(url.port) : 5432,
    user: decodeURIComponent(url.username),
    ...(url.password ? { password: decodeURIComponent(url.password) } : {}),
    database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
    ...(sslmode && sslmode !== 'disable' ? { ssl: { rejectUnauthorized: sslmode.startsWith('verify') } } : {}),
    ...(schema ? { options: `-c search_path=${schema}` } : {}),
  };
}

export async function withClient<T>(connection: string | pg.ClientConfig, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection);
  // A connection that dies while idle (a killed server) reports here; the next query reports it to the caller.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

export async function withSchemaEngine<T>(
  target: { databaseUrl: string; schema?: string | undefined; datamodels?: Array<[path: string, content: string]> },
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loaded ??= loadEngineModule();
  const { SchemaEngine: Engine } = await loaded;
  const factory = adapterFactory(target.databaseUrl, target.schema);
  const engine = await Engine.new({ datamodels: target.datamodels }, () => undefined, factory).catch((error: unknown) => {
    throw translate(error);
  });
  try {
    return await use(engine);
  } catch (error) {
    throw translate(error);
  } finally {
    engine.free();
  }
}

/** Engine errors carry their sentence inside a JSON text; a person should read only the sentence. */
function translate(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  try {
    const parsed = JSON.parse(error.message) as { message?: string };
    return parsed.message ? new Error(parsed.message, { cause: error }) : error;
  } catch {
    return error;
  }
}
