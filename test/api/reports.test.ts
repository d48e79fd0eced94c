/** Reports over HTTP: every number is as long as its list, nobody sees more than his cases, and a workbook says what the screen says. */
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import readXlsxFile from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocumentStore } from '../../platform/documents/store.ts';
import { lastQuarterEnd } from '../../processes/kit/dates.ts';
import { REPORTS } from '../../processes/reports.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import {
  NASTY_NAME,
  NASTY_PLACE,
  SCHOOL_42,
  tellAssessments,
  tellAttestations,
  tellCycles,
  tellProgrammes,
} from './report-world.ts';
import { type ApiWorld, createApiWorld } from './world.ts';
import { dayIn, MOSCOW } from '../support/days.ts';

let world: ApiWorld;
const today = dayIn(MOSCOW);
/** A head of the school of region 42, an observer and a founder's office of region 61. */
let head: string;
let observer: string;
let office: string;

beforeAll(async () => {
  world = await createApiWorld({ worker: false });
  const { sql, references, keys, log } = world.deps;
  const { pool } = world.driver;
  const documents = createDocumentStore({ pool, folder: join(world.config.dataDir, 'documents') });
  const deps = { pool, keys, references, log, documents };
  await tellProgrammes({ ...deps, isLocalWork: () => true }, [
    'отозвана заявителем',
    'действует',
    'срок действия истёк',
    'отказано, ждёт ознакомления',
    'второй круг экспертизы',
    'арбитраж',
    'экспертиза: двое ответили, третий просрочил',
  ]);
  await tellCycles(sql);
  await tellAttestations(sql);
  await tellAssessments(sql);
  await sql`update organisation set short_name_ru = ${NASTY_NAME}, name_ru = ${NASTY_NAME} where id = ${SCHOOL_42}`;
  head = await account('Школьников', 'head', 'organisation', SCHOOL_42);
  observer = await account('Наблюдателев', 'observer', 'region', '61');
  office = await account('Учредителев', 'founder_rep', 'region', '61');
});
afterAll(() => world?.stop());

async function account(name: string, role: string, kind: string, scope: string): Promise<string> {
  const id = seedId('person', `report-${name}`);
  await world.deps.sql`insert into person (id, family_name, given_name, display_name, email, zone, synthetic)
    values (${id}, ${name}, '@SUM(A1)', ${`@${name}`}, ${`${id}@example.org`}, 'Europe/Moscow', true)`;
  await world.deps.sql`insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on)
    values (gen_random_uuid(), ${id}, ${role}, ${kind}, ${scope}, '2019-01-01')`;
  return id;
}

const get = async (who: string, path: string) => (await world.as(who))('GET', path);
const ids = async (who: string): Promise<string[]> =>
  (await get(who, '/api/reports')).body.items.map((r: { id: string }) => r.id);

interface Figure {
  value: number | null;
  unit: string;
  count: number | null;
  outOf: number | null;
  cell: string | null;
  hidden: boolean;
}
function figures(view: any): Figure[] {
  const cells = view.parts.flatMap((p: any) => p.rows.flatMap((r: any) => Object.values(r.cells)));
  return [...view.headline.map((h: any) => h.figure), ...cells].filter((x) => x !== null && typeof x === 'object');
}

/** Every member of a number, page by page. */
async function open(who: string, id: string, cell: string, query = '', limit = 20): Promise<any[]> {
  const all: any[] = [];
  let cursor = '';
  for (;;) {
    const path = `/api/reports/${id}/members?cell=${encodeURIComponent(cell)}&limit=${limit}${query}${cursor ? `&cursor=${cursor}` : ''}`;
    const { status, body } = await get(who, path);
    if (status !== 200) throw new Error(`${id} ${cell}: ${status} ${JSON.stringify(body)}`);
    all.push(...body.items);
    if (!body.next) {
      expect(body.total, `${id} ${cell}`).toBe(all.length);
      return all;
    }
    cursor = body.next;
  }
}

describe('every number of every report', () => {
  it.each(['sokolov', 'koroleva', 'orlov', 'yushkova', 'head', 'office'])(
    'is as long as the list it opens: %s',
    async (key) => {
      const who = key === 'head' ? head : key === 'office' ? office : key;
      let opened = 0;
      for (const id of await ids(who)) {
        const { status, body } = await get(who, `/api/reports/${id}`);
        expect(status, `${id}: ${JSON.stringify(body)}`).toBe(200);
        const seen = new Map<string, number>();
        for (const f of figures(body)) {
          if (f.hidden) {
            expect([f.value, f.count, f.cell]).toEqual([null, null, null]);
            continue;
          }
          const shut = id.startsWith('qualification') && ['orlov', 'office'].includes(key);
          if (id !== 'indicators') expect(f.cell === null, id).toBe(shut || f.count === 0 || f.value === null);
          if (f.cell === null) continue;
          const members = await open(who, id, f.cell);
          opened++;
          expect(members.length, `${id} ${f.cell}`).toBe(f.count);
          expect(new Set(members.map((m) => m.key)).size).toBe(members.length);
          const sum = members.reduce((total, m) => total + (m.value ?? 0), 0);
          if (f.unit === 'percent') {
            if (f.outOf)
              expect(Math.abs((f.value as number) - (members.length * 100) / f.outOf)).toBeLessThanOrEqual(0.5);
            else expect(f.value).toBeNull();
          } else if (members.some((m) => m.value !== null)) {
            const values = members.map((m) => m.value as number);
            expect([sum, ...medians(values)], `${id} ${f.cell}`).toContain(f.value);
          } else expect(f.value, `${id} ${f.cell}`).toBe(members.length);
          seen.set(f.cell, members.length);
        }
      }
      expect(opened).toBeGreaterThan(key === 'office' ? 20 : key === 'head' ? 30 : 40);
    },
  );

  it('opens the same list under the same filter, and each case of it opens for the viewer', async () => {
    const filters: Record<string, string> = {
      'mentoring-cycle-coverage': '&on=2025-03-01&region=42',
      'mentoring-cycle-norms': '&from=2024-10-01&to=2024-12-31',
      'head-attestation-monitoring': '&year=2026&region=61',
      'dpp-certification-register': '&on=2026-01-01',
    };
    for (const [id, query] of Object.entries(filters)) {
      const { body } = await get('sokolov', `/api/reports/${id}?${query.slice(1)}`);
      for (const f of figures(body)) {
        if (!f.cell) continue;
        const members = await open('sokolov', id, f.cell, query);
        expect(members.length, `${id} ${f.cell}`).toBe(f.count);
        for (const m of members.slice(0, 2))
          expect((await get('sokolov', `/api/cases/${m.caseId}`)).status, m.caseId).toBe(200);
      }
    }
  });

  it('comes page by page, each member once, in an order that stays', async () => {
    const cell = 'headline~all~';
    const [whole, paged] = await Promise.all([
      open('sokolov', 'mentoring-cycle-coverage', cell),
      open('sokolov', 'mentoring-cycle-coverage', cell, '', 2),
    ]);
    expect(paged).toEqual(whole);
    expect(whole).toHaveLength(6);
  });

  it('counts the same in the table and in the register: what is told is what was', async () => {
    const mentoring = (await get('sokolov', '/api/reports/mentoring-cycle-coverage')).body;
    const line = (view: any, key: string) => view.headline.find((h: any) => h.key === key).figure.value;
    expect([line(mentoring, 'all'), line(mentoring, 'paused'), line(mentoring, 'declined')]).toEqual([6, 1, 1]);
    const ends = (await get('sokolov', '/api/reports/mentoring-cycle-outcomes')).body;
    expect([line(ends, 'completed'), line(ends, 'left')]).toEqual([1, 1]);
    const mentors = (await get('sokolov', '/api/reports/mentoring-cycle-mentors')).body;
    expect(line(mentors, 'vacant')).toBe(2);
    const heads = (await get('sokolov', '/api/reports/head-attestation-monitoring?year=2026')).body;
    expect(['all', 'conform', 'conditional', 'not'].map((k) => line(heads, k))).toEqual([5, 3, 1, 1]);
    const registry = (await get('sokolov', '/api/reports/dpp-certification-register')).body;
    expect([line(registry, 'all'), line(registry, 'force')]).toEqual([2, 1]);
    const indicators = (await get('sokolov', '/api/reports/indicators?region=61')).body;
    const cell = (code: string, column: string) =>
      indicators.parts.find((p: any) => p.key === code).rows[0].cells[column];
    expect([cell('I9', 'counted').value, cell('I12', 'counted').value]).toEqual([1, 3]);
    // 30 heads told, one of them exempt.
    expect(cell('I12', 'whole')).toBe('29');
  });

  it('of a past day is counted from what was recorded by then', async () => {
    const on = async (date: string) => {
      const { body } = await get('sokolov', `/api/reports/mentoring-cycle-coverage?on=${date}`);
      return body.headline.find((h: any) => h.key === 'all').figure.value;
    };
    expect([await on('2024-09-01'), await on('2024-09-02'), await on('2026-01-14'), await on('2026-01-15')]).toEqual([
      0,
      9 - 1,
      7,
      6,
    ]);
  });
});

const medians = (values: number[]): number[] => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const middle = sorted.length % 2 ? sorted[half] : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
  return [middle as number, Math.round((middle as number) * 10) / 10];
};

describe('who reads what', () => {
  it('offices and observers read reports of their territory, a school those of mentoring, a teacher and an expert none', async () => {
    expect(await ids('sokolov')).toEqual(REPORTS.map((r) => r.id));
    expect((await ids(head)).every((id) => id.startsWith('mentoring-cycle'))).toBe(true);
    expect(await ids(head)).toHaveLength(4);
    // The methodist of a region oversees its cycles, and so does the personnel office; a teacher oversees nothing.
    for (const who of ['eremina', 'danilova'])
      expect((await ids(who)).filter((id) => id.startsWith('mentoring-cycle'))).toHaveLength(4);
    expect(await ids('bashtannik')).toEqual([]);
    expect((await get('', '/api/reports')).status).toBe(401);
  });

  it('a report that is not his does not exist for him: neither its numbers, nor its lists, nor its workbook', async () => {
    for (const path of ['', '/members?cell=headline~all~', '/export.xlsx']) {
      const foreign = await get(head, `/api/reports/head-attestation-monitoring${path}`);
      expect(foreign.status).toBe(404);
      expect((await get('bashtannik', `/api/reports/mentoring-cycle-coverage${path}`)).status).toBe(404);
    }
    expect((await get('sokolov', '/api/reports/no-such-report')).status).toBe(404);
    expect((await get('sokolov', '/api/reports/indicators/members?cell=no~such~cell')).status).toBe(404);
  });

  it('counts only what the viewer may list: another region sees nothing of it, a school its own', async () => {
    const total = async (who: string, id: string, key: string) =>
      (await get(who, `/api/reports/${id}`)).body.headline.find((h: any) => h.key === key).figure.value;
    expect(await total(office, 'mentoring-cycle-coverage', 'all')).toBe(0);
    expect(await total(office, 'head-attestation-monitoring', 'all')).toBe(5);
    expect(await total('koroleva', 'head-attestation-monitoring', 'all')).toBe(0);
    expect(await total(head, 'mentoring-cycle-coverage', 'all')).toBe(6);
    expect(await total('eremina', 'mentoring-cycle-coverage', 'all')).toBe(6);
    expect(await total('danilova', 'mentoring-cycle-coverage', 'all')).toBe(0);
  });

  it('names people to their office and their school, and to no observer', async () => {
    const names = async (who: string, id: string, cell: string) => (await open(who, id, cell)).map((m) => m.personRu);
    expect(await names(head, 'mentoring-cycle-outcomes', 'headline~left~')).toEqual(['Ушедший И.']);
    expect(await names(office, 'head-attestation-monitoring', 'headline~not~')).toEqual(['Несоответов И.']);
    expect(await names(observer, 'head-attestation-monitoring', 'headline~not~')).toEqual([null]);
    const seen = JSON.stringify((await get(observer, '/api/reports/head-attestation-monitoring')).body);
    expect(seen).not.toContain('Несоответов');
  });

  it('hides groups below five from an observer where the report says so, and opens none of them', async () => {
    const { body } = await get(observer, '/api/reports/indicators');
    const cells = body.parts.find((p: any) => p.key === 'I12').rows.find((r: any) => r.key === '61').cells;
    expect(cells.counted).toMatchObject({ hidden: true, text: 'скрыто', value: null, cell: null });
    const { body: full } = await get('sokolov', '/api/reports/indicators');
    const open61 = full.parts.find((p: any) => p.key === 'I12').rows.find((r: any) => r.key === '61').cells.counted;
    expect(open61.value).toBe(3);
    const refused = await get(observer, `/api/reports/indicators/members?cell=${encodeURIComponent(open61.cell)}`);
    expect(refused.status).toBe(404);
    expect(body.notesRu.join(' ')).toContain('Группы меньше 5');
  });

  it('refuses dates that are none and regions that are no code', async () => {
    expect((await get('sokolov', '/api/reports/indicators?on=2026-02-30')).status).toBe(422);
    expect((await get('sokolov', "/api/reports/indicators?region=4'")).status).toBe(422);
    expect((await get('sokolov', '/api/reports/indicators/members?cell=I9~61~counted&cursor=zzz')).status).toBe(422);
  });
});

type Cells = Array<Array<string | number | boolean | Date | null>>;

/** Sheets of a workbook in their order, read by another library than the one that wrote them. */
async function sheetsOf(bytes: Buffer): Promise<Array<{ name: string; rows: Cells }>> {
  const sheets = (await readXlsxFile(bytes)) as unknown as Array<{ sheet: string; data: Cells }>;
  return sheets.map(({ sheet, data }) => ({ name: sheet, rows: data }));
}

async function book(who: string, path: string): Promise<Buffer> {
  const token = await world.tokenOf(who);
  const response = await world.app.request(path, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('spreadsheetml');
  expect(response.headers.get('content-disposition')).toMatch(/attachment; filename="[\w.-]+\.xlsx"/);
  return Buffer.from(await response.arrayBuffer());
}

describe('reports of a closed process', () => {
  const report = 'qualification-assessment';
  const view = async (who: string, name: string, query = '') =>
    (await get(who, `/api/reports/${report}-${name}${query}`)).body;
  const headline = (body: any, key: string) => body.headline.find((h: any) => h.key === key).figure;

  it('are read whole by the centre and the council: people once each, as indicator I7 counts them', async () => {
    // The free retake of the annulled exam is a case of its own, and waits as well.
    for (const who of ['yushkova', 'sokolov']) {
      const target = await view(who, 'target');
      expect([headline(target, 'people').value, headline(target, 'passed').value], who).toEqual([6, 5]);
      const results = await view(who, 'results');
      expect([headline(results, 'rate').text, headline(results, 'annulled').value]).toEqual(['83,3 %', 1]);
      const waiting = await view(who, 'waiting');
      expect([headline(waiting, 'all').value, headline(waiting, 'queue').value]).toEqual([10, 2]);
      const names = (await open(who, `${report}-target`, 'headline~people~')).map((m) => m.personRu);
      expect(names).toContain('Пересдавший И.');
    }
    const { body: indicators } = await get('sokolov', '/api/reports/indicators?region=61');
    const i7 = indicators.parts.find((p: any) => p.key === 'I7').rows[0].cells;
    expect([i7.counted.value, i7.misses.value]).toEqual([6, 1]);
    expect((await ids('yushkova')).every((id) => id.startsWith(report))).toBe(true);
    expect(await ids('yushkova')).toHaveLength(4);
  });

  it('show the founder and an observer no group below five, no list and no workbook list, in the indicators too', async () => {
    for (const who of [office, observer]) {
      const target = await view(who, 'target');
      // Ten applied, six took the exam, five passed: each is another without a few, so none of them is told.
      for (const key of ['people', 'passed', 'share'])
        expect(headline(target, key), `${who} ${key}`).toMatchObject({ hidden: true, value: null });
      const results = await view(who, 'results');
      expect(headline(results, 'rate')).toMatchObject({ hidden: true, text: 'скрыто' });
      expect(headline(results, 'annulled')).toMatchObject({ hidden: true });
      const opened = await get(who, `/api/reports/${report}-target/members?cell=headline~people~`);
      expect(opened.status).toBe(404);
      const sheets = await sheetsOf(await book(who, `/api/reports/${report}-target/export.xlsx`));
      expect(sheets.some(({ name }) => name.startsWith('Перечень'))).toBe(false);
      expect(JSON.stringify(sheets)).not.toMatch(/Сдавш|Пересдавш|NOK-/);
      const { body } = await get(who, '/api/reports/indicators?region=61');
      const i7 = body.parts.find((p: any) => p.key === 'I7').rows.find((r: any) => r.key === '61').cells;
      expect([i7.counted.hidden, i7.counted.cell, i7.misses.hidden]).toEqual([true, null, true]);
    }
    for (const who of ['bashtannik', head])
      expect((await get(who, `/api/reports/${report}-target`)).status, who).toBe(404);
  });

  it('answer the founder and an observer the same whatever they ask for: nothing narrows to one person', async () => {
    const asked: Array<[who: string, name: string, filters: string[]]> = [
      [office, 'target', ['on=2026-04-15', 'on=2026-04-16', 'region=42']],
      [office, 'results', ['from=2026-04-01', 'to=2026-04-30']],
      [office, 'waiting', ['on=2026-04-15']],
      [office, 'places', ['year=2025']],
      [observer, 'target', ['on=2026-04-15', 'region=61']],
    ];
    for (const [who, name, filters] of asked) {
      const said = async (query: string) => ({ ...(await view(who, name, query)), asOf: '' });
      const whole = await said('');
      expect([whole.filters, whole.query.on, whole.query.region], name).toEqual([[], lastQuarterEnd(today), null]);
      expect((await view(who, name)).asOf.slice(0, 10), name).toBe(lastQuarterEnd(today));
      expect(whole.notesRu.join(' ')).toContain('без отборов');
      for (const filter of filters) expect(await said(`?${filter}`), `${who} ${name} ${filter}`).toEqual(whole);
    }
    const i7 = async (query: string) =>
      (await get(office, `/api/reports/indicators${query}`)).body.parts.find((p: any) => p.key === 'I7');
    const whole = await i7('');
    for (const query of ['?on=2026-04-15', '?region=42']) expect(await i7(query), query).toEqual(whole);
    // Who reads the cases asks what he likes.
    expect((await view('yushkova', 'target', '?on=2026-04-15')).query.on).toBe('2026-04-15');
  });
});

describe('the workbook', () => {
  it.each(REPORTS.map((r) => r.id))('of %s, opened by another reader, says what the screen says', async (id) => {
    const { body: view } = await get('sokolov', `/api/reports/${id}`);
    const bytes = await book('sokolov', `/api/reports/${id}/export.xlsx`);
    const sheets = await sheetsOf(bytes);
    const names = sheets.map(({ name }) => name);
    expect(names[0]).toBe('Сведения');
    expect(names.slice(1, 1 + view.parts.length)).toEqual(
      view.parts.map((p: any) =>
        p.titleRu
          .replace(/[[\]:*?/\\]/g, ' ')
          .slice(0, 31)
          .trim(),
      ),
    );
    const text = JSON.stringify(sheets[0]?.rows);
    for (const word of [view.titleRu, 'Кем', 'Соколов', 'Сделан']) expect(text).toContain(word);
    for (const [nr, part] of view.parts.entries()) {
      const rows = sheets[nr + 1]?.rows ?? [];
      expect(rows.length).toBe(part.rows.length + 1);
      for (const [i, row] of part.rows.entries()) {
        expect(String(rows[i + 1]?.[0])).toBe(row.labelRu);
        for (const [j, { key }] of part.columns.entries()) {
          const cell = row.cells[key];
          const shown = rows[i + 1]?.[j + 1] ?? null;
          if (cell === null) expect(shown).toBeNull();
          else if (typeof cell === 'string') expect(shown).toBe(cell);
          else if (cell.value === null) expect(shown).toBe(cell.text);
          else expect(shown).toBe(cell.value);
        }
      }
    }
    const listed = names.findIndex((name) => name.startsWith('Перечень'));
    if (listed >= 0) {
      const rows = sheets[listed]?.rows ?? [];
      expect(rows[0]?.[0]).toBe('№');
      for (const row of rows.slice(1)) expect(row[6] === null || row[6] instanceof Date).toBe(true);
    }
  });

  it('keeps every text a text: no cell is a formula, whatever people are called', async () => {
    const bytes = await book(head, '/api/reports/mentoring-cycle-coverage/export.xlsx');
    const files = unzipSync(new Uint8Array(bytes));
    const sheets = Object.entries(files).filter(([name]) => /^xl\/worksheets\/sheet\d+\.xml$/.test(name));
    expect(sheets.length).toBeGreaterThan(3);
    for (const [name, data] of sheets) {
      const xml = new TextDecoder().decode(data);
      expect(xml, name).not.toContain('<f>');
      expect(xml, name).not.toContain('<f ');
      expect(xml, name).toMatch(/<pane [^>]*ySplit="1"[^>]*state="frozen"/);
    }
    const all = JSON.stringify(await sheetsOf(bytes));
    expect(all).toContain(JSON.stringify(NASTY_NAME).slice(1, -1));
    expect(all).toContain(NASTY_PLACE);
    expect(all).toContain('@Школьников');
    // Every text bears the format «Text»: editing the cell does not turn it into a formula either.
    const styles = new TextDecoder().decode(files['xl/styles.xml'] as Uint8Array);
    expect(styles).toMatch(/numFmtId="49"|formatCode="@"/);
  });

  it('has dates as dates and numbers as numbers, and says the filter it was made with', async () => {
    const bytes = await book('sokolov', '/api/reports/head-attestation-schedule/export.xlsx?year=2026&region=61');
    const sheets = await sheetsOf(bytes);
    const row = (name: string) => sheets[0]?.rows.find((r) => r[0] === name)?.[1];
    expect([row('Год'), row('Регион')]).toEqual([2026, 'Ростовская область']);
    const list = sheets.at(-1)?.rows ?? [];
    const dates = list.slice(1).map((r) => (r[6] as Date | null)?.toISOString().slice(0, 10));
    expect(dates).toContain('2026-04-14');
    expect(typeof list[1]?.[0]).toBe('number');
  });
});
