/** The people of P04 stories in a real database, and a cycle of theirs on the real engine with a clock the test turns. */
import { randomUUID } from 'node:crypto';
import type { Answer } from '../../platform/cases/commands.ts';
import { addDays } from '../../processes/kit/dates.ts';
import { isOpen } from '../../processes/kit/task.ts';
import type { Denial, StoredEvent } from '../../processes/kit/types.ts';
import { mentoringCycle } from '../../processes/mentoring-cycle/index.ts';
import { DEFAULT_POLICY, type MentoringPolicy } from '../../processes/mentoring-cycle/policy.ts';
import { evolve, type MentoringState } from '../../processes/mentoring-cycle/state.ts';
import { monthEnd } from '../../processes/mentoring-cycle/terms.ts';
import type { Pool } from '../../platform/db/pool.ts';
import { contextAt, References } from '../../platform/cases/references.ts';
import { reconcileSignal } from '../../workflows/messages.ts';
import type { Driver } from '../driver.ts';
import { calendarOfEngine, engineInstant, fromEngine, toEngine } from '../support/years.ts';
import {
  ASSIGNMENTS,
  AUTHORITY,
  AUTHORITY_2,
  CALENDAR,
  CENTRE,
  FAR_CENTRE,
  FAR_SCHOOL,
  FIT,
  MONTH_WORK,
  opening,
  ORDER,
  people,
  SCHOOL,
  SCHOOL_2,
  SHA,
} from './world.ts';

const ZONES = { '42': 'Asia/Novokuznetsk', '61': 'Europe/Moscow' } as const;

export async function createMentoringWorld(pool: Pool): Promise<void> {
  for (const [code, zone] of Object.entries(ZONES)) {
    await pool`insert into region (code, name_ru, zone) values (${code}, ${`Регион ${code}`}, ${zone})`;
    await pool`insert into jurisdiction (id, name_ru, region_code, zone) values (${`region-${code}`}, ${`Регион ${code}`}, ${code}, ${zone})`;
  }
  const organisations: Array<[string, string, string]> = [
    [SCHOOL, 'school', '42'],
    [SCHOOL_2, 'school', '42'],
    [FAR_SCHOOL, 'school', '61'],
    [AUTHORITY, 'muni_authority', '42'],
    [AUTHORITY_2, 'muni_authority', '42'],
    [CENTRE, 'cnppm', '42'],
    [FAR_CENTRE, 'cnppm', '61'],
  ];
  for (const [id, kind, region] of organisations)
    await pool`insert into organisation (id, kind, name_ru, region_code, synthetic) values (${id}, ${kind}, ${`Организация ${id.slice(-3)}`}, ${region}, true)`;
  for (const [name, id] of Object.entries(people))
    await pool`insert into person (id, family_name, given_name, display_name, email, zone, synthetic) values (${id}, ${name}, 'Имя', ${name}, ${`${name}@example.org`}, 'Asia/Novokuznetsk', true)`;
  for (const [personId, { organisations: employers, assignments }] of Object.entries(ASSIGNMENTS)) {
    for (const employer of employers)
      await pool`insert into employment (id, person_id, organisation_id, post_ru, from_on) values (gen_random_uuid(), ${personId}, ${employer}, 'сотрудник', '2019-01-01')`;
    for (const a of assignments)
      await pool`insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on, act)
        values (gen_random_uuid(), ${personId}, ${a.role}, ${a.scope.kind}, ${'id' in a.scope ? a.scope.id : null}, ${a.from}, null)`;
  }
  const calendar = calendarOfEngine(CALENDAR);
  await pool`insert into calendar_version (version, data) values (${calendar.version}, ${pool.json(calendar as never)})`;
  await publishPolicy(pool, 'men-42-1', 'region-42', '2019-01-01', DEFAULT_POLICY);
  await publishPolicy(pool, 'men-61-1', 'region-61', '2019-01-01', DEFAULT_POLICY);
}

export async function publishPolicy(
  pool: Pool,
  id: string,
  jurisdiction: string,
  from: string,
  policy: MentoringPolicy,
): Promise<void> {
  const [row] = await pool<Array<{ n: number }>>`
    select count(*)::int as n from policy_version where process = 'mentoring-cycle' and jurisdiction = ${jurisdiction}`;
  await pool`insert into policy_version (id, process, jurisdiction, version, act, effective_from, parameters, digest)
    values (${id}, 'mentoring-cycle', ${jurisdiction}, ${(row?.n ?? 0) + 1}, ${pool.json({ number: id })}, ${toEngine(from)}, ${pool.json(policy as never)}, ${id})`;
}

/** Everybody of a story of his own, so that stories share no mentor's load and no open cycle. */
let stories = 0;
async function freshTeacher(pool: Pool): Promise<string> {
  const id = `00000000-0000-4000-9000-${String(++stories).padStart(12, '0')}`;
  await pool`insert into person (id, family_name, given_name, display_name, email, zone, synthetic) values (${id}, 'Педагог', 'Новый', ${`Педагог ${stories}`}, ${`t${stories}@example.org`}, 'Asia/Novokuznetsk', true)`;
  return id;
}

export class RealCycle {
  private facts = 0;
  /** How long an awaited condition may take; longer where parts of the platform are killed meanwhile. */
  patienceMs = 30_000;

  private constructor(
    readonly driver: Driver,
    readonly caseId: string,
    readonly teacher: string,
    readonly offset = '+07:00',
  ) {}

  static async start(driver: Driver, date: string, over: Record<string, unknown> = {}): Promise<RealCycle> {
    const teacher = await freshTeacher(driver.pool);
    const { caseId } = await driver.startCaseSkipped({
      process: 'mentoring-cycle',
      jurisdiction: 'region-42',
      at: engineInstant(date, '10:00', '+07:00'),
      personId: people.methodist,
      type: 'start',
      payload: toEngine(opening({ menteeId: teacher, hiredOn: date, ...over })),
    });
    return new RealCycle(driver, caseId, teacher);
  }

  /** Opened by the event «hired» of an HR system. */
  static async hire(driver: Driver, date: string): Promise<RealCycle> {
    const c = new RealCycle(driver, randomUUID(), await freshTeacher(driver.pool));
    const answer = await c.hireAgain(date, c.caseId);
    if (answer.kind !== 'recorded') throw new Error(`the case was not opened: ${JSON.stringify(answer)}`);
    return c;
  }

  async hireAgain(date: string, caseId: string = randomUUID()): Promise<Answer> {
    return this.driver.cases.startCase({
      process: 'mentoring-cycle',
      jurisdiction: 'region-42',
      caseId,
      clock: 'skipped',
      openAt: engineInstant(date, '10:00', '+07:00'),
      command: {
        id: `test:${caseId}`,
        type: 'open_hired',
        payload: toEngine(opening({ menteeId: this.teacher })),
        actor: { kind: 'system' },
        receivedAt: new Date().toISOString(),
      },
    });
  }

  static of(driver: Driver, caseId: string, teacher: string, offset: string): RealCycle {
    return new RealCycle(driver, caseId, teacher, offset);
  }

  /** State after everything outstanding has been done, in the years of the story. */
  async state(): Promise<MentoringState> {
    await this.driver.settled(this.caseId);
    return fromEngine((await this.row()).state);
  }

  async row(): Promise<{
    state: MentoringState;
    policy_version_id: string;
    stage: string;
    closed: boolean;
    jurisdiction: string;
    calendar_version: string;
    updated_at: Date;
  }> {
    const [row] = await this.driver.pool<Array<Awaited<ReturnType<RealCycle['row']>>>>`
      select state, policy_version_id, stage, closed, jurisdiction, calendar_version, updated_at from "case" where id = ${this.caseId}`;
    if (!row) throw new Error(`no case ${this.caseId}`);
    return row;
  }

  async do(personId: string, type: string, payload: Record<string, unknown> = {}): Promise<this> {
    await this.driver.act(this.caseId, { personId, type, payload: toEngine(payload) });
    await this.driver.settled(this.caseId);
    return this;
  }

  async denied(personId: string, type: string, payload: Record<string, unknown> = {}): Promise<Denial> {
    const answer = await this.driver.tryAct(this.caseId, { personId, type, payload: toEngine(payload) });
    if (answer.kind !== 'refused') throw new Error(`${type} was not refused: ${JSON.stringify(answer)}`);
    return answer.denial;
  }

  async fact(kind: string, payload: Record<string, unknown>): Promise<this> {
    const before = (await this.events()).length;
    const factId = `${kind}:${++this.facts}`;
    await this.driver.sendFact(this.caseId, { factId, kind, payload: toEngine(payload) });
    await this.until(async () => (await this.events()).length > before);
    await this.driver.settled(this.caseId);
    return this;
  }

  async employment(event: string, on: string, more: Record<string, unknown> = {}): Promise<this> {
    return this.fact('employment', { personId: this.teacher, event, on, main: true, ...more });
  }

  async until(holds: () => Promise<boolean>): Promise<void> {
    const limit = Date.now() + this.patienceMs;
    while (!(await holds())) {
      if (Date.now() > limit) throw new Error(`case ${this.caseId}: the awaited condition does not come`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  async day(date: string, hhmm = '10:00'): Promise<this> {
    await this.driver.fastForwardTo(this.caseId, engineInstant(date, hhmm, this.offset));
    return this;
  }

  async events(): Promise<StoredEvent[]> {
    const rows = await this.driver.pool<Array<Record<string, any>>>`
      select sequence, type, row, "on", at, facts, actor_kind, actor_id from case_event where case_id = ${this.caseId} order by sequence`;
    return rows.map(({ actor_kind: kind, actor_id: personId, ...event }) => ({
      ...fromEngine(event),
      actor: kind === 'person' ? { kind, personId } : { kind },
    })) as StoredEvent[];
  }

  async task(kind: string): Promise<string> {
    const found = (await this.state()).tasks.find((t) => t.kind === kind && isOpen(t));
    if (!found) throw new Error(`no open task ${kind}`);
    return found.id;
  }

  // ── Steps of the story ──

  async appoint(
    mentor: string = people.mentor,
    curator: string = people.curator,
    head: string = people.head,
  ): Promise<this> {
    await this.do(curator, 'proposeMentor', { taskId: await this.task('find_mentor'), mentorId: mentor, mentor: FIT });
    await this.do(mentor, 'acceptTask', { taskId: await this.task('mentoring'), noConflict: true });
    return this.do(head, 'issueOrder', { taskId: await this.task('appoint'), order: ORDER, pay: true });
  }

  async ppn(curator: string = people.curator): Promise<this> {
    await this.do(curator, 'proposePpn', { taskId: await this.task('ppn'), document: SHA(1) });
    await this.do(this.teacher, 'signPpn', {});
    return this.do((await this.state()).pair?.mentorId as string, 'signPpn', {});
  }

  async toYear1(): Promise<this> {
    await this.appoint();
    return this.ppn();
  }

  private async context() {
    const row = await this.row();
    const base = await new References().of(this.driver.pool, mentoringCycle as never, {
      jurisdiction: row.jurisdiction,
      policyVersionId: row.policy_version_id,
      calendarVersion: row.calendar_version,
    });
    return { state: row.state, ctx: contextAt(base, this.caseId, row.updated_at.toISOString()) };
  }

  /** The pair does the norm of the running month; both confirm; the month closes. */
  async month(): Promise<this> {
    const { state: s, ctx } = await this.context();
    const from = s.monthsClosed === s.credited ? s.hiredOn : addDays(monthEnd(s, ctx, s.monthsClosed).dueOn, 1);
    const work = MONTH_WORK[s.year] ?? [];
    const last = addDays(
      from,
      work.reduce((max, [, day]) => Math.max(max, day), 0),
    );
    await this.day(fromEngine(last), '12:00');
    const writer = s.pair?.mentorId ?? people.curator;
    const entries = work.map(([kind, day]) => ({ kind, on: fromEngine(addDays(from, day)) }));
    await this.do(writer, 'logWork', { entries, document: SHA(8) });
    await this.do(this.teacher, 'confirmLog', {});
    const again = await this.context();
    return this.day(
      fromEngine(addDays(monthEnd(again.state, again.ctx, again.state.monthsClosed + 1).dueOn, 1)),
      '11:00',
    );
  }

  async content(curator: string = people.curator): Promise<this> {
    const { state: s, ctx } = await this.context();
    for (const item of (ctx.policy as MentoringPolicy).content[`${s.year}`].filter((i) => !s.done.includes(i.code))) {
      const who = item.by.includes('curator')
        ? curator
        : item.by.includes('mentor')
          ? (s.pair?.mentorId ?? curator)
          : item.by.includes('new_teacher')
            ? this.teacher
            : people.tutor;
      await this.do(who, 'recordContent', { item: item.code, document: SHA(9) });
    }
    return this;
  }

  async pass(curator: string = people.curator): Promise<this> {
    return this.do(curator, 'passGate', { taskId: await this.task('gate'), document: SHA(10) });
  }

  async conclude(curator: string = people.curator): Promise<this> {
    return this.do(curator, 'concludeCycle', {
      taskId: await this.task('gate'),
      document: SHA(11),
      recommendations: ['first_category', 'mentor_pool'],
    });
  }

  /** A new worker build came: the run is left and the next one goes on. */
  async renew(): Promise<void> {
    const handle = this.driver.client.workflow.getHandle(await this.driver.workflowId(this.caseId));
    const { runId } = await handle.describe();
    await handle.signal(reconcileSignal, { renew: true });
    await this.until(async () => (await handle.describe()).runId !== runId);
    await this.driver.settled(this.caseId);
  }

  /** Journal against the table, fold against the stored state, and the sizes of both. */
  async measure(): Promise<{
    events: number;
    journalBytes: number;
    stateBytes: number;
    largestState: number;
    runs: number;
    longestHistory: number;
  }> {
    const events = await this.events();
    let state: MentoringState | null = null;
    let largestState = 0;
    for (const event of events) {
      state = evolve(state, event, this.caseId);
      largestState = Math.max(largestState, JSON.stringify(state).length);
    }
    const workflowId = await this.driver.workflowId(this.caseId);
    let runs = 0;
    let longestHistory = 0;
    for await (const run of this.driver.client.workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
      runs++;
      longestHistory = Math.max(longestHistory, run.historyLength);
    }
    return {
      events: events.length,
      journalBytes: JSON.stringify(events).length,
      stateBytes: JSON.stringify((await this.row()).state).length,
      largestState,
      runs,
      longestHistory,
    };
  }
}
