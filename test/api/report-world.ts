/**
 * Rows that reports read, without an engine: programmes told by the demonstration's record path; attestations and mentoring cycles told
 * by pure stories and written as the record path leaves them.
 */
import type { Sql } from '../../platform/db/pool.ts';
import { uuidV5 } from '../../platform/crypto/ids.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import type { AnyProcess, Context, RegisterWrite, StoredEvent } from '../../processes/kit/types.ts';
import { stories } from '../../scripts/demo/stories.ts';
import { Town } from '../p02/pure.ts';
import { Town as Centre } from '../p03/pure.ts';
import * as p03 from '../p03/world.ts';
import * as p02 from '../p02/world.ts';
import { PureCycle } from '../p04/pure-case.ts';
import * as p04 from '../p04/world.ts';

export const SCHOOL_42 = seedId('organisation', 'school-42');
const CENTRE_61 = seedId('organisation', 'cnppm-rostov');
export const SCHOOL_61 = seedId('organisation', 'novocherkassk-school-1');
/** A name that a spreadsheet would take for a formula, and the municipality that would be another. */
export const NASTY_NAME = '=HYPERLINK("http://example.invalid";"Школа")';
export const NASTY_PLACE = '+1+1';

/** A case told without a database: what every pure runner has. */
interface Told {
  process: AnyProcess;
  caseId: string;
  events: StoredEvent[];
  ctx(): Context<any>;
}

const renamed = <T>(value: T, names: Record<string, string>): T =>
  JSON.parse(Object.entries(names).reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(value))) as T;

/** Writes the case, its journal, tasks and entries; `names` replaces ids of the story by ids of the database. */
export async function write(
  sql: Sql,
  told: Told,
  where: { jurisdiction: string; policyVersionId: string; names: Record<string, string> },
): Promise<string> {
  const caseId = uuidV5('6f0c1b7a-5d6e-4c39-9c55-0d6a3c1f2a11', JSON.stringify([told.caseId, where]));
  const names = { [told.caseId]: caseId, '"p1"': `"${where.policyVersionId}"`, ...where.names };
  const events = renamed(told.events, names);
  const ctx = told.ctx();
  let state: any = null;
  const writes: Array<RegisterWrite & { at: string; sequence: number }> = [];
  for (const event of events) {
    state = told.process.evolve(state, event, caseId);
    writes.push(
      ...told.process.registers(event, state, ctx).map((w) => ({ ...w, at: event.at, sequence: event.sequence })),
    );
  }
  const s = told.process.summary(state, ctx);
  const [first, last] = [events[0] as StoredEvent, events.at(-1) as StoredEvent];
  // Numbers of two pure worlds may meet.
  const number = `${s.number}/${caseId.slice(0, 4)}`;
  await sql`insert into "case" ${sql({
    id: caseId,
    process: told.process.slug,
    number,
    jurisdiction: where.jurisdiction,
    title_ru: s.titleRu,
    subject_kind: s.subjectKind,
    subject_id: s.subjectId,
    initiator_id: s.initiatorId ?? null,
    applicant_organisation_id: s.applicantOrganisationId ?? null,
    applicant_region_code: s.applicantRegionCode ?? null,
    policy_version_id: where.policyVersionId,
    calendar_version: ctx.calendar.version,
    stage: s.stage,
    outcome: s.outcome ?? null,
    waiting_for: s.waitingFor,
    paused: s.paused,
    due_on: s.dueOn ?? null,
    closed: s.closed,
    sequence: events.length,
    last_hash: Buffer.alloc(32),
    state: sql.json(state),
    started_at: first.at,
    updated_at: last.at,
  })}`;
  await sql`insert into case_event ${sql(
    events.map((e) => ({
      case_id: caseId,
      sequence: e.sequence,
      type: e.type,
      row: e.row,
      at: e.at,
      on: e.on,
      actor_kind: e.actor.kind,
      command_id: 'told',
      facts: sql.json(e.facts as never),
      prev_hash: Buffer.alloc(32),
      hash: Buffer.alloc(32),
    })),
  )}`;
  for (const t of told.process.tasks(state, ctx))
    await sql`insert into task ${sql({
      id: uuidV5(caseId, t.id),
      case_id: caseId,
      process: told.process.slug,
      kind: t.kind,
      title_ru: t.titleRu,
      state: t.state,
      open: ['created', 'assigned', 'in_progress', 'overdue', 'escalated', 'on_hold'].includes(t.state),
      nature: t.nature,
      role: t.role,
      scope_kind: t.scope.kind,
      due_on: t.dueOn ?? null,
      late: t.late ?? false,
      created_at: first.at,
      updated_at: last.at,
    })}`;
  await writeEntries(sql, caseId, where.jurisdiction.slice(-2), writes);
  return caseId;
}

async function writeEntries(
  sql: Sql,
  caseId: string,
  region: string,
  writes: Array<RegisterWrite & { at: string; sequence: number }>,
): Promise<void> {
  const versions = new Map<string, number>();
  for (const w of writes) {
    const number = `${w.number}/${caseId.slice(0, 4)}`;
    const id = uuidV5(caseId, `${w.register}/${number}`);
    const n = (versions.get(id) ?? 0) + 1;
    versions.set(id, n);
    const what = {
      status: w.status,
      version: w.version,
      facts: sql.json(w.facts as never),
      valid_from: w.validFrom ?? null,
      valid_until: w.validUntil ?? null,
    };
    await sql`insert into register_entry ${sql({
      id,
      register: w.register,
      number,
      title_ru: String(w.facts.titleRu ?? w.register),
      region_code: region,
      public: w.public,
      keeper_case_id: caseId,
      updated_at: w.at,
      ...what,
    })} on conflict (id) do update set status = excluded.status, facts = excluded.facts, valid_from = excluded.valid_from,
      valid_until = excluded.valid_until, updated_at = excluded.updated_at`;
    await sql`insert into register_history ${sql({ entry_id: id, n, case_id: caseId, sequence: w.sequence, at: w.at, ...what })}`;
  }
}

let people = 0;
async function person(sql: Sql, name: string): Promise<string> {
  const id = uuidV5('6f0c1b7a-5d6e-4c39-9c55-0d6a3c1f2a12', `${++people}`);
  await sql`insert into person (id, family_name, given_name, display_name, email, zone, synthetic)
    values (${id}, ${name}, 'Имя', ${`${name} И.`}, ${`r${people}@example.org`}, 'Europe/Moscow', true)`;
  return id;
}

/** Cycles of region 42 in many states. */
export async function tellCycles(sql: Sql): Promise<void> {
  const at = p04.people;
  const tell = async (name: string, story: (c: PureCycle) => void, over: Record<string, string> = {}) => {
    const c = new PureCycle('2024-09-02', undefined, p04.uuid(5100 + people));
    story(c);
    const teacher = await person(sql, name);
    await write(
      sql,
      { process: c.process, caseId: c.caseId, events: c.events, ctx: () => c.ctx() },
      {
        jurisdiction: 'region-42',
        policyVersionId: 'mentoring-cycle-region-42-1',
        names: { [at.teacher]: teacher, [p04.SCHOOL]: SCHOOL_42, ...over },
      },
    );
  };
  const opened = { hiredOn: '2024-09-02' };
  await tell('Первогодок', (c) => void c.toYear1(opened).month().month().month().month());
  await tell('Молчунов', (c) => void c.toYear1(opened).day('2025-06-01'));
  await tell('Декретова', (c) => void c.toYear1(opened).month().employment('leave_started', { leave: 'maternity' }));
  await tell('Отказов', (c) => void c.toYear1(opened).do(at.teacher, 'declineProgramme', { reasonCode: 'no_time' }));
  await tell(
    'Ушедший',
    (c) =>
      void c
        .toYear1(opened)
        .day('2026-01-15')
        .employment('dismissed')
        .do(at.teacher, 'surveyExit', { reasonCode: 'pay' }),
  );
  await tell(
    'Безнаставный',
    (c) => void c.toYear1(opened).day('2024-10-01').do(at.mentor, 'resignMentor').day('2024-11-01'),
  );
  await tell('Новичков', (c) => void c.start(opened));
  await tell(
    'Топкинский',
    (c) => void c.toYear1({ ...opened, place: { ...p04.PLACE, municipality: NASTY_PLACE, rural: true } }).month(),
    {
      [p04.SCHOOL_2]: SCHOOL_42,
    },
  );
  await tell('Завершилов', (c) => {
    c.toYear1({ ...opened, tenureMonths: 33 });
    for (let m = 0; m < 3; m++) c.month();
    c.content().conclude();
  });
}

/** Attestations of region 61: decided all ways, postponed, a candidate who entered the reserve. */
export async function tellAttestations(sql: Sql): Promise<void> {
  const tell = async (name: string, story: (town: Town) => { caseId: string }) => {
    const town = new Town();
    const { caseId } = story(town);
    const c = town.cases.get(caseId);
    if (!c) throw new Error('no case');
    const head = await person(sql, name);
    await write(
      sql,
      { process: c.process, caseId, events: c.events, ctx: () => c.ctx() },
      {
        jurisdiction: 'region-61',
        policyVersionId: 'head-attestation-region-42-1',
        names: {
          [p02.people.head]: head,
          [p02.people.candidate]: head,
          [p02.SCHOOL]: SCHOOL_61,
          [p02.SCHOOL_2]: SCHOOL_61,
        },
      },
    );
  };
  for (const name of ['Соответов', 'Соответова'])
    await tell(name, (town) => town.attestation().plan().evaluated().voted('conform').act());
  await tell('Условнов', (town) => town.attestation().plan().evaluated().voted('conform_conditional').act());
  await tell('Несоответов', (town) => town.attestation().plan().evaluated(60).voted('not_conform').act());
  await tell('Ожидаев', (town) => town.attestation().plan().documents());
  await tell('Декретный', (town) =>
    town.attestation().plan().fact('exemption', { kind: 'maternity_leave', untilOn: '2026-11-20', act: 'приказ 7' }),
  );
  await tell('Резервистов', (town) => {
    const c = town.attestation().applyFor().evaluated().voted('conform').act();
    c.do(p02.people.candidate, 'familiarise', { paper: 'act' });
    c.day(c.later(35));
    c.do(p02.people.candidate, 'acceptReserve');
    return c.do(p02.people.founder, 'enterReserve', { taskId: c.task('reserve_order'), order: p02.ORDER });
  });
}

/** Assessments of region 61: passed, failed, annulled, taken twice by one person, waiting for a seat; and their sessions. */
export async function tellAssessments(sql: Sql): Promise<void> {
  const tell = async (name: string, story: (town: Centre) => unknown, as?: string) => {
    const town = new Centre();
    story(town);
    const teacher = as ?? (await person(sql, name));
    const ids = Object.fromEntries([...town.cases.keys()].map((id) => [id, uuidV5(id, teacher)]));
    const names = { ...ids, [p03.people.teacher]: teacher, [p03.SCHOOL]: SCHOOL_61, [p03.CENTRE]: CENTRE_61 };
    for (const c of town.cases.values())
      await write(
        sql,
        { process: c.process, caseId: c.caseId, events: c.events, ctx: () => c.ctx() },
        { jurisdiction: 'region-61', policyVersionId: `${c.process.slug}-region-61-1`, names },
      );
    return teacher;
  };
  const passed = (town: Centre) => town.assessment().applyFor().certified();
  const failed = (town: Centre) => town.assessment().applyFor().concluded();
  for (const name of ['Сдавший', 'Сдавшая', 'Сдаева', 'Сдаев']) await tell(name, passed);
  const again = await tell('Пересдавший', failed);
  await tell('Пересдавший', passed, again);
  await tell('Несдавший', (town) => town.assessment().applyFor().graded(80, 3, 3, 3).protocol().recognise().document());
  await tell('Очереднов', (town) => town.assessment().applyFor().admit());
  await tell('Аннулиров', (town) => {
    const c = town.assessment().applyFor().graded().protocol();
    return c.do(p03.people.council, 'annulExam', { taskId: c.task('verify') });
  });
}

/** Programmes of the demonstration, told to their ends by the record path. */
export async function tellProgrammes(deps: Parameters<typeof stories>[0], titles: string[]): Promise<void> {
  for (const story of await stories(deps)) if (titles.includes(story.title)) await story.tell();
}
