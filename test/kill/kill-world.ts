import { openSync, closeSync, mkdirSync, readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Config, loadConfig, projectRoot } from '../../platform/config.ts';
import { applyMigrations } from '../../platform/db/migrate.ts';
import { nodeFlags } from '../../platform/stack/node-flags.ts';
import { isListening, freePort, randomBasePort } from '../../platform/stack/ports.ts';
import { birthOf, type ProcessRecord, RunFolder, sleep } from '../../platform/stack/process.ts';
import { lastLines } from '../../platform/stack/supervisor.ts';
import { type PrivateStack, startPrivateStack } from '../stack/private-stack.ts';
import { MailCatcher } from './mail-catcher.ts';

export type Part = 'worker' | 'api' | 'engine' | 'database';

/** One death of one part. */
export interface Death {
  part: Part;
  at: number;
  /** When it served again; a worker only begins to start then. */
  backAt?: number;
  /** Wanted by the test, brought by a fault point inside, or nobody's wish: the supervisor starts it again. */
  cause: 'kill' | 'fault' | 'own';
}

export interface KillWorldOptions {
  /** Programs of node, relative to the project. */
  programs: { worker: string; api: string };
  /** Additional environment of both. */
  environment?: Record<string, string>;
}

/**
 * A whole installation that may be killed part by part: PostgreSQL, the engine, a worker and an API as processes of their own on
 * loopback, a mail server that remembers. Each part is started again the way a supervisor does it.
 */
export class KillWorld {
  readonly deaths: Death[] = [];
  readonly mail = new MailCatcher();
  readonly config: Config;
  readonly #programs = new Map<'worker' | 'api', Program>();

  private constructor(
    readonly stack: PrivateStack,
    readonly environment: Record<string, string>,
  ) {
    this.config = loadConfig(environment);
  }

  static async create(options: KillWorldOptions): Promise<KillWorld> {
    const stack = await startPrivateStack();
    try {
      const databaseUrl = stack.database.url('traektoria');
      await applyMigrations({ databaseUrl });
      const apiPort = await freePort(randomBasePort() + 7);
      const environment = {
        DATABASE_URL: databaseUrl,
        TEMPORAL_ADDRESS: stack.engine.address,
        TEMPORAL_NAMESPACE: stack.namespace,
        DATA_DIR: join(stack.folder, 'data'),
        CODEC_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
        PERSON_KEY_SECRET: 'person-key-secret-of-the-test-run-0001',
        SESSION_SECRET: 'session-secret-of-the-test-run-00000001',
        LOG_LEVEL: 'warn',
        API_HOST: '127.0.0.1',
        API_PORT: String(apiPort),
        TRAEKTORIA_EMBEDDED: 'true',
        TZ: 'UTC',
        ...options.environment,
      };
      const world = new KillWorld(stack, { ...environment, SMTP_URL: 'smtp://127.0.0.1:9' });
      await world.mail.start();
      world.environment.SMTP_URL = world.mail.url;
      for (const name of ['worker', 'api'] as const) {
        world.#programs.set(name, new Program(name, options.programs[name], world));
      }
      return world;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.environment.API_PORT}`;
  }

  /** Starts the worker and the API; with a fault the worker will kill itself once, and come back without it. */
  async start(part: 'worker' | 'api', extra: Record<string, string> = {}): Promise<void> {
    await this.#program(part).start(extra);
  }

  /** kill -9 of one part; it stays down until `revive`. */
  async kill(part: Part): Promise<void> {
    this.deaths.push({ part, at: Date.now(), cause: 'kill' });
    if (part === 'engine') await this.stack.killEngine();
    else if (part === 'database') await this.stack.killDatabase();
    else await this.#program(part).kill();
  }

  async revive(part: Part): Promise<void> {
    if (part === 'engine') await this.stack.startEngine();
    else if (part === 'database') await this.stack.startDatabase();
    else await this.#program(part).start({});
    const death = this.deaths.findLast((one) => one.part === part);
    if (death) death.backAt = Date.now();
  }

  /** Starts the worker anew with a fault point inside, and waits until it has killed itself and came back without it. */
  async runIntoFault(nth: number, withinMs: number): Promise<void> {
    const worker = this.#program('worker');
    const before = this.deaths.length;
    await this.kill('worker');
    (this.deaths.at(-1) as Death).backAt = Date.now();
    await worker.start({ TRAEKTORIA_FAULT: `after-commit:${nth}` });
    const until = Date.now() + withinMs;
    while (!this.deaths.slice(before).some(({ cause }) => cause === 'fault')) {
      if (Date.now() > until) throw new Error(`the worker did not reach its ${nth}. act within ${withinMs} ms`);
      await sleep(10);
    }
  }

  async stop(): Promise<void> {
    for (const program of this.#programs.values()) await program.kill();
    await this.mail.stop();
    await this.stack.stop();
  }

  #program(name: 'worker' | 'api'): Program {
    return this.#programs.get(name) as Program;
  }
}

/** One node process of the product under a supervisor: whatever it dies of, it comes back, unless it was killed to stay down. */
class Program {
  readonly logFile: string;
  #child: ReturnType<typeof spawn> | undefined;
  #wanted = false;

  constructor(
    private readonly name: 'worker' | 'api',
    private readonly file: string,
    private readonly world: KillWorld,
  ) {
    this.logFile = join(world.stack.folder, 'log', `${name}.log`);
  }

  async start(extra: Record<string, string>): Promise<void> {
    if (this.#isAlive()) return;
    this.#wanted = true;
    this.#spawn(extra);
    if (this.name !== 'api') return;
    const until = Date.now() + 60_000;
    while (!(await isListening(Number(this.world.environment.API_PORT)))) {
      if (Date.now() > until) throw new Error(`the api did not come up:\n${readFileSync(this.logFile, 'utf8')}`);
      await sleep(25);
    }
  }

  #spawn(extra: Record<string, string>): void {
    mkdirSync(join(this.world.stack.folder, 'log'), { recursive: true });
    const log = openSync(this.logFile, 'a');
    const child = spawn(process.execPath, [...nodeFlags, join(projectRoot, this.file)], {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...this.world.environment, ...extra },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    child.once('exit', (_code, signal) => {
      if (!this.#wanted) return;
      const cause = extra.TRAEKTORIA_FAULT && signal === 'SIGKILL' ? 'fault' : 'own';
      const death: Death = { part: this.name, at: Date.now(), cause };
      this.world.deaths.push(death);
      // A program that comes up while the servers are away gives up; what it said is worth reading.
      if (cause === 'own')
        console.log(`[kill] the ${this.name} ended by itself:\n${lastLines(this.logFile, 12).join('\n')}`);
      // A fault that was not reached yet stays in.
      setTimeout(() => {
        death.backAt = Date.now();
        if (this.#wanted) this.#spawn(cause === 'fault' ? {} : extra);
      }, 100);
    });
    const record: ProcessRecord = {
      name: this.name,
      pid: child.pid as number,
      birth: birthOf(child.pid as number) ?? 'gone',
      startedAt: new Date().toISOString(),
      details: {},
    };
    // Should this test be killed itself, the next run ends what it left behind.
    new RunFolder(join(this.world.stack.folder, 'run')).write(record);
  }

  #isAlive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async kill(): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (!child || !this.#isAlive()) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }
}
