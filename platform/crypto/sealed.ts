import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';

const ivBytes = 12;
const tagBytes = 16;

/** Random bytes for nonces, fetched for some hundreds of them at once: a call to the generator costs more than a short cipher. */
const nonces = Buffer.alloc(ivBytes * 512);
let used = nonces.length;

/** Twelve random bytes that were never given out before. */
function nextNonce(): Buffer {
  if (used === nonces.length) {
    randomFillSync(nonces);
    used = 0;
  }
  const nonce = Buffer.from(nonces.subarray(used, used + ivBytes));
  used += ivBytes;
  return nonce;
}

/** AES-256-GCM: iv + tag + ciphertext. `aad` binds the text to its place; moved elsewhere it does not open. */
export function seal(key: Buffer, plain: Uint8Array, aad?: string): Buffer {
  const iv = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  if (aad !== undefined) cipher.setAAD(Buffer.from(aad, 'utf8'));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** Throws when the key, the place or a single bit is not the one that was sealed. */
export function unseal(key: Buffer, sealed: Uint8Array, aad?: string): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  if (aad !== undefined) decipher.setAAD(Buffer.from(aad, 'utf8'));
  return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]);
}
