import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Secrets of the embedded set-up, made once. Losing the file means losing what they encrypt, so it belongs to every backup. */
export type StackSecrets = {
  databasePassword: string;
  codecKeys: string;
  personKeySecret: string;
  sessionSecret: string;
};

export function secretsFile(dataDir: string): string {
  return join(dataDir, 'secrets.json');
}

/** Reads the secrets, or makes them. They are never replaced: a file that cannot be read is an error, not a reason for new ones. */
export function ensureSecrets(dataDir: string): StackSecrets {
  const file = secretsFile(dataDir);
  const known = read(file);
  if (known) return known;
  mkdirSync(dataDir, { recursive: true });
  const made: StackSecrets = {
    databasePassword: randomBytes(24).toString('hex'),
    codecKeys: `k1:${randomBytes(32).toString('base64')}`,
    personKeySecret: randomBytes(32).toString('base64'),
    sessionSecret: randomBytes(32).toString('base64'),
  };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  try {
    // A link appears whole or not at all, and fails if another process was quicker.
    linkSync(draft, file);
  } catch {
    // Theirs are read below.
  } finally {
    rmSync(draft, { force: true });
  }
  const agreed = read(file);
  if (!agreed) throw new Error(`${file} was not written`);
  return agreed;
}

function read(file: string): StackSecrets | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  chmodSync(file, 0o600);
  return JSON.parse(text) as StackSecrets;
}
