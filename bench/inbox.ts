import { randomUUID } from 'node:crypto';
import { request, type Stage } from './stage.ts';
import { percentile } from './statistics.ts';

const sizes = [1_000, 20_000] as const;

/** «Что ждёт меня» of two experts, one with a thousand open tasks, one with twenty thousand, asked in turn. */
export async function measureInbox(stage: Stage, samples: number): Promise<void> {
  const experts = new Map<number, string>();
  for (const size of sizes) experts.set(size, await createExpert(stage, size));
  await stage.pool`analyze`;
  const times = new Map<number, number[]>(sizes.map((size) => [size, []]));
  for (let index = -20; index < samples; index += 1) {
    for (const size of sizes) {
      const began = performance.now();
      const { items } = await request(stage, experts.get(size) as string, 'GET', '/api/inbox');
      const ms = performance.now() - began;
      if (items.length === 0) throw new Error('the inbox is empty');
      if (index >= 0) times.get(size)?.push(ms);
    }
  }
  const p95 = sizes.map((size) => percentile(times.get(size) as number[], 95));
  for (const [nr, size] of sizes.entries()) {
    const p50 = percentile(times.get(size) as number[], 50);
    console.log(
      `  inbox with ${size} open tasks: p50 ${p50.toFixed(1)} ms, p95 ${p95[nr]?.toFixed(1)} ms (${samples} samples)`,
    );
  }
  console.log(
    `  ratio of the p95: ${((p95[1] as number) / (p95[0] as number)).toFixed(2)} (wanted: p95 below 50 ms, ratio at most 2)`,
  );
}

/** The rows are written by SQL: an expert whose every task belongs to a case of its own. */
async function createExpert({ pool, world }: Stage, size: number): Promise<string> {
  const personId = randomUUID();
  await pool`
    insert into person (id, family_name, given_name, display_name, email, zone, synthetic)
    values (${personId}, 'Эксперт', 'Имя', 'Эксперт', ${`${personId}@example.invalid`}, 'UTC', true)`;
  await pool`
    with made as (
      insert into "case" (id, process, number, jurisdiction, title_ru, subject_kind, subject_id, policy_version_id, calendar_version, stage,
        waiting_for, sequence, last_hash, state, started_at, updated_at)
      select gen_random_uuid(), 'review-pair', ${`B${size}-`} || n, ${world.jurisdiction}, 'Тема ' || n, 'text', n::text, 'review-pair-1',
        'fixture-1', 'awaiting_reviews', 'expert', 1, '\\x00', '{}', now(), now() from generate_series(1, ${size}::int) n
      returning id)
    insert into task (id, case_id, process, kind, title_ru, state, open, nature, role, scope_kind, scope_id, assignee_id, due_on, due_at,
      created_at, updated_at)
    select gen_random_uuid(), id, 'review-pair', 'review', 'Дать отзыв', 'in_progress', true, 'personal', 'expert', 'case', id::text,
      ${personId}::uuid, to_char(d.at, 'YYYY-MM-DD'), d.at, now(), now()
    from made cross join lateral (select now() + (random() * 60 - 10) * interval '1 day' as at where made.id is not null) d`;
  return personId;
}
