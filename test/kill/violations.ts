import { findBreak } from '../../platform/crypto/chain.ts';
import type { Pool } from '../../platform/db/pool.ts';
import type { StoredEvent } from '../../processes/kit/types.ts';
import { groupBy } from './group-by.ts';
import type { Death } from './kill-world.ts';
import type { CaughtLetter } from './mail-catcher.ts';
import type { Story } from './stories.ts';

/** What an act of a story leaves behind: so many events of this command, no fewer and no more. */
const eventsOfDeed: Record<string, string[]> = {
  submit: ['case.submitted'],
  draw: ['seed.wanted'],
  review: ['review.given'],
  decide: ['decision.made'],
};

/** All that a story may leave behind, in any order. */
const eventsOfStory = [
  'case.submitted',
  'decision.made',
  'note.added',
  'review.given',
  'review.given',
  'seed.drawn',
  'seed.wanted',
];

/** What clients were told and what was recorded, compared act by act. Empty: nothing was lost, nothing happened twice. */
export async function violationsOfStories(pool: Pool, stories: Story[]): Promise<string[]> {
  const found: string[] = [];
  const events = await pool<Array<{ case_id: string; type: string; command_id: string }>>`
    select case_id, type, command_id from case_event order by case_id, sequence`;
  const byCommand = groupBy(events, ({ command_id }) => command_id);
  const byCase = groupBy(events, ({ case_id }) => case_id);
  const rows = await pool<Array<{ id: string; stage: string; closed: boolean }>>`select id, stage, closed from "case"`;
  const cases = new Map(rows.map((row) => [row.id, row]));
  for (const { caseId, deeds, done, granted } of stories) {
    if (!done) found.push(`${caseId}: the story did not end`);
    for (const { type, commandId, answer } of deeds) {
      // Every client had the right to do what it asked: a refusal means that its own act was taken for somebody else's.
      if (answer.kind === 'refused') found.push(`${caseId}: ${type} was refused: ${answer.denial.code}`);
      const recorded = (byCommand.get(commandId) ?? []).map((event) => event.type);
      if (String(recorded) !== String(eventsOfDeed[type]))
        found.push(`${caseId}: ${type} was answered ${answer.kind} and left [${String(recorded)}]`);
    }
    const types = (byCase.get(caseId) ?? []).map(({ type }) => type).sort();
    if (done && String(types) !== String(eventsOfStory)) found.push(`${caseId}: its events are [${String(types)}]`);
    const row = cases.get(caseId);
    const stage = granted ? 'granted' : 'refused';
    if (done && (row?.stage !== stage || !row.closed)) found.push(`${caseId}: stands at ${row?.stage}, not ${stage}`);
  }
  if (rows.length > stories.length) found.push(`${rows.length} cases for ${stories.length} stories`);
  return found;
}

/** Promises of the record that hold for every process: sequences, hash chains, numbers, registers. */
export async function violationsOfRecord(pool: Pool, process: string): Promise<string[]> {
  const found: string[] = [];
  const cases = await pool<Array<{ id: string; sequence: number; number: string; closed: boolean }>>`
    select id, sequence, number, closed from "case" where process = ${process}`;
  const events = await pool<EventRow[]>`
    select e.* from case_event e join "case" c on c.id = e.case_id where c.process = ${process} order by case_id, sequence`;
  const byCase = groupBy(events, ({ case_id }) => case_id);
  for (const { id, sequence } of cases) {
    const own = byCase.get(id) ?? [];
    if (own.length !== sequence || own.some((event, index) => event.sequence !== index + 1))
      found.push(`${id}: ${sequence} on the row, recorded ${own.map((event) => event.sequence).join(',')}`);
    const broken = findBreak(own.map(toChained));
    if (broken !== undefined) found.push(`${id}: the chain breaks at ${broken}`);
  }
  found.push(...violationsOfNumbers(cases.map(({ number }) => number)));
  const entries = await pool<Array<{ number: string; versions: number[] }>>`
    select r.number, array_agg(h.n order by h.n) as versions from register_entry r join register_history h on h.entry_id = r.id
    group by r.id having array_agg(h.n order by h.n) <> array(select generate_series(1, count(*)::int))`;
  for (const { number, versions } of entries)
    found.push(`the register entry ${number} has versions ${versions.join(',')}`);
  return found;
}

/** Serial numbers of one series run from 1 without a gap and without a double. */
export function violationsOfNumbers(numbers: string[]): string[] {
  const serials = numbers.map((number) => Number(number?.split('-').at(-1))).sort((a, b) => a - b);
  return serials.flatMap((serial, index) =>
    serial === index + 1 ? [] : [`the number ${serial} stands at place ${index + 1}`],
  );
}

/** Remembers each record that a letter has left: the row itself keeps the last one only. */
export async function watchMail(pool: Pool): Promise<void> {
  await pool`create table left_record (notice_id uuid, at timestamptz)`;
  await pool`
    create function note_left() returns trigger language plpgsql as $$ begin
      insert into left_record values (new.id, clock_timestamp()); return null; end $$`;
  await pool`create trigger note_left after update on notice for each row when (new.state = 'sent') execute function note_left()`;
}

/**
 * Every notice left once, under a Message-ID of its own. A letter that left twice has the same Message-ID, nothing said yet that it
 * had left, and in between the sender died or the database was away.
 */
export async function violationsOfMail(pool: Pool, letters: CaughtLetter[], deaths: Death[]): Promise<string[]> {
  const found: string[] = [];
  const notices = await pool<
    Array<{ id: string; state: string; template: string; digest_id: string | null; last_error: string | null }>
  >`
    select id, state, template, digest_id, last_error from notice`;
  const records = await pool<Array<{ letter: string; at: Date }>>`
    select coalesce(n.digest_id, n.id) as letter, min(r.at) as at from left_record r join notice n on n.id = r.notice_id group by 1`;
  const recorded = new Map(records.map(({ letter, at }) => [letter, at.getTime()]));
  const byId = groupBy(letters, ({ messageId }) => messageId.replace(/^<|@.*$/g, ''));
  const wanted = new Set(notices.map(({ id, digest_id }) => digest_id ?? id));
  for (const { id, state, template, digest_id, last_error } of notices) {
    if (state !== 'sent') found.push(`the notice ${template} ${id} is ${state}: ${last_error}`);
    if (!byId.has(digest_id ?? id)) found.push(`the notice ${template} ${id} never left`);
  }
  for (const [id, copies] of byId) {
    if (!wanted.has(id)) found.push(`a letter ${id} that nobody ordered`);
    for (const [index, { at, began }] of copies.entries()) {
      const next = copies[index + 1];
      if (!next) continue;
      if ((recorded.get(id) ?? Infinity) < next.began) found.push(`the letter ${id} left again after it was on record`);
      if (deaths.some((death) => isCauseOfRepetition(death, began, next.began))) continue;
      const near = deaths
        .filter((death) => Math.abs(death.at - at) < 30_000)
        .map((death) => `${death.part} ${death.at - at} ms`);
      found.push(
        `the letter ${id} left again after ${next.at - at} ms and nobody was dead then; near it: ${near.join(', ')}`,
      );
    }
  }
  return found;
}

/** What the sender wrote just before it died may reach a busy mail server when the next sender has begun to start. */
const lateAtMostMs = 3_000;

/** Whether the sender died, or the database was away, after the letter left and before it left again. */
function isCauseOfRepetition({ part, at, backAt = Infinity }: Death, began: number, again: number): boolean {
  return (part === 'worker' || part === 'database') && at <= again && backAt + lateAtMostMs >= began;
}

interface EventRow {
  case_id: string;
  sequence: number;
  type: string;
  row: string;
  at: Date;
  on: string;
  actor_kind: 'person' | 'system';
  actor_id: string | null;
  on_behalf_of: StoredEvent['actor']['onBehalfOf'] | null;
  acting_act: string | null;
  facts: unknown;
  personal: Buffer | null;
  prev_hash: Buffer;
  hash: Buffer;
}

function toChained(event: EventRow) {
  const {
    case_id,
    sequence,
    type,
    row,
    at,
    on,
    actor_kind,
    actor_id,
    on_behalf_of,
    acting_act,
    facts,
    personal,
    prev_hash,
    hash,
  } = event;
  const actor: StoredEvent['actor'] = {
    kind: actor_kind,
    ...(actor_id ? { personId: actor_id } : {}),
    ...(on_behalf_of ? { onBehalfOf: on_behalf_of } : {}),
    ...(acting_act !== null ? { acting: { actId: acting_act } } : {}),
  };
  return {
    caseId: case_id,
    sequence,
    type,
    row,
    at: at.toISOString(),
    on,
    actor,
    facts,
    personal: personal ?? undefined,
    prevHash: prev_hash,
    hash,
  };
}
