/** The stories of blind review: who is hidden from whom in each process, and how each would look if it leaked. */
import type { Pool } from '../../platform/db/pool.ts';
import { DEFAULT_POLICY } from '../../processes/qualification-assessment/policy.ts';
import { personId } from '../../prisma/seed/people.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import type { Control, Scene } from './blind-telling.ts';
import type { DirectWorld } from './direct-world.ts';
import { type FixtureCase, must, openFixtureCase } from './fixture-case.ts';
import { vi } from 'vitest';
import { conclusionFor } from './world.ts';

/** Time goes on, so that what an act touches is told from what an earlier one touched. */
function later(world: DirectWorld, minutes: number): void {
  world.clock.now = new Date(Date.parse(world.clock.now) + minutes * 60_000).toISOString();
  vi.setSystemTime(new Date(world.clock.now));
}

/** The family name of whoever is hidden, into a text that a viewer reads. */
const nameOf = async ({ pool }: DirectWorld, id: string): Promise<string> => {
  const [row] = await pool<Array<{ name: string }>>`select family_name as name from person where id = ${id}`;
  return row!.name;
};

/** A hidden name in the title of the case, read by `viewer`; mended afterwards. */
const inTitle =
  (viewer: string): Control =>
  async ({ world, kase, ask }) => {
    const { pool } = world;
    const name = await nameOf(world, kase.panel.at(-1)!.personId);
    await pool`update "case" set title_ru = title_ru || ' ' || ${name} where id = ${kase.caseId}`;
    const text = await ask(viewer, `/api/cases/${kase.caseId}`);
    await pool`update "case" set title_ru = left(title_ru, -1 - length(${name})) where id = ${kase.caseId}`;
    return text;
  };

/** A notice like one the viewer has, queued anew. */
async function repeatNotice({ pool }: DirectWorld, who: string): Promise<void> {
  await pool`
    insert into notice (id, dedupe_key, case_id, sequence, template, addressee_id, addressee_role, params, legally_significant, nominal_at, due_at, created_at)
    select gen_random_uuid(), id::text, case_id, sequence, template, addressee_id, addressee_role, params, true, nominal_at, nominal_at, created_at
    from notice where addressee_id = ${who} and case_id is not null order by nominal_at, template, id limit 1`;
}

const twoOffices = 'shumilova';
export const outside = {
  заявитель: () => 'goncharov',
  'методист региона': () => 'sidorenko',
  'представитель, он же учредитель': () => twoOffices,
  наблюдатель: () => 'orlov',
};

export const certification: Scene = {
  blinded: {
    ...outside,
    эксперт: ({ panel }) => panel[0]!.personId,
    'второй эксперт': ({ panel }) => panel[1]!.personId,
  },
  /** Somebody who sees names in one place and is blinded in another. */
  async prepare(pool: Pool) {
    const id = personId(twoOffices);
    const centre = seedId('organisation', 'cnppm-rostov');
    await pool`
      insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on, act)
      values ('00000000-0000-4000-8000-0000000000e1', ${id}, 'provider_rep', 'organisation', ${centre}, '2026-01-01', 'Приказ № 1'),
        ('00000000-0000-4000-8000-0000000000e2', ${id}, 'founder_rep', 'jurisdiction', 'region-42', '2026-01-01', 'Приказ № 2')`;
  },
  twice: true,
  open: (world, told) => openFixtureCase(world, 1, { attachedBy: 'Гончаров', ...told }),
  /** All conclude, one of them turns out to know the applicant: somebody else is drawn and concludes in his place. */
  async goOn(world, kase) {
    const act = async (who: string, type: string, body: object) => {
      later(world, 7);
      await must(world, who, 'POST', `/api/cases/${kase.caseId}/actions/${type}`, body);
    };
    const open = async (kind: string) => {
      const [task] = await world.pool<Array<{ id: string; who: string }>>`
        select id, assignee_id as who from task where case_id = ${kase.caseId} and kind = ${kind} and open`;
      return task!;
    };
    for (const { personId: expert, taskId } of kase.panel.slice(1))
      await act(expert, 'submitReview', conclusionFor(taskId, 'approve'));
    const reason = 'Эксперт и руководитель программы — соавторы.';
    await act('koroleva', 'voidConclusion', { taskId: kase.panel[2]!.taskId, reason });
    const { id: taskId, who } = await open('review');
    await act(who, 'acceptTask', { taskId, noConflict: true });
    await act(who, 'submitReview', conclusionFor(taskId, 'approve'));
    const order = { number: '12-р', date: '2026-11-23' };
    await act('koroleva', 'certify', { taskId: (await open('decision')).id, order });
  },
  controls: {
    'имя в названии': inTitle('заявитель'),
    // The row of the notice is the same in both worlds: only the sender tells.
    'имя в письме': async ({ world, kase, post }) => {
      await repeatNotice(world, personId('goncharov'));
      const name = await nameOf(world, kase.panel[1]!.personId);
      return post('заявитель', `https://portal.test/${encodeURIComponent(name)}`);
    },
    // No name at all: tasks of the panel stand in the order of the names of those who hold them.
    порядок: async ({ world, kase, ask }) => {
      const { tasks } = JSON.parse(await ask('заявитель', `/api/cases/${kase.caseId}`)) as {
        tasks: Array<{ id: string }>;
      };
      const rows = await world.pool<Array<{ id: string }>>`
        select t.id from task t left join person p on p.id = t.assignee_id where t.case_id = ${kase.caseId} order by p.display_name, t.id`;
      const place = new Map(rows.map(({ id }, n) => [id, n]));
      return JSON.stringify(tasks.toSorted((a, b) => place.get(a.id)! - place.get(b.id)!));
    },
  },
};

/** A case of a story of the demonstration; `kinds` are the tasks of those whose names are hidden. */
async function toldCase(world: DirectWorld, caseId: string, kinds: string[]): Promise<FixtureCase> {
  const { pool } = world;
  const [row] = await pool<Array<{ number: string }>>`select number from "case" where id = ${caseId}::uuid`;
  const tasks = await pool<Array<{ id: string; kind: string; assignee_id: string | null }>>`
    select t.id, t.kind, t.assignee_id from task t join "case" c on c.id = t.case_id
      left join lateral (select (s->>'ordinal')::int as ordinal from jsonb_array_elements(c.state->'tasks') s where s->>'id' = t.id::text) s on true
    where t.case_id = ${caseId}::uuid order by t.kind <> all(${kinds}::text[]), array_position(${kinds}::text[], t.kind), s.ordinal, t.created_at, t.id`;
  const [paper] = await pool<Array<{ sha256: string }>>`
    select sha256 from case_document where case_id = ${caseId}::uuid order by added_at, sha256 limit 1`;
  const panel = tasks.flatMap(({ id, kind, assignee_id: who }) =>
    kinds.includes(kind) && who ? [{ personId: who, taskId: id }] : [],
  );
  return {
    caseId,
    number: row!.number,
    programmeSha: paper?.sha256 ?? '0'.repeat(64),
    checkTaskId: tasks.at(-1)!.id,
    panel,
  };
}

const tellerOf = ({ deps }: DirectWorld) =>
  ({ ...deps, pool: deps.sql, documents: deps.documents, isLocalWork: () => true }) as never;

/** Stories of the demonstration count their days from the day they are loaded: that is a day of the test. */
export const attestation: Scene = {
  blinded: {
    аттестуемый: () => 'terekhov',
    'другой аттестуемый': () => 'kapustina',
    наблюдатель: () => 'orlov',
    эксперт: ({ panel }) => panel[0]!.personId,
    арбитр: ({ panel }) => panel.at(-1)!.personId,
  },
  async open(world) {
    const { agendaOf } = await import('../../scripts/demo/attestation.ts');
    const ids = ['a', 'b', 'c', 'd'].map((n) => `0000000${n}-0000-4000-8000-000000000000`);
    await agendaOf(tellerOf(world), ids as [string, string, string, string], '2026-12-04');
    return toldCase(world, ids[0]!, ['review', 'arbitration']);
  },
  twice: false,
  async goOn(world, kase) {
    const opinion = { body: 'Управляющий совет', text: 'Школа открыта для родителей, решения обсуждаются заранее.' };
    later(world, 7);
    await must(world, 'astakhova', 'POST', `/api/cases/${kase.caseId}/actions/attachPublicOpinion`, opinion);
  },
  controls: {
    // In the title of a task, and read where tasks are listed.
    'имя в задаче': async ({ world, kase, ask }) => {
      const { taskId, personId: id } = kase.panel.at(-1)!;
      await world.pool`update task set title_ru = title_ru || ' ' || ${await nameOf(world, id)} where id = ${taskId}`;
      return ask('аттестуемый', `/api/tasks?caseId=${kase.caseId}`);
    },
  },
};

const applicants = new Map<string, string>();

/** Examiners are named to nobody outside the centre. */
export const assessment: Scene = {
  blinded: {
    соискатель: ({ caseId }) => applicants.get(caseId)!,
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
  twice: false,
  async goOn(world, kase) {
    const { rubric } = DEFAULT_POLICY.qualifications[0]!;
    const marks = Object.fromEntries(rubric.map(({ code, max }) => [code, max]));
    for (const { personId: examiner, taskId } of kase.panel) {
      const about = `/api/cases/${kase.caseId}/actions`;
      later(world, 7);
      await must(world, examiner, 'POST', `${about}/acceptTask`, { taskId, noConflict: true });
      later(world, 7);
      await must(world, examiner, 'POST', `${about}/submitMarks`, { taskId, marks, comments: {} });
    }
  },
  controls: {
    // What fills a letter fills the page of notices too.
    'имя в уведомлении': async ({ world, kase, ask }) => {
      const name = await nameOf(world, kase.panel[0]!.personId);
      const who = applicants.get(kase.caseId)!;
      const [{ id, params }] = (await world.pool`
        select id, params from notice where addressee_id = ${who} and case_id = ${kase.caseId} order by nominal_at, template, id limit 1`) as never as [
        { id: string; params: Record<string, unknown> },
      ];
      const word = Object.keys(params).find((key) => typeof params[key] === 'string')!;
      const leaking = { ...params, [word]: `${String(params[word])} ${name}` };
      await world.pool`update notice set params = ${world.pool.json(leaking as never)} where id = ${id}`;
      return ask('соискатель', '/api/notices?limit=100');
    },
  },
};

/** To an observer a cycle of mentoring has no people at all. */
export const mentoring: Scene = {
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
  twice: false,
  async goOn(world, kase) {
    later(world, 7);
    await must(world, 'snegireva', 'POST', `/api/cases/${kase.caseId}/actions/confirmLog`, {});
    const entries = [{ kind: 'meeting', on: world.clock.now.slice(0, 10) }];
    later(world, 7);
    await must(world, 'chernysheva', 'POST', `/api/cases/${kase.caseId}/actions/logWork`, { entries });
  },
  controls: { 'имя в названии': inTitle('наблюдатель') },
};
