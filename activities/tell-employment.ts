import { casesOfPeople, applyToPerson, hrId } from '../platform/cases/employment.ts';
import type { Cases } from '../platform/cases/commands.ts';
import { reservationKey } from '../platform/crypto/ids.ts';
import type { Keyring } from '../platform/crypto/keyring.ts';
import type { Pool, Sql } from '../platform/db/pool.ts';
import type { EmploymentEvent } from '../processes/hr-events/matrix.ts';
import { localDate, startOfDay } from '../processes/kit/zones.ts';
import { findProcess, listProcesses } from '../processes/registry.ts';
import type { EmploymentActivities } from './types.ts';

export interface TellDeps {
  pool: Pool;
  keys: Keyring;
  cases: Cases;
}

interface Waiting {
  id: string;
  fact_id: string;
  line: number;
  event: EmploymentEvent;
  on_day: string;
  zone: string;
  request_id: string | null;
}

/** A case that was told, or could not be opened; what it answered is found by the id of its command. */
interface Told {
  caseId: string | null;
  commandId: string;
  kind: string;
  refused?: string;
}

/**
 * Tells the running cases the next events of a batch whose day has come, oldest first, and writes them into the tables of people.
 *
 * Idempotency key: the fact id of the event. A case takes a fact id once; the event is marked as told in the transaction that changes the
 * person, so a repetition after a crash tells nobody twice. An unreachable engine or database is thrown to the retry policy.
 */
export function createEmploymentActivities(deps: TellDeps): EmploymentActivities {
  return {
    async tellEmployment({ batchId, limit }) {
      const { pool } = deps;
      const rows = await pool<Waiting[]>`
        select e.id, e.fact_id, e.line, e.event, e.on_day, b.request_id, coalesce(r.zone, 'Europe/Moscow') as zone
        from hr_event e join hr_batch b on b.id = e.batch_id
        left join organisation o on o.id = e.place_id left join region r on r.code = o.region_code
        where e.batch_id = ${batchId}::uuid and e.state = 'waiting' order by e.on_day, e.line limit ${limit}`;
      const now = new Date().toISOString();
      let told = 0;
      const later: string[] = [];
      for (const row of rows) {
        if (row.on_day > localDate(now, row.zone)) {
          later.push(startOfDay(row.on_day, row.zone));
          continue;
        }
        await tell(deps, row);
        told += 1;
      }
      const [left] = await pool<Array<{ n: number }>>`
        select count(*)::int as n from hr_event where batch_id = ${batchId}::uuid and state = 'waiting'`;
      if (left?.n === 0)
        await pool`update hr_batch set state = 'done', finished_at = coalesce(finished_at, now()) where id = ${batchId}::uuid and state = 'applying'`;
      return { told, left: left?.n ?? 0, nextAt: later.sort()[0] ?? null };
    },
  };
}

async function tell(deps: TellDeps, row: Waiting): Promise<void> {
  const { pool, cases } = deps;
  const { event, fact_id: factId } = row;
  const request = row.request_id ? { requestId: row.request_id } : {};
  const told: Told[] = [];
  for (const kase of await casesOfPeople(pool, [event.personId])) {
    const fact = findProcess(kase.process)?.employmentFact?.(event, kase.state);
    if (!fact) continue;
    const sent = await cases.sendFact(kase.id, { factId, ...fact, ...request });
    told.push({
      caseId: kase.id,
      commandId: `fact:${kase.id}:${factId}`,
      kind: fact.kind,
      ...(sent.kind === 'refused' ? { refused: sent.denial.message } : {}),
    });
  }
  const finish = async (sql: Sql, all: Told[]) => {
    await sql`update hr_event set state = 'told', told_at = now(), told = ${pool.json(all as never)} where id = ${row.id}::uuid and state = 'waiting'`;
    await sql`update hr_row set state = 'told' where fact_id = ${factId} and state = 'waiting'`;
  };
  await pool.begin(async (sql) => {
    const [mine] = await sql`select 1 from hr_event where id = ${row.id}::uuid and state = 'waiting' for update`;
    if (!mine) return;
    await applyToPerson(sql, event, factId);
    // A newcomer must be on record before his case is opened; such an event is finished below, and its first half may be repeated.
    if (event.event !== 'hired') await finish(sql, told);
  });
  if (event.event !== 'hired') return;
  const opened = await open(deps, event, factId);
  await pool.begin((sql) => finish(sql, [...told, ...opened]));
}

/** Cases that a hiring opens by itself; one that is open already is left alone. */
async function open({ pool, keys, cases }: TellDeps, event: EmploymentEvent, factId: string): Promise<Told[]> {
  const out: Told[] = [];
  for (const process of listProcesses()) {
    const opening = process.opensOnHire?.(event);
    if (!opening || 'whyNot' in opening) continue;
    const [open] =
      await pool`select 1 from "case" where process = ${process.slug} and subject_id = ${event.personId} and not closed`;
    if (open) continue;
    const commandId = `hr:${factId}`;
    const answer = await cases.startCase({
      process: process.slug,
      caseId: hrId(factId, process.slug),
      jurisdiction: opening.jurisdiction,
      uniqueKey: reservationKey(keys, { process: process.slug, period: '', ...opening.reservation }),
      command: {
        id: commandId,
        type: opening.type,
        payload: opening.payload,
        actor: { kind: 'system' },
        receivedAt: new Date().toISOString(),
      },
    });
    if (answer.kind === 'not_yet_recorded') throw new Error('a case that a hiring opens is not open yet');
    out.push(
      answer.kind === 'recorded'
        ? { caseId: answer.reply.caseId, commandId, kind: 'opened' }
        : { caseId: null, commandId, kind: 'opened', refused: answer.denial.message },
    );
  }
  return out;
}
