/**
 * Deterministic ids and seeded order for pure rules: the same inputs give the same answer on every machine, for ever.
 * Not cryptography: secrecy comes from access rules, not from these values.
 */

/** 128 bits of a string, as four unsigned words (cyrb128). */
function hash128(text: string): [number, number, number, number] {
  let a = 1779033703;
  let b = 3144134277;
  let c = 1013904242;
  let d = 2773480762;
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ k, 597399067);
    b = c ^ Math.imul(b ^ k, 2869860233);
    c = d ^ Math.imul(c ^ k, 951274213);
    d = a ^ Math.imul(d ^ k, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  a ^= b ^ c ^ d;
  return [a >>> 0, (b ^ a) >>> 0, (c ^ a) >>> 0, (d ^ a) >>> 0];
}

/** A UUID (version 8) made from a case and a name inside it. */
export function derivedId(caseId: string, name: string): string {
  const hex = hash128(`${caseId}/${name}`)
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Place of an item in the order drawn by a seed: sort by it and the draw can be replayed from the stored seed and list. */
export function drawRank(seed: string, item: string): string {
  return hash128(`${seed}#${item}`)
    .map((word) => word.toString(16).padStart(8, '0'))
    .join('');
}
