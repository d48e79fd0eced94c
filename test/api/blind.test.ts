/**
 * Blind review, proved by two worlds that differ in nothing but a hidden name: whatever a blinded person can reach is the same in both, byte for
 * byte. Ids, random bytes and the clock come from one seeded source, and the story is told in both from its first act, so that a name
 * that found its way into a letter, a title or an order of rows long ago is found too.
 */
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
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
  return { ...real, default: { ...real, randomUUID: uuid, randomBytes: bytes }, randomUUID: uuid, randomBytes: bytes };
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

const blinded: Record<string, (kase: FixtureCase) => string> = {
  заявитель: () => 'goncharov',
  представитель: () => 'litvinova',
  наблюдатель: () => 'orlov',
  'наблюдатель другого региона': () => 'chepkasov',
  эксперт: (kase) => kase.panel[0]!.personId,
};

let running: DirectWorld | undefined;
afterAll(() => running?.stop());

/** Tells the story in a world where `hidden` have other names, and keeps every answer to everybody of `viewers`. */
async function tell(
  hidden: readonly string[],
  viewers: string[],
  leak: (world: DirectWorld, kase: FixtureCase) => Promise<void> = async () => undefined,
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
    const kase = await openFixtureCase(world, 1);
    await leak(world, kase);
    const answers = new Map<string, string>();
    const requests = await everyRequest(world, kase);
    await askEverything(world, kase, requests, 'в разгар экспертизы', viewers, answers);
    for (const { personId: expert, taskId } of kase.panel.slice(1))
      await must(
        world,
        expert,
        'POST',
        `/api/cases/${kase.caseId}/actions/submitReview`,
        conclusionFor(taskId, 'approve'),
      );
    const [decision] = await world.pool<Array<{ id: string }>>`
      select id from task where case_id = ${kase.caseId} and kind = 'decision' and open`;
    await must(world, 'koroleva', 'POST', `/api/cases/${kase.caseId}/actions/certify`, {
      taskId: decision!.id,
      order: { number: '12-р', date: '2026-11-23' },
    });
    await askEverything(world, kase, requests, 'после решения', viewers, answers);
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
  viewers: string[],
  answers: Map<string, string>,
): Promise<void> {
  for (const viewer of viewers) {
    const who = blinded[viewer]!(kase);
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
    const foreign = kase.panel[2]!;
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

/** The telling all others are compared with; told twice it would be the same, or the comparisons below would find it. */
let base: Told;
beforeAll(async () => {
  base = await tell([], Object.keys(blinded));
});

/** The answers to some of the viewers. */
function about(one: Told, wanted: (viewer: string) => boolean): Told {
  const viewers = Object.keys(blinded).filter(wanted);
  const answers = [...one.answers].filter(([label]) => viewers.some((viewer) => label.includes(`: ${viewer}: `)));
  return { ...one, answers: new Map(answers) };
}

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
