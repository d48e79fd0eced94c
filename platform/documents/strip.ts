/** Removes from a file who made it, for readers who must not know: properties, authors of comments and changes, camera data. */
import { PDFDocument, PDFDict, PDFName, PDFRawStream, PDFRef } from '@cantoo/pdf-lib';
import { unzipSync, type Unzipped, zipSync } from 'fflate';

/** The file cannot be freed of the names in it: encrypted, broken, or of a kind nobody knows how to clean. */
export class CannotStrip extends Error {
  override readonly name = 'CannotStrip';
}

const ooxml = 'application/vnd.openxmlformats-officedocument.';
const odf = 'application/vnd.oasis.opendocument.';

/** Of one archive. */
const unpackedLimit = 300_000_000;

/** The same file without its authors; throws `CannotStrip` rather than letting a name through. */
export async function stripMetadata(mime: string, bytes: Uint8Array, unpacked = unpackedLimit): Promise<Uint8Array> {
  try {
    if (mime === 'application/pdf') return await stripPdf(bytes);
    if (mime.startsWith(ooxml)) return rezip(bytes, { bytes: unpacked, parts: mostParts }, ooxmlPart);
    if (mime.startsWith(odf)) return rezip(bytes, { bytes: unpacked, parts: mostParts }, odfPart);
    if (mime === 'image/jpeg') return stripJpeg(bytes);
    if (mime === 'image/png') return stripPng(bytes);
    if (mime.startsWith('text/plain')) return bytes;
  } catch (error) {
    throw new CannotStrip('the file cannot be read', { cause: error });
  }
  throw new CannotStrip(`nobody knows how to clean ${mime}`);
}

/** Information dictionary, XMP of the document and of every object, names on annotations, private data of programs. */
async function stripPdf(bytes: Uint8Array): Promise<Uint8Array> {
  const document = await PDFDocument.load(bytes, { updateMetadata: false });
  // What could not be read would come out empty.
  if (document.getPageCount() === 0) throw new Error('the document has no pages');
  const { context } = document;
  const info = context.trailerInfo.Info;
  if (info instanceof PDFRef) context.delete(info);
  delete (context.trailerInfo as { Info?: unknown }).Info;
  const gone: PDFRef[] = [];
  for (const [ref, object] of context.enumerateIndirectObjects()) {
    const dict = object instanceof PDFDict ? object : object instanceof PDFRawStream ? object.dict : undefined;
    if (!dict) continue;
    const type = dict.lookup(PDFName.of('Type'));
    if (type === PDFName.of('Metadata')) gone.push(ref);
    dict.delete(PDFName.of('Metadata'));
    dict.delete(PDFName.of('PieceInfo'));
    const subtype = dict.lookup(PDFName.of('Subtype'));
    const annotation = type === PDFName.of('Annot') || (subtype instanceof PDFName && dict.has(PDFName.of('Rect')));
    // /T is the author of a note; of a form field it is the name of the field.
    if (annotation && subtype !== PDFName.of('Widget')) dict.delete(PDFName.of('T'));
  }
  for (const ref of gone) context.delete(ref);
  return document.save({ addDefaultPage: false, updateFieldAppearances: false });
}

const mostParts = 10_000;

/** What an archive and the documents inside it may still unpack to. */
interface Allowance {
  bytes: number;
  parts: number;
}

type CleanPart = (name: string, part: Uint8Array) => Uint8Array | undefined;

/** A chart brings its table along, a report its tables: documents of their own, with authors of their own. */
const embedded = /\/embeddings\/[^/]+\.(docx|xlsx|pptx|docm|xlsm|pptm)$/i;

function rezip(bytes: Uint8Array, left: Allowance, clean: CleanPart): Uint8Array {
  const unpacked = unzipSync(bytes, {
    filter: ({ originalSize }) => {
      left.bytes -= originalSize;
      left.parts -= 1;
      if (left.bytes < 0 || left.parts < 0) throw new Error('the archive unpacks to too much');
      return true;
    },
  });
  const cleaned: Unzipped = {};
  for (const [name, part] of Object.entries(unpacked)) {
    const kept = embedded.test(name) ? rezip(part, left, clean) : clean(name, part);
    if (kept) cleaned[name] = new Uint8Array(kept);
  }
  // A date of a part says when somebody worked; all get the same one.
  return zipSync(cleaned, { mtime: new Date('1980-01-01T00:00:00') });
}

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (part: Uint8Array) => new TextDecoder().decode(part);
const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

const emptyProperties: Record<string, string> = {
  'docProps/core.xml': `${head}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>`,
  'docProps/app.xml': `${head}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>`,
  'docProps/custom.xml': `${head}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>`,
};

/** Word, Excel, PowerPoint: properties are emptied, lists of people too; authors of comments and of changes become «Автор». */
function ooxmlPart(name: string, part: Uint8Array): Uint8Array | undefined {
  const empty = emptyProperties[name];
  if (empty) return encode(empty);
  if (name.startsWith('docProps/')) return /\.(jpe?g|png|emf|wmf)$/i.test(name) ? part : encode(`${head}<x/>`);
  if (/\.(jpe?g)$/i.test(name)) return stripJpeg(part);
  if (/\.png$/i.test(name)) return stripPng(part);
  // The template a text was begun from lies in somebody's folder: «C:\Users\ivanova\…».
  if (/\.rels$/i.test(name))
    return encode(decode(part).replace(/(\sTarget=)("file:[^"]*"|'file:[^']*')/gi, '$1"file:///"'));
  if (!/\.xml$/i.test(name)) return part;
  const people = /^(xl\/persons\/|ppt\/(commentAuthors|authors)\.xml)/.test(name);
  const text = people ? decode(part).replace(/\s(displayName|name)=("[^"]*"|'[^']*')/g, ' $1="Автор"') : decode(part);
  return encode(
    text
      .replace(
        /(\s(?:w\d*|p\d*|x\d*|a\d*|xr\d*)?:?(?:author|initials|userId|providerId|lastModifiedBy|userName|email))=(?:"[^"]*"|'[^']*')/gi,
        (_all, attribute: string) => `${attribute}="Автор"`,
      )
      .replace(/<((?:\w+:)?author)>[^<]*<\/\1>/g, '<$1>Автор</$1>')
      .replace(/<w:rsids>[\s\S]*?<\/w:rsids>/g, ''),
  );
}

/** OpenDocument: who began, who wrote, who printed, user-defined fields; creators of notes and changes. */
function odfPart(name: string, part: Uint8Array): Uint8Array | undefined {
  if (/(^|\/)meta\.xml$/.test(name))
    return encode(
      '<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"><office:meta/></office:document-meta>',
    );
  if (/\.jpe?g$/i.test(name)) return stripJpeg(part);
  if (/\.png$/i.test(name)) return stripPng(part);
  if (!/\.xml$/i.test(name)) return part;
  return encode(
    decode(part).replace(
      /<(dc:creator|meta:initial-creator|meta:creator-initials|text:sender-[\w-]+|text:author-[\w-]+|text:initial-creator)([^>]*)>[^<]*<\/\1>/g,
      '<$1$2>Автор</$1>',
    ),
  );
}

/** Keeps the picture and how to draw it: everything in APPn but the colour space, and comments, go. */
function stripJpeg(bytes: Uint8Array): Uint8Array {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (source.readUInt16BE(0) !== 0xffd8) throw new Error('not a JPEG');
  const kept: Buffer[] = [source.subarray(0, 2)];
  let at = 2;
  while (at + 4 <= source.length) {
    const marker = source.readUInt16BE(at);
    // The picture itself begins; markers inside it are none of ours.
    if (marker === 0xffda) break;
    const length = source.readUInt16BE(at + 2);
    const segment = source.subarray(at, at + 2 + length);
    const colour = marker === 0xffe2 && segment.subarray(4, 15).toString('latin1') === 'ICC_PROFILE';
    const drawing = marker === 0xffe0 || marker === 0xffee || colour;
    const app = marker >= 0xffe0 && marker <= 0xffef;
    if (!(app && !drawing) && marker !== 0xfffe) kept.push(segment);
    at += 2 + length;
  }
  const end = source.lastIndexOf(Buffer.of(0xff, 0xd9));
  return Buffer.concat([...kept, source.subarray(at, end < at ? undefined : end + 2)]);
}

const pngKept = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'gAMA',
  'cHRM',
  'sRGB',
  'iCCP',
  'sBIT',
  'bKGD',
  'pHYs',
  'hIST',
]);

function stripPng(bytes: Uint8Array): Uint8Array {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (source.toString('latin1', 1, 4) !== 'PNG') throw new Error('not a PNG');
  const kept: Buffer[] = [source.subarray(0, 8)];
  let at = 8;
  while (at + 12 <= source.length) {
    const length = source.readUInt32BE(at);
    const type = source.toString('latin1', at + 4, at + 8);
    if (pngKept.has(type)) kept.push(source.subarray(at, at + 12 + length));
    at += 12 + length;
    if (type === 'IEND') break;
  }
  return Buffer.concat(kept);
}
