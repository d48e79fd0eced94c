/** Cursors of keyset lists: the sort key of the last row, opaque to the reader, stable under inserts. */
import { ApiProblem } from './problems.ts';

/** A cursor of the given parts; null parts keep their place. */
export function encodeCursor(parts: Array<string | number | null>): string {
  return Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url');
}

/** The parts of a cursor. One made by hand or for another list is refused, never guessed. */
export function decodeCursor(
  cursor: string | undefined,
  shape: ReadonlyArray<(part: unknown) => boolean>,
): Array<string | number | null> | undefined {
  if (cursor === undefined || cursor === '') return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && parts.length === shape.length && shape.every((fits, i) => fits(parts[i]))) return parts;
  } catch {
    // Falls through to the refusal.
  }
  throw new ApiProblem(422, {
    errors: [{ pointer: '/query/cursor', detail: 'Такого продолжения списка нет: начните с первой страницы.' }],
  });
}

export const isText = (part: unknown): boolean => typeof part === 'string' && part.length <= 300;
export const isNumber = (part: unknown): boolean => typeof part === 'number' && Number.isFinite(part);
export const isUuid = (part: unknown): boolean => typeof part === 'string' && /^[0-9a-f-]{36}$/.test(part);
export const isInstant = (part: unknown): boolean =>
  typeof part === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(part) && !Number.isNaN(Date.parse(part));
export const orNull =
  (fits: (part: unknown) => boolean) =>
  (part: unknown): boolean =>
    part === null || fits(part);

/** Cuts a list read with one row too many, and tells where the next page begins. */
export function pageOf<Row, Item>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => Array<string | number | null>,
  map: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(map), next: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null };
}

/** A search text with the wildcards of LIKE taken literally. */
export function likeText(q: string): string {
  return `%${q.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}
