/** State of an exam session and its fold. Facts only: who the people are is read by their ids. */
import type { IsoDate } from '../kit/dates.ts';
import { sent, type Outgoing } from '../kit/outbox.ts';
import { foldCase, foldTasks } from '../kit/fold.ts';
import type { Task } from '../kit/task.ts';
import type { StoredEvent } from '../kit/types.ts';

export type CandidateState = 'listed' | 'in_exam' | 'waits' | 'finished' | 'absent' | 'left' | 'moved';

export interface CandidateEntry {
  caseId: string;
  subjectId: string;
  state: CandidateState;
}

export interface SessionState {
  caseId: string;
  stage: string;
  stageSince: IsoDate;
  number: string;
  policyVersionId: string;
  initiatorId: string;
  organisationIds: string[];
  operatorId: string;
  qualification: string;
  centreId: string;
  heldOn: IsoDate;
  /** Local time of the jurisdiction, `HH:MM`. */
  startsAt: string;
  placeRu: string;
  capacity: number;
  examiners: string[];
  present: string[];
  candidates: CandidateEntry[];
  /** Lists of the queue asked for and made. */
  callsWanted: number;
  callsMade: number;
  /** Seats the next call offers. */
  seatsToOffer: number;
  tasks: Task[];
  taskCount: number;
  outbox: Outgoing[];
  tellings: number;
  outcome?: string;
}

type Facts = Record<string, any>;

export function evolve(state: SessionState | null, event: StoredEvent, caseId: string): SessionState {
  const f = event.facts as Facts;
  if (event.type === 'session.scheduled') return opened(f, event, caseId);
  if (!state) throw new Error(`Event ${event.type} before the session was scheduled`);
  return apply(foldCase(foldTasks(state, event), event), event.type, f);
}

function opened(f: Facts, event: StoredEvent, caseId: string): SessionState {
  const {
    number,
    policyVersionId,
    operatorId,
    qualification,
    centreId,
    heldOn,
    startsAt,
    placeRu,
    capacity,
    examiners,
  } = f;
  return {
    caseId,
    stage: f.to,
    stageSince: event.on,
    number,
    policyVersionId,
    initiatorId: '',
    organisationIds: [],
    operatorId,
    qualification,
    centreId,
    heldOn,
    startsAt,
    placeRu,
    capacity,
    examiners,
    present: [],
    candidates: [],
    callsWanted: 1,
    callsMade: 0,
    seatsToOffer: capacity,
    tasks: [],
    taskCount: 0,
    outbox: [],
    tellings: 0,
  };
}

function apply(s: SessionState, type: string, f: Facts): SessionState {
  const become = (state: CandidateState): SessionState => ({
    ...s,
    candidates: s.candidates.map((c) => (c.caseId === f.caseId ? { ...c, state } : c)),
  });
  switch (type) {
    case 'queue.told':
      return { ...s, callsMade: f.call, seatsToOffer: 0 };
    case 'candidate.listed':
      return {
        ...s,
        candidates: [
          ...s.candidates.filter((c) => c.caseId !== f.caseId),
          { caseId: f.caseId, subjectId: f.subjectId, state: 'listed' },
        ],
      };
    case 'candidate.left': {
      const next = become('left');
      return s.stage === 'booking'
        ? { ...next, callsWanted: s.callsWanted + 1, seatsToOffer: s.seatsToOffer + 1 }
        : next;
    }
    case 'candidate.started':
      return become('in_exam');
    case 'candidate.waits':
      return become('waits');
    case 'candidate.finished':
      return become('finished');
    case 'candidate.absent':
      return become('absent');
    case 'candidate.moved':
      return become('moved');
    case 'examiners.changed':
      return { ...s, examiners: f.examiners };
    case 'examiner.left':
      return { ...s, examiners: s.examiners.filter((id) => id !== f.personId) };
    case 'session.opened':
    case 'session.not_held':
      return { ...s, present: f.present ?? [] };
    case 'case.told':
      return { ...s, outbox: sent(s.outbox, f.key) };
    default:
      return s;
  }
}

/** Who is expected: listed and not gone. */
export const expected = (s: SessionState): CandidateEntry[] =>
  s.candidates.filter((c) => c.state === 'listed' || c.state === 'waits');
/** Who holds a seat. */
export const seated = (s: SessionState): CandidateEntry[] =>
  s.candidates.filter((c) => c.state !== 'left' && c.state !== 'moved');
