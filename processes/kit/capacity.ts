/** In what capacity somebody acts: by which order a deputy does, and whether an acting post was needed for it. */
import { storedActor } from './recorder.ts';
import type { Actor, Assignment, PersonActor, StoredActor } from './types.ts';

/**
 * Who is recorded for an act that was accepted. `accepts` decides the same act again with other rights, so it must be pure.
 *
 * - A deputy by several orders acts by the first that suffices alone; where none does, all are named.
 * - An acting post (и. о.) is named when the act would have been refused without it, and not when one's own post sufficed.
 */
export function capacityOf(actor: Actor, accepts: (actor: Actor) => boolean): StoredActor {
  const stored = storedActor(actor);
  if (actor.kind === 'system') return stored;
  if (actor.onBehalfOf) return { ...stored, onBehalfOf: { ...actor.onBehalfOf, actId: orderOf(actor, accepts) } };
  const acting = actor.assignments.filter((held) => held.acting);
  const own = actor.assignments.filter((held) => !held.acting);
  if (acting.length === 0 || accepts({ ...actor, assignments: own })) return stored;
  return { ...stored, acting: { actId: sufficient(actor, acting, own, accepts) } };
}

function orderOf(actor: PersonActor, accepts: (actor: Actor) => boolean): string {
  return sufficient(actor, actor.assignments, [], accepts);
}

/** The act that suffices beside the rights `always` held; all acts where no single one does. */
function sufficient(
  actor: PersonActor,
  by: readonly Assignment[],
  always: readonly Assignment[],
  accepts: (actor: Actor) => boolean,
): string {
  const acts = [...new Set(by.flatMap(({ actId }) => actId ?? []))].sort();
  if (acts.length < 2) return acts[0] ?? '';
  const alone = acts.find((act) =>
    accepts({ ...actor, assignments: [...always, ...by.filter(({ actId }) => actId === act)] }),
  );
  return alone ?? acts.join('; ');
}
