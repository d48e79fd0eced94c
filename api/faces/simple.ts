/** A process whose forms are drawn from its schemas and whose words need no more than their tables. */
import type { ProcessFace } from '../ports.ts';

export function simpleFace(of: {
  actions: ProcessFace['actions'];
  facts: ProcessFace['facts'];
  labels: Record<string, string>;
}): ProcessFace {
  return {
    actions: of.actions,
    facts: of.facts,
    label: (code) => of.labels[code] ?? of.labels[code.replace(/:.*$/, '')],
  };
}
