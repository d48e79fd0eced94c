import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createCases } from '../platform/cases/commands.ts';
import { sleep } from '../platform/stack/process.ts';
import { createEngine } from '../platform/temporal/client.ts';
import { seed } from '../prisma/seed.ts';
import { seedId } from '../prisma/seed/ids.ts';
import { personId } from '../prisma/seed/people.ts';
import { isWorkingDay, nextWorkingDay, type ProductionCalendar } from '../processes/kit/calendar.ts';
import { addDays, addMonths, daysBetween, type IsoDate } from '../processes/kit/dates.ts';
import { instantAt, localDate, localTime } from '../processes/kit/zones.ts';
import { DEFAULT_POLICY } from '../processes/mentoring-cycle/policy.ts';
import { programmeOf } from '../test/api/world.ts';
import { buildCommand } from '../test/driver.ts';
import { zoneOfNoon } from '../test/kill/review-world.ts';
import { request, type Stage } from './stage.ts';
import { percentile } from './statistics.ts';

export interface MentoringSize {
  /** Cycles open at once, the timed ones among them. */
  cycles: number;
  /** Reviews of programmes open at once, three to a programme. */
  reviews: number;
  clients: number;
  /** Cycles whose gate opens while it is measured: so many in each of so many minutes. */
  timers: { minutes: number; perMinute: number };
  samples: number;
}

const menteesOfSchool = 100;
const reviewsOfProgramme = 3;
const wantedLatenessMs = 5_000;

/**
 * Acceptance scenario 30: so many mentoring cycles and reviews open at once, started here through the engine like any other case. Tells
 * what an open case costs in memory, how fast cases start, how late timers fire and how long an inbox takes when all of them rest.
 * Answers whether nothing was late by more than five seconds.
 */
export async function measureMentoring(stage: Stage, size: MentoringSize): Promise<boolean> {
  const { pool } = stage;
  await seed(stage.config.databaseUrl);
  const zone = zoneOfNoon();
  await pool`update person set zone = ${zone}`;
  await pool`update expert set max_open_tasks = 100000, suspended_until = null`;
  const engine = createEngine(stage.config.temporal, stage.keys);
  const { taskQueue } = stage.config.temporal;
  const cases = createCases({ client: engine.client, pool, keys: stage.keys, taskQueue, answerMs: 120_000 });
  const schools = await createSchools(stage, Math.ceil(size.cycles / menteesOfSchool), zone);
  const timed = size.timers.minutes * size.timers.perMinute;
  const empty = await weigh(stage);

  const open = async (nr: number, jurisdiction: string, hiredOn: string) => {
    const school = schools[nr % schools.length] as School;
    const menteeId = randomUUID();
    await createPeople(stage, [menteeId], zone);
    const place = {
      organisationId: school.id,
      authorityId: schools[0]?.id,
      region: '42',
      jurisdiction,
      municipality: 'Кемерово',
    };
    const payload = { menteeId, place, post: 'teacher', hiredOn, tenureMonths: 0, bornOn: '2003-05-17' };
    const command = buildCommand({ personId: school.methodist, type: 'start', payload });
    const caseId = randomUUID();
    const answer = await cases.startCase({
      process: 'mentoring-cycle',
      caseId,
      jurisdiction,
      uniqueKey: caseId,
      command,
    });
    if (answer.kind === 'recorded') return;
    const incidents = await pool`select kind, message from incident limit 3`;
    throw new Error(JSON.stringify({ answer, incidents }));
  };
  const today = localDate(new Date().toISOString(), zone);
  const plain = size.cycles - timed;
  const cyclesPerSecond = await inParallel(plain, size.clients, 'cycles', (nr) => open(nr, 'bench', today));
  const programmes = Math.ceil(size.reviews / reviewsOfProgramme);
  const programmesPerSecond = await inParallel(programmes, Math.min(8, size.clients), 'programmes', (nr) =>
    openProgramme(stage, nr),
  );
  // Their year ends on a working day a month ahead, and their policy opens its gate so many days before: today. The minute is known only now.
  const yearEnd = workingDayFrom(addDays(today, 30));
  const first = Date.now() + 90_000 + timed * 200;
  const due: string[] = [];
  for (let minute = 0; minute < size.timers.minutes; minute++) {
    const at = localTime(new Date(first + minute * 60_000).toISOString(), zone).slice(0, 5);
    due.push(instantAt(today, at, zone));
    await createJurisdiction(stage, `bench-${minute}`, zone, at, daysBetween(today, yearEnd));
  }
  await inParallel(timed, size.clients, 'timed cycles', (nr) =>
    open(nr, `bench-${nr % size.timers.minutes}`, addMonths(yearEnd, -12)),
  );
  await atRest(stage);
  const full = await weigh(stage);

  const inbox: number[] = [];
  const experts = await pool<Array<{ id: string }>>`
    select assignee_id as id from task where open and kind = 'review' group by 1 order by count(*) desc limit 10`;
  const askers = [...experts.map(({ id }) => id), ...schools.slice(0, 10).map(({ curator }) => curator)];
  for (let n = -askers.length; n < size.samples; n++) {
    const began = performance.now();
    const { items } = await request(stage, askers[(n + askers.length) % askers.length] as string, 'GET', '/api/inbox');
    if (items.length === 0) throw new Error('the inbox is empty');
    if (n >= 0) inbox.push(performance.now() - began);
  }
  const lateness = await latenessOf(stage, due, timed);
  if (lateness.length < timed) console.log(`  of ${timed} timers ${lateness.length} fired within a minute of the last`);
  const [counted] = await pool<Array<{ cycles: number; reviews: number; events: number; letters: number }>>`
    select (select count(*) from "case" where process = 'mentoring-cycle' and not closed)::int as cycles,
      (select count(*) from task where kind = 'review' and open)::int as reviews,
      (select count(*) from case_event)::int as events, (select count(*) from notice)::int as letters`;
  const [behind] = await pool<Array<{ n: number }>>`
    select count(*)::int as n from "case" where not closed and next_due_at < now() - ${`${wantedLatenessMs} milliseconds`}::interval`;
  await engine.close();
  const openCases = (counted?.cycles ?? 0) + programmes;
  const each = (part: keyof Weight) => `${((full[part] - empty[part]) / openCases / 1024).toFixed(1)} KB`;
  const mb = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
  console.log(`  open at once: ${JSON.stringify(counted)}, programmes ${programmes}`);
  console.log(
    `  starts per second: cycles ${cyclesPerSecond.toFixed(1)}, programmes up to their invitations ${programmesPerSecond.toFixed(1)}`,
  );
  console.log(
    `  an open case: engine ${each('engine')} resident, worker ${each('worker')} resident, database ${each('rows')} of rows and ${each('engineRows')} of the engine`,
  );
  console.log(
    `  in all: engine ${mb(full.engine)}, worker ${mb(full.worker)}, API ${mb(full.api)} resident; database ${mb(full.rows)} + ${mb(full.engineRows)} (empty: engine ${mb(empty.engine)}, worker ${mb(empty.worker)}, database ${mb(empty.rows)} + ${mb(empty.engineRows)})`,
  );
  const ms = (p: number, of: number[]) => `${percentile(of, p).toFixed(0)} ms`;
  console.log(
    `  timers at rest (${lateness.length} in ${size.timers.minutes} minutes, ${size.timers.perMinute} at one instant): late by p50 ${ms(50, lateness)}, p99 ${ms(99, lateness)}, at most ${ms(100, lateness)} (wanted: at most ${wantedLatenessMs} ms)`,
  );
  console.log(
    `  inbox of an expert or a curator: p50 ${ms(50, inbox)}, p95 ${ms(95, inbox)} (${inbox.length} samples, wanted: p95 below 50 ms)`,
  );
  console.log(`  cases whose date has passed unnoticed: ${behind?.n}`);
  return behind?.n === 0 && lateness.length === timed && Math.max(...lateness) <= wantedLatenessMs;
}

interface School {
  id: string;
  curator: string;
  methodist: string;
}

/** Schools with a curator and a head each; one methodist opens the cycles of all. */
async function createSchools(stage: Stage, count: number, zone: string): Promise<School[]> {
  const { pool } = stage;
  const methodist = randomUUID();
  const schools = Array.from({ length: count }, () => ({ id: randomUUID(), curator: randomUUID(), methodist }));
  const heads = schools.map(() => randomUUID());
  await createJurisdiction(stage, 'bench', zone, DEFAULT_POLICY.reminderTime);
  for (const { id } of schools)
    await pool`insert into organisation (id, kind, name_ru, region_code, synthetic) values (${id}, 'school', 'Школа', '42', true)`;
  await createPeople(stage, [methodist, ...heads, ...schools.map(({ curator }) => curator)], zone);
  const roles = [
    ...schools.flatMap(({ id, curator }, n) => [
      { person_id: curator, role: 'curator', scope_kind: 'organisation', scope_id: id },
      { person_id: heads[n] as string, role: 'head', scope_kind: 'organisation', scope_id: id },
    ]),
    { person_id: methodist, role: 'methodist', scope_kind: 'region', scope_id: '42' },
  ];
  await pool`insert into role_assignment ${pool(roles.map((role) => ({ id: randomUUID(), from_on: '2019-01-01', ...role })))}`;
  return schools;
}

async function createPeople({ pool }: Stage, ids: string[], zone: string): Promise<void> {
  const rows = ids.map((id) => ({
    id,
    family_name: 'Педагог',
    given_name: 'Имя',
    display_name: 'Педагог',
    email: `${id}@example.invalid`,
    zone,
    synthetic: true,
  }));
  await pool`insert into person ${pool(rows)}`;
}

/** A jurisdiction where it is noon, with a policy that reminds at the given minute. */
async function createJurisdiction(
  { pool }: Stage,
  id: string,
  zone: string,
  reminderTime: string,
  openDays = DEFAULT_POLICY.gate.openDays,
): Promise<void> {
  await pool`insert into jurisdiction (id, name_ru, region_code, zone) values (${id}, 'Бенч', '42', ${zone})`;
  // Numbers tell jurisdictions of one region apart by their prefix alone.
  const prefix = `MEN${id.replace(/\D/g, '').replace(/\d/g, (n) => 'ABCDEFGHIJ'[Number(n)] ?? '')}`;
  const numbering = { ...DEFAULT_POLICY.numbering, prefix };
  const parameters = { ...DEFAULT_POLICY, numbering, reminderTime, gate: { ...DEFAULT_POLICY.gate, openDays } };
  await pool`insert into policy_version (id, process, jurisdiction, version, act, effective_from, parameters, digest)
    values (${id}, 'mentoring-cycle', ${id}, 1, '{}', '2019-01-01', ${pool.json(parameters as never)}, ${id})`;
}

function workingDayFrom(day: IsoDate): IsoDate {
  const calendar = JSON.parse(
    readFileSync(new URL('../data/calendars/ru.json', import.meta.url), 'utf8'),
  ) as ProductionCalendar;
  return isWorkingDay(calendar, day) ? day : nextWorkingDay(calendar, day);
}

/** A programme whose three reviews are open: submitted, checked, its experts invited. */
async function openProgramme(stage: Stage, nr: number): Promise<void> {
  const head = personId('goncharov');
  const source = programmeOf('veroyatnost-i-statistika', `Программа ${nr} ${randomUUID()}`) as {
    provider: Record<string, unknown>;
  };
  const provider = { ...source.provider, organisationId: seedId('organisation', 'cnppm-rostov') };
  const { caseId } = await request(stage, head, 'POST', '/api/cases', {
    process: 'dpp-certification',
    body: { programme: { ...source, provider } },
  });
  const operator = personId('belova');
  const { items } = await request(stage, operator, 'GET', `/api/tasks?caseId=${caseId}&kind=technical_check`);
  await request(stage, operator, 'POST', `/api/cases/${caseId}/actions/completeTechnicalCheck`, {
    taskId: items[0].id,
  });
}

/** Does so many pieces of work with so many hands; answers how many a second. */
async function inParallel(
  count: number,
  hands: number,
  what: string,
  work: (nr: number) => Promise<void>,
): Promise<number> {
  const began = performance.now();
  let next = 0;
  let done = 0;
  const hand = async () => {
    while (next < count) {
      await work(next++);
      done++;
      if (done % 1_000 === 0)
        console.log(`  ${done} ${what} after ${Math.round((performance.now() - began) / 1_000)} s`);
    }
  };
  await Promise.all(Array.from({ length: hands }, hand));
  return count / ((performance.now() - began) / 1_000);
}

/** Nothing is owed any more: no machine work, no letter, no date in the past. */
async function atRest({ pool }: Stage): Promise<void> {
  const until = Date.now() + 600_000;
  for (;;) {
    const [row] = await pool<Array<{ work: number; letters: number; late: number }>>`
      select (select count(*) from "case" where not closed and work <> '[]')::int as work,
        (select count(*) from notice where state = 'queued' and due_at < now())::int as letters,
        (select count(*) from "case" where not closed and next_due_at < now())::int as late`;
    if (row && row.work + row.letters + row.late === 0) return;
    if (Date.now() > until) throw new Error(`no rest within ten minutes: ${JSON.stringify(row)}`);
    await sleep(500);
  }
}

/** How late each gate was opened after the instant it fell due, in ms on the clock of the wall. */
async function latenessOf({ pool }: Stage, due: string[], expected: number): Promise<number[]> {
  const last = Date.parse(due.at(-1) as string);
  if (Date.now() > Date.parse(due[0] as string))
    console.log('  (the first of the timed cycles fell due before everything was at rest)');
  for (;;) {
    const rows = await pool<Array<{ jurisdiction: string; recorded_at: Date }>>`
      select c.jurisdiction, e.recorded_at from case_event e join "case" c on c.id = e.case_id
      where e.type = 'gate.opened' and c.jurisdiction like 'bench-%'`;
    if (rows.length >= expected || Date.now() > last + 60_000)
      return rows.map(({ jurisdiction, recorded_at: at }) =>
        Math.max(0, at.getTime() - Date.parse(due[Number(jurisdiction.slice(6))] as string)),
      );
    await sleep(1_000);
  }
}

interface Weight {
  engine: number;
  worker: number;
  api: number;
  rows: number;
  engineRows: number;
}

/** Resident memory of the parts and bytes of both databases. */
async function weigh({ pool, pids }: Stage): Promise<Weight> {
  const [ours] = await pool<Array<{ n: string }>>`select pg_database_size(current_database())::text as n`;
  const [all] = await pool<Array<{ n: string }>>`
    select sum(pg_database_size(oid))::text as n from pg_database where datname not in ('postgres', 'template0', 'template1')`;
  return {
    engine: resident(pids.engine()),
    worker: resident(pids.worker()),
    api: resident(pids.api()),
    rows: Number(ours?.n),
    engineRows: Number(all?.n) - Number(ours?.n),
  };
}

function resident(pid: number): number {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? 0) * 1024;
}
