/** Roles people hold: what can be granted where. Who may grant what is decided by the route; this knows the shape. */
import type { Scope } from '../../processes/kit/types.ts';

export type ScopeKind = Exclude<Scope['kind'], 'case'>;

/** Roles about oneself; every other role is held at a place. */
const SELF: readonly string[] = ['teacher', 'new_teacher', 'candidate', 'mentor', 'tutor'];
/** Roles of the country or of one body that governs cases, never of a school. */
const CENTRAL: readonly string[] = [
  'admin',
  'dpo',
  'fed_operator',
  'fed_coordinator',
  'registry_keeper',
  'appeals_member',
  'arbiter',
];

/** Roles of a municipality (specification, section 2). */
const MUNICIPAL: readonly string[] = ['methodist', 'hr_officer'];

/** Where a role can be held. */
export function scopesOf(role: string): ScopeKind[] {
  if (SELF.includes(role)) return ['self', 'organisation'];
  if (role === 'head') return ['self', 'organisation'];
  if (CENTRAL.includes(role)) return ['country', 'jurisdiction'];
  if (MUNICIPAL.includes(role)) return ['organisation', 'municipality', 'region', 'jurisdiction', 'country'];
  return ['organisation', 'region', 'jurisdiction', 'country'];
}

/** Duties of a person himself: their tasks are handed to another and never done for him (specification 3.3). */
const PERSONAL: readonly string[] = [
  'expert',
  'arbiter',
  'examiner',
  'commission_member',
  'chair',
  'public_rep',
  'teacher',
  'new_teacher',
  'candidate',
  'mentor',
  'employer',
];

/** Can somebody be a deputy in this role? Only an office is substituted, and what one holds about oneself is none. */
export function isSubstitutable(role: string, scopeKind: ScopeKind): boolean {
  return scopeKind !== 'self' && !PERSONAL.includes(role);
}
