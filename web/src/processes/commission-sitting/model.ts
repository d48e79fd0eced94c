/** What the API tells of a sitting, and the arithmetic of the rules over it. */
import { countVotes, presidingOn } from '../../../../processes/commission-sitting/voting.ts';
import type { Item, SittingState, Voice } from '../../../../processes/commission-sitting/state.ts';
import type { CaseView, Offer } from '../../lib/queries.ts';

export interface BoardItem extends Omit<Item, 'organisationIds' | 'conflicts'> {
  /** Who will stand aside by the rules, before the session has recorded it. */
  standAside: Array<{ personId: string; ground: string }>;
}

export interface Sitting {
  heldOn: string;
  order: { number: string; date: string };
  quorum: number;
  tie: 'for_attestee' | 'chair';
  members: Array<{ personId: string; office: string }>;
  present: string[];
  signedBy: string[];
  /** Named where it was not the secretary by a post of his own. */
  drawnUpBy: SittingState['drawnUpBy'] | null;
  items: BoardItem[];
  /** The agenda is still being put together, and this viewer sees it when it is closed. */
  agendaClosedToYou?: boolean;
}

export const sittingOf = (view: CaseView): Sitting | null => {
  const d = view.details as Partial<Sitting> | null;
  return d && Array.isArray(d.members) ? (d as Sitting) : null;
};

/** The offer of an act, when it may be done now. */
export const may = (view: CaseView, type: string): Offer | undefined =>
  view.offers.find((o) => o.type === type && o.allowed);

/** Who may vote on the item among those present: recused ones stand aside. */
export function votersOf(item: BoardItem, present: string[]): string[] {
  const aside = new Set([...item.recused, ...item.standAside].map((r) => r.personId));
  return present.filter((id) => !aside.has(id));
}

/** How the vote would end if it were closed now. */
export function countOf(s: Sitting, item: BoardItem) {
  const voters = votersOf(item, s.present);
  // The function of the rules asks for the members and who is present; the rest of the state it does not read.
  const state = { members: s.members, present: s.present } as unknown as SittingState;
  return countVotes(voters, item.votes as Record<string, Voice>, s.tie, presidingOn(state, voters));
}
