import { readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Fault } from './fault.ts';

export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

export type Config = {
  databaseUrl: string;
  temporal: {
    address: string;
    namespace: string;
    taskQueue: string;
    /** `true` trusts the system's certificate authorities; the object adds own ones or a client certificate (PEM). */
    tls?: true | { serverRootCACertificate?: Buffer; clientCertPair?: { crt: Buffer; key: Buffer } };
    apiKey?: string;
    /** Origin of the Temporal Web UI: its administrators read payloads through this API with their own session. Absent: nobody does. */
    uiOrigin?: string;
  };
  /**
   * `trustedProxies`: how many proxies in front of the API append to X-Forwarded-For; the address before theirs is the caller's.
   * `metricsToken`: what a collector brings to read `/metrics`; absent: the page is for this machine alone.
   */
  api: { host: string; port: number; publicUrl: string; trustedProxies: number; metricsToken?: string };
  mail: {
    smtpUrl: string;
    from: string;
    /** See `DeliveryPace`. */
    pace: { leaseMs: number; firstWaitMs: number; longestWaitMs: number };
  };
  dataDir: string;
  /** The first key encrypts, all of them decrypt: rotation puts a new key in front. */
  codecKeys: Array<{ id: string; key: string }>;
  personKeySecret: string;
  sessionSecret: string;
  session: {
    /** Without a request for so long a session is over. */
    idleMs: number;
    /** A session is over after so long, whatever happens in it. */
    absoluteMs: number;
    /** A browser gets another token after so long. */
    rotateMs: number;
    /** A sensitive act asks again who it is when the last proof is older. */
    proofMs: number;
  };
  account: {
    invitationMs: number;
    resetMs: number;
    /** May people sign in with a password at all? An installation with an identity provider may say no. */
    passwords: boolean;
  };
  /** The identity provider of the installation; absent: people sign in with a password. */
  oidc?: {
    issuer: string;
    clientId: string;
    clientSecret?: string;
    /** On the button of the sign-in page. */
    labelRu: string;
    scope: string;
    /** Values of `acr` by which the provider says that it asked for a second factor; `amr` with `mfa` says so too. */
    factorAcr: string[];
  };
  logLevel: LogLevel;
  /** Started by `npm start` on this machine: demonstration accounts are shown, the mailbox page exists. */
  embedded: boolean;
  timing: {
    /** How long the API waits for the engine before it answers `not_yet_recorded`. */
    engineAnswerMs: number;
    outboxPollMs: number;
    scanEveryMs: number;
  };
  documents: {
    /** Address of clamd, `host:port`. Absent: files are kept unscanned and say so. */
    clamd?: { host: string; port: number };
  };
  worker: {
    /** Where the worker's Prometheus metrics are read, `host:port`; absent: nowhere. */
    metricsAddress?: string;
    /** Name of the deployment for Worker Versioning; absent: unversioned, as in the embedded stack. */
    deploymentName?: string;
  };
  /** Tests of kill -9 only. */
  fault?: Fault;
};

type LogLevel = z.infer<typeof LogLevel>;
const LogLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);

const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `нужен адрес вида ${protocols.map((protocol) => `${protocol}//…`).join(' или ')}`,
  });

const port = z.coerce.number({ error: 'нужно число' }).int().min(1).max(65_535);
const hostAndPort = z.string().regex(/^[^\s/]+:\d+$/, { error: 'нужен адрес вида хост:порт' });
const flag = z.enum(['true', 'false'], { error: 'true или false' }).transform((text) => text === 'true');
const milliseconds = z.coerce.number({ error: 'нужно число миллисекунд' }).int().positive();
const positive = z.coerce.number({ error: 'нужно число больше нуля' }).positive();
const secret = z.string().min(32, { error: 'не короче 32 знаков' });

const CodecKeys = z.string().transform((text, context) =>
  text.split(',').map((pair) => {
    const [id = '', key = ''] = pair.trim().split(':');
    if (!/^[a-z0-9][a-z0-9-]*$/i.test(id) || Buffer.from(key, 'base64').length !== 32) {
      context.addIssue({ code: 'custom', message: 'нужен список «имя:ключ» через запятую, ключ: 32 байта в base64' });
    }
    return { id, key };
  }),
);

const FaultPoint = z
  .string()
  .regex(/^after-commit:[1-9]\d*$/, { error: 'нужно «after-commit:N»' })
  .transform((text): Fault => ({ point: 'after-commit', nth: Number(text.split(':')[1]) }));

const Environment = z.object({
  DATABASE_URL: url('postgres:', 'postgresql:'),
  TEMPORAL_ADDRESS: hostAndPort,
  TEMPORAL_NAMESPACE: z.string().min(1).default('traektoria'),
  TEMPORAL_TASK_QUEUE: z.string().min(1).default('traektoria'),
  TEMPORAL_TLS: flag.default(false),
  TEMPORAL_TLS_CA: z.string().optional(),
  TEMPORAL_TLS_CERT: z.string().optional(),
  TEMPORAL_TLS_KEY: z.string().optional(),
  TEMPORAL_API_KEY: z.string().min(1).optional(),
  TEMPORAL_UI_URL: url('http:', 'https:').optional(),
  API_HOST: z.string().min(1).default('127.0.0.1'),
  API_PORT: port.default(3000),
  PUBLIC_URL: url('http:', 'https:').optional(),
  METRICS_TOKEN: secret.optional(),
  SMTP_URL: url('smtp:', 'smtps:'),
  MAIL_FROM: z.string().min(3).default('«Траектория» <no-reply@traektoria.invalid>'),
  MAIL_LEASE_MS: milliseconds.default(120_000),
  MAIL_FIRST_WAIT_MS: milliseconds.default(15_000),
  MAIL_LONGEST_WAIT_MS: milliseconds.default(1_800_000),
  DATA_DIR: z.string().min(1).default('.data'),
  CODEC_KEYS: CodecKeys,
  PERSON_KEY_SECRET: secret,
  SESSION_SECRET: secret,
  SESSION_IDLE_MINUTES: positive.default(120),
  SESSION_ABSOLUTE_HOURS: positive.default(12),
  SESSION_ROTATE_MINUTES: positive.default(60),
  SESSION_PROOF_MINUTES: positive.default(15),
  INVITATION_HOURS: positive.default(72),
  RESET_MINUTES: positive.default(60),
  PASSWORD_SIGN_IN: flag.default(true),
  API_TRUSTED_PROXIES: z.coerce.number({ error: 'нужно число' }).int().min(0).max(10).default(0),
  OIDC_ISSUER: url('https:', 'http:').optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_LABEL: z.string().min(1).max(80).default('Войти через учётную запись организации'),
  OIDC_SCOPE: z.string().min(1).default('openid'),
  OIDC_FACTOR_ACR: z
    .string()
    .default('mfa,http://schemas.openid.net/pape/policies/2007/06/multi-factor')
    .transform((text) =>
      text
        .split(',')
        .map((value) => value.trim())
        .filter(Boolean),
    ),
  LOG_LEVEL: LogLevel.default('info'),
  WORKER_METRICS_ADDRESS: hostAndPort.optional(),
  WORKER_DEPLOYMENT_NAME: z.string().min(1).optional(),
  TRAEKTORIA_EMBEDDED: flag.default(false),
  ENGINE_ANSWER_MS: milliseconds.default(10_000),
  OUTBOX_POLL_MS: milliseconds.default(1_000),
  SCAN_EVERY_MS: milliseconds.default(60_000),
  CLAMD_ADDRESS: hostAndPort.optional(),
  TRAEKTORIA_FAULT: FaultPoint.optional(),
  NODE_ENV: z.string().optional(),
});

/** Everything that is wrong with the environment, in one message; names variables, never prints their values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: string[]) {
    super(`Настройки неполны или неверны:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

/**
 * The settings of this process. Without DATABASE_URL and TEMPORAL_ADDRESS a stack running on this machine is joined, so that
 * `npm run seed` and other commands work beside `npm start` with nothing to set.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const named = env.DATABASE_URL || env.TEMPORAL_ADDRESS;
  const source = named ? env : { ...runningStackEnvironment(env), ...env };
  // An empty variable in a compose file means that it is not set.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => sentenceOf(issue, given));
  const tls = readTls(parsed.data ?? {}, problems);
  if (parsed.data?.TRAEKTORIA_FAULT && parsed.data.NODE_ENV === 'production')
    problems.push('TRAEKTORIA_FAULT: только для испытаний, в работе не включается');
  const oidc = readOidc(parsed.data ?? {}, problems);
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  const values = parsed.data;
  return {
    databaseUrl: values.DATABASE_URL,
    temporal: {
      address: values.TEMPORAL_ADDRESS,
      namespace: values.TEMPORAL_NAMESPACE,
      taskQueue: values.TEMPORAL_TASK_QUEUE,
      ...(tls ? { tls } : {}),
      ...(values.TEMPORAL_API_KEY ? { apiKey: values.TEMPORAL_API_KEY } : {}),
      ...(values.TEMPORAL_UI_URL ? { uiOrigin: new URL(values.TEMPORAL_UI_URL).origin } : {}),
    },
    api: {
      host: values.API_HOST,
      port: values.API_PORT,
      publicUrl: (values.PUBLIC_URL ?? `http://${values.API_HOST}:${values.API_PORT}`).replace(/\/$/, ''),
      trustedProxies: values.API_TRUSTED_PROXIES,
      ...(values.METRICS_TOKEN ? { metricsToken: values.METRICS_TOKEN } : {}),
    },
    mail: {
      smtpUrl: values.SMTP_URL,
      from: values.MAIL_FROM,
      pace: {
        leaseMs: values.MAIL_LEASE_MS,
        firstWaitMs: values.MAIL_FIRST_WAIT_MS,
        longestWaitMs: values.MAIL_LONGEST_WAIT_MS,
      },
    },
    dataDir: resolveDataDir(values.DATA_DIR),
    codecKeys: values.CODEC_KEYS,
    personKeySecret: values.PERSON_KEY_SECRET,
    sessionSecret: values.SESSION_SECRET,
    session: {
      idleMs: values.SESSION_IDLE_MINUTES * 60_000,
      absoluteMs: values.SESSION_ABSOLUTE_HOURS * 3_600_000,
      rotateMs: values.SESSION_ROTATE_MINUTES * 60_000,
      proofMs: values.SESSION_PROOF_MINUTES * 60_000,
    },
    account: {
      invitationMs: values.INVITATION_HOURS * 3_600_000,
      resetMs: values.RESET_MINUTES * 60_000,
      passwords: values.PASSWORD_SIGN_IN,
    },
    ...(oidc ? { oidc } : {}),
    logLevel: values.LOG_LEVEL,
    embedded: values.TRAEKTORIA_EMBEDDED,
    worker: {
      ...(values.WORKER_METRICS_ADDRESS ? { metricsAddress: values.WORKER_METRICS_ADDRESS } : {}),
      ...(values.WORKER_DEPLOYMENT_NAME ? { deploymentName: values.WORKER_DEPLOYMENT_NAME } : {}),
    },
    timing: {
      engineAnswerMs: values.ENGINE_ANSWER_MS,
      outboxPollMs: values.OUTBOX_POLL_MS,
      scanEveryMs: values.SCAN_EVERY_MS,
    },
    documents: values.CLAMD_ADDRESS ? { clamd: splitAddress(values.CLAMD_ADDRESS) } : {},
    ...(values.TRAEKTORIA_FAULT ? { fault: values.TRAEKTORIA_FAULT } : {}),
  };
}

/** The settings as they may be shown and logged: secrets are replaced, passwords cut out of addresses. */
export function describeConfig(config: Config): Record<string, unknown> {
  return {
    ...config,
    databaseUrl: withoutPassword(config.databaseUrl),
    api: { ...config.api, ...(config.api.metricsToken ? { metricsToken: '***' } : {}) },
    temporal: {
      ...config.temporal,
      ...(config.temporal.apiKey ? { apiKey: '***' } : {}),
      ...(config.temporal.tls ? { tls: true } : {}),
    },
    mail: { ...config.mail, smtpUrl: withoutPassword(config.mail.smtpUrl) },
    codecKeys: config.codecKeys.map(({ id }) => id),
    personKeySecret: '***',
    sessionSecret: '***',
    ...(config.oidc?.clientSecret ? { oidc: { ...config.oidc, clientSecret: '***' } } : {}),
  };
}

export function withoutPassword(address: string): string {
  const parsed = new URL(address);
  if (parsed.password) parsed.password = '***';
  return parsed.href;
}

function splitAddress(address: string): { host: string; port: number } {
  const [host = '', port = ''] = address.split(/:(?=\d+$)/);
  return { host, port: Number(port) };
}

export function resolveDataDir(path: string): string {
  return isAbsolute(path) ? path : resolve(projectRoot, path);
}

/** Where the launcher leaves the settings of the stack it runs, readable by its owner only. */
export function stackEnvironmentFile(dataDir: string): string {
  return join(dataDir, 'run', 'environment');
}

function runningStackEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  try {
    return JSON.parse(
      readFileSync(stackEnvironmentFile(resolveDataDir(env.DATA_DIR || '.data')), 'utf8'),
    ) as NodeJS.ProcessEnv;
  } catch {
    return {};
  }
}

function sentenceOf(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  const name = String(issue.path[0] ?? 'окружение');
  if (!(name in given)) return `${name}: не задано`;
  return `${name}: ${issue.message}`;
}

/** The identity provider: all of it or nothing. Without TLS only on this machine, for trials. */
function readOidc(values: Partial<z.infer<typeof Environment>>, problems: string[]): Config['oidc'] {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  if (!issuer && !clientId) {
    if (values.PASSWORD_SIGN_IN === false && values.TRAEKTORIA_EMBEDDED !== true)
      problems.push('PASSWORD_SIGN_IN: без OIDC_ISSUER войти было бы нельзя');
    return undefined;
  }
  if (!issuer || !clientId) {
    problems.push('OIDC_ISSUER и OIDC_CLIENT_ID: задаются только вместе');
    return undefined;
  }
  const { protocol, hostname } = new URL(issuer);
  if (protocol === 'http:' && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
    problems.push('OIDC_ISSUER: нужен https, без него — только на этой машине');
  return {
    issuer,
    clientId,
    ...(clientSecret ? { clientSecret } : {}),
    labelRu: values.OIDC_LABEL ?? '',
    scope: values.OIDC_SCOPE ?? 'openid',
    factorAcr: values.OIDC_FACTOR_ACR ?? [],
  };
}

function readTls(
  values: Partial<z.infer<typeof Environment>>,
  problems: string[],
): Config['temporal']['tls'] | undefined {
  const { TEMPORAL_TLS_CA: ca, TEMPORAL_TLS_CERT: cert, TEMPORAL_TLS_KEY: key } = values;
  if (Boolean(cert) !== Boolean(key)) problems.push('TEMPORAL_TLS_CERT и TEMPORAL_TLS_KEY: задаются только вместе');
  if (!ca && !cert) return values.TEMPORAL_TLS ? true : undefined;
  const read = (name: string, path: string) => {
    try {
      return readFileSync(path);
    } catch {
      problems.push(`${name}: файл не читается`);
      return Buffer.alloc(0);
    }
  };
  return {
    ...(ca ? { serverRootCACertificate: read('TEMPORAL_TLS_CA', ca) } : {}),
    ...(cert && key
      ? { clientCertPair: { crt: read('TEMPORAL_TLS_CERT', cert), key: read('TEMPORAL_TLS_KEY', key) } }
      : {}),
  };
}
