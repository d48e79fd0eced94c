/** Bytes of a CSV file of an HR system into lines of cells. Pure; what is wrong with a line is said, never guessed. */

export type Encoding = 'utf-8' | 'utf-16le' | 'windows-1251';

/**
 * The text of a file: UTF-8 (with or without a byte order mark), UTF-16 with a mark, otherwise Windows-1251, in which every byte is
 * some letter. Never throws.
 */
export function decodeText(bytes: Uint8Array): { text: string; encoding: Encoding } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { text: new TextDecoder('utf-16le').decode(bytes), encoding: 'utf-16le' };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    return { text: new TextDecoder('windows-1251').decode(bytes), encoding: 'windows-1251' };
  }
}

/** Splits one line; quotes may hold separators and doubled quotes. `null`: a quote was not closed. */
export function splitLine(line: string, separator: string): string[] | null {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (line[i + 1] === '"') {
        cell += '"';
        i++;
      } else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === separator) {
      cells.push(cell.trim());
      cell = '';
    } else cell += c;
  }
  return quoted ? null : [...cells, cell.trim()];
}

/** The separator of a file is the one its first line has most of; quotes in headings are rare enough not to matter. */
export function separatorOf(head: string): string {
  const count = (separator: string) => head.split(separator).length;
  return [';', ',', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best), ';');
}
