import { open } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';

export interface SniffedType {
  mime: string;
  /** The first one is given to a name that has none of them. */
  extensions: readonly string[];
}

const accepted: SniffedType[] = [
  { mime: 'application/pdf', extensions: ['pdf'] },
  { mime: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', extensions: ['docx'] },
  { mime: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', extensions: ['xlsx'] },
  { mime: 'application/vnd.openxmlformats-officedocument.presentationml.presentation', extensions: ['pptx'] },
  { mime: 'application/vnd.oasis.opendocument.text', extensions: ['odt'] },
  { mime: 'application/vnd.oasis.opendocument.spreadsheet', extensions: ['ods'] },
  { mime: 'application/vnd.oasis.opendocument.presentation', extensions: ['odp'] },
  { mime: 'image/png', extensions: ['png'] },
  { mime: 'image/jpeg', extensions: ['jpg', 'jpeg'] },
];
const text: SniffedType = { mime: 'text/plain', extensions: ['txt', 'csv', 'md'] };

/** Extensions of an accepted type; `bin` for any other. */
export function extensionsOf(mime: string): readonly string[] {
  return [...accepted, text].find((type) => type.mime === mime)?.extensions ?? ['bin'];
}

export const acceptedRu = 'PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, PNG, JPEG и простой текст';

/**
 * What a stored file is by its content, or undefined when it is nothing that may be kept: a name and a Content-Type say nothing. Macro
 * documents, archives, programs and pages are not accepted; a text is valid UTF-8, or Russian text of an older office program
 * (Windows-1251, UTF-16 with its mark), without control characters.
 */
export async function sniffFile(path: string): Promise<SniffedType | undefined> {
  const found = await fileTypeFromFile(path).catch(() => undefined);
  if (found) return accepted.find(({ mime }) => mime === found.mime);
  return (await isText(path)) ? text : undefined;
}

const looked = 256 * 1024;

async function isText(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(looked), 0, looked, 0);
    const bytes = buffer.subarray(0, bytesRead);
    if (bytesRead === 0) return false;
    // A page or a drawing is text too, and runs in a browser.
    if (/^\s*(<!doctype|<html|<svg|<\?xml|<script)/i.test(bytes.subarray(0, 512).toString('latin1'))) return false;
    const words = decoded(bytes, bytesRead === looked);
    return words !== undefined && !/[^\P{Cc}\t\n\v\f\r]/u.test(words);
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

function decoded(bytes: Uint8Array, stream: boolean): string | undefined {
  try {
    if (bytes[0] === 0xff && bytes[1] === 0xfe)
      return new TextDecoder('utf-16le', { fatal: true }).decode(bytes, { stream });
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream });
  } catch {
    // Accounting programs of schools still write Windows-1251: nearly all of its upper half must then be Cyrillic.
    const words = new TextDecoder('windows-1251').decode(bytes);
    const upper = words.replace(/[^\u0080-\uffff]/g, '');
    const russian = upper.replace(/[^а-яёА-ЯЁ№«»–—…\u00a0]/g, '');
    return upper.length > 0 && russian.length >= 0.95 * upper.length ? words : undefined;
  }
}
