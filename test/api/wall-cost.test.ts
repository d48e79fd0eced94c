/** What the second wall costs where it matters most: «Что ждёт меня» of somebody with twenty thousand tasks. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readInbox } from '../../api/queries/inbox.ts';
import { findViewer, type Viewer, withViewer } from '../../api/viewer.ts';
import { createPool, type Pool } from '../../platform/db/pool.ts';
import { createDirectWorld, type DirectWorld } from './direct-world.ts';

let world: DirectWorld;
/** Connections of their own: a statement that is asked with and without the wall would be planned anew each time. */
let bare: Pool;
let expert: Viewer;
let operator: Viewer;

beforeAll(async () => {
  world = await createDirectWorld();
  const [expertId, operatorId] = [
    await person('expert', 'self', null),
    await person('secretary', 'jurisdiction', 'bench'),
  ];
  await tasks(20_000, 'personal', 'expert', expertId, 'fed');
  await tasks(2_000, 'office', 'secretary', null, 'bench');
  await world.pool`analyze`;
  bare = createPool(world.databaseUrl, { max: 6 });
  expert = (await findViewer(world.deps, expertId)) as Viewer;
  operator = (await findViewer(world.deps, operatorId)) as Viewer;
});
afterAll(async () => {
  await bare?.end();
  await world?.stop();
});

async function person(role: string, scopeKind: string, scopeId: string | null): Promise<string> {
  const id = randomUUID();
  await world.pool`insert into person (id, family_name, given_name, display_name, email, zone) values (${id}, 'Э', 'И', 'Э', 'e@example.invalid', 'UTC')`;
  await world.pool`insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on) values (gen_random_uuid(), ${id}, ${role}, ${scopeKind}, ${scopeId}, '2020-01-01')`;
  return id;
}

const tasks = (size: number, nature: string, role: string, assignee: string | null, jurisdiction: string) => world.pool`
  with made as (
    insert into "case" (id, process, number, jurisdiction, title_ru, subject_kind, subject_id, policy_version_id, calendar_version, stage,
      waiting_for, sequence, last_hash, state, started_at, updated_at)
    select gen_random_uuid(), 'dpp-certification', ${`B${size}-`} || n, ${jurisdiction}, 'Тема ' || n, 'text', n::text, 'x', 'x', 'under_expertise', 'expert', 1,
      '\\x00', '{}', now(), now() from generate_series(1, ${size}::int) n returning id)
  insert into task (id, case_id, process, kind, title_ru, state, open, nature, role, scope_kind, scope_id, assignee_id, due_on, due_at, created_at, updated_at)
  select gen_random_uuid(), id, 'dpp-certification', 'review', 'Дать отзыв', 'in_progress', true, ${nature}, ${role}, 'jurisdiction', ${jurisdiction}, ${assignee}::uuid,
    '2026-12-01', now() + random() * interval '50 days', now(), now() from made`;

it.each([
  ['an expert with 20 000 tasks of his own', () => expert],
  ['an office with 2 000 free tasks', () => operator],
])('%s reads the inbox by the same index with the wall as without it, in about the same time', async (_who, whose) => {
  const viewer = whose();
  const walled = () => withViewer(world.deps, viewer, (tx) => readInbox(tx, { limit: 50 }));
  const open = () =>
    bare.begin('isolation level repeatable read read only', (sql) => readInbox({ sql, viewer }, { limit: 50 }));
  const times = { walled: [] as number[], open: [] as number[] };
  for (let n = -10; n < 60; n += 1)
    for (const [kind, read] of [
      ['walled', walled],
      ['open', open],
    ] as const) {
      const began = performance.now();
      const { items } = await read();
      expect(items.length).toBe(50);
      if (n >= 0) times[kind].push(performance.now() - began);
    }
  const median = (of: number[]) => [...of].sort((a, b) => a - b)[of.length / 2] as number;
  const ratio = median(times.walled) / median(times.open);
  console.log(
    `inbox: ${median(times.walled).toFixed(1)} ms with the wall, ${median(times.open).toFixed(1)} ms without, ratio ${ratio.toFixed(2)}`,
  );
  expect(ratio).toBeLessThan(2.5);
});

it('the page of a person walks the index of his tasks and sorts nothing', async () => {
  const plan = await withViewer(world.deps, expert, async ({ sql, viewer }) => {
    const rows = await sql<Array<{ 'QUERY PLAN': string }>>`
      explain select t.id, c.title_ru from task t join "case" c on c.id = t.case_id
      where t.assignee_id = ${viewer.personId}::uuid and t.state <> 'on_hold' and t.open and t.due_at is not null order by t.due_at, t.id limit 51`;
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  });
  expect(plan).toContain('task_assignee_id_open_due_at_id_idx');
  expect(plan).not.toMatch(/Seq Scan on (task|"?case)/);
  expect(plan).not.toContain('Sort');
});
