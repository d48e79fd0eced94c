/** Which people and schools an office of HR answers for: its own organisation, the schools under its authority, of its municipality or region. */
import type { PersonActor } from '../processes/kit/types.ts';
import type { Sql } from '../platform/db/pool.ts';
import { bodiesOf } from './visibility.ts';

export interface HrScope {
  all: boolean;
  regions: string[];
  /** Organisations of the assignments, schools of a municipality; for an authority also the schools under it. */
  bodies: string[];
}

/** What the assignments of today open; `null`: this person is no HR office. */
export function hrScopeOf(actor: PersonActor): HrScope | null {
  const held = actor.assignments.filter(({ role }) => role === 'hr_officer' || role === 'admin');
  if (held.length === 0) return null;
  return {
    all: held.some(({ scope }) => scope.kind === 'country'),
    regions: held.flatMap(({ scope }) => (scope.kind === 'region' ? [scope.id] : [])),
    bodies: held.flatMap(({ scope }) => bodiesOf(scope)),
  };
}

/** Condition on a row `o` of the table of organisations. */
export function inScope(sql: Sql, scope: HrScope) {
  if (scope.all) return sql`true`;
  return sql`(o.region_code = any(${scope.regions}::text[]) or o.id = any(${scope.bodies}::uuid[]) or o.authority_id = any(${scope.bodies}::uuid[]))`;
}
