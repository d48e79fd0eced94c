import type { ProductionCalendar } from '../../processes/kit/calendar.ts';
import type { AnyProcess, Context, Jurisdiction } from '../../processes/kit/types.ts';
import { localDate } from '../../processes/kit/zones.ts';
import type { Sql } from '../db/pool.ts';

/** What a case is pinned to for its life. */
export interface Pins {
  jurisdiction: string;
  policyVersionId: string;
  calendarVersion: string;
}

type WithoutClock = Omit<Context<unknown>, 'now' | 'today' | 'caseId'>;

/**
 * Policies, calendars and jurisdictions by id. A published version never changes, so what was read once is kept; the process
 * checks a policy when it is read, and a policy it refuses cannot run a case.
 */
export class References {
  readonly #contexts = new Map<string, WithoutClock>();

  /** The context of a case without its clock; reads the database on first use only. */
  async of(sql: Sql, process: AnyProcess, pins: Pins): Promise<WithoutClock> {
    const key = `${process.slug}\0${pins.jurisdiction}\0${pins.policyVersionId}\0${pins.calendarVersion}`;
    const known = this.#contexts.get(key);
    if (known) return known;
    const [row] = await sql<
      Array<{ jurisdiction: Jurisdiction | null; parameters: unknown; calendar: ProductionCalendar | null }>
    >`
      select
        (select jsonb_build_object('id', id, 'nameRu', name_ru, 'regionCode', region_code, 'zone', zone)
           from jurisdiction where id = ${pins.jurisdiction}) as jurisdiction,
        (select parameters from policy_version where id = ${pins.policyVersionId} and process = ${process.slug}) as parameters,
        (select data from calendar_version where version = ${pins.calendarVersion}) as calendar`;
    if (!row?.jurisdiction) throw new Error(`no jurisdiction ${pins.jurisdiction}`);
    if (!row.parameters) throw new Error(`no policy version ${pins.policyVersionId} of ${process.slug}`);
    if (!row.calendar) throw new Error(`no calendar version ${pins.calendarVersion}`);
    const checked = process.checkPolicy(row.parameters);
    if (!checked.ok) {
      const faults = checked.errors.map((error) => `${error.pointer}: ${error.detail}`).join('; ');
      throw new Error(`policy ${pins.policyVersionId} cannot run ${process.slug}: ${faults}`);
    }
    const found: WithoutClock = {
      jurisdiction: row.jurisdiction,
      calendar: row.calendar,
      policy: checked.policy,
      policyVersionId: pins.policyVersionId,
    };
    this.#contexts.set(key, found);
    return found;
  }
}

/** The context of a rule at one instant of the case's clock. */
export function contextAt(base: WithoutClock, caseId: string, now: string): Context<any> {
  return { ...base, caseId, now, today: localDate(now, base.jurisdiction.zone) };
}

/**
 * What a new case is pinned to: the policy in force on the local day of its start (the newest of them) and the newest calendar.
 * Undefined when no policy is in force, which refuses the start.
 */
export async function findPins(
  sql: Sql,
  process: string,
  wanted: { jurisdiction: string; policyVersionId?: string; calendarVersion?: string },
  now: string,
): Promise<Pins | undefined> {
  const [row] = await sql<Array<{ policy: string | null; calendar: string | null }>>`
    select
      coalesce(${wanted.policyVersionId ?? null}::text, (
        select p.id from policy_version p
        join jurisdiction j on j.id = p.jurisdiction
        cross join lateral (select to_char(${now}::timestamptz at time zone j.zone, 'YYYY-MM-DD') as today) d
        where p.process = ${process} and p.jurisdiction = ${wanted.jurisdiction}
          and p.effective_from <= d.today and (p.effective_to is null or p.effective_to >= d.today)
        order by p.effective_from desc, p.version desc limit 1)) as policy,
      coalesce(${wanted.calendarVersion ?? null}::text, (
        select version from calendar_version order by loaded_at desc, version desc limit 1)) as calendar`;
  if (!row?.policy || !row.calendar) return undefined;
  return { jurisdiction: wanted.jurisdiction, policyVersionId: row.policy, calendarVersion: row.calendar };
}
