/** The audit of one case as a file: who gets what, what it proves without a database, and what is found when somebody has edited it. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CaseAudit } from '../../api/contract/case-audit.ts';
import { MOST_EVENTS } from '../../api/queries/case-audit.ts';
import { verifyCaseFile } from '../../platform/audit/case-file.ts';
import { writeDailyRoots } from '../../platform/audit/daily-root.ts';
import { projectRoot } from '../../platform/config.ts';
import { chainHash } from '../../platform/crypto/chain.ts';
import { erasePerson } from '../../platform/personal/erase.ts';
import { personId } from '../../prisma/seed/people.ts';
import { stackInfo } from '../stack/stack-info.ts';
import { createDirectWorld, type DirectWorld } from './direct-world.ts';
import { type FixtureCase, must, openFixtureCase } from './fixture-case.ts';

let world: DirectWorld;
let kase: FixtureCase;
beforeAll(async () => {
  world = await createDirectWorld();
  kase = await openFixtureCase(world, 1);
});
afterAll(() => world?.stop());

const fileFor = async (who: string, after = 0): Promise<CaseAudit> =>
  must(world, who, 'GET', `/api/cases/${kase.caseId}/audit?after=${after}`);
const inTwoDays = () => new Date(Date.now() + 2 * 86_400_000);
const edited = (file: CaseAudit, edit: (copy: CaseAudit) => void): CaseAudit => {
  const copy = structuredClone(file);
  edit(copy);
  return copy;
};

it('before the first root the chain alone holds the events, and the file says so', async () => {
  const file = await fileFor('koroleva');
  const report = verifyCaseFile(file);
  expect(report).toMatchObject({ faults: [], linked: file.case.sequence, rootedTo: 0, days: 0 });
  expect(report.notesRu.join(' ')).toContain('суточного корня в файле ещё нет');
  expect(file.notesRu.join(' ')).toContain('ещё не под суточным корнем');
});

it('of the coordinator tells everything in order of time and proves it, down to the roots that were published', async () => {
  await writeDailyRoots(world.pool, inTwoDays());
  const file = await fileFor('koroleva');
  const { items: published } = await must(world, '', 'GET', '/api/integrity/roots');
  expect(verifyCaseFile(file, published)).toMatchObject({
    faults: [],
    linked: file.case.sequence,
    rootedTo: file.case.sequence,
    compared: file.proof.days.length,
  });
  expect(file.proof.days.length).toBeGreaterThan(0);
  const { items } = await must(world, 'koroleva', 'GET', `/api/cases/${kase.caseId}/events?limit=100`);
  // The page and the file are the same reading.
  expect(file.events.map(({ sequence, labelRu, actorRu, facts }) => ({ sequence, labelRu, actorRu, facts }))).toEqual(
    items.map((e: any) => ({ sequence: e.sequence, labelRu: e.labelRu, actorRu: e.actorRu, facts: e.facts })),
  );
  expect(file.events[0]).toMatchObject({ roleRu: 'руководитель организации ДПО', wordsRu: `Номер ${kase.number}` });
  // What follows from an act was done in the role of the act; an event of a task names it.
  expect(file.events[1]!.roleRu).toBe(file.events[0]!.roleRu);
  expect(file.events.filter(({ type }) => type === 'task.submitted').map(({ taskRu }) => taskRu)).toEqual([
    'Техническая проверка',
    'Экспертиза программы',
  ]);
  expect(file.events[0]!.atRu).toMatch(/^\d+ [а-я]+ 20\d\d г\., \d\d:\d\d \(UTC\+3\)$/);
  expect(file.policies).toEqual([
    expect.objectContaining({ current: true, actRu: expect.stringContaining('Порядок') }),
  ]);
  expect(file.tasks.find(({ id }) => id === kase.panel[0]!.taskId)?.assigneeId).toBe(kase.panel[0]!.personId);
  expect(file.letters.map(({ addresseeRoleRu }) => addresseeRoleRu)).toEqual(
    expect.arrayContaining(['эксперт', 'оператор портала']),
  );
  expect(file.documents.map(({ sha256 }) => sha256)).toContain(kase.programmeSha);
  expect(file.readings).toBeNull();
});

it('names the event that somebody has changed, removed or moved, also in its words', async () => {
  const file = await fileFor('koroleva');
  const first = (edit: (copy: CaseAudit) => void) => {
    const [fault] = verifyCaseFile(edited(file, edit)).faults;
    return [fault?.kind, fault?.sequence, fault?.row];
  };
  const { row } = file.events[3]!;
  expect(first((f) => (f.events[3]!.on = '2020-01-01'))).toEqual(['changed', 4, row]);
  expect(first((f) => void (f.events[3]!.facts.extra = 1))).toEqual(['changed', 4, row]);
  expect(first((f) => void (f.events[3]!.link!.actor.personId = personId('kim')))).toEqual(['changed', 4, row]);
  expect(first((f) => (f.events[3]!.labelRu = 'Выдано'))).toEqual(['words_differ', 4, row]);
  expect(first((f) => (f.events[0]!.wordsRu = 'Номер DPP-1'))[0]).toBe('words_differ');
  expect(first((f) => (f.events[0]!.actorRu = 'Платформа Иванова'))[0]).toBe('words_differ');
  // Another version has other words: they accuse nobody, and it is said that they were not compared.
  const elsewhere = edited(file, (f) => {
    f.made.version = '0.0.1';
    f.events[0]!.wordsRu = 'Сказано иначе';
  });
  expect(verifyCaseFile(elsewhere)).toMatchObject({ faults: [] });
  expect(verifyCaseFile(elsewhere).notesRu).toContainEqual(expect.stringContaining('слова не сверены'));
  expect(first((f) => f.events.splice(3, 1))).toEqual(['removed', 4, undefined]);
  expect(first((f) => f.events.splice(-1, 1))[0]).toBe('truncated');
  expect(first((f) => f.events.splice(3, 2, f.events[4]!, f.events[3]!))).toEqual(['reordered', 4, row]);
  expect(first((f) => (f.events[3]!.link = null))).toEqual(['changed', 4, undefined]);
  expect(first((f) => (f.proof.anchors[0]!.path = ['0'.repeat(64)]))[0]).toBe('root_broken');
  expect(first((f) => (f.proof.days[0]!.records += 1))[0]).toBe('root_broken');
  // Everything computed anew holds together and differs from the copy.
  const { items: published } = await must(world, '', 'GET', '/api/integrity/roots');
  const other = [{ ...published[0], hash: '0'.repeat(64) }];
  expect(verifyCaseFile(file, other).faults).toMatchObject([{ kind: 'root_differs' }]);
});

it('of a blinded reader says no more than his page, verifies as far as it says and no further', async () => {
  const hidden = kase.panel.map((member) => member.personId);
  const people = await world.pool<
    Array<{ family_name: string }>
  >`select family_name from person where id = any(${hidden}::uuid[])`;
  for (const who of ['goncharov', 'orlov']) {
    const file = await fileFor(who);
    const text = JSON.stringify(file);
    for (const word of [...hidden, ...people.map(({ family_name }) => family_name)])
      expect(text, who).not.toContain(word);
    const links = await world.pool<Array<{ hash: Buffer }>>`select hash from case_event where case_id = ${kase.caseId}`;
    for (const { hash } of links) expect(text.includes(hash.toString('hex')), who).toBe(false);
    const report = verifyCaseFile(file);
    expect(report, who).toMatchObject({ faults: [], linked: 0, rootedTo: file.case.sequence });
    expect(report.notesRu.join(' ')).toContain('содержание событий файл не доказывает');
    // A change of what is not proved is not found, and nothing says that it would be; a hole is.
    expect(verifyCaseFile(edited(file, (f) => void (f.events[1]!.facts.to = 'x'))).linked).toBe(0);
    expect(verifyCaseFile(edited(file, (f) => f.events.splice(2, 1))).faults).toMatchObject([
      { kind: 'removed', sequence: 3 },
    ]);
    expect(file.letters.every(({ addresseeRu }) => addresseeRu === file.made.byRu)).toBe(true);
  }
  const expert = await world.as(kase.panel[0]!.personId);
  expect((await expert('GET', `/api/cases/${kase.caseId}/audit`)).status).toBe(404);
});

it('is recorded with its number and digest before it leaves, and the administrator finds that in the next one', async () => {
  const answer = await world.app.request(`/api/cases/${kase.caseId}/audit`, {
    headers: { authorization: `Bearer ${await world.tokenOf('goncharov')}` },
  });
  const body = Buffer.from(await answer.arrayBuffer());
  const sha256 = createHash('sha256').update(body).digest('hex');
  const { number } = JSON.parse(body.toString()) as CaseAudit;
  expect(answer.headers.get('etag')).toBe(`"${sha256}"`);
  const [row] = await world.pool`select row, actor_id, facts from audit_record where facts->>'number' = ${number}`;
  expect(row).toMatchObject({ row: 'ACCESS-10', actor_id: personId('goncharov'), facts: { sha256, format: 'json' } });
  const { readings } = await fileFor('sokolov');
  expect(readings?.records.map(({ whatRu, whoRu }) => `${whatRu}: ${whoRu}`)).toContainEqual(
    expect.stringMatching(/^Сделана выписка из журнала: Гончаров/),
  );
});

it('is a workbook and a printed page too: the same number of events, words as texts, nothing that runs', async () => {
  const get = async (format: string) =>
    world.app.request(`/api/cases/${kase.caseId}/audit?format=${format}`, {
      headers: { authorization: `Bearer ${await world.tokenOf('koroleva')}` },
    });
  const file = await fileFor('koroleva');
  const book = unzipSync(new Uint8Array(await (await get('xlsx')).arrayBuffer()));
  const [names, strings] = [strFromU8(book['xl/workbook.xml']!), strFromU8(book['xl/sharedStrings.xml']!)];
  expect([...names.matchAll(/<sheet [^>]*?name="([^"]+)"/g)].map(([, name]) => name)).toEqual(
    'Дело Ход Задачи Письма Документы Доказательство'.split(' '),
  );
  for (const [path, content] of Object.entries(book))
    if (path.includes('sheet')) expect(strFromU8(content)).not.toMatch(/<f[ >]/);
  for (const word of [file.events[2]!.labelRu, file.events.at(-1)!.link!.hash, kase.number])
    expect(strings).toContain(word);
  const answer = await get('html');
  const page = await answer.text();
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page).toMatch(/<h1>Выписка из журнала дела<\/h1><p class="no">№ ВЖ-\d{8}-[0-9A-F]{8}<\/p>/);
  for (const { labelRu, link } of file.events) {
    expect(page).toContain(labelRu);
    expect(page).toContain(link!.hash);
  }
  expect(page).not.toMatch(/<script|javascript:|\son\w+=/i);
  expect((await get('pdf')).status).toBe(422);
});

it('has for everybody the shape that the description gives it', async () => {
  for (const who of ['koroleva', 'goncharov', 'orlov', 'sokolov'])
    expect(CaseAudit.safeParse(await fileFor(who)).error, who).toBeUndefined();
});

it('stands for an erased person as erased, and the proof still holds', async () => {
  const { personId: gone } = kase.panel[0]!;
  await world.pool.begin((sql) => erasePerson(sql, gone));
  const file = await fileFor('koroleva');
  const his = file.events.filter(({ actorId }) => actorId === gone);
  expect(his.length).toBeGreaterThan(0);
  expect([...new Set(his.map(({ actorRu }) => actorRu))]).toEqual(['Данные удалены']);
  expect(verifyCaseFile(file)).toMatchObject({ faults: [], linked: file.case.sequence });
});

it('npm run audit:verify -- --file needs no settings, and answers by its exit code', async () => {
  const folder = mkdtempSync(join(stackInfo().folder, 'case-audit-'));
  const write = (name: string, value: unknown) => {
    writeFileSync(join(folder, name), JSON.stringify(value));
    return join(folder, name);
  };
  const file = await fileFor('koroleva');
  const sound = write('case.json', file);
  const changed = write(
    'changed.json',
    edited(file, (f) => (f.events[4]!.on = '2020-01-01')),
  );
  const roots = write('roots.json', { items: file.proof.days });
  const [ok, bad, elsewhere] = await Promise.all([
    command('--file', sound, '--roots', roots),
    command('--file', changed),
    command('--file', sound, '--roots', write('old.json', [{ day: '2001-01-01', hash: '0'.repeat(64) }])),
  ]);
  expect(ok, ok.out).toMatchObject({ code: 0, out: expect.stringContaining('Всё, что файл утверждает, сходится.') });
  expect(bad, bad.out).toMatchObject({ code: 1, out: expect.stringContaining('первое — событие 5') });
  expect(() => verifyCaseFile({ items: file.proof.days })).toThrow('Это не файл дела');
  expect(elsewhere, elsewhere.out).toMatchObject({ code: 2, out: expect.stringContaining('сверить корни не с чем') });
});

it('of a very long case comes in parts that each say what they are', async () => {
  await lengthen(MOST_EVENTS + 200);
  await writeDailyRoots(world.pool, new Date(Date.now() + 4 * 86_400_000));
  const first = await fileFor('koroleva');
  expect(first.part).toEqual({ after: 0, to: MOST_EVENTS, next: MOST_EVENTS });
  const report = verifyCaseFile(first);
  expect(report).toMatchObject({ faults: [], linked: MOST_EVENTS });
  expect(report.notesRu.join(' ')).toContain(`after=${MOST_EVENTS}`);
  const second = await fileFor('koroleva', MOST_EVENTS);
  expect(second.part).toMatchObject({ after: MOST_EVENTS, next: null });
  expect(verifyCaseFile(second)).toMatchObject({ faults: [], rootedTo: second.case.sequence });
  expect(second.events[0]!.link!.previous).toBe(first.proof.head);
});

/** Adds events past the rules: the file is under test. */
async function lengthen(until: number): Promise<void> {
  const { pool } = world;
  const [row] = await pool<Array<{ sequence: number; last_hash: Buffer }>>`
    select sequence, last_hash from "case" where id = ${kase.caseId}`;
  let { sequence, last_hash: previous } = row!;
  const at = new Date().toISOString();
  const rows: object[] = [];
  while (sequence < until) {
    sequence += 1;
    const event = {
      caseId: kase.caseId,
      sequence,
      type: 'note.added',
      row: 'TASK-01',
      at,
      on: at.slice(0, 10),
      actor: { kind: 'system' as const },
      facts: { n: sequence },
    };
    const hash = chainHash(previous, event);
    rows.push({ ...event, prev: previous.toString('hex'), hash: hash.toString('hex') });
    previous = hash;
  }
  await pool`
    insert into case_event (case_id, sequence, type, row, at, "on", recorded_at, actor_kind, command_id, facts, prev_hash, hash)
    select "caseId", sequence, type, row, at, "on", now() + interval '2 days', 'system', 'c', facts, decode(prev, 'hex'), decode(hash, 'hex')
    from jsonb_to_recordset(${pool.json(rows as never)}) as x("caseId" uuid, sequence int, type text, row text, at timestamptz, "on" text, facts jsonb, prev text, hash text)`;
  await pool`update "case" set sequence = ${sequence}, last_hash = ${previous} where id = ${kase.caseId}`;
}

async function command(...args: string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/audit-verify.ts', ...args], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, NO_COLOR: '1' },
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out })));
}
