import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { type Config, loadConfig, projectRoot } from '../platform/config.ts';
import { createKeyring, type Keyring } from '../platform/crypto/keyring.ts';
import { applyMigrations } from '../platform/db/migrate.ts';
import { createPool, type Pool } from '../platform/db/pool.ts';
import { nodeFlags } from '../platform/stack/node-flags.ts';
import { freePort, isListening, randomBasePort } from '../platform/stack/ports.ts';
import { birthOf, RunFolder, sleep } from '../platform/stack/process.ts';
import { startPrivateStack } from '../test/stack/private-stack.ts';
import { MailCatcher } from '../test/kill/mail-catcher.ts';
import { createReviewWorld, type ReviewWorld } from '../test/kill/review-world.ts';

export type Part = 'clients' | 'api' | 'worker' | 'floor' | 'engine' | 'database';

/** A stack of one's own on loopback with everything that is measured: PostgreSQL, the engine, our worker, our API, the floor. */
export interface Stage {
  config: Config;
  pool: Pool;
  keys: Keyring;
  world: ReviewWorld;
  apiUrl: string;
  versions: { engine: string; postgres: string };
  /** Process ids of the parts, for their CPU time. */
  pids: Record<Part, () => number>;
  /** Session of a person, opened once. */
  tokenOf(personId: string): Promise<string>;
  stop(): Promise<void>;
}

/** While `letters_held` has a row, a new letter waits in the outbox for an hour. */
const holdLetters = `
  create table letters_held (held boolean);
  create function hold_letter() returns trigger language plpgsql as $$
  begin
    if exists (select from letters_held) then new.due_at = now() + interval '1 hour'; end if;
    return new;
  end $$;
  create trigger hold_letter before insert on notice for each row execute function hold_letter()`;

/** Starts everything and waits until it serves. `profile` writes CPU profiles of our worker and our API into the folder when it stops. */
export async function setStage(options: { profile?: string } = {}): Promise<Stage> {
  const stack = await startPrivateStack();
  const stops: Array<() => Promise<void>> = [() => stack.stop()];
  const stop = async () => {
    for (const end of stops.reverse()) await end().catch((error: unknown) => console.error(error));
  };
  try {
    const databaseUrl = stack.database.url('traektoria');
    await applyMigrations({ databaseUrl });
    // Letters are sent while acts are measured, as in life.
    const mail = new MailCatcher();
    await mail.start();
    stops.push(() => mail.stop());
    const port = await freePort(randomBasePort() + 5);
    const environment = {
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: stack.engine.address,
      TEMPORAL_NAMESPACE: stack.namespace,
      DATA_DIR: join(stack.folder, 'data'),
      CODEC_KEYS: `bench:${Buffer.alloc(32, 7).toString('base64')}`,
      PERSON_KEY_SECRET: 'person-key-secret-of-the-bench-run-0001',
      SESSION_SECRET: 'session-secret-of-the-bench-run-0000001',
      SMTP_URL: mail.url,
      LOG_LEVEL: 'warn',
      // On a busy machine an answer may take long; waiting for it costs less than asking again.
      ENGINE_ANSWER_MS: '60000',
      API_HOST: '127.0.0.1',
      API_PORT: String(port),
      TRAEKTORIA_EMBEDDED: 'true',
      // As in production: the development build of React alone would cost a tenth of a case.
      NODE_ENV: 'production',
      TZ: 'UTC',
    };
    const config = loadConfig(environment);
    const pool = createPool(databaseUrl, { max: 20, name: 'bench' });
    stops.push(() => pool.end({ timeout: 2 }));
    await pool.unsafe(holdLetters);
    await pool`create table floor (id uuid, n int, at timestamptz default now(), primary key (id, n))`;
    const world = await createReviewWorld(pool);
    const run = (name: string, file: string, flags: string[] = []) => {
      const { pid, stop: end } = startProgram({ name, file, flags, environment, folder: stack.folder });
      stops.push(end);
      return () => pid;
    };
    const flags = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : [];
    const worker = run('worker', 'test/kill/programs/worker.ts', flags);
    const floor = run('floor', 'bench/programs/floor-worker.ts');
    const api = run('api', 'bench/programs/api.ts', flags);
    const until = Date.now() + 60_000;
    while (!(await isListening(port))) {
      if (Date.now() > until) throw new Error(readFileSync(join(stack.folder, 'log/api.log'), 'utf8'));
      await sleep(50);
    }
    const apiUrl = `http://127.0.0.1:${port}`;
    const tokens = new Map<string, Promise<string>>();
    const [version] = await pool<Array<{ server_version: string }>>`show server_version`;
    return {
      config,
      pool,
      keys: createKeyring(config),
      world,
      apiUrl,
      pids: {
        clients: () => process.pid,
        api,
        worker,
        floor,
        engine: () => stack.engine.record.pid,
        database: () => stack.database.record.pid,
      },
      versions: { engine: stack.capabilities.serverVersion, postgres: version?.server_version ?? '' },
      tokenOf: (personId) => {
        const known = tokens.get(personId) ?? openSession(apiUrl, personId);
        tokens.set(personId, known);
        return known;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openSession(apiUrl: string, personId: string): Promise<string> {
  const response = await fetch(`${apiUrl}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ personId }),
  });
  const { token } = (await response.json()) as { token?: string };
  if (!token) throw new Error(`no session: ${response.status}`);
  return token;
}

interface ProgramOptions {
  name: string;
  file: string;
  flags: string[];
  environment: Record<string, string>;
  folder: string;
}

function startProgram({ name, file, flags, environment, folder }: ProgramOptions): {
  pid: number;
  stop(): Promise<void>;
} {
  mkdirSync(join(folder, 'log'), { recursive: true });
  const log = openSync(join(folder, `log/${name}.log`), 'a');
  const child = spawn(process.execPath, [...flags, ...nodeFlags, join(projectRoot, file)], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const pid = child.pid as number;
  const record = { name, pid, birth: birthOf(pid) ?? 'gone', startedAt: new Date().toISOString(), details: {} };
  new RunFolder(join(folder, 'run')).write(record);
  let stopping = false;
  const gone = new Promise<void>((resolve) =>
    child.once('exit', (code, signal) => {
      if (!stopping)
        console.error(`${name} ended: ${code ?? signal}\n${readFileSync(join(folder, `log/${name}.log`), 'utf8')}`);
      resolve();
    }),
  );
  const stop = async () => {
    stopping = true;
    child.kill('SIGTERM');
    const forced = setTimeout(() => child.kill('SIGKILL'), 25_000);
    await gone;
    clearTimeout(forced);
  };
  return { pid, stop };
}

/** One request of one person, repeated with the same key while nothing is known; any refusal is an error of the bench. */
export async function request(
  stage: Stage,
  personId: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<any> {
  const headers = {
    authorization: `Bearer ${await stage.tokenOf(personId)}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
  };
  for (;;) {
    const { status, text } = await send(`${stage.apiUrl}${path}`, method, headers, body);
    if (status < 300) return JSON.parse(text);
    if (status !== 503) throw new Error(`${method} ${path}: ${status} ${text}`);
  }
}

// Idle connections are closed before the server does it: between rounds they rest for longer than it keeps them.
const agent = new Agent({ keepAlive: true, timeout: 3_000 });

/** Clients share the cores with what is measured, so they are cheap ones: `fetch` costs three times as much. */
function send(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: unknown,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const length = sent ? { 'content-length': String(sent.length) } : {};
    const outgoing = httpRequest(url, { method, agent, headers: { ...headers, ...length } }, (incoming) => {
      text(incoming).then((answer) => resolve({ status: incoming.statusCode as number, text: answer }), reject);
    });
    outgoing.on('error', reject).end(sent);
  });
}
