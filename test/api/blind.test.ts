/**
 * Blind review, proved by two worlds that differ in nothing but a hidden name: whatever a blinded person can reach is the same in both, byte for
 * byte. Ids, random bytes and the clock come from one seeded source, and the story is told in both from its first act, so that a name
 * that found its way into a letter, a title or an order of rows long ago is found too.
 */
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Pool } from '../../platform/db/pool.ts';
import { personId } from '../../prisma/seed/people.ts';
import { createDirectWorld, type DirectWorld } from './direct-world.ts';
import { everyRequest } from './every-request.ts';
import { type FixtureCase, must, openFixtureCase } from './fixture-case.ts';
import { conclusionFor } from './world.ts';

const source = vi.hoisted(() => ({ drawn: 0 }));
vi.mock('node:crypto', async (original) => {
  const real = await original<typeof import('node:crypto')>();
  const bytes = (size: number): Buffer => {
    source.drawn += 1;
    const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, i) =>
      real.createHash('sha256').update(`seed:${source.drawn}:${i}`).digest(),
    );
    return Buffer.concat(blocks).subarray(0, size);
  };
  const uuid = () =>
    bytes(16)
      .toString('hex')
      .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
  // Nonces are kept in stock across the tellings: all alike, they do not tell where in the stock a telling began.
  const randomFillSync = (buffer: Buffer) => buffer.fill(7);
  const seeded = { randomUUID: uuid, randomBytes: bytes, randomFillSync };
  return { ...real, default: { ...real, ...seeded }, ...seeded };
});

const NOW = '2026-11-23T07:00:00.000Z';

/** The database draws its ids and its time from the same source. */
async function seedSource(pool: Pool): Promise<void> {
  const [{ name } = { name: '' }] = await pool<Array<{ name: string }>>`select current_database() as name`;
  await pool.unsafe(`
    create schema seeded;
    create sequence seeded.drawn;
    create function seeded.now() returns timestamptz language sql stable as $$ select '${NOW}'::timestamptz $$;
    create function seeded.gen_random_uuid() returns uuid language sql volatile as $$ select md5('seed:' || nextval('seeded.drawn'))::uuid $$;
    grant usage on schema seeded to traektoria_reader;
    grant usage on sequence seeded.drawn to traektoria_reader;
    alter database "${name}" set search_path = seeded, pg_catalog, public;
    do $do$ declare c record; begin
      for c in select table_name, column_name, column_default from information_schema.columns
        where table_schema = 'public' and (column_default = 'CURRENT_TIMESTAMP' or column_default like 'gen_random_uuid%') loop
        execute format('alter table public.%I alter column %I set default %s', c.table_name, c.column_name,
          case when c.column_default = 'CURRENT_TIMESTAMP' then 'seeded.now()' else 'seeded.gen_random_uuid()' end);
        if c.column_default = 'CURRENT_TIMESTAMP' then execute format('update public.%I set %I = seeded.now()', c.table_name, c.column_name); end if;
      end loop;
    end $do$;`);
}

interface Told {
  kase: FixtureCase;
  answers: Map<string, string>;
}

/** Fields that may differ; the list may hold five, and it holds none. */
const MASKED: readonly string[] = [];
/** What is not asked, and why. */
const NOT_ASKED: Record<string, string> = {
  'GET /api/stream': 'endless; its messages carry kinds and ids only, see messagesFor',
  'GET /api/mailbox': 'the mailbox of the demonstration shows everybody everything; it does not exist elsewhere',
  'GET /api/mailbox/{id}': 'the same',
  'GET /api/accounts': 'the list of people to choose from at sign-in, in the demonstration alone',
};
const RENAMED = 'Яснополянская';

type Blinded = Record<string, (kase: FixtureCase) => string>;

/** What is told, and to whom something of it is hidden. */
interface Scene {
  blinded: Blinded;
  open(world: DirectWorld): Promise<FixtureCase>;
  /** What follows the first round of questions; absent: there is one round. */
  goOn?(world: DirectWorld, kase: FixtureCase): Promise<void>;
}

const blinded: Blinded = {
  заявитель: () => 'goncharov',
  представитель: () => 'litvinova',
  наблюдатель: () => 'orlov',
  'наблюдатель другого региона': () => 'chepkasov',
  эксперт: (kase) => kase.panel[0]!.personId,
};

const certification: Scene = {
  blinded,
  open: (world) => openFixtureCase(world, 1),
  async goOn(world, kase) {
    const about = `/api/cases/${kase.caseId}/actions`;
    for (const { personId: expert, taskId } of kase.panel.slice(1))
      await must(world, expert, 'POST', `${about}/submitReview`, conclusionFor(taskId, 'approve'));
    const [decision] = await world.pool<Array<{ id: string }>>`
      select id from task where case_id = ${kase.caseId} and kind = 'decision' and open`;
    const order = { number: '12-р', date: '2026-11-23' };
    await must(world, 'koroleva', 'POST', `${about}/certify`, { taskId: decision!.id, order });
  },
};

/** A case of a story of the demonstration; `kinds` are the tasks of those whose names are hidden. */
async function toldCase(world: DirectWorld, caseId: string, kinds: string[]): Promise<FixtureCase> {
  const { pool } = world;
  const [row] = await pool<Array<{ number: string }>>`select number from "case" where id = ${caseId}::uuid`;
  const tasks = await pool<Array<{ id: string; kind: string; assignee_id: string | null }>>`
    select id, kind, assignee_id from task where case_id = ${caseId}::uuid order by created_at, id`;
  const [paper] = await pool<Array<{ sha256: string }>>`
    select sha256 from case_document where case_id = ${caseId}::uuid order by added_at, sha256 limit 1`;
  const panel = tasks.flatMap(({ id, kind, assignee_id: who }) =>
    kinds.includes(kind) && who ? [{ personId: who, taskId: id }] : [],
  );
  return {
    caseId,
    number: row!.number,
    programmeSha: paper?.sha256 ?? '0'.repeat(64),
    checkTaskId: tasks[0]!.id,
    panel,
  };
}

const tellerOf = ({ deps }: DirectWorld) =>
  ({ ...deps, pool: deps.sql, documents: deps.documents, isLocalWork: () => true }) as never;

/** Stories of the demonstration count their days from the day they are loaded: that is a day of the test. */
const attestation: Scene = {
  blinded: {
    аттестуемый: () => 'terekhov',
    'другой аттестуемый': () => 'kapustina',
    наблюдатель: () => 'orlov',
    эксперт: (kase) => kase.panel[0]!.personId,
  },
  async open(world) {
    const { agendaOf } = await import('../../scripts/demo/attestation.ts');
    const ids = ['a', 'b', 'c', 'd'].map((n) => `0000000${n}-0000-4000-8000-000000000000`);
    await agendaOf(tellerOf(world), ids as [string, string, string, string], '2026-12-04');
    return toldCase(world, ids[0]!, ['review', 'arbitration']);
  },
};

const applicants = new Map<string, string>();

/** Examiners are named to nobody outside the centre. */
const assessment: Scene = {
  blinded: {
    соискатель: (kase) => applicants.get(kase.caseId)!,
    наблюдатель: () => 'orlov',
  },
  async open(world) {
    const { assessmentStories } = await import('../../scripts/demo/assessment.ts');
    for (const story of assessmentStories(tellerOf(world))) {
      await story.tell();
      const [found] = await world.pool<Array<{ id: string }>>`
        select case_id as id from task where case_id = any(${story.caseIds}::uuid[]) and kind = 'marks' and assignee_id is not null order by case_id limit 1`;
      if (!found) continue;
      const [row] = await world.pool<
        Array<{ id: string }>
      >`select initiator_id as id from "case" where id = ${found.id}`;
      applicants.set(found.id, row!.id);
      return toldCase(world, found.id, ['marks']);
    }
    throw new Error('no story comes as far as the marks');
  },
};

/** To an observer a cycle of mentoring has no people at all. */
const mentoring: Scene = {
  blinded: { наблюдатель: () => 'orlov' },
  async open(world) {
    const { cycleStories } = await import('../../scripts/demo/cycle-stories.ts');
    const [, , story] = cycleStories(tellerOf(world));
    await story!.tell();
    const kase = await toldCase(world, story!.caseId, ['mentoring']);
    const people = await world.pool<Array<{ id: string }>>`
      select distinct person_id as id from case_participant where case_id = ${story!.caseId} order by 1`;
    return {
      ...kase,
      panel: people.map(({ id }) => ({ personId: id, taskId: kase.panel[0]?.taskId ?? kase.checkTaskId })),
    };
  },
};

let running: DirectWorld | undefined;
afterAll(() => running?.stop());

/** Tells the story in a world where `hidden` have other names, and keeps every answer to everybody of `viewers`. */
async function tell(
  hidden: readonly string[],
  viewers: string[],
  leak: (world: DirectWorld, kase: FixtureCase) => Promise<void> = async () => undefined,
  scene: Scene = certification,
): Promise<Told> {
  source.drawn = 0;
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(NOW) });
  const world = await createDirectWorld({
    now: NOW,
    prepare: async (pool) => {
      await seedSource(pool);
      for (const [n, id] of hidden.entries())
        await pool`update person set family_name = ${RENAMED}, given_name = ${`Имя${n}`}, patronymic = null,
          display_name = ${`${RENAMED} Имя${n}`}, email = ${`renamed-${n}@example.invalid`} where id = ${id}::uuid`;
    },
  });
  running = world;
  try {
    const kase = await scene.open(world);
    await leak(world, kase);
    const answers = new Map<string, string>();
    const requests = await everyRequest(world, kase);
    const ask = (when: string) => askEverything(world, kase, requests, when, { viewers, scene, answers });
    await ask('в разгар экспертизы');
    if (scene.goOn) {
      await scene.goOn(world, kase);
      await ask('после решения');
    }
    return { kase, answers };
  } finally {
    running = undefined;
    await world.stop();
    vi.useRealTimers();
  }
}

async function askEverything(
  world: DirectWorld,
  kase: FixtureCase,
  { routes, prepare }: Awaited<ReturnType<typeof everyRequest>>,
  when: string,
  { viewers, scene, answers }: { viewers: string[]; scene: Scene; answers: Map<string, string> },
): Promise<void> {
  for (const viewer of viewers) {
    const who = scene.blinded[viewer]!(kase);
    const keep = async (label: string, path: string, init: RequestInit) => {
      const response = await world.app.request(path, {
        ...init,
        headers: {
          ...(init.headers as object),
          'x-request-id': 'request-of-the-test',
          'idempotency-key': `${label}-key-00`.replace(/[^\x21-\x7e]/g, '_'),
        },
      });
      const head = JSON.stringify([...response.headers]);
      answers.set(
        `${when}: ${viewer}: ${label}`,
        `${response.status} ${masked(head)}\n${masked(await textOf(response))}`,
      );
    };
    for (const route of routes) {
      if (NOT_ASKED[route.name]) continue;
      const { path, ...init } = await prepare(route, who);
      await keep(route.name, path, init);
    }
    // What a name could be fished for with, in both worlds the same questions.
    const asks = kase.panel.flatMap(({ personId: id, taskId }) => [
      `/api/tasks?assigneeId=${id}`,
      `/api/tasks/${taskId}`,
      `/api/tasks/${taskId}/draft`,
    ]);
    for (const list of ['tasks', 'cases', 'people', 'organisations', 'registers/federal_programmes'])
      asks.push(`/api/${list}?q=${encodeURIComponent(RENAMED)}`, `/api/${list}?limit=2`);
    asks.push(
      `/api/tasks?caseId=${kase.caseId}`,
      `/api/tasks?late=true`,
      '/api/people?role=expert',
      `/api/cases/${kase.caseId}/events?limit=2`,
      '/registry',
    );
    const conclusions = await world.pool<
      Array<{ sha256: string }>
    >`select sha256 from case_document where case_id = ${kase.caseId} order by added_at, sha256`;
    for (const { sha256 } of conclusions) asks.push(`/api/cases/${kase.caseId}/documents/${sha256}`);
    for (const path of asks)
      await keep(`GET ${path}`, path, { headers: { authorization: `Bearer ${await world.tokenOf(who)}` } });
    const foreign = kase.panel.at(-1)!;
    for (const type of ['submitReview', 'declareConflict', 'acceptTask', 'objectExpert', 'assignTask'])
      await keep(`POST …/actions/${type}`, `/api/cases/${kase.caseId}/actions/${type}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await world.tokenOf(who)}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          ...conclusionFor(foreign.taskId, 'approve'),
          reason: 'Есть основание',
          noConflict: true,
        }),
      });
    const id = /^[0-9a-f-]{36}$/.test(who) ? who : personId(who);
    const letters =
      await world.pool`select template, params, state from notice where addressee_id = ${id} order by nominal_at, template, id`;
    answers.set(`${when}: ${viewer}: letters`, JSON.stringify(letters));
  }
}

/** What the answer says; of an archive, what its files say: compressed bytes would show that something differs and not what. */
async function textOf(response: Response): Promise<string> {
  if (response.headers.get('content-type') !== 'application/zip') return response.text();
  const files = Object.entries(unzipSync(new Uint8Array(await response.arrayBuffer())));
  return files.map(([name, bytes]) => `${name}\n${Buffer.from(bytes).toString('utf8')}`).join('\n');
}

const masked = (text: string): string =>
  MASKED.reduce((kept, field) => kept.replaceAll(new RegExp(`"${field}":"[^"]*"`, 'g'), `"${field}":"…"`), text);

function differences(one: Told, other: Told): string[] {
  expect(MASKED.length).toBeLessThanOrEqual(5);
  expect([...other.answers.keys()]).toEqual([...one.answers.keys()]);
  return [...one.answers].flatMap(([label, text]) => {
    const now = other.answers.get(label)!;
    if (now === text) return [];
    let at = 0;
    while (text[at] === now[at]) at += 1;
    return [`${label}: …${text.slice(Math.max(0, at - 80), at + 60)} ⇄ ${now.slice(Math.max(0, at - 20), at + 60)}`];
  });
}

/** Who was told of the case at all: what nobody reads hides everything. */
const readers = ({ kase, answers }: Told): string[] => [
  ...new Set(
    [...answers].flatMap(([label, text]) =>
      text.startsWith('200') && text.includes(`"${kase.caseId}"`) ? [label.split(': ')[1]!] : [],
    ),
  ),
];

/** The answers to some of the viewers. */
function about(one: Told, wanted: (viewer: string) => boolean): Told {
  const answers = [...one.answers].filter(([label]) => wanted(label.split(': ')[1]!));
  return { ...one, answers: new Map(answers) };
}

describe('the certification of a programme', () => {
  /** The telling all others are compared with; told twice it would be the same, or the comparisons below would find it. */
  let base: Told;
  beforeAll(async () => {
    base = await tell([], Object.keys(blinded));
  });

  it('who reads without names sees the same whoever the experts are', async () => {
    expect(base.answers.size).toBeGreaterThan(900);
    const everybody = base.kase.panel.map(({ personId: id }) => id);
    const other = await tell(everybody, Object.keys(blinded));
    expect(other.kase).toEqual(base.kase);
    const outside = (viewer: string) => viewer !== 'эксперт';
    expect(differences(about(base, outside), about(other, outside))).toEqual([]);
  });

  it('an expert sees the same whoever the other experts are', async () => {
    const others = base.kase.panel.slice(1).map(({ personId: id }) => id);
    const inside = (viewer: string) => viewer === 'эксперт';
    expect(differences(about(base, inside), about(await tell(others, Object.keys(blinded)), inside))).toEqual([]);
  });

  it('a world that leaks one name into one title is caught', async () => {
    const [, second] = base.kase.panel;
    const leak = async (world: DirectWorld, { caseId, panel }: FixtureCase) => {
      await world.pool`update "case" set title_ru = title_ru || (select ' ' || family_name from person where id = ${panel[1]!.personId}) where id = ${caseId}`;
    };
    const viewers = ['заявитель'];
    const found = differences(await tell([], viewers, leak), await tell([second!.personId], viewers, leak));
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).toContain(RENAMED);
  });
});

describe('the attestation of a head', () => {
  let plain: Told;
  const viewers = Object.keys(attestation.blinded);
  beforeAll(async () => {
    plain = await tell([], viewers, undefined, attestation);
  });

  it('shows nobody outside the panel who its experts and its arbiter are', async () => {
    const panel = [...new Set(plain.kase.panel.map(({ personId: id }) => id))];
    expect(panel.length).toBeGreaterThan(1);
    expect(readers(plain)).toEqual(expect.arrayContaining(['аттестуемый', 'наблюдатель', 'эксперт']));
    const other = await tell(panel, viewers, undefined, attestation);
    const outside = (viewer: string) => viewer !== 'эксперт';
    expect(differences(about(plain, outside), about(other, outside))).toEqual([]);
  });

  it('shows an expert nobody else of the panel', async () => {
    const [first] = plain.kase.panel;
    const others = plain.kase.panel.flatMap(({ personId: id }) => (id === first!.personId ? [] : [id]));
    const inside = (viewer: string) => viewer === 'эксперт';
    const other = await tell([...new Set(others)], viewers, undefined, attestation);
    expect(differences(about(plain, inside), about(other, inside))).toEqual([]);
  });
});

it.each([
  ['an assessment of qualifications: who the examiners are', assessment],
  ['a cycle of mentoring: who its people are', mentoring],
])('nobody who reads without names learns of %s', async (_what, scene) => {
  const viewers = Object.keys(scene.blinded);
  const plain = await tell([], viewers, undefined, scene);
  const hidden = [...new Set(plain.kase.panel.map(({ personId: id }) => id))];
  expect(hidden.length).toBeGreaterThan(1);
  expect(readers(plain), 'somebody does read the case').toContain(viewers[0]);
  expect(differences(plain, await tell(hidden, viewers, undefined, scene))).toEqual([]);
});
