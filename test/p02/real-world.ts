/** The town of P02 in a real database, and its stories repeated on the real engine, step by step, with a clock the test turns. */
import type { Answer } from '../../platform/cases/commands.ts';
import type { Pool } from '../../platform/db/pool.ts';
import type { AttestationState } from '../../processes/head-attestation/state.ts';
import { testConfig, createTestDatabase, createTestNamespace } from '../stack/stack-info.ts';
import { createDriver, type Driver } from '../driver.ts';
import { engineCalendar, fromEngine, toEngine } from '../support/skipped-years.ts';
import type { Op } from '../support/pure-town.ts';
import type { Town } from './pure.ts';
import { AUTHORITY, CALENDAR, CANDIDATES, expert, MEMBERS, PEOPLE, people, SCHOOL, SCHOOL_2, ZONE } from './world.ts';

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

/** Everybody holds his office in the whole country here: each story has a founder of its own. */
async function fill(pool: Pool): Promise<void> {
  for (const code of new Set(['61', ...CANDIDATES.map((c) => c.regionCode)]))
    await pool`insert into region (code, name_ru, zone) values (${code}, ${`Регион ${code}`}, ${ZONE})`;
  const organisations = new Set([
    AUTHORITY,
    SCHOOL,
    SCHOOL_2,
    ...MEMBERS.flatMap((m) => m.organisationIds),
    ...CANDIDATES.flatMap((c) => c.organisationIds),
  ]);
  for (const id of organisations)
    await pool`insert into organisation (id, kind, name_ru, region_code, synthetic) values (${id}, 'school', ${`Организация ${id.slice(-3)}`}, '61', true)`;
  const names = new Map(Object.entries(people).map(([name, id]) => [id as string, name]));
  for (const id of new Set([...Object.keys(PEOPLE), ...CANDIDATES.map((c) => c.personId)])) {
    const name = names.get(id) ?? `Человек ${id.slice(-3)}`;
    await pool`insert into person (id, family_name, given_name, display_name, email, zone, synthetic) values (${id}, ${name}, 'Имя', ${name}, ${`p${id.slice(-3)}@example.org`}, ${ZONE}, true)`;
  }
  for (const [personId, known] of Object.entries(PEOPLE)) {
    for (const id of known.organisations) await employ(pool, personId, id);
    for (const a of known.assignments)
      await pool`insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on)
        values (gen_random_uuid(), ${personId}, ${a.role}, ${a.scope.kind === 'self' ? 'self' : 'country'}, null, ${a.from})`;
  }
  for (const c of CANDIDATES) {
    await employ(pool, c.personId, c.organisationIds[0] as string);
    await pool`insert into expert (person_id, competences, region_code, arbiter, max_open_tasks, synthetic) values (${c.personId}, ${c.competences}, ${c.regionCode}, true, 100000, true)`;
  }
  const calendar = engineCalendar(CALENDAR);
  await pool`insert into calendar_version (version, data) values (${calendar.version}, ${pool.json(calendar as never)})`;
}

async function employ(pool: Pool, personId: string, organisationId: string): Promise<void> {
  await pool`insert into employment (id, person_id, organisation_id, post_ru, from_on) values (gen_random_uuid(), ${personId}, ${organisationId}, 'сотрудник', '2019-01-01')`;
}

/** A story of the pure harness told again by the real engine; after every step every journal has the rows it had there. */
export class Replay {
  readonly founder: string;
  private facts = 0;

  constructor(
    readonly driver: Driver,
    readonly town: Town,
  ) {
    this.founder = `founder-${town.nr}`;
  }

  private get pool(): Pool {
    return this.driver.pool;
  }

  /** The founder of this story with the policies its cases had. */
  async found(): Promise<this> {
    await this
      .pool`insert into jurisdiction (id, name_ru, region_code, zone) values (${this.founder}, ${this.founder}, '61', ${ZONE})`;
    for (const { process, policy } of this.town.cases.values())
      await this
        .pool`insert into policy_version (id, process, jurisdiction, version, act, effective_from, parameters, digest)
        values (${`${this.founder}-${process.slug}`}, ${process.slug}, ${this.founder}, 1, ${this.pool.json({ number: '1' })}, '2019-01-01',
          ${this.pool.json(policy as never)}, ${this.founder}) on conflict do nothing`;
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
        throw new Error(`story ${this.town.nr}, step ${i} ${describe(op)}: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }
    return this;
  }

  private async step(op: Op, now: string): Promise<void> {
    switch (op.op) {
      case 'start': {
        const process = this.town.cases.get(op.caseId)?.process.slug as string;
        const { caseId, who: personId, type, payload } = op;
        const answer = await this.driver.tryStart({
          process,
          jurisdiction: this.founder,
          caseId,
          at: toEngine(now),
          personId,
          type,
          payload: toEngine(payload),
        });
        this.expectAnswer(answer, op.denied);
        break;
      }
      case 'act':
        this.expectAnswer(
          await this.driver.tryAct(op.caseId, {
            personId: await this.person(op),
            type: op.type,
            payload: toEngine(op.payload),
          }),
          op.denied,
        );
        break;
      case 'fact': {
        const factId = `story:${this.town.nr}:${++this.facts}`;
        await this.driver.cases.sendFact(op.caseId, { factId, kind: op.kind, payload: toEngine(op.payload) });
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

  /** Experts are chosen by the real draw: who acts is whoever holds the task. */
  private async person(op: Extract<Op, { op: 'start' | 'act' }>): Promise<string> {
    if (!CANDIDATES.some((c) => c.personId === op.who) && op.who !== expert(1)) return op.who;
    const state = await this.state<AttestationState>(op.caseId);
    return state.tasks.find((t) => t.id === op.payload.taskId)?.assigneeId ?? op.who;
  }

  private expectAnswer(answer: Answer, denied: string | undefined): void {
    const got = answer.kind === 'refused' ? answer.denial.code : undefined;
    if (got !== denied || answer.kind === 'not_yet_recorded')
      throw new Error(`expected ${denied ?? 'a record'}, got ${JSON.stringify(answer)}`);
  }

  private async lengths(expected: Record<string, number>): Promise<void> {
    const until = Date.now() + 30_000;
    for (;;) {
      const rows = await this.pool<Array<{ id: string; n: number }>>`
        select c.id, (select count(*)::int from case_event e where e.case_id = c.id) as n from "case" c where c.id = any(${Object.keys(expected)}::uuid[])`;
      const now = new Map(rows.map((r) => [r.id, r.n]));
      if (Object.entries(expected).every(([id, n]) => now.get(id) === n)) return;
      if (Date.now() > until) {
        for (const [id, n] of Object.entries(expected))
          if (now.get(id) !== n) {
            const real = await this.rows(id);
            const pure = (this.town.cases.get(id)?.rows() ?? []).slice(0, n);
            const at = pure.findIndex((r, i) => r !== real[i]);
            throw new Error(
              `case ${id}: ${now.get(id)} events, not ${n}; they part at ${at}: real …${real.slice(Math.max(0, at - 3), at + 6).join(' ')}, told …${pure.slice(Math.max(0, at - 3), at + 6).join(' ')}`,
            );
          }
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

  async row(caseId: string) {
    const [row] = await this.pool<Array<{ stage: string; due_on: string | null; closed: boolean }>>`
      select stage, due_on, closed from "case" where id = ${caseId}`;
    return fromEngine(row);
  }

  /** The entries of this story in a register, as they stand. */
  async entries(register: string) {
    const rows = await this.pool<
      Array<{ number: string; status: string; facts: Record<string, any>; valid_until: string | null }>
    >`
      select number, status, facts, valid_until from register_entry where register = ${register}
        and keeper_case_id = any(${[...this.town.cases.keys()]}::uuid[]) order by number`;
    return fromEngine([...rows]);
  }

  async letters(caseId: string, personId: string): Promise<string[]> {
    const rows = await this.pool<Array<{ template: string }>>`
      select template from notice where case_id = ${caseId} and addressee_id = ${personId} order by nominal_at, sequence`;
    return rows.map((r) => r.template);
  }
}

function describe(op: Op): string {
  return JSON.stringify(op).slice(0, 300);
}
