import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { seal, unseal } from '../crypto/sealed.ts';

/** What the identity part derives from SESSION_SECRET: the same in every process of an installation, readable in none of its tables. */
export interface IdentityKeys {
  links: Buffer;
  throttle: Buffer;
  hints: Buffer;
  recovery: Buffer;
}

export function createIdentityKeys(sessionSecret: string): IdentityKeys {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', sessionSecret, 'traektoria-identity', purpose, 32));
  return { links: derive('links'), throttle: derive('throttle'), hints: derive('hints'), recovery: derive('recovery') };
}

/** 256 random bits for a cookie, a state or a token of an integration. */
export const randomToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a random token: the token has 256 bits, so that a plain digest is enough. */
export const digestOf = (token: string): string => createHash('sha256').update(token, 'utf8').digest('hex');

/**
 * The token of a letter's link. It follows from the id by the secret, so that the outbox carries the id alone and neither a table nor the
 * engine ever holds what opens an account.
 */
export function linkToken(keys: IdentityKeys, linkId: string): string {
  return createHmac('sha256', keys.links).update(`link\0${linkId}`).digest('base64url');
}

/** A key of the throttle that tells neither the address nor the login. */
export function throttleKey(keys: IdentityKeys, kind: string, ...parts: string[]): string {
  return `${kind}:${createHmac('sha256', keys.throttle).update(parts.join('\0')).digest('base64url')}`;
}

export const sealHint = (keys: IdentityKeys, sessionId: string, idToken: string): Buffer =>
  seal(keys.hints, Buffer.from(idToken, 'utf8'), sessionId);

/** `undefined` when it cannot be opened: a sign-out without the hint only asks once more. */
export function openHint(keys: IdentityKeys, sessionId: string, sealed: Buffer): string | undefined {
  try {
    return unseal(keys.hints, sealed, sessionId).toString('utf8');
  } catch {
    return undefined;
  }
}
