/** The arithmetic of a sitting (specification 3.5): quorum per item, majority, tie. Pure counts, each a sentence of the rule. */
import type { SittingPolicy } from './policy.ts';
import type { Item, Member, SittingState, Voice } from './state.ts';

/** The least number of members present and not recused: 2/3 of all appointed by the order, rounded up. */
export function quorumOf(members: Member[], { numerator, denominator }: SittingPolicy['quorum']): number {
  return Math.ceil((members.length * numerator) / denominator);
}

/** Members present and not recused on the item: who may vote. */
export function voters(s: SittingState, item: Item): string[] {
  return s.present.filter((id) => !item.recused.some((r) => r.personId === id));
}

/** Why there is no quorum on the item, or `null`: too few came, or enough came and a recusal broke it. */
export function quorumLost(s: SittingState, item: Item, policy: SittingPolicy): 'no_quorum' | 'recusal' | null {
  const need = quorumOf(s.members, policy.quorum);
  if (s.present.length < need) return 'no_quorum';
  return voters(s, item).length < need ? 'recusal' : null;
}

/** Who must stand aside whatever he says: the person himself, his colleagues, those the case names. */
export function ruleRecusals(s: SittingState, item: Item): Array<{ personId: string; ground: string }> {
  return s.members.flatMap(({ personId, organisationIds }) => {
    if (item.recused.some((r) => r.personId === personId)) return [];
    if (personId === item.subjectId) return [{ personId, ground: 'self' }];
    if (item.conflicts.includes(personId)) return [{ personId, ground: 'conflict' }];
    return organisationIds.some((id) => item.organisationIds.includes(id))
      ? [{ personId, ground: 'same_organisation' }]
      : [];
  });
}

export interface Count {
  for: number;
  against: number;
  abstained: number;
  carried: boolean;
  tie: boolean;
}

/**
 * Majority of those present and not recused; an abstention, and a silence, count among them. Exactly half in favour is a tie, decided
 * for the attestee or by the voice of the presiding member, as the policy says.
 */
export function countVotes(
  voterIds: string[],
  votes: Record<string, Voice>,
  tieRule: SittingPolicy['tie'],
  presiding: string | undefined,
): Count {
  const voices = voterIds.map((id) => votes[id] ?? 'abstain');
  const count = (voice: Voice) => voices.filter((v) => v === voice).length;
  const inFavour = count('for');
  const tie = inFavour * 2 === voterIds.length && voterIds.length > 0;
  const byTie = tieRule === 'for_attestee' || (presiding !== undefined && votes[presiding] === 'for');
  return {
    for: inFavour,
    against: count('against'),
    abstained: count('abstain'),
    carried: tie ? byTie : inFavour * 2 > voterIds.length,
    tie,
  };
}

/** Who presides on the item: the chair, or the deputy when the chair is away or recused. */
export function presidingOn(s: SittingState, voterIds: string[]): string | undefined {
  const by = (office: Member['office']) =>
    s.members.find((m) => m.office === office && voterIds.includes(m.personId))?.personId;
  return by('chair') ?? by('deputy');
}
