import { describe, expect, it } from 'vitest';
import { capacityOf } from './capacity.ts';
import type { Actor, Assignment, Role } from './types.ts';

const held = (role: Role, actId?: string, acting = false): Assignment => ({
  role,
  scope: { kind: 'jurisdiction', id: 'fed' },
  from: '2026-01-01',
  ...(actId ? { actId } : {}),
  ...(acting ? { acting } : {}),
});
const actor = (assignments: Assignment[], behalf = false): Actor => ({
  kind: 'person',
  personId: 'kim',
  organisationIds: [],
  assignments,
  ...(behalf ? { onBehalfOf: { personId: 'belova', actId: 'whichever' } } : {}),
});
/** An act that needs all of these roles. */
const needs =
  (...roles: Role[]) =>
  (who: Actor): boolean =>
    who.kind === 'person' && roles.every((role) => who.assignments.some((a) => a.role === role));

describe('the capacity in which somebody acts', () => {
  it.each([
    ['one order', [held('fed_operator', '№ 1')], needs('fed_operator'), '№ 1'],
    ['the second of two', [held('observer', '№ 1'), held('fed_operator', '№ 2')], needs('fed_operator'), '№ 2'],
    ['either of two', [held('fed_operator', '№ 2'), held('fed_operator', '№ 1')], needs('fed_operator'), '№ 1'],
    ['both', [held('observer', '№ 1'), held('fed_operator', '№ 2')], needs('observer', 'fed_operator'), '№ 1; № 2'],
    ['an order without an act', [held('fed_operator')], needs('fed_operator'), ''],
  ])('a deputy by %s', (_name, assignments, accepts, actId) => {
    expect(capacityOf(actor(assignments, true), accepts)).toEqual({
      kind: 'person',
      personId: 'kim',
      onBehalfOf: { personId: 'belova', actId },
    });
  });

  it.each([
    ['the only right', [held('fed_operator', '№ 3', true)], '№ 3'],
    ['beside a post of his own', [held('fed_operator', '№ 3', true), held('fed_operator', '№ 1')], undefined],
    ['beside a right that does not suffice', [held('observer', '№ 1'), held('fed_operator', '№ 3', true)], '№ 3'],
    ['none', [held('fed_operator', '№ 1')], undefined],
  ])('an acting post: %s', (_name, assignments, actId) => {
    expect(capacityOf(actor(assignments), needs('fed_operator'))).toEqual({
      kind: 'person',
      personId: 'kim',
      ...(actId === undefined ? {} : { acting: { actId } }),
    });
  });

  it('the platform has none', () => {
    expect(capacityOf({ kind: 'system' }, () => true)).toEqual({ kind: 'system' });
  });
});
