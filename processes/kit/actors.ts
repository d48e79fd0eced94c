/** Who holds a role where and when. The same check answers the server and draws the buttons. */
import type { Actor, Assignment, Role, Scope } from './types.ts';
import type { IsoDate } from './dates.ts';

/** Is the assignment valid on the date (both ends inclusive)? */
export function inForce(a: Assignment, today: IsoDate): boolean {
  return a.from <= today && (a.to === undefined || a.to >= today);
}

/** Who acts: the person, and whom he acts for. Nobody when the platform acts itself. */
export function actingPeople(actor: Actor): string[] {
  if (actor.kind !== 'person') return [];
  return actor.onBehalfOf ? [actor.personId, actor.onBehalfOf.personId] : [actor.personId];
}

/** Does an assignment reach the scope asked for? A country-wide one reaches everything. */
export function reaches(granted: Scope, asked: Scope): boolean {
  if (granted.kind === 'country') return true;
  if (granted.kind !== asked.kind) return false;
  return granted.kind === 'self' || ('id' in granted && 'id' in asked && granted.id === asked.id);
}

/** Holds the person any of the roles on that date in any of the scopes? The system holds none: it acts by rows without roles. */
export function hasRole(actor: Actor, roles: readonly Role[], scopes: readonly Scope[], today: IsoDate): boolean {
  if (actor.kind !== 'person') return false;
  return actor.assignments.some(
    (a) => roles.includes(a.role) && inForce(a, today) && scopes.some((s) => reaches(a.scope, s)),
  );
}

/** The assignment that grants the role, for the act behind it. */
export function grantingAssignment(
  actor: Actor,
  roles: readonly Role[],
  scopes: readonly Scope[],
  today: IsoDate,
): Assignment | undefined {
  if (actor.kind !== 'person') return undefined;
  return actor.assignments.find(
    (a) => roles.includes(a.role) && inForce(a, today) && scopes.some((s) => reaches(a.scope, s)),
  );
}
