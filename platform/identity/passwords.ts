/** Passwords: argon2id, few rules that matter, and answers that take the same time whether an account exists or not. */
import { hash, verify } from '@node-rs/argon2';
import { COMMON_PASSWORDS } from './common-passwords.ts';

/** OWASP's second choice of 2024: 19 MiB, two passes, one lane. Argon2id is the default algorithm of the library. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 200;

/** How many are computed at once; the rest wait in line, and a line that is too long is refused. */
const lanes = 2;
const longestLine = 60;
let running = 0;
const line: Array<() => void> = [];

/** Too many sign-ins at once: a try costs memory and a processor, and nobody may take all of them. */
export class PasswordQueueFull extends Error {
  override readonly name = 'PasswordQueueFull';
}

async function inLane<T>(work: () => Promise<T>): Promise<T> {
  if (running >= lanes) {
    if (line.length >= longestLine) throw new PasswordQueueFull('too many passwords are being checked');
    // Whoever leaves a lane hands it over, so the count does not change.
    await new Promise<void>((resolve) => line.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    const next = line.shift();
    if (next) next();
    else running -= 1;
  }
}

/** The same letters may be typed in several ways; they are one password. */
const normal = (password: string): string => password.normalize('NFKC');

export function hashPassword(password: string): Promise<string> {
  return inLane(() => hash(normal(password), COST));
}

let decoy: Promise<string> | undefined;

/** Is it the password? Without a stored one a decoy is verified, so that the answer comes as late. */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  decoy ??= hashPassword('a password that nobody has');
  const against = stored ?? (await decoy);
  const right = await inLane(() => verify(against, normal(password.slice(0, PASSWORD_MAX))).catch(() => false));
  return right && stored !== null && stored !== undefined;
}

/** A sentence when a password may not be taken, otherwise `null`. `about`: words of the person that must not be the password. */
export function weakness(password: string, about: string[] = []): string | null {
  const text = normal(password);
  if ([...text].length < PASSWORD_MIN) return `Пароль не короче ${PASSWORD_MIN} знаков.`;
  if (text.length > PASSWORD_MAX) return `Пароль не длиннее ${PASSWORD_MAX} знаков.`;
  const low = text.toLowerCase();
  if (new Set(low).size < 4) return 'В пароле слишком мало разных знаков.';
  if (isRow(low)) return 'Знаки подряд угадать легко: придумайте другой пароль.';
  // «Qwerty123456!» is «qwerty» to whoever guesses.
  const core = low.replace(/[^\p{L}]+$/u, '').replace(/^[^\p{L}]+/u, '');
  if (COMMON_PASSWORDS.has(low) || (core.length > 0 && COMMON_PASSWORDS.has(core)))
    return 'Такой пароль есть в списках частых: придумайте другой.';
  const own = about.map((word) => word.toLowerCase()).find((word) => word.length >= 4 && low.includes(word));
  if (own && low.length - own.length < 6) return 'В пароле почти только ваше имя или адрес: придумайте другой.';
  return null;
}

/** «1234567890», «abcdefghij»: each sign follows the one before. */
function isRow(text: string): boolean {
  const steps = [...text].slice(1).map((sign, i) => (sign.codePointAt(0) ?? 0) - (text.codePointAt(i) ?? 0));
  return steps.every((step) => step === 1) || steps.every((step) => step === -1);
}
