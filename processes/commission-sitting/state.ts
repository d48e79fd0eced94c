/** State of a sitting and its fold. Facts only: who the people are is read by their ids. */
import type { IsoDate } from '../kit/dates.ts';
import { sent, type Outgoing } from '../kit/outbox.ts';
import { foldCase, foldTasks } from '../kit/fold.ts';
import type { Task } from '../kit/task.ts';
import type { StoredActor, StoredEvent } from '../kit/types.ts';

export type Office = 'chair' | 'deputy' | 'secretary' | 'member' | 'public';
export type Voice = 'for' | 'against' | 'abstain';

export interface Member {
  personId: string;
  office: Office;
  /** Employers, for conflicts of interest. */
  organisationIds: string[];
}

/** What a case submits. */
export interface Submission {
  itemKey: string;
  caseId: string;
  process: string;
  heldOn: IsoDate;
  subjectId: string;
  organisationIds: string[];
  /** Members the case names as conflicting: relatives, subordinates. */
  conflicts: string[];
  /** Decisions in favour that may be put to the vote; the first is the usual one. */
  proposals: string[];
  /** What it means when the proposal is not carried. */
  adverse: string;
  /** What an absence without a valid reason leads to. */
  absence: 'decide' | 'return';
}

export interface Item extends Submission {
  state: 'listed' | 'voting' | 'decided' | 'moved' | 'returned' | 'withdrawn';
  recused: Array<{ personId: string; ground: string }>;
  absent: boolean;
  proposal?: string;
  votes: Record<string, Voice>;
  result?: string;
  /** Counts of the vote, once it is closed. */
  count?: { for: number; against: number; abstained: number; tie: boolean };
  dissents: string[];
  /** Documents with the questions and answers of its discussion. */
  discussion?: string[];
}

export interface SittingState {
  caseId: string;
  stage: string;
  stageSince: IsoDate;
  number: string;
  policyVersionId: string;
  initiatorId: string;
  organisationIds: string[];
  secretaryId: string;
  heldOn: IsoDate;
  order: { number: string; date: IsoDate };
  members: Member[];
  present: string[];
  /** Who signed the minutes. */
  signedBy?: string[];
  /** Who drew them up, where he did it for the secretary or in an acting post: the printed minutes say so. */
  drawnUpBy?: StoredActor;
  items: Item[];
  tasks: Task[];
  taskCount: number;
  outbox: Outgoing[];
  tellings: number;
  outcome?: string;
}

type Facts = Record<string, any>;

export function evolve(state: SittingState | null, event: StoredEvent, caseId: string): SittingState {
  const f = event.facts as Facts;
  if (event.type === 'sitting.scheduled') return opened(f, event, caseId);
  if (!state) throw new Error(`Event ${event.type} before the sitting was scheduled`);
  const next = apply(foldCase(foldTasks(state, event), event), event.type, f);
  const inName = event.actor.onBehalfOf ?? event.actor.acting;
  return event.type === 'minutes.signed' && inName ? { ...next, drawnUpBy: event.actor } : next;
}

function opened(f: Facts, event: StoredEvent, caseId: string): SittingState {
  return {
    caseId,
    stage: f.to,
    stageSince: event.on,
    number: f.number,
    policyVersionId: f.policyVersionId,
    initiatorId: '',
    organisationIds: [],
    secretaryId: f.secretaryId,
    heldOn: f.heldOn,
    order: f.order,
    members: f.members,
    present: [],
    items: [],
    tasks: [],
    taskCount: 0,
    outbox: [],
    tellings: 0,
  };
}

function apply(s: SittingState, type: string, f: Facts): SittingState {
  const item = (change: (item: Item) => Item): SittingState => ({
    ...s,
    items: s.items.map((i) => (i.itemKey === f.itemKey ? change(i) : i)),
  });
  switch (type) {
    case 'item.listed':
      return {
        ...s,
        items: [...s.items, { ...f.item, state: 'listed', recused: [], absent: false, votes: {}, dissents: [] }],
      };
    case 'item.withdrawn':
      return item((i) => ({ ...i, state: 'withdrawn' }));
    case 'members.changed':
      return { ...s, members: f.members, order: f.order };
    case 'session.opened':
    case 'session.no_quorum':
      return { ...s, present: f.present };
    case 'minutes.signed':
      return { ...s, signedBy: f.signedBy };
    case 'member.recused':
      return item((i) => ({ ...i, recused: [...i.recused, { personId: f.personId, ground: f.ground }] }));
    case 'item.absence':
      return item((i) => ({ ...i, absent: true }));
    case 'item.moved':
      return item((i) => ({ ...i, state: 'moved' }));
    case 'item.returned':
      return item((i) => ({ ...i, state: 'returned' }));
    case 'vote.opened':
      return item((i) => ({ ...i, state: 'voting', proposal: f.proposal }));
    case 'vote.cast':
      return item((i) => ({ ...i, votes: { ...i.votes, [f.personId]: f.voice } }));
    case 'item.decided':
      return item((i) => ({ ...i, state: 'decided', result: f.result, count: f.count }));
    case 'agenda.ordered': {
      const place = (i: Item) => (f.itemKeys as string[]).indexOf(i.itemKey);
      // What left the agenda stays behind those that are heard.
      const last = (i: Item) => (place(i) < 0 ? s.items.length : place(i));
      return { ...s, items: [...s.items].sort((a, b) => last(a) - last(b)) };
    }
    case 'discussion.noted':
      return item((i) => ({ ...i, discussion: [...(i.discussion ?? []), f.document] }));
    case 'dissent.attached':
      return item((i) => ({ ...i, dissents: [...i.dissents, f.personId] }));
    case 'case.told':
      return { ...s, outbox: sent(s.outbox, f.key) };
    default:
      return s;
  }
}
