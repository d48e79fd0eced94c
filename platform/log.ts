import { pino } from 'pino';

export type Logger = pino.Logger;

/** Fields that would put a secret or a personal datum into a log file, wherever in a record they stand. */
const hidden = [
  'password',
  'token',
  'secret',
  'apiKey',
  'authorization',
  'cookie',
  '["set-cookie"]',
  'email',
  'snils',
  'passport',
];

/** Fields of an error of the database that quote rows and what people typed. */
const quoting = ['detail', 'where', 'query', 'parameters', 'args', 'internal_query', 'hint'];

/** An error without the values it is about: «Failing row contains (…)» is a person's card. */
function safeError(error: Error): object {
  const shown = { ...pino.stdSerializers.err(error) } as Record<string, unknown>;
  for (const field of quoting) delete shown[field];
  return shown;
}

/**
 * One JSON line per event on standard output. Log ids, never names: a log file is read by more people than a case.
 * `part` says which process speaks (api, worker, mailbox).
 */
export function createLogger(part: string, level = 'info'): Logger {
  return pino({
    level,
    base: { part, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: safeError },
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: hidden.flatMap((name) => (name.startsWith('[') ? [name, `*${name}`] : [name, `*.${name}`, `*.*.${name}`])),
      censor: '***',
    },
  });
}
