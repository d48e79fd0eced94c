/** What the random walks of all processes have in common: a way of steps, and the refusals that an offer rules out. */
import fc from 'fast-check';

/** What kind of thing happens next, and three numbers that choose among the possible ones. */
export interface Step<Kind extends string = string> {
  kind: Kind;
  a: number;
  b: number;
  c: number;
}

/** Ways of up to `maxLength` steps; `weights` says how often each kind of step comes. */
export function steps<Kind extends string>(
  weights: Record<Kind, number>,
  maxLength: number,
): fc.Arbitrary<Array<Step<Kind>>> {
  const kinds = (Object.keys(weights) as Kind[]).map((kind) => ({
    weight: weights[kind],
    arbitrary: fc.constant(kind),
  }));
  const number = fc.nat(997);
  return fc.array(fc.record({ kind: fc.oneof(...kinds), a: number, b: number, c: number }), {
    maxLength,
    size: 'max',
  });
}

/** One of the list, chosen by a number of a step. */
export const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % (list.length || 1)];

/** Refusals that an offered action must never meet: role, stage, task and state were known when it was offered. */
export const PROMISED = new Set([
  'role_missing',
  'not_assignee',
  'not_for_system',
  'stage',
  'task_not_found',
  'held',
  'case_closed',
  'segregation',
  'not_now',
  'personal_task',
  'taken',
  'no_signature',
]);
