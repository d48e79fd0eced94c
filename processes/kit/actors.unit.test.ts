import { describe, expect, it } from 'vitest';
import { grantingAssignment, hasRole, inForce, reaches } from './actors.ts';
import type { Actor, Assignment } from './types.ts';

const acting: Assignment = {
  role: 'fed_operator',
  scope: { kind: 'jurisdiction', id: 'fed' },
  from: '2026-02-01',
  to: '2026-02-10',
  actId: 'act-1',
};
const actor = (...assignments: Assignment[]): Actor => ({
  kind: 'person',
  personId: 'p',
  organisationIds: [],
  assignments,
});

describe('who holds a role', () => {
  it('holds it from the first day to the last, both inclusive', () => {
    expect(['2026-01-31', '2026-02-01', '2026-02-10', '2026-02-11'].map((day) => inForce(acting, day))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    const { to: _, ...openEnded } = acting;
    expect(inForce(openEnded, '2099-01-01')).toBe(true);
  });

  it('holds it in its own scope; a country reaches everything', () => {
    expect(reaches({ kind: 'country' }, { kind: 'organisation', id: 'a' })).toBe(true);
    expect(reaches({ kind: 'organisation', id: 'a' }, { kind: 'organisation', id: 'a' })).toBe(true);
    expect(reaches({ kind: 'organisation', id: 'a' }, { kind: 'organisation', id: 'b' })).toBe(false);
    expect(reaches({ kind: 'region', id: '61' }, { kind: 'organisation', id: '61' })).toBe(false);
    expect(reaches({ kind: 'self' }, { kind: 'self' })).toBe(true);
    expect(reaches({ kind: 'organisation', id: 'a' }, { kind: 'country' })).toBe(false);
  });

  it('needs the role, the scope and the date in one assignment', () => {
    const scopes = [{ kind: 'jurisdiction', id: 'fed' } as const];
    expect(hasRole(actor(acting), ['fed_operator'], scopes, '2026-02-05')).toBe(true);
    expect(hasRole(actor(acting), ['fed_coordinator'], scopes, '2026-02-05')).toBe(false);
    expect(hasRole(actor(acting), ['fed_operator'], [{ kind: 'jurisdiction', id: 'other' }], '2026-02-05')).toBe(false);
    expect(
      hasRole(
        actor({ ...acting, role: 'admin' }, { ...acting, to: '2026-02-01' }),
        ['fed_operator'],
        scopes,
        '2026-02-05',
      ),
    ).toBe(false);
    expect(grantingAssignment(actor(acting), ['fed_operator'], scopes, '2026-02-05')?.actId).toBe('act-1');
  });

  it('gives the system none: it acts by rows without roles', () => {
    expect(hasRole({ kind: 'system' }, ['admin'], [{ kind: 'country' }], '2026-02-05')).toBe(false);
    expect(grantingAssignment({ kind: 'system' }, ['admin'], [{ kind: 'country' }], '2026-02-05')).toBeUndefined();
  });
});
