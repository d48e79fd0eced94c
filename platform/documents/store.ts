import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { canonicalJson } from '../crypto/canonical.ts';
import type { Pool } from '../db/pool.ts';
import type { ScanState } from './scanner.ts';
import { sniffFile, type SniffedType } from './sniff.ts';

/** Smaller contents lie in the row, so that a case and its texts are saved and restored together. */
const inlineLimit = 256 * 1024;

export class DocumentTooLarge extends Error {
  override readonly name = 'DocumentTooLarge';
  constructor(readonly limit: number) {
    super(`the document is larger than ${limit} bytes`);
  }
}

/** The content is of no kind that may be kept, whatever its name says. */
export class UnsupportedDocument extends Error {
  override readonly name = 'UnsupportedDocument';
}

/** The content was destroyed: it was infected, or its person was erased. The digest stays in the record. */
export class DocumentGone extends Error {
  override readonly name = 'DocumentGone';
}

export interface StoredDocument {
  sha256: string;
  scan: ScanState;
  erased: boolean;
  mime: string;
  size: number;
  name: string | null;
  read(): Promise<Uint8Array>;
  /** The same contents piece by piece, for large files. */
  stream(): Readable;
}

export type DocumentStore = ReturnType<typeof createDocumentStore>;

/**
 * Documents by the sha256 of their content: a programme version, a conclusion, a file. Storing the same content twice keeps one; a
 * document never changes, a new version is another one. Large contents lie in files of `folder`, named by their digest.
 */
export function createDocumentStore({ pool, folder }: { pool: Pool; folder: string }) {
  return { putJson, putStream, putUpload, find, discard };

  /** Stores the canonical JSON of a value; keys in another order are the same document. */
  async function putJson(json: unknown, kind: string, name?: string): Promise<string> {
    const bytes = Buffer.from(canonicalJson(json), 'utf8');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await keep({ sha256, kind, mime: 'application/json', size: bytes.length, ...(name ? { name } : {}) }, bytes);
    return sha256;
  }

  /** Takes a body as it comes, never whole into memory. Refuses with `DocumentTooLarge` beyond `limit`, leaving nothing behind. */
  async function putStream(
    body: Readable,
    options: { limit: number; mime: string; name?: string; kind?: string },
  ): Promise<{ sha256: string; size: number; mime: string }> {
    const { mime, ...rest } = options;
    const { sha256, size } = await take(body, {
      ...rest,
      typeOf: async () => ({ mime, extensions: [] }),
      scan: 'unscanned',
    });
    return { sha256, size, mime };
  }

  /**
   * Takes a file that somebody brings. Its type is what its content is; with `quarantine` it waits for the scanner. Refuses with
   * `UnsupportedDocument` what may not be kept, with `DocumentGone` what was found infected before, leaving nothing behind.
   */
  async function putUpload(
    body: Readable,
    options: { limit: number; name?: string; quarantine: boolean },
  ): Promise<{ sha256: string; size: number; type: SniffedType }> {
    return take(body, {
      limit: options.limit,
      ...(options.name ? { name: options.name } : {}),
      kind: 'file',
      scan: options.quarantine ? 'pending' : 'unscanned',
      typeOf: async (path) => {
        const type = await sniffFile(path);
        if (!type) throw new UnsupportedDocument('the content is of no accepted type');
        return type;
      },
    });
  }

  async function take(
    body: Readable,
    options: {
      limit: number;
      name?: string;
      kind?: string;
      scan: ScanState;
      typeOf(path: string): Promise<SniffedType>;
    },
  ): Promise<{ sha256: string; size: number; type: SniffedType }> {
    const { limit, name, kind = 'file', scan } = options;
    const hash = createHash('sha256');
    let size = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        size += chunk.length;
        if (size > limit) return done(new DocumentTooLarge(limit));
        hash.update(chunk);
        done(null, chunk);
      },
    });
    const partial = join(folder, 'incoming', randomUUID());
    await mkdir(dirname(partial), { recursive: true });
    try {
      await pipeline(body, measure, createWriteStream(partial, { mode: 0o600 }));
      const sha256 = hash.digest('hex');
      const type = await options.typeOf(partial);
      const [known] = await pool<Array<{ scan: ScanState }>>`select scan from document where sha256 = ${sha256}`;
      if (known?.scan === 'infected') throw new DocumentGone('the content was found infected');
      const { mime } = type;
      if (size <= inlineLimit) {
        await keep({ sha256, kind, mime, size, scan, ...(name ? { name } : {}) }, await readFile(partial));
      } else {
        const path = pathOf(sha256);
        await mkdir(dirname(path), { recursive: true });
        await rename(partial, path);
        await keep({ sha256, kind, mime, size, scan, ...(name ? { name } : {}) });
      }
      return { sha256, size, type };
    } finally {
      await rm(partial, { force: true });
    }
  }

  async function find(sha256: string): Promise<StoredDocument | undefined> {
    if (!/^[0-9a-f]{64}$/.test(sha256)) return undefined;
    const [row] = await pool<
      Array<{
        mime: string;
        size: number;
        name: string | null;
        inline: Buffer | null;
        scan: ScanState;
        erased_at: Date | null;
      }>
    >`select mime, size, name, inline, scan, erased_at from document where sha256 = ${sha256}`;
    if (!row) return undefined;
    const { inline, erased_at: erasedAt, ...known } = row;
    const rest = { ...known, erased: erasedAt !== null };
    if (rest.erased) {
      const gone = () => {
        throw new DocumentGone(`the content of document ${sha256} was destroyed`);
      };
      return { sha256, ...rest, read: async () => gone(), stream: gone };
    }
    if (inline) {
      return { sha256, ...rest, read: async () => inline, stream: () => streamOf(inline) };
    }
    const path = pathOf(sha256);
    const there = await stat(path).catch(() => undefined);
    if (!there) throw new Error(`the file of document ${sha256} is missing`);
    return { sha256, ...rest, read: () => readFile(path), stream: () => createReadStream(path) };
  }

  /** Destroys the content for good and keeps the row. A digest that is not known is nothing to do. */
  async function discard(sha256: string): Promise<void> {
    await pool`update document set inline = null, name = null, erased_at = coalesce(erased_at, now()) where sha256 = ${sha256}`;
    await rm(pathOf(sha256), { force: true });
  }

  async function keep(
    document: { sha256: string; kind: string; mime: string; size: number; name?: string; scan?: ScanState },
    bytes?: Buffer,
  ): Promise<void> {
    const { sha256, kind, mime, size, name, scan = 'unscanned' } = document;
    const inline = bytes && bytes.length <= inlineLimit ? bytes : null;
    if (bytes && !inline) {
      const path = pathOf(sha256);
      await mkdir(dirname(path), { recursive: true });
      const partial = `${path}.${randomUUID()}`;
      await writeFile(partial, bytes, { mode: 0o600 });
      await rename(partial, path);
    }
    await pool`
      insert into document (sha256, kind, mime, size, name, inline, scan)
      values (${sha256}, ${kind}, ${mime}, ${size}, ${name ?? null}, ${inline}, ${scan})
      on conflict (sha256) do update set inline = excluded.inline, name = excluded.name, mime = excluded.mime, erased_at = null, scan = excluded.scan
      where document.erased_at is not null`;
  }

  function pathOf(sha256: string): string {
    return join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  }
}

function streamOf(bytes: Buffer): Readable {
  return Readable.from([bytes], { objectMode: false });
}
