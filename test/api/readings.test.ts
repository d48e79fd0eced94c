/**
 * Every reading of a personal file is in the log of its person (specification 3.10): a world with people of every personal process, every
 * reading route asked by everybody who might be shown one of them, and after each answer a look at what was noted. A name that came
 * without a note is a fault; so is a route without a line in `reading-table.ts`.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { routes } from '../../api/contract/index.ts';
import type { Reading } from '../../api/reading-log.ts';
import { assessmentStories } from '../../scripts/demo/assessment.ts';
import { attestationStories } from '../../scripts/demo/attestation.ts';
import { cycleStories } from '../../scripts/demo/cycle-stories.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import { personId } from '../../prisma/seed/people.ts';
import { createDirectWorld, type DirectWorld } from './direct-world.ts';
import { READS } from './reading-table.ts';

/** Kinds of readings that are lost on their way to the log, for the test that has to notice it. */
const lost = vi.hoisted(() => ({ kinds: new Set<string>() }));
vi.mock('../../api/reading-log.ts', async (original) => {
  const real = await original<typeof import('../../api/reading-log.ts')>();
  const noteReadings: typeof real.noteReadings = (deps, reader, readings: readonly Reading[]) =>
    real.noteReadings(
      deps,
      reader,
      readings.filter(({ what }) => !lost.kinds.has(what)),
    );
  return { ...real, noteReadings };
});

let world: DirectWorld;
/** Name of a marked person → who it is. */
const marked = new Map<string, string>();
/** Number of a personal entry of a register → whose it is. */
const entries = new Map<string, string[]>();
/** Case about a marked person → who it is about. */
const subjects = new Map<string, string[]>();
/** What is asked, by route. */
const asked = new Map<string, Array<{ path: string; body?: unknown }>>();
/** Who was shown somebody by a route. */
const shownTo = new Map<string, string>();

/** Who might be shown somebody: offices of every process, a commission, a pair, an examiner, an expert's coordinator, a watcher. */
const READERS =
  'ryabinina gorelova lukyanova malakhova rudneva kuzmina barsukov yushkova examiner-lukin chernysheva sokolov mironova koroleva orlov'.split(
    ' ',
  );
/** Enough to see that a route names nobody to anybody. */
const FEW = ['ryabinina', 'rudneva', 'yushkova', 'sokolov', 'orlov'];

beforeAll(async () => {
  world = await createDirectWorld();
  const { pool } = world;
  const teller = { ...world.deps, pool, isLocalWork: () => true } as never;
  const [sitting, agenda] = attestationStories(teller);
  const [marks, issued] = assessmentStories(teller);
  const cycles = cycleStories(teller);
  for (const story of [sitting, agenda, marks, issued, cycles[2], cycles[8]]) await story!.tell();
  await act('kuzmina', '/api/hr-events', LEAVE);
  await act('polyanskaya', '/api/me/requests', { kind: 'erasure', reason: 'Больше не работаю' });
  const referral = { personId: personId('polyanskaya'), organisationId: seedId('organisation', 'school-61') };
  await act('barsukov', '/api/cases', {
    process: 'qualification-assessment',
    action: 'refer',
    jurisdiction: 'region-61',
    body: {
      ...referral,
      qualification: 'teacher-primary-6',
      centreId: seedId('organisation', 'cnppm-rostov'),
      payer: 'budget',
    },
  });
  // Who sits in the commission is named by every sitting; everybody else with a case of his own is marked, and an expert of no panel.
  const people = await pool<Array<{ id: string }>>`
    select distinct p.person_id as id from case_participant p join "case" c on c.id = p.case_id
    where (p.person_id = c.initiator_id and c.subject_kind = 'person') or p.role in ('mentor', 'new_teacher')
    except select person_id from case_participant where role in ('chair', 'commission_member', 'public_rep', 'secretary')
    union (select person_id from expert e where not exists (select from task t where t.assignee_id = e.person_id) order by 1 limit 1)`;
  for (const [n, { id }] of people.entries()) {
    const name = `Приметная${String.fromCharCode(0x0430 + n)}`;
    await pool`update person set display_name = ${`${name} Анна`} where id = ${id}`;
    marked.set(name, id);
  }
  const personal = await pool<Array<{ number: string; people: string[] }>>`
    select e.number, array_agg(distinct p.person_id) as people from register_entry e join "case" c on c.id = e.keeper_case_id
      join case_participant p on p.case_id = c.id and (p.role in ('mentor', 'new_teacher') or p.person_id = c.initiator_id)
    where not e.public and c.subject_kind = 'person' group by e.number`;
  for (const { number, people: whose } of personal) entries.set(number, whose);
  const about = await pool<Array<{ id: string; who: string }>>`
    select id, subject_id as who from "case" where subject_kind = 'person'`;
  for (const { id, who } of about) if ([...marked.values()].includes(who)) subjects.set(id, [who]);
  await pool`alter table access_log disable trigger access_log_append_only`;
  await addresses();
});
afterAll(() => world?.stop());

/** An event of employment as an office of HR reports it. */
const LEAVE = {
  personId: personId('snegireva'),
  event: 'leave_started',
  leave: 'study',
  on: '2026-11-20',
  until: '2027-02-01',
  act: 'Приказ № 7',
};

async function act(who: string, path: string, body: unknown): Promise<void> {
  const answer = await (await world.as(who))('POST', path, body);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
}

/** Concrete addresses of every reading route: of each process, each register, each report. */
async function addresses(): Promise<void> {
  const { pool } = world;
  const ids = async (found: Promise<ReadonlyArray<{ id: string }>>) => (await found).map(({ id }) => id);
  const cases = await ids(
    pool`select distinct on (process, jurisdiction) id from "case" order by process, jurisdiction, number is null, id`,
  );
  const tasks = await ids(
    pool`select distinct on (process, nature) id from task order by process, nature, open desc, id`,
  );
  const papers = await pool<Array<{ id: string; sha256: string }>>`
    select distinct on (c.process, d.kind) c.id, d.sha256 from case_document d join "case" c on c.id = d.case_id
    where c.subject_kind = 'person' order by c.process, d.kind, c.id`;
  const registers = await pool<Array<{ register: string; number: string }>>`
    select distinct on (c.process) e.register, e.number from register_entry e join "case" c on c.id = e.keeper_case_id
    where not e.public order by c.process, e.register, e.number`;
  const admin = await world.as('sokolov');
  const reports: string[] = (await admin('GET', '/api/reports')).body.items.map(({ id }: { id: string }) => id);
  const cells = await Promise.all(
    reports.map(async (id) => {
      const text = JSON.stringify((await admin('GET', `/api/reports/${id}`)).body);
      return [...text.matchAll(/"cell":"([^"]+)"/g)].slice(0, 2).map(([, cell]) => `${id}/members?cell=${cell}`);
    }),
  );
  const hr = await ids(pool`select id from hr_event`);
  const batches = await ids(pool`select id from hr_batch`);
  const several: Record<string, string[]> = {
    '/api/tasks/{id}': tasks.map((id) => `/api/tasks/${id}`),
    '/api/tasks/{id}/draft': tasks.slice(0, 2).map((id) => `/api/tasks/${id}/draft`),
    '/api/cases/{id}/documents/{document}': papers.map(({ id, sha256 }) => `/api/cases/${id}/documents/${sha256}`),
    '/api/registers/{register}/{number}': registers.map(
      ({ register, number }) => `/api/registers/${register}/${encodeURIComponent(number)}`,
    ),
    '/api/reports/{id}/members': cells.flat().map((tail) => `/api/reports/${tail}`),
    '/api/attestation-years/{year}': [2026, 2027].map((year) => `/api/attestation-years/${year}`),
    '/api/hr-imports/{id}/rows': batches.map((id) => `/api/hr-imports/${id}/rows`),
    '/api/people': ['/api/people?limit=100', `/api/people?q=${encodeURIComponent('Приметная')}`],
    '/api/admin/people': [`/api/admin/people?q=${encodeURIComponent('Приметная')}`],
    '/api/admin/people/{id}': [...marked.values()].slice(0, 2).map((id) => `/api/admin/people/${id}`),
    '/api/cases': ['/api/cases?limit=100'],
    '/api/tasks': ['/api/tasks?limit=100'],
    '/api/inbox': ['/api/inbox?limit=100'],
    // Endless, and for everybody: see the table.
    '/api/stream': [],
    '/api/accounts': [],
  };
  for (const { method, path } of routes) {
    if (method !== 'get') continue;
    const fill = (name: string, values: string[]) => values.map((value) => path.replace(name, value));
    const paths =
      several[path] ??
      (path.startsWith('/api/cases/{id}')
        ? fill('{id}', cases).map((one) => one.replace('{file}', 'package.json'))
        : path.startsWith('/api/reports/{id}')
          ? fill('{id}', reports)
          : path.startsWith('/api/registers/{register}')
            ? fill(
                '{register}',
                registers.map(({ register }) => register),
              )
            : path.startsWith('/api/hr-')
              ? fill('{id}', path.includes('imports') ? batches : hr)
              : [
                  path
                    .replace('{slug}', 'head-attestation')
                    .replace('{day}', '2026-01-01')
                    .replace('{id}', '00000000-0000-4000-8000-000000000000'),
                ]);
    asked.set(
      `GET ${path}`,
      paths.map((one) => ({ path: path.endsWith('/compare') ? `${one}?from=1&to=1` : one })),
    );
  }
  const [request] = await ids(pool`select id from personal_request`);
  const decide = { decision: 'refused', answer: 'Дело ещё открыто.' };
  asked
    .set('POST /api/hr-events/preview', [{ path: '/api/hr-events/preview', body: { ...LEAVE, on: '2026-11-21' } }])
    .set('POST /api/hr-events/{id}/correction/preview', [
      { path: `/api/hr-events/${hr[0]}/correction/preview`, body: { reason: 'Ошибка в дате' } },
    ])
    .set('POST /api/admin/people/{id}/end-sessions', [
      { path: `/api/admin/people/${personId('snegireva')}/end-sessions`, body: {} },
    ])
    .set('POST /api/personal-requests/{id}/decide', [
      { path: `/api/personal-requests/${request}/decide`, body: decide },
    ]);
}

/** Marked people an answer tells of: by name, of a case about them whatever it says, in registers by the number of their entry. */
function toldOf(path: string, text: string): Set<string> {
  const told = new Set([...marked].flatMap(([name, id]) => (text.includes(name) ? [id] : [])));
  const kase = /^\/api\/cases\/([0-9a-f-]{36})/.exec(path);
  if (kase) for (const id of subjects.get(kase[1]!) ?? []) told.add(id);
  // These answer about one person without his name.
  if (/preview$/.test(path) && text.includes('"effects":[{')) told.add(personId('snegireva'));
  if (path.endsWith('/end-sessions')) told.add(personId('snegireva'));
  if (path.startsWith('/api/registers/'))
    for (const [number, people] of entries)
      if (text.includes(number)) for (const id of people) if ([...marked.values()].includes(id)) told.add(id);
  return told;
}

/** Asks one route as everybody; what is wrong with what was noted, and how often somebody was told of. */
async function look(route: string, readers?: string[]): Promise<{ faults: string[]; told: number }> {
  const faults: string[] = [];
  let told = 0;
  const line = READS[route]!;
  for (const who of readers ?? (typeof line === 'string' ? FEW : READERS)) {
    const reader = personId(who);
    const token = await world.tokenOf(who);
    let seen = 0;
    for (const { path, body } of asked.get(route) ?? []) {
      // A page of a case differs by process; elsewhere two addresses that told of somebody show how the route notes.
      if (seen >= 2 && route !== 'GET /api/cases/{id}') break;
      await world.pool`delete from access_log`;
      const response = await world.app.request(path, {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
      const text = decodeURI(await textOf(response));
      if (response.status >= 500) faults.push(`${who} ${path}: ${response.status}`);
      if (response.status === 403) break;
      if (response.status >= 300) continue;
      const noted = await world.pool<Array<{ person_id: string; what: string }>>`
        select person_id, what from access_log where reader_id = ${reader}`;
      const others = [...toldOf(path, text)].filter((person) => person !== reader);
      if (others.length > 0) seen += 1;
      for (const person of others) {
        told += 1;
        shownTo.set(route, who);
        const kinds = noted.flatMap(({ person_id, what }) => (person_id === person ? [what] : []));
        if (typeof line === 'string') faults.push(`${who} ${path}: names ${person}, and the table says «${line}»`);
        else if (!kinds.some((what) => (line as readonly string[]).includes(what)))
          faults.push(`${who} ${path}: ${person} finds ${JSON.stringify(kinds)} in his log`);
      }
      const more = noted.filter(({ what }) => typeof line === 'string' || !(line as readonly string[]).includes(what));
      if (more.length > 0) faults.push(`${who} ${path}: notes ${more[0]!.what}, which the table does not say`);
    }
  }
  return { faults, told };
}

/** A book of a spreadsheet is unpacked: names are in its strings. */
async function textOf(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.includes('spreadsheetml')) return escaped(await response.text());
  const { strFromU8, unzipSync } = await import('fflate');
  return escaped(
    Object.values(unzipSync(new Uint8Array(await response.arrayBuffer())))
      .map((bytes) => strFromU8(bytes))
      .join('\n'),
  );
}
const escaped = (text: string) => text.replaceAll('%', '%25');

describe('what is read of a person', () => {
  it('has a line for every route, and no line without one', () => {
    const names = routes.map((route) => `${route.method.toUpperCase()} ${route.path}`);
    expect(names.filter((name) => !Object.hasOwn(READS, name))).toEqual([]);
    expect(Object.keys(READS).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('is in the log of whoever was named, whichever route named him', async () => {
    const faults: string[] = [];
    const silent: string[] = [];
    for (const route of asked.keys()) {
      const found = await look(route);
      faults.push(...found.faults);
      if (found.told === 0 && typeof READS[route] !== 'string') silent.push(route);
    }
    expect(faults.slice(0, 40)).toEqual([]);
    // A route that told of nobody here proves nothing.
    expect(silent.sort()).toEqual([]);
  });

  it('would be missed here, wherever a note is lost', async () => {
    const unnoticed: string[] = [];
    for (const [route, who] of shownTo) {
      lost.kinds = new Set(READS[route] as readonly string[]);
      const { faults } = await look(route, [who]);
      if (faults.length === 0) unnoticed.push(route);
    }
    lost.kinds = new Set();
    // Decided once: the second time it is refused and shows nothing.
    expect(unnoticed).toEqual(['POST /api/personal-requests/{id}/decide']);
    expect(shownTo.size).toBeGreaterThan(25);
  });
});
