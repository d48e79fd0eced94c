/** Telling a story in a world of its own, and asking everything as everybody from whom something of it is hidden. */
import { unzipSync } from 'fflate';
import { expect, vi } from 'vitest';
import type { Pool } from '../../platform/db/pool.ts';
import { personId } from '../../prisma/seed/people.ts';
import { openStreams, type Post, type Streams } from './blind-post.ts';
import { createDirectWorld, type DirectWorld } from './direct-world.ts';
import { everyRequest } from './every-request.ts';
import type { CaseOptions, FixtureCase } from './fixture-case.ts';
import { source } from './seeded-source.ts';
import { conclusionFor } from './world.ts';

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

/** Whoever is asked, and however many were asked before him, draws the same. */
async function reseed(world: DirectWorld, part: number): Promise<void> {
  source.drawn = part * 1_000_000;
  await world.pool`select setval('seeded.drawn', ${part * 1_000_000 + 1})`;
}

/** What is told, to whom something of it is hidden, and how it is told where a thing leaks. */
export interface Scene {
  blinded: Record<string, (kase: FixtureCase) => string>;
  prepare?(pool: Pool): Promise<void>;
  open(world: DirectWorld, told: CaseOptions): Promise<FixtureCase>;
  /** What follows the questions, while the blinded listen to the event stream. */
  goOn(world: DirectWorld, kase: FixtureCase): Promise<void>;
  /** Is everything asked once more after that? */
  twice: boolean;
  /** Told last, in every world: what it answers with has to differ, or the comparison sees nothing. */
  controls: Record<string, Control>;
}

export type Control = (told: {
  world: DirectWorld;
  kase: FixtureCase;
  ask(viewer: string, path: string): Promise<string>;
  /** New letters to a viewer as they were sent. */
  post(viewer: string, publicUrl?: string): Promise<string>;
}) => Promise<string>;

/** How one world differs from another. */
export interface Variant {
  /** Experts whom the draw reaches last, so that others sit on the panel: by the seed of the draw, or `*`. */
  last?: Record<string, readonly string[]>;
  /** People of other names and addresses. */
  renamed?: readonly string[];
  told?: CaseOptions;
}

export interface Told {
  kase: FixtureCase;
  answers: Map<string, string>;
  /** What was fished for: whoever is hidden in the first telling, by id and by name. */
  bait: { people: string[]; names: string[]; documents: Map<number, string[]> };
  /** Seeds of the draws, by what they drew. */
  seeds: Map<string, string>;
}

export const RENAMED = 'Яснополянская';
/** Fields that may differ; the list may hold five, and it holds none. */
const MASKED: readonly string[] = [];
/** What is not asked as the other routes are, and why. */
const NOT_ASKED: Record<string, string> = {
  'GET /api/stream': 'endless; it is listened to while the story goes on',
  'GET /api/mailbox': 'the mailbox of the demonstration shows everybody everything; it does not exist elsewhere',
  'GET /api/mailbox/{id}': 'the same',
  'GET /api/accounts': 'the list of people to choose from at sign-in, in the demonstration alone',
};

/**
 * Asked in the name of one and once: they answer whoever asks alike, do the work of a check of a password and wait on purpose, so that nobody
 * learns from them whether an account exists.
 */
const ALIKE = ['POST /api/password/reset', 'POST /api/session/password'];

const idOf = (who: string): string => (/^[0-9a-f-]{36}$/.test(who) ? who : personId(who));

let running: DirectWorld | undefined;
export const stopTelling = async (): Promise<void> => running?.stop();

/**
 * Tells the story and keeps every answer to everybody of `viewers`, by default to all. `like`: another telling, whose hidden people are fished
 * for here too. `briefly`: ends after the first round.
 */
export async function tell(
  scene: Scene,
  post: Post,
  {
    variant = {},
    like,
    viewers,
    briefly = false,
  }: { variant?: Variant; like?: Told; viewers?: string[]; briefly?: boolean } = {},
): Promise<Told> {
  source.drawn = 0;
  source.last = new Map(Object.entries(variant.last ?? {}));
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(NOW) });
  let streams: Streams | undefined;
  const world = await createDirectWorld({
    now: NOW,
    environment: { API_TRUSTED_PROXIES: '1' },
    prepare: (pool) => prepare(pool, scene, variant),
    afterRecord: async (caseId, sequence) => streams?.settle(caseId, sequence),
  });
  running = world;
  try {
    const kase = await scene.open(world, variant.told ?? {});
    const bait = like?.bait ?? (await baitOf(world, kase));
    const answers = new Map<string, string>();
    const asked = new Map(
      Object.entries(scene.blinded).flatMap(([viewer, who]) =>
        !viewers || viewers.includes(viewer) ? [[viewer, idOf(who(kase))] as const] : [],
      ),
    );
    const everything = {
      requests: await everyRequest(world, { ...kase, programmeSha: (like?.kase ?? kase).programmeSha }),
      asked,
      answers,
      bait,
      scene,
    };
    await askEverything(world, kase, 1, everything);
    if (!briefly) {
      await openSessions(world, everything);
      streams = await openStreams(world, asked);
      await scene.goOn(world, kase);
      for (const [viewer, text] of await streams.close()) answers.set(`поток: ${viewer}: /api/stream`, masked(text));
      streams = undefined;
      if (scene.twice) await askEverything(world, kase, 2, everything);
    }
    await readPost(world, post, everything);
    if (!briefly) await tellControls(world, kase, post, everything);
    return { kase, answers, bait, seeds: await seedsOf(world, kase) };
  } finally {
    await streams?.close();
    running = undefined;
    await world.stop();
    vi.useRealTimers();
  }
}

async function prepare(pool: Pool, scene: Scene, { renamed = [] }: Variant): Promise<void> {
  await seedSource(pool);
  await scene.prepare?.(pool);
  for (const [n, id] of renamed.entries())
    await pool`update person set family_name = ${RENAMED}, given_name = ${`Имя${n}`}, patronymic = null,
      display_name = ${`${RENAMED} Имя${n}`}, email = ${`renamed-${n}@example.invalid`} where id = ${id}::uuid`;
}

async function baitOf({ pool }: DirectWorld, { panel }: FixtureCase): Promise<Told['bait']> {
  const people = panel.map(({ personId: id }) => id);
  const rows = await pool<Array<{ name: string }>>`
    select family_name as name from person where id = any(${people}::uuid[]) order by id`;
  return { people, names: [RENAMED, rows[0]!.name], documents: new Map() };
}

/** `review` and `arbitration` of the case itself. */
async function seedsOf({ pool }: DirectWorld, { caseId }: FixtureCase): Promise<Told['seeds']> {
  const rows = await pool<Array<{ role: string; seed: string }>>`
    select facts->>'role' as role, facts->>'seed' as seed from case_event
    where case_id = ${caseId} and type = 'panel.candidates_listed' order by sequence`;
  return new Map(rows.map(({ role, seed }) => [role, seed]));
}

interface Everything {
  requests: Awaited<ReturnType<typeof everyRequest>>;
  asked: Map<string, string>;
  answers: Map<string, string>;
  bait: Told['bait'];
  scene: Scene;
}

/** Each of the asked has his session before any of them listens: its id depends on nobody else. */
async function openSessions(world: DirectWorld, { asked, scene }: Everything): Promise<void> {
  world.renewSessions();
  for (const [viewer, who] of asked) {
    await reseed(world, 60 + Object.keys(scene.blinded).indexOf(viewer));
    await world.tokenOf(who);
  }
  await reseed(world, 50);
}

async function askEverything(world: DirectWorld, kase: FixtureCase, round: number, all: Everything): Promise<void> {
  const order = Object.keys(all.scene.blinded);
  for (const [viewer, who] of all.asked) {
    await reseed(world, round * 100 + order.indexOf(viewer));
    const keep = async (label: string, path: string, init: RequestInit) => {
      const response = await world.app.request(path, {
        ...init,
        headers: {
          ...(init.headers as object),
          'x-request-id': 'request-of-the-test',
          // Requests are counted by address where nobody has signed in.
          'x-forwarded-for': `10.0.${round}.${order.indexOf(viewer)}`,
          'idempotency-key': `${round}-${label}-key-00`.replace(/[^\x21-\x7e]/g, '_').slice(0, 200),
        },
      });
      const head = JSON.stringify([...response.headers]);
      const text = await textOf(response);
      all.answers.set(`${round}: ${viewer}: ${label}`, `${response.status} ${masked(head)}\n${masked(text)}`);
      return text;
    };
    for (const route of all.requests.routes) {
      if (NOT_ASKED[route.name]) continue;
      if (ALIKE.includes(route.name) && (round > 1 || order[0] !== viewer)) continue;
      const { path, ...init } = await all.requests.prepare(route, who);
      await keep(route.name, path, init);
    }
    // One of the routes ends all sessions but its own.
    world.renewSessions();
    const headers = { authorization: `Bearer ${await world.tokenOf(who)}` };
    for (const path of await baited(world, kase, all.bait, round)) {
      const text = await keep(`GET ${path}`, path, { headers });
      for (const link of linksIn(text)) if (path.includes('/tasks/')) await keep(`GET ${link}`, link, { headers });
    }
    const reports = JSON.parse(await keep('GET /api/reports', '/api/reports', { headers })) as {
      items?: Array<{ id: string }>;
    };
    for (const { id } of reports.items ?? []) {
      const text = await keep(`GET /api/reports/${id}`, `/api/reports/${id}`, { headers });
      const cell = /"cell":"([^"]+)"/.exec(text)?.[1];
      const more = ['export.xlsx', ...(cell ? [`members?cell=${encodeURIComponent(cell)}`] : [])];
      for (const what of more) await keep(`GET /api/reports/${id}/${what}`, `/api/reports/${id}/${what}`, { headers });
    }
    for (const [type, body] of baitedActs(kase, all.bait))
      await keep(
        `POST …/actions/${type} ${JSON.stringify(body).slice(0, 90)}`,
        `/api/cases/${kase.caseId}/actions/${type}`,
        {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        },
      );
    const rows = await world.pool`
      select template, params, state from notice where addressee_id = ${who} order by nominal_at, template, id`;
    all.answers.set(`${round}: ${viewer}: rows of letters`, JSON.stringify(rows));
  }
}

/** Documents and pages of lists that an answer leads to. */
const linksIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/"href":"(\/api\/cases\/[^"]+\/documents\/[^"]+)"/g)].map(([, href]) => href!)),
];

/** What a name could be fished for with, in all worlds the same questions. */
async function baited({ pool }: DirectWorld, kase: FixtureCase, bait: Told['bait'], round: number): Promise<string[]> {
  const rows = await pool<Array<{ sha256: string }>>`
    select sha256 from case_document where case_id = ${kase.caseId} and kind <> 'programme' and kind <> 'file' order by added_at, sha256`;
  const documents = bait.documents.get(round) ?? rows.map(({ sha256 }) => sha256);
  bait.documents.set(round, documents);
  const lists = ['tasks', 'cases', 'people', 'organisations', 'registers/federal_programmes'];
  return [
    ...bait.people.flatMap((id) => [
      `/api/tasks?assigneeId=${id}`,
      `/api/tasks?assigneeId=${id}&caseId=${kase.caseId}`,
    ]),
    ...kase.panel.flatMap(({ taskId }) => [`/api/tasks/${taskId}`, `/api/tasks/${taskId}/draft`]),
    ...lists.flatMap((list) => [
      ...bait.names.map((name) => `/api/${list}?q=${encodeURIComponent(name)}`),
      `/api/${list}?limit=2`,
    ]),
    `/api/tasks?caseId=${kase.caseId}`,
    `/api/tasks?caseId=${kase.caseId}&limit=1`,
    '/api/tasks?late=true',
    '/api/people?role=expert',
    `/api/cases/${kase.caseId}/events?limit=2`,
    '/registry',
    ...documents.map((sha256) => `/api/cases/${kase.caseId}/documents/${sha256}`),
  ];
}

/** Acts that would be refused in other words, or by another status, if it mattered who sits on the panel. */
function baitedActs({ panel }: FixtureCase, { people }: Told['bait']): Array<[type: string, body: object]> {
  const foreign = panel.at(-1)!.taskId;
  const body = { ...conclusionFor(foreign, 'approve'), reason: 'Есть основание', noConflict: true, ordinal: 1 };
  return [
    ...['submitReview', 'declareConflict', 'acceptTask', 'objectExpert', 'returnForDefect'].map(
      (type): [string, object] => [type, body],
    ),
    ...people.map((id): [string, object] => ['assignTask', { taskId: foreign, personId: id }]),
  ];
}

async function readPost(world: DirectWorld, post: Post, { asked, answers }: Everything): Promise<void> {
  await reseed(world, 900);
  // Letters to others are of no interest here, and there are many.
  await world.pool`
    update notice set state = 'inbox_only' where state in ('queued', 'digest') and addressee_id <> all(${[...asked.values()]}::uuid[])`;
  const letters = await post.deliver(world);
  for (const [viewer, who] of asked) {
    const [{ email } = { email: '' }] = await world.pool<Array<{ email: string }>>`
      select email from person where id = ${who}`;
    for (const [n, letter] of (letters.get(email) ?? []).entries())
      answers.set(`почта: ${viewer}: ${n + 1}`, masked(letter));
  }
}

async function tellControls(world: DirectWorld, kase: FixtureCase, post: Post, all: Everything): Promise<void> {
  const asIn = (viewer: string) => idOf(all.scene.blinded[viewer]!(kase));
  for (const [name, control] of Object.entries(all.scene.controls)) {
    await reseed(world, 950);
    const text = await control({
      world,
      kase,
      ask: async (viewer, path) => {
        const response = await world.app.request(path, {
          headers: {
            authorization: `Bearer ${await world.tokenOf(asIn(viewer))}`,
            'x-request-id': 'request-of-the-test',
          },
        });
        return response.text();
      },
      post: async (viewer, publicUrl) => {
        const [{ email } = { email: '' }] = await world.pool<Array<{ email: string }>>`
          select email from person where id = ${asIn(viewer)}`;
        return ((await post.deliver(world, publicUrl)).get(email) ?? []).join('\n');
      },
    });
    all.answers.set(`${CONTROL}: ${name}`, text);
  }
}

const CONTROL = 'контроль';

/** What the answer says; of an archive, what its files say: compressed bytes would show that something differs and not what. */
async function textOf(response: Response): Promise<string> {
  const type = response.headers.get('content-type') ?? '';
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!/zip|officedocument/.test(type)) return bytes.toString('utf8');
  const files = Object.entries(unzipSync(bytes)).map(
    ([name, file]) => `${name}\n${Buffer.from(file).toString('utf8')}`,
  );
  return [...files, bytes.toString('latin1')].join('\n');
}

const masked = (text: string): string =>
  MASKED.reduce((kept, field) => kept.replaceAll(new RegExp(`"${field}":"[^"]*"`, 'g'), `"${field}":"…"`), text);

/** Answers that prove nothing: the platform failed, or did not know who asked. */
export const failures = ({ answers }: Told): string[] =>
  [...answers].flatMap(([label, text]) =>
    /^5\d\d /.test(text) || text.includes('"code":"unauthenticated"') ? [`${label}: ${text.slice(-300)}`] : [],
  );

/** Where two tellings differ for those viewers; a control is no answer. */
export function differences(one: Told, other: Told, wanted: (viewer: string, round: string) => boolean): string[] {
  expect(MASKED.length).toBeLessThanOrEqual(5);
  const of = ({ answers }: Told) =>
    new Map(
      [...answers].filter(([label]) => {
        const [round, viewer] = label.split(': ') as [string, string];
        return round !== CONTROL && wanted(viewer, round);
      }),
    );
  const [first, second] = [of(one), of(other)];
  expect(first.size).toBeGreaterThan(100);
  expect([...second.keys()]).toEqual([...first.keys()]);
  return [...first].flatMap(([label, text]) => difference(label, text, second.get(label)!));
}

function difference(label: string, text: string, now: string): string[] {
  if (now === text) return [];
  let at = 0;
  while (text[at] === now[at]) at += 1;
  return [`${label}: …${text.slice(Math.max(0, at - 80), at + 60)} ⇄ ${now.slice(Math.max(0, at - 20), at + 60)}`];
}

/** What a control answered in both tellings. */
export const controlled = (one: Told, other: Told, name: string): [string, string] => [
  one.answers.get(`${CONTROL}: ${name}`) ?? '',
  other.answers.get(`${CONTROL}: ${name}`) ?? '',
];

/** Who was told of the case at all: what nobody reads hides everything. */
export const readers = ({ kase, answers }: Told): string[] => [
  ...new Set(
    [...answers].flatMap(([label, text]) =>
      text.startsWith('200') && text.includes(`"${kase.caseId}"`) ? [label.split(': ')[1]!] : [],
    ),
  ),
];
