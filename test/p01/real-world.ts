/** The people of P01 stories in a real database, and a case of theirs on the real engine with a clock the test turns. */
import type { Denial } from '../../processes/kit/types.ts';
import { DEFAULT_POLICY, type CertificationPolicy } from '../../processes/dpp-certification/policy.ts';
import type { Candidate } from '../../processes/kit/panel.ts';
import type { CertificationState } from '../../processes/dpp-certification/state.ts';
import type { Pool } from '../../platform/db/pool.ts';
import type { Driver } from '../driver.ts';
import {
  ASSIGNMENTS,
  CALENDAR,
  CANDIDATES,
  conclusion,
  FED_ORG,
  OTHER_ORG,
  people,
  programme,
  PROVIDER_ORG,
  SHA,
} from './world.ts';

export const ZONE = 'Europe/Moscow';

/**
 * Skipped time runs only forward, and weekdays and leap years repeat every 28 years: stories written in 2026 happen in 2054, over the
 * published calendars moved by as much, and are told back in their own years.
 */
const YEARS = 28;
const move = (text: string, years: number) =>
  text.replaceAll(/\b(20\d\d)-(\d\d-\d\d)/g, (_all, year: string, day: string) => `${Number(year) + years}-${day}`);
const toEngine = <T>(value: T): T => JSON.parse(move(JSON.stringify(value), YEARS)) as T;
const fromEngine = <T>(value: T): T => JSON.parse(move(JSON.stringify(value), -YEARS)) as T;
const ENGINE_CALENDAR = {
  ...toEngine(CALENDAR),
  years: Object.fromEntries(
    Object.entries(CALENDAR.years).map(([year, days]) => [String(Number(year) + YEARS), toEngine(days)]),
  ),
};

/** Fills an empty database with the world of the stories. Experts may carry any number of tasks: stories share them. */
export async function createCertificationWorld(pool: Pool): Promise<void> {
  const regions = [...new Set(['00', '61', '42', ...CANDIDATES.map((c) => c.regionCode)])];
  for (const code of regions)
    await pool`insert into region (code, name_ru, zone) values (${code}, ${`Регион ${code}`}, ${ZONE})`;
  await pool`insert into jurisdiction (id, name_ru, region_code, zone) values ('fed', 'Федеральный координатор', '00', ${ZONE})`;
  const organisations = new Map([
    [PROVIDER_ORG, '61'],
    [OTHER_ORG, '42'],
    [FED_ORG, '77'],
    ...CANDIDATES.map((c) => [c.organisationIds[0] as string, c.regionCode] as const),
  ]);
  for (const [id, region] of organisations)
    await pool`insert into organisation (id, kind, name_ru, region_code, synthetic) values (${id}, 'cnppm', ${`Организация ${id.slice(-3)}`}, ${region}, true)`;
  const names = new Map(Object.entries(people).map(([name, id]) => [id, name]));
  for (const id of [...names.keys(), ...CANDIDATES.map((c) => c.personId)]) {
    const name = names.get(id) ?? `Эксперт ${Number(id.slice(-3)) - 100}`;
    await pool`insert into person (id, family_name, given_name, display_name, email, zone, synthetic) values (${id}, ${name}, 'Имя', ${name}, ${`p${id.slice(-3)}@example.org`}, ${ZONE}, true)`;
  }
  for (const [personId, { organisations: employers, assignments }] of Object.entries(ASSIGNMENTS)) {
    for (const employer of employers) await employ(pool, personId, employer);
    for (const a of assignments)
      await pool`insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on, act)
        values (gen_random_uuid(), ${personId}, ${a.role}, ${a.scope.kind}, ${'id' in a.scope ? a.scope.id : null}, ${a.from}, ${a.actId ?? null})`;
  }
  for (const c of CANDIDATES) await employ(pool, c.personId, c.organisationIds[0] as string);
  await setExperts(pool);
  await pool`insert into calendar_version (version, data) values (${ENGINE_CALENDAR.version}, ${pool.json(ENGINE_CALENDAR as never)})`;
  await publishPolicy(pool, 'fed-1', '2019-01-01', DEFAULT_POLICY);
}

/** The register of experts, exactly; people it does not know yet are hired. */
export async function setExperts(pool: Pool, candidates: Candidate[] = CANDIDATES): Promise<void> {
  await pool`delete from expert`;
  await pool`delete from relation`;
  for (const c of candidates) {
    await pool`insert into expert (person_id, competences, region_code, arbiter, max_open_tasks, suspended_until, synthetic)
      values (${c.personId}, ${c.competences}, ${c.regionCode}, true, 1000, ${c.suspendedUntil ?? null}, true)`;
    for (const r of c.relations)
      await pool`insert into relation (person_a, person_b, kind) values (${c.personId}, ${r.personId}, ${r.kind}) on conflict do nothing`;
  }
}

async function employ(pool: Pool, personId: string, organisationId: string): Promise<void> {
  await pool`insert into employment (id, person_id, organisation_id, post_ru, from_on) values (gen_random_uuid(), ${personId}, ${organisationId}, 'сотрудник', '2019-01-01')`;
}

export async function publishPolicy(
  pool: Pool,
  id: string,
  effectiveFrom: string,
  policy: CertificationPolicy,
  effectiveTo: string | null = null,
): Promise<void> {
  const [row] = await pool<
    Array<{ n: number }>
  >`select count(*)::int as n from policy_version where process = 'dpp-certification' and jurisdiction = 'fed'`;
  await pool`insert into policy_version (id, process, jurisdiction, version, act, effective_from, effective_to, parameters, digest)
    values (${id}, 'dpp-certification', 'fed', ${(row?.n ?? 0) + 1}, ${pool.json({ number: id })}, ${toEngine(effectiveFrom)}, ${toEngine(effectiveTo)}, ${pool.json(policy as never)}, ${id})`;
}

/** Local time of Moscow on a date of the story, as an instant of the engine. */
export function at(date: string, hhmm = '10:00'): string {
  return new Date(`${move(date, YEARS)}T${hhmm}:00+03:00`).toISOString();
}

let titles = 0;

/** One certification case told step by step. Steps that people refuse throw; `denied` gives the refusal. */
export class RealCase {
  private constructor(
    readonly driver: Driver,
    readonly caseId: string,
    readonly title: string,
    private readonly parent?: RealCase,
  ) {}

  static async submit(
    driver: Driver,
    date: string,
    over: Parameters<typeof programme>[0] = {},
    policyVersionId?: string,
  ): Promise<RealCase> {
    const title = over.title ?? `Программа истории ${++titles}`;
    const { caseId } = await driver.startCaseSkipped({
      process: 'dpp-certification',
      jurisdiction: 'fed',
      at: at(date),
      personId: people.head,
      type: 'submit',
      payload: { programme: programme({ ...over, title }), document: SHA(1) },
      ...(policyVersionId ? { policyVersionId } : {}),
    });
    return new RealCase(driver, caseId, title);
  }

  static of(driver: Driver, caseId: string, title: string): RealCase {
    return new RealCase(driver, caseId, title);
  }

  /** State after everything outstanding has been done. */
  async state(): Promise<CertificationState> {
    await this.driver.settled(this.caseId);
    const [row] = await this.driver.pool<
      Array<{ state: CertificationState }>
    >`select state from "case" where id = ${this.caseId}`;
    if (!row) throw new Error(`no case ${this.caseId}`);
    return fromEngine(row.state);
  }

  async stage(): Promise<string> {
    return (await this.state()).stage;
  }

  async do(personId: string, type: string, payload: Record<string, unknown> = {}): Promise<this> {
    await this.driver.act(this.caseId, { personId, type, payload: toEngine(payload) });
    return this.settled();
  }

  async denied(personId: string, type: string, payload: Record<string, unknown> = {}): Promise<Denial> {
    const answer = await this.driver.tryAct(this.caseId, { personId, type, payload: toEngine(payload) });
    if (answer.kind !== 'refused') throw new Error(`${type} was not refused: ${JSON.stringify(answer)}`);
    return answer.denial;
  }

  private facts = 0;
  async fact(kind: string, payload: Record<string, unknown>): Promise<this> {
    const before = (await this.state()) && (await this.rows()).length;
    const factId = `${this.caseId}:${kind}:${++this.facts}`;
    await this.driver.sendFact(this.caseId, { factId, kind, payload: toEngine(payload) });
    await this.until(async () => {
      const [known] = await this.driver.pool`select 1 from command where id = ${`fact:${this.caseId}:${factId}`}`;
      const [refused] = await this.driver
        .pool`select 1 from audit_record where kind = 'fact.refused' and facts->>'fact' = ${`fact:${this.caseId}:${factId}`}`;
      return Boolean(known ?? refused) || (await this.rows()).length > before;
    });
    return this.settled();
  }

  async until(holds: () => Promise<boolean>): Promise<void> {
    const limit = Date.now() + 20_000;
    while (!(await holds())) {
      if (Date.now() > limit) throw new Error(`case ${this.caseId}: the awaited condition does not come`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  async day(date: string, hhmm = '10:00'): Promise<this> {
    await this.settled();
    if (!(await this.isClosed())) await this.driver.fastForwardTo(this.caseId, at(date, hhmm));
    return this.settled();
  }

  /** Nothing outstanding here, and where this case has ended, its keeper has heard of it. */
  private async settled(): Promise<this> {
    await this.driver.settled(this.caseId);
    const { parent } = this;
    if (!parent || !(await this.isClosed())) return this;
    const fact = `fact:${parent.caseId}:child-closed:${this.caseId}`;
    await this.until(async () => {
      const known = await this.driver.pool`select 1 from command where id = ${fact}
        union all select 1 from audit_record where kind = 'fact.refused' and facts->>'fact' = ${fact}`;
      return known.length > 0;
    });
    await parent.settled();
    return this;
  }

  private async isClosed(): Promise<boolean> {
    const [row] = await this.driver.pool<
      Array<{ closed: boolean }>
    >`select closed from "case" where id = ${this.caseId}`;
    return row?.closed === true;
  }

  async events() {
    return fromEngine(await this.driver.events(this.caseId));
  }
  async rows(): Promise<string[]> {
    return (await this.events()).map((e) => e.row);
  }

  /** Letters of this case in the order they arose, with the local date of the case's clock. */
  async letters(): Promise<Array<{ template: string; addresseeId: string; on: string }>> {
    const letters = await this.driver.pool<
      Array<{ template: string; addresseeId: string; on: string }>
    >`select template, addressee_id as "addresseeId", to_char(nominal_at at time zone ${ZONE}, 'YYYY-MM-DD') as "on"
      from notice where case_id = ${this.caseId} order by nominal_at, sequence`;
    return fromEngine([...letters]);
  }

  async open(kind: string) {
    return (await this.state()).tasks.filter(
      (t) =>
        t.kind === kind && ['created', 'assigned', 'in_progress', 'overdue', 'escalated', 'on_hold'].includes(t.state),
    );
  }

  async task(kind: string): Promise<string> {
    const found = (await this.open(kind)).at(-1);
    if (!found) throw new Error(`no open task ${kind}`);
    return found.id;
  }

  /** The register of experts becomes this list; `restoreExperts` brings the usual one back. */
  async pool(candidates: Candidate[]): Promise<void> {
    await setExperts(this.driver.pool, candidates);
  }

  /** The related case with this key, opened by the platform; its clock stands where this one was when it opened. */
  async child(key: string): Promise<RealCase> {
    let childId: string | undefined;
    await this.until(async () => {
      childId = (await this.state()).related.find((r) => r.key === key)?.caseId;
      return childId !== undefined;
    });
    return new RealCase(this.driver, childId as string, this.title, this);
  }

  async check(): Promise<this> {
    return this.do(people.operator, 'completeTechnicalCheck', { taskId: await this.task('technical_check') });
  }

  async accept(kind: 'review' | 'arbitration' = 'review'): Promise<this> {
    for (const t of await this.open(kind))
      if (t.state === 'assigned')
        await this.do(t.assigneeId as string, 'acceptTask', { taskId: t.id, noConflict: true });
    return this;
  }

  async review(...verdicts: Array<'approve' | 'revise' | 'reject' | ReturnType<typeof conclusion>>): Promise<this> {
    const open = await this.open('review');
    for (const [i, v] of verdicts.entries()) {
      const t = open[i];
      if (t)
        await this.do(t.assigneeId as string, 'submitReview', {
          taskId: t.id,
          ...(typeof v === 'string' ? conclusion(v) : v),
        });
    }
    return this;
  }

  async arbitrate(verdict: 'approve' | 'revise' | 'reject'): Promise<this> {
    const [t] = await this.open('arbitration');
    return this.do(t?.assigneeId as string, 'submitArbitration', { taskId: t?.id, ...conclusion(verdict) });
  }

  async toPanel(): Promise<this> {
    await this.check();
    return this.accept();
  }

  async certify(): Promise<this> {
    return this.do(people.coordinator, 'certify', {
      taskId: await this.task('decision'),
      order: { number: '15-р', date: '2026-03-02' },
    });
  }

  async resubmit(n: number): Promise<this> {
    return this.do(people.head, 'resubmit', { programme: programme({ title: this.title }), document: SHA(n) });
  }
}
