/** The centre of P03 in a real database, and its stories repeated on the real engine, step by step, with a clock the test turns. */
import type { Answer } from '../../platform/cases/commands.ts';
import type { Pool } from '../../platform/db/pool.ts';
import { uuidV5 } from '../../platform/crypto/ids.ts';
import type { ReportEntry } from '../../processes/kit/report.ts';
import type { AssessmentState } from '../../processes/qualification-assessment/state.ts';
import { testConfig, createTestDatabase, createTestNamespace } from '../stack/stack-info.ts';
import { createDriver, type Driver } from '../driver.ts';
import { engineCalendar, fromEngine, toEngine } from '../support/skipped-years.ts';
import type { Op } from '../support/pure-town.ts';
import type { Town } from './pure.ts';
import { CALENDAR, CANDIDATES, CENTRE, CENTRE_2, EXAMINERS, PEOPLE, people, SCHOOL, SCHOOL_2, ZONE } from './world.ts';

export interface Stage {
  driver: Driver;
  close(): Promise<void>;
}

export async function createStage(): Promise<Stage> {
  const database = await createTestDatabase();
  const driver = await createDriver(testConfig({ databaseUrl: database.url, namespace: await createTestNamespace() }));
  await fill(driver.pool);
  return {
    driver,
    close: async () => {
      await driver.close();
      await database.drop();
    },
  };
}

/** Applicants are people of one story: what one keeps of a person no other may find. */
const APPLICANTS: string[] = [people.teacher, people.teacher2, people.teacher3, people.stranger];

/** Everybody else holds his office in the whole country here: each story has a centre of its own. */
async function fill(pool: Pool): Promise<void> {
  await pool`insert into region (code, name_ru, zone) values ('61', 'Регион 61', ${ZONE})`;
  const organisations = new Set([SCHOOL, SCHOOL_2, CENTRE, CENTRE_2, ...CANDIDATES.flatMap((c) => c.organisationIds)]);
  for (const id of organisations)
    await pool`insert into organisation (id, kind, name_ru, region_code, synthetic) values (${id}, 'school', ${`Организация ${id.slice(-3)}`}, '61', true)`;
  for (const id of Object.keys(PEOPLE)) if (!APPLICANTS.includes(id)) await settle(pool, id, id);
  for (const c of CANDIDATES)
    await pool`insert into expert (person_id, competences, region_code, arbiter, max_open_tasks, synthetic) values (${c.personId}, ${c.competences}, '61', true, 100000, true)`;
  const calendar = engineCalendar(CALENDAR);
  await pool`insert into calendar_version (version, data) values (${calendar.version}, ${pool.json(calendar as never)})`;
}

/** A person of the world with his employers and roles, under his own id or that of a story. */
async function settle(pool: Pool, of: string, id: string): Promise<void> {
  const known = PEOPLE[of];
  const name = Object.entries(people).find(([, known]) => known === of)?.[0] ?? `Экзаменатор ${of.slice(-3)}`;
  await pool`insert into person (id, family_name, given_name, display_name, email, zone, synthetic) values (${id}, ${name}, 'Имя', ${name}, ${`p${id.slice(-6)}@example.org`}, ${ZONE}, true)`;
  for (const organisationId of known?.organisations ?? [])
    await pool`insert into employment (id, person_id, organisation_id, post_ru, from_on) values (gen_random_uuid(), ${id}, ${organisationId}, 'сотрудник', '2019-01-01')`;
  for (const a of known?.assignments ?? []) {
    const [kind, scopeId] =
      a.scope.kind === 'organisation'
        ? ['organisation', a.scope.id]
        : a.scope.kind === 'self'
          ? ['self', null]
          : ['country', null];
    await pool`insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on)
      values (gen_random_uuid(), ${id}, ${a.role}, ${kind}, ${scopeId}, ${a.from})`;
  }
}

/** A story of the pure harness told again by the real engine; after every step every journal has the rows it had there. */
export class Replay {
  readonly centre: string;
  private facts = 0;
  private readonly own: Map<string, string>;

  constructor(
    readonly driver: Driver,
    readonly town: Town,
  ) {
    this.centre = `centre-${town.nr}`;
    this.own = new Map(APPLICANTS.map((id) => [id, uuidV5(id, `story:${town.nr}`)]));
  }

  private get pool(): Pool {
    return this.driver.pool;
  }

  /** The person of this story behind a person of the world. */
  who(id: string): string {
    return this.own.get(id) ?? id;
  }

  private mine<T>(value: T): T {
    let text = JSON.stringify(value);
    for (const [id, own] of this.own) text = text.replaceAll(id, own);
    return toEngine(JSON.parse(text) as T);
  }

  /** The centre of this story with the policies its cases had, and its applicants. */
  async found(): Promise<this> {
    await this
      .pool`insert into jurisdiction (id, name_ru, region_code, zone) values (${this.centre}, ${this.centre}, '61', ${ZONE})`;
    for (const { process, policy } of this.town.cases.values())
      await this
        .pool`insert into policy_version (id, process, jurisdiction, version, act, effective_from, parameters, digest)
        values (${`${this.centre}-${process.slug}`}, ${process.slug}, ${this.centre}, 1, ${this.pool.json({ number: '1' })}, '2019-01-01',
          ${this.pool.json(policy as never)}, ${this.centre}) on conflict do nothing`;
    for (const [id, own] of this.own) await settle(this.pool, id, own);
    for (const c of CANDIDATES)
      for (const { personId, kind } of c.relations)
        await this
          .pool`insert into relation (person_a, person_b, kind) values (${c.personId}, ${this.who(personId)}, ${kind})`;
    return this;
  }

  async all(): Promise<this> {
    await this.found();
    let now = this.town.began;
    for (const [i, op] of this.town.script.entries()) {
      try {
        if (op.op === 'to') now = op.at > now ? op.at : now;
        await this.step(op, now);
      } catch (error) {
        throw new Error(
          `story ${this.town.nr}, step ${i} ${JSON.stringify(op).slice(0, 300)}: ${(error as Error).message}`,
          {
            cause: error,
          },
        );
      }
    }
    return this;
  }

  private async step(op: Op, now: string): Promise<void> {
    switch (op.op) {
      case 'start': {
        const process = this.town.cases.get(op.caseId)?.process.slug as string;
        const { caseId, type } = op;
        expectAnswer(
          await this.driver.tryStart({
            process,
            jurisdiction: this.centre,
            caseId,
            at: toEngine(now),
            personId: this.who(op.who),
            type,
            payload: this.mine(op.payload),
          }),
          op.denied,
        );
        break;
      }
      case 'act': {
        const personId = await this.person(op);
        expectAnswer(
          await this.driver.tryAct(op.caseId, { personId, type: op.type, payload: this.mine(op.payload) }),
          op.denied,
        );
        break;
      }
      case 'fact': {
        const factId = `story:${this.town.nr}:${++this.facts}`;
        const payload = await this.holder(op);
        await this.driver.cases.sendFact(op.caseId, { factId, kind: op.kind, payload: this.mine(payload) });
        break;
      }
      case 'to':
        for (const caseId of this.town.cases.keys()) {
          if (!(caseId in op.lengths) || (await this.closed(caseId))) continue;
          await this.driver.fastForwardTo(caseId, toEngine(op.at));
        }
        break;
    }
    await this.lengths(op.lengths);
  }

  /** Examiners are drawn by the real draw: who acts is whoever holds the task. */
  private async person(op: Extract<Op, { op: 'start' | 'act' }>): Promise<string> {
    if (!EXAMINERS.includes(op.who)) return this.who(op.who);
    const state = await this.state<AssessmentState>(op.caseId);
    return state.tasks.find((t) => t.id === op.payload.taskId)?.assigneeId ?? op.who;
  }

  /** An examiner who leaves is here whoever holds the task that ended with it. */
  private async holder({ caseId, payload }: Extract<Op, { op: 'fact' }>): Promise<Record<string, unknown>> {
    const told = this.town.cases.get(caseId)?.s as AssessmentState | undefined;
    const task = told?.tasks.find((t) => t.assigneeId === payload.personId && t.cause === 'left');
    if (!task) return payload;
    const state = await this.state<AssessmentState>(caseId);
    return { ...payload, personId: state.tasks.find((t) => t.id === task.id)?.assigneeId ?? payload.personId };
  }

  private async lengths(expected: Record<string, number>): Promise<void> {
    const until = Date.now() + 30_000;
    for (;;) {
      const rows = await this.pool<Array<{ id: string; n: number }>>`
        select c.id, (select count(*)::int from case_event e where e.case_id = c.id) as n from "case" c where c.id = any(${Object.keys(expected)}::uuid[])`;
      const now = new Map(rows.map((r) => [r.id, r.n]));
      const apart = Object.entries(expected).find(([id, n]) => now.get(id) !== n);
      if (!apart) return;
      if (Date.now() > until) {
        const [id, n] = apart;
        const [real, told] = [await this.rows(id), (this.town.cases.get(id)?.rows() ?? []).slice(0, n)];
        const at = told.findIndex((r, i) => r !== real[i]);
        const around = (rows: string[]) => rows.slice(Math.max(0, at - 3), at + 6).join(' ');
        throw new Error(
          `case ${id}: ${now.get(id)} events, not ${n}; they part at ${at}: real …${around(real)}, told …${around(told)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async closed(caseId: string): Promise<boolean> {
    const [row] = await this.pool<Array<{ closed: boolean }>>`select closed from "case" where id = ${caseId}`;
    return row?.closed ?? true;
  }

  async rows(caseId: string): Promise<string[]> {
    return (await this.driver.events(caseId)).map((e) => e.row);
  }

  async events(caseId: string) {
    return fromEngine(await this.driver.events(caseId));
  }

  async state<S>(caseId: string): Promise<S> {
    const [row] = await this.pool<Array<{ state: S }>>`select state from "case" where id = ${caseId}`;
    if (!row) throw new Error(`no case ${caseId}`);
    return fromEngine(row.state);
  }

  async stage(caseId: string): Promise<string | undefined> {
    const [row] = await this.pool<Array<{ stage: string }>>`select stage from "case" where id = ${caseId}`;
    return row?.stage;
  }

  /** The entries of this story in a register as they stand, as reports read them. */
  async entries(register: string): Promise<ReportEntry[]> {
    const rows = await this.pool<ReportEntry[]>`
      select register, number, status, title_ru as "titleRu", facts, organisation_id as "organisationId", region_code as region,
        valid_from as "validFrom", valid_until as "validUntil", keeper_case_id as "caseId"
      from register_entry where register = ${register} and keeper_case_id = any(${[...this.town.cases.keys()]}::uuid[]) order by number`;
    return fromEngine([...rows]);
  }

  async letters(caseId: string, personId: string): Promise<string[]> {
    const rows = await this.pool<Array<{ template: string }>>`
      select template from notice where case_id = ${caseId} and addressee_id = ${this.who(personId)} order by nominal_at, sequence`;
    return rows.map((r) => r.template);
  }
}

function expectAnswer(answer: Answer, denied: string | undefined): void {
  const got = answer.kind === 'refused' ? answer.denial.code : undefined;
  if (got !== denied || answer.kind === 'not_yet_recorded')
    throw new Error(`expected ${denied ?? 'a record'}, got ${JSON.stringify(answer)}`);
}
