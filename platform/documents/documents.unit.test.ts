import { createServer, type Server } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { PDFDocument, PDFName } from '@cantoo/pdf-lib';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attachmentHeader, safeFileName, withExtension } from './name.ts';
import { clamdScanner } from './scanner.ts';
import { sniffFile } from './sniff.ts';
import { CannotStrip, stripMetadata } from './strip.ts';

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const author = 'Гончаров Пётр';

describe('the name of a file', () => {
  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\Устав.pdf', 'Устав.pdf'],
    ['..', null],
    ['.htaccess', 'htaccess'],
    ['a\u0000b\r\nSet-Cookie: x.pdf', 'abSet-Cookie_ x.pdf'],
    // The extension seems to be pdf where the direction of writing is turned round.
    ['счёт\u202efdp.exe', 'счётfdp.exe'],
    ['CON.pdf', '_CON.pdf'],
    ['  план . ', 'план'],
    ['', null],
  ])('%j becomes %j', (given, expected) => expect(safeFileName(given)).toBe(expected));

  test('is shortened before its extension', () => {
    const name = safeFileName(`${'я'.repeat(400)}.docx`) ?? '';
    expect([[...name].length, name.endsWith('я.docx')]).toEqual([180, true]);
  });

  test('ends as its content says', () => {
    expect(withExtension('отчёт.docx', ['pdf'])).toBe('отчёт.docx.pdf');
    expect(withExtension('фото.JPEG', ['jpg', 'jpeg'])).toBe('фото.JPEG');
  });

  test('travels in a header whole and breaks nothing there', () => {
    const header = attachmentHeader(`Устав "новый" (1)'*; x=%41.pdf`);
    expect(header).toMatch(/^attachment; filename="[\x20-\x7e]*"; filename\*=UTF-8''[\w.!#$&+^`|~%-]+$/);
    expect(decodeURIComponent(header.split("UTF-8''")[1] ?? '')).toBe(`Устав "новый" (1)'*; x=%41.pdf`);
  });
});

describe('the type of a file', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'traektoria-sniff-'))));
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  test.each<[string, Uint8Array | string, string | undefined]>([
    ['a PDF', '%PDF-1.7\n', 'application/pdf'],
    ['a DOCX', wordFile(), docx],
    ['a text', 'Пояснительная записка\n', 'text/plain'],
    ['a program that calls itself a PDF', Buffer.from('7f454c4602010100', 'hex'), undefined],
    ['a Windows program', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]), undefined],
    ['a page', '<!doctype html><script>alert(1)</script>', undefined],
    ['a drawing with a script', '<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', undefined],
    ['an archive', zipSync({ 'a.txt': strToU8('x') }), undefined],
    ['nothing', '', undefined],
    ['a text with control characters', 'a\u0001b', undefined],
    ['a text in Windows-1251', Buffer.from([0xcf, 0xe5, 0xe4, 0xe0, 0xe3, 0xee, 0xe3, 0x3b, 0x0a]), 'text/plain'],
    ['bytes of no alphabet', Buffer.from([0x9f, 0x80, 0xfe, 0x3b, 0x8d, 0x90, 0x0a]), undefined],
  ])('%s', async (_what, content, mime) => {
    const path = join(folder, 'file.pdf');
    await writeFile(path, content);
    expect((await sniffFile(path))?.mime).toBe(mime);
  });
});

describe('a file for a reader who must not know its author', () => {
  test('PDF: properties, XMP and authors of notes go, pages stay', async () => {
    const document = await PDFDocument.create();
    const page = document.addPage();
    document.setAuthor(author);
    document.setCreator(author);
    const { context } = document;
    const xmp = context.stream(`<x:xmpmeta><dc:creator>${author}</dc:creator></x:xmpmeta>`, {
      Type: 'Metadata',
      Subtype: 'XML',
    });
    document.catalog.set(PDFName.of('Metadata'), context.register(xmp));
    const note = context.obj({ Type: 'Annot', Subtype: 'Text', Rect: [0, 0, 9, 9], T: 'Goncharov' });
    page.node.set(PDFName.of('Annots'), context.obj([context.register(note)]));
    const bytes = await document.save({ useObjectStreams: false });
    expect(await wordsOfPdf(bytes)).toMatch(/Goncharov/);
    const stripped = await stripMetadata('application/pdf', bytes);
    const read = await PDFDocument.load(stripped, { updateMetadata: false });
    expect([read.getPageCount(), read.getAuthor(), read.getCreator(), read.getProducer()]).toEqual([
      1,
      undefined,
      undefined,
      undefined,
    ]);
    const words = await wordsOfPdf(stripped);
    expect(words).not.toMatch(/Goncharov/);
    expect(words.includes('xmpmeta')).toBe(false);
  });

  test('PDF: one that is encrypted or broken is not let through', async () => {
    await expect(stripMetadata('application/pdf', Buffer.from('%PDF-1.7 учебный файл'))).rejects.toThrow(CannotStrip);
  });

  test('DOCX: core, application and custom properties, comments and tracked changes forget their author; the text stays', async () => {
    const stripped = unzipSync(await stripMetadata(docx, wordFile()));
    const all = Object.values(stripped)
      .map((part) => Buffer.from(part).toString('utf8'))
      .join('\n');
    expect(Buffer.from(wordFile()).length).toBeGreaterThan(0);
    expect(all).not.toContain('Гончаров');
    expect(all).not.toContain('goncharov');
    expect(all).not.toContain('ООО «Школа»');
    expect(all).toContain('Текст программы');
    expect(all).toContain('w:author="Автор"');
  });

  test('DOCX: a table that a chart brings along, the folder of the template and names in single quotes go too', async () => {
    const bytes = zipSync({
      ...unzipSync(wordFile()),
      'word/embeddings/Microsoft_Excel_Worksheet.xlsx': zipSync({
        'docProps/core.xml': strToU8(`<cp:coreProperties><dc:creator>${author}</dc:creator></cp:coreProperties>`),
        'xl/sharedStrings.xml': strToU8('<sst><si><t>Часы по темам</t></si></sst>'),
      }),
      'word/_rels/settings.xml.rels': strToU8(
        `<Relationships><Relationship Id="rId1" Target="file:///C:\\Users\\${author}\\Normal.dotm" TargetMode="External"/></Relationships>`,
      ),
      'word/footnotes.xml': strToU8(`<w:footnotes><w:del w:author='${author}'><w:t>сноска</w:t></w:del></w:footnotes>`),
    });
    const stripped = unzipSync(await stripMetadata(docx, bytes));
    const table = unzipSync(stripped['word/embeddings/Microsoft_Excel_Worksheet.xlsx']!);
    const all = [...Object.values(stripped), ...Object.values(table)]
      .map((part) => Buffer.from(part).toString('utf8'))
      .join('\n');
    expect(all).not.toContain('Гончаров');
    expect(all).toContain('Часы по темам');
    expect(all).toContain('сноска');
    // What is inside counts for the limit of the whole.
    const bomb = zipSync({ 'word/embeddings/a.xlsx': zipSync({ 'xl/a.xml': new Uint8Array(2_000_000) }) });
    await expect(stripMetadata(docx, bomb, 1_000_000)).rejects.toThrow(CannotStrip);
  });

  test('JPEG and PNG: the camera, its owner and comments go, the picture stays', async () => {
    const segment = (marker: number, body: string) => {
      const bytes = Buffer.from(body, 'utf8');
      const head = Buffer.alloc(4);
      head.writeUInt16BE(marker, 0);
      head.writeUInt16BE(bytes.length + 2, 2);
      return Buffer.concat([head, bytes]);
    };
    const jpeg = Buffer.concat([
      Buffer.of(0xff, 0xd8),
      segment(0xffe0, 'JFIF\0'),
      segment(0xffe1, `Exif\0\0${author}`),
      segment(0xfffe, author),
      segment(0xffda, 'scan'),
      Buffer.from('picture'),
      Buffer.of(0xff, 0xd9),
      Buffer.from(author),
    ]);
    const cleanJpeg = Buffer.from(await stripMetadata('image/jpeg', jpeg));
    expect([cleanJpeg.includes(author), cleanJpeg.includes('picture'), cleanJpeg.includes('JFIF')]).toEqual([
      false,
      true,
      true,
    ]);
    const chunk = (type: string, body: string) => {
      const bytes = Buffer.from(body, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, Buffer.from(type, 'latin1'), bytes, Buffer.alloc(4)]);
    };
    const png = Buffer.concat([
      Buffer.from('89504e470d0a1a0a', 'hex'),
      chunk('IHDR', 'head'),
      chunk('tEXt', author),
      chunk('IDAT', 'picture'),
      chunk('IEND', ''),
    ]);
    const cleanPng = Buffer.from(await stripMetadata('image/png', png));
    expect([cleanPng.includes(author), cleanPng.includes('picture')]).toEqual([false, true]);
  });

  test('an archive that unpacks to too much is not unpacked', async () => {
    const bomb = zipSync({ 'word/document.xml': new Uint8Array(2_000_000) });
    await expect(stripMetadata(docx, bomb, 1_000_000)).rejects.toThrow(CannotStrip);
  });
});

describe('the scanner', () => {
  const eicar = 'X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR';

  test('hears that a file is clean, and what is found in one that is not; every byte arrives', async () => {
    const seen: Buffer[] = [];
    const server = await standIn((content, reply) => {
      seen.push(content);
      reply(content.includes('EICAR') ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0');
    });
    const scanner = clamdScanner(server.at);
    const large = Buffer.alloc(700_000, 'я');
    expect(await scanner.scan(Readable.from([large.subarray(0, 400_000), large.subarray(400_000)]))).toEqual({
      verdict: 'clean',
    });
    expect(seen[0]?.equals(large)).toBe(true);
    expect(await scanner.scan(Readable.from([Buffer.from(eicar)]))).toEqual({
      verdict: 'infected',
      signature: 'Eicar-Test-Signature',
    });
    await server.stop();
  });

  test('says nothing about a file when it is down, is silent, refuses or breaks off', async () => {
    const file = () => Readable.from([Buffer.from('x')]);
    const refusing = await standIn((_content, reply) => reply('INSTREAM size limit exceeded. ERROR\0'));
    await expect(clamdScanner(refusing.at).scan(file())).rejects.toThrow('size limit');
    await refusing.stop();
    await expect(clamdScanner(refusing.at).scan(file())).rejects.toThrow();
    const silent = await standIn(() => undefined);
    await expect(clamdScanner(silent.at, 200).scan(file())).rejects.toThrow('does not answer');
    await silent.stop();
    const breaking = await standIn((_content, reply) => reply(''));
    await expect(clamdScanner(breaking.at).scan(file())).rejects.toThrow('nothing');
    await breaking.stop();
  });
});

/** A clamd that understands INSTREAM and answers what it is told to. */
async function standIn(answer: (content: Buffer, reply: (line: string) => void) => void) {
  const server: Server = createServer((socket) => {
    let received = Buffer.alloc(0);
    let answered = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const command = 'zINSTREAM\0';
      if (answered || !received.subarray(0, command.length).equals(Buffer.from(command))) return;
      const parts: Buffer[] = [];
      for (let at = command.length; at + 4 <= received.length; ) {
        const length = received.readUInt32BE(at);
        if (length === 0) {
          answered = true;
          return answer(Buffer.concat(parts), (line) => socket.end(line));
        }
        parts.push(received.subarray(at + 4, at + 4 + length));
        at += 4 + length;
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  return {
    at: { host: '127.0.0.1', port: address.port },
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** Everything readable in a PDF, streams unpacked. */
async function wordsOfPdf(bytes: Uint8Array): Promise<string> {
  const document = await PDFDocument.load(bytes, { updateMetadata: false });
  return Buffer.from(await document.save({ useObjectStreams: false, addDefaultPage: false })).toString('utf8');
}

function wordFile(): Uint8Array {
  return zipSync({
    '[Content_Types].xml': strToU8(
      '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    ),
    '_rels/.rels': strToU8('<Relationships/>'),
    'docProps/core.xml': strToU8(
      `<cp:coreProperties><dc:creator>${author}</dc:creator><cp:lastModifiedBy>goncharov</cp:lastModifiedBy></cp:coreProperties>`,
    ),
    'docProps/app.xml': strToU8('<Properties><Company>ООО «Школа»</Company><Manager>Гончаров</Manager></Properties>'),
    'docProps/custom.xml': strToU8(
      '<Properties><property name="Автор"><vt:lpwstr>Гончаров</vt:lpwstr></property></Properties>',
    ),
    'word/document.xml': strToU8(
      `<w:document><w:ins w:id="1" w:author="${author}"><w:t>Текст программы</w:t></w:ins></w:document>`,
    ),
    'word/comments.xml': strToU8(
      `<w:comments><w:comment w:author="${author}" w:initials="Гончаров"><w:t>ok</w:t></w:comment></w:comments>`,
    ),
    'word/people.xml': strToU8(
      `<w15:person w15:author="${author}"><w15:presenceInfo w15:providerId="AD" w15:userId="goncharov"/></w15:person>`,
    ),
  });
}
