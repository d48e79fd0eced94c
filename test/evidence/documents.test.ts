import { createHash } from 'node:crypto';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scanPending } from '../../platform/documents/quarantine.ts';
import type { Scanner } from '../../platform/documents/scanner.ts';
import { type ApiWorld, createApiWorld, invite, programmeOf } from '../api/world.ts';

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
let world: ApiWorld;
let down = false;
/** Every file is clean but the one that says it is not; down when the test says so. */
const scanner: Scanner = {
  scan: async (content) => {
    const parts: Buffer[] = [];
    for await (const part of content) parts.push(part as Buffer);
    if (down) throw new Error('connect ECONNREFUSED');
    return Buffer.concat(parts).includes('EICAR') ? { verdict: 'infected', signature: 'Eicar' } : { verdict: 'clean' };
  },
};

beforeAll(async () => void (world = await createApiWorld({ over: { scanner } })));
afterAll(async () => world?.stop());

const put = async (who: string, name: string, content: string | Uint8Array) => {
  const answer = await world.app.request('/api/files', {
    method: 'PUT',
    body: Buffer.from(content),
    headers: {
      authorization: `Bearer ${await world.tokenOf(who)}`,
      'content-type': 'application/octet-stream',
      'x-file-name': encodeURIComponent(name),
    },
  });
  return { status: answer.status, body: (await answer.json()) as any };
};

const open = async (who: string, caseId: string, sha256: string) =>
  world.app.request(`/api/cases/${caseId}/documents/${sha256}`, {
    headers: { authorization: `Bearer ${await world.tokenOf(who)}` },
  });

async function submitWith(title: string, attachments: Array<{ sha256: string; name: string }>, who = 'goncharov') {
  const head = await world.as(who);
  const { body: me } = await head('GET', '/api/session');
  const source = programmeOf('veroyatnost-i-statistika', title) as { provider: Record<string, unknown> };
  const programme = {
    ...source,
    attachments,
    provider: { ...source.provider, organisationId: me.organisations[0].id },
  };
  return head('POST', '/api/cases', { process: 'dpp-certification', body: { programme } });
}

test('a file is what its content is: the name and the declared type decide nothing', async () => {
  const program = await put('goncharov', 'Устав.pdf', Buffer.from('7f454c460201010000000000', 'hex'));
  expect([program.status, program.body.code]).toEqual([422, 'unsupported_file']);
  const renamed = await put('goncharov', '../../Устав.docx', '%PDF-1.7\n%test');
  expect(renamed.body).toMatchObject({ name: 'Устав.docx.pdf', mime: 'application/pdf', scan: 'clean' });
});

test('an infected file is refused and destroyed, and is not taken a second time', async () => {
  const first = await put('goncharov', 'Скан.txt', 'X5O EICAR test');
  expect([first.status, first.body.code]).toEqual([422, 'infected_file']);
  const [row] = await world.deps.sql`select scan, scan_note, inline, erased_at from document where scan = 'infected'`;
  expect(row).toMatchObject({ scan: 'infected', scan_note: 'Eicar', inline: null, erased_at: expect.any(Date) });
  expect((await put('goncharov', 'Скан.txt', 'X5O EICAR test')).body.code).toBe('infected_file');
});

test('while the scanner is down a file waits in quarantine, opens to nobody, and is looked at again', async () => {
  down = true;
  const file = await put('goncharov', 'Справка.txt', 'Справка о материальной базе');
  expect(file.body.scan).toBe('pending');
  const bad = await put('goncharov', 'Приказ.txt', 'EICAR inside');
  expect(bad.body.scan).toBe('pending');
  const { body } = await submitWith('Программа с файлом в карантине', [
    { sha256: file.body.sha256, name: 'Справка.txt' },
    { sha256: bad.body.sha256, name: 'Приказ.txt' },
  ]);
  const refused = await open('belova', body.caseId, file.body.sha256);
  expect([refused.status, ((await refused.json()) as any).code]).toEqual([409, 'document_quarantined']);

  const { sql, documents, log } = world.deps;
  const deps = { pool: sql, documents, scanner, log };
  // A round with a scanner that is down costs one try and lengthens the wait.
  const soon = new Date(Date.now() + 60_000);
  expect(await scanPending(deps, soon)).toBe(1);
  expect(await scanPending(deps, new Date())).toBe(0);
  down = false;
  expect(await scanPending(deps, new Date(Date.now() + 3_600_000))).toBe(2);

  const opened = await open('belova', body.caseId, file.body.sha256);
  expect([opened.status, await opened.text()]).toEqual([200, 'Справка о материальной базе']);
  const infected = await open('belova', body.caseId, bad.body.sha256);
  expect([infected.status, ((await infected.json()) as any).code]).toEqual([409, 'document_infected']);
});

test('a digest that somebody else uploaded opens nothing: it cannot be attached', async () => {
  const foreign = await put('shumilova', 'Чужое.txt', 'Внутренний документ другой организации');
  const answer = await submitWith('Программа с чужим файлом', [{ sha256: foreign.body.sha256, name: 'x.txt' }]);
  expect(answer.status).toBe(422);
  expect(answer.body.errors[0]).toMatchObject({ pointer: '/programme/attachments/0' });
  const unknown = await submitWith('Программа без файла', [{ sha256: 'a'.repeat(64), name: 'x.txt' }]);
  expect(unknown.status).toBe(422);
});

test('staff get a file whole under its name; an expert gets it without its authors and under a number', async () => {
  const content = zipSync({
    '[Content_Types].xml': strToU8(
      `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="${docx}.main+xml"/></Types>`,
    ),
    'docProps/core.xml': strToU8('<cp:coreProperties><dc:creator>Гончаров Пётр</dc:creator></cp:coreProperties>'),
    'word/document.xml': strToU8('<w:document><w:t>Учебный план</w:t></w:document>'),
  });
  const name = 'Гончаров, "план" (1)\'*.docx';
  const file = await put('goncharov', name, content);
  expect(file.body).toMatchObject({ mime: docx, name: `Гончаров, _план_ (1)'_.docx` });
  const { body } = await submitWith('Программа с приложением', [{ sha256: file.body.sha256, name: file.body.name }]);
  const [expert] = await invite(world, body.caseId);

  const whole = await open('belova', body.caseId, file.body.sha256);
  expect(Object.fromEntries(whole.headers)).toMatchObject({
    'content-type': docx,
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'content-disposition': expect.stringMatching(
      /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''[^\s'()*"]+$/,
    ),
  });
  expect(Buffer.from(await whole.arrayBuffer()).equals(Buffer.from(content))).toBe(true);

  const accepted = await (await world.as(expert!.personId))('POST', `/api/cases/${body.caseId}/actions/acceptTask`, {
    taskId: expert!.taskId,
    noConflict: true,
  });
  expect(accepted.status).toBe(200);
  const { body: task } = await (await world.as(expert!.personId))('GET', `/api/tasks/${expert!.taskId}`);
  const listed = task.documents.find(({ kind }: { kind: string }) => kind === 'file');
  expect(listed).toMatchObject({ sha256: null, size: null, name: null });
  const blind = await open(expert!.personId, body.caseId, listed.href.split('/').at(-1));
  const bytes = new Uint8Array(await blind.arrayBuffer());
  const parts = Object.values(unzipSync(bytes))
    .map((part) => Buffer.from(part).toString('utf8'))
    .join('');
  expect(parts).toContain('Учебный план');
  expect(parts).not.toContain('Гончаров');
  const title = decodeURIComponent(blind.headers.get('content-disposition') ?? '');
  expect(title).toContain('Приложение');
  expect(title).not.toContain('Гончаров');
  expect(JSON.stringify(task)).not.toContain('Гончаров, _план_');

  // Against a digest he could try what was left out: he is told none, and one that he has guessed opens nothing.
  expect(JSON.stringify(task)).not.toContain(file.body.sha256);
  expect(blind.headers.get('etag')).toBe(`"${createHash('sha256').update(bytes).digest('hex')}"`);
  expect((await open(expert!.personId, body.caseId, file.body.sha256)).status).toBe(404);
});
