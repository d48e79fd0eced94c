import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';

const typeChar = 18;
const typeBpchar = 1042;

type EngineModule = typeof import('@prisma/schema-engine-wasm') & {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
};

/** What the engine said when it last panicked. */
let panic = '';
let loaded: Promise<EngineModule> | undefined;

/** Node 20 cannot import `.wasm` files, so the module that the package means to import is instantiated by hand. */
async function loadEngineModule(): Promise<EngineModule> {
  // Without this the engine's panics have no words.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (text: string) => (panic = text) } });
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
  const opened: Adapter[] = [];
  const connection = connectionOf(databaseUrl, schema);
  const options = schema ? { schema } : undefined;
  const factory = new PrismaPg(connection, options);
  factory.connect = async () => {
    const adapter = await connectAdapter(connection, options);
    opened.push(adapter);
    return adapter;
  };
  // The packaged version drops the scratch database while its own pool is still connected to it.
  factory.connectToShadowDb = async () => {
    const database = `traektoria_shadow_${globalThis.crypto.randomUUID().replaceAll('-', '')}`;
    await withClient(connection, (client) => client.query(`CREATE DATABASE "${database}"`));
    const adapter = await connectAdapter({ ...connection, database }, options);
    const release = adapter.dispose.bind(adapter);
    adapter.dispose = async () => {
      await release();
      await withClient(connection, (client) => client.query(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`));
    };
    return adapter;
  };
  // The engine forgets to close what it opened; an open connection would keep others from copying or dropping the database.
  const close = () => Promise.all(opened.map((adapter) => adapter.dispose()));
  return { factory: bindMigrationAwareSqlAdapterFactory(factory), close };
}

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;

/** The adapter as packaged, with two things that the schema engine needs and it lacks. */
async function connectAdapter(connection: pg.PoolConfig, options: { schema: string } | undefined): Promise<Adapter> {
  const pool = new pg.Pool(connection);
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<pg.QueryArrayResult>;
  // Foreign keys are described with PostgreSQL's one-byte "char", a type the adapter refuses although it has a word for it.
  const charColumns = new WeakMap<unknown[], number[]>();
  const readable = async (...args: unknown[]) => {
    const result = await query(...args);
    const found = (result.fields ?? []).flatMap((field, column) => (field.dataTypeID === typeChar ? [column] : []));
    for (const column of found) (result.fields[column] as pg.FieldDef).dataTypeID = typeBpchar;
    charColumns.set(result.rows, found);
    return result;
  };
  pool.query = readable as typeof pool.query;
  const adapter = await new PrismaPg(pool, { ...options, disposeExternalPool: true }).connect();
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (params) => {
    const result = await queryRaw(params);
    for (const column of charColumns.get(result.rows) ?? []) result.columnTypes[column] = ColumnTypeEnum.Character;
    return result;
  };
  // The packaged version cuts a script at every semicolon, function bodies and texts included, and runs the pieces one by one.
  // Sent whole, a migration is one implicit transaction: it is applied entirely or not at all.
  adapter.executeScript = async (script) => {
    await query(script).catch((error: Error & { detail?: string; code?: string }) => {
      const { code = 'N/A', message, detail } = error;
      const cause = {
        kind: 'postgres',
        severity: 'ERROR',
        column: undefined,
        hint: undefined,
        code,
        message,
        detail,
      } as const;
      throw new DriverAdapterError({ ...cause, originalCode: code, originalMessage: message });
    });
  };
  return adapter;
}

/** Discrete settings rather than a URL: with a URL the driver would ignore the name of the scratch database. */
function connectionOf(databaseUrl: string, schema: string | undefined): pg.PoolConfig {
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

export async function withClient<T>(
  connection: string | pg.ClientConfig,
  use: (client: pg.Client) => Promise<T>,
): Promise<T> {
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
  const { factory, close } = adapterFactory(target.databaseUrl, target.schema);
  try {
    const engine = await Engine.new({ datamodels: target.datamodels }, () => undefined, factory);
    try {
      return await use(engine);
    } finally {
      engine.free();
    }
  } catch (error) {
    throw translate(error);
  } finally {
    await close();
  }
}

/** Engine errors carry their sentence inside a JSON text; a person should read only the sentence. */
function translate(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error.name === 'RuntimeError' && panic !== '') return new Error(panic, { cause: error });
  try {
    const parsed = JSON.parse(error.message) as { message?: string };
    return parsed.message ? new Error(parsed.message, { cause: error }) : error;
  } catch {
    return error;
  }
}
