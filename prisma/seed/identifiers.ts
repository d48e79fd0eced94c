/** Checksums of Russian identifiers of organisations. The seed's synthetic numbers satisfy them, so that forms can check them too. */

const INN_WEIGHTS = [2, 4, 10, 3, 5, 9, 4, 6, 8];

/** ИНН of an organisation: ten digits, the last one by the weights of the tax service. */
export function isInn(text: string): boolean {
  if (!/^\d{10}$/.test(text)) return false;
  const sum = INN_WEIGHTS.reduce((total, weight, i) => total + weight * Number(text[i]), 0);
  return (sum % 11) % 10 === Number(text[9]);
}

/** ОГРН: thirteen digits, the last one is the remainder by 11 of the first twelve. */
export function isOgrn(text: string): boolean {
  return /^\d{13}$/.test(text) && (Number(text.slice(0, 12)) % 11) % 10 === Number(text[12]);
}
