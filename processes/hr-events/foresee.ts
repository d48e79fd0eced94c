/**
 * What an employment event will do to a case, asked of the rules of that case's own process before anything happens.
 *
 * Pure: the same `decide`, `evolve` and `deadlines` that will run are run on a copy, so the dry run cannot promise what the rules refuse.
 */
import { endOfDay, localDate } from '../kit/zones.ts';
import type { IsoDate } from '../kit/dates.ts';
import type { AnyProcess, Command, Context, Facts, NewEvent, StoredEvent } from '../kit/types.ts';

/** A case as it stands, on the clock on which it will hear of the event. */
export interface Standing {
  caseId: string;
  process: AnyProcess;
  state: any;
  sequence: number;
  ctx: Context<any>;
}

export interface MovedDate {
  purpose: string;
  /** Absent: the date appears. */
  before: IsoDate | null;
  /** Absent: the date is lifted, or its clock stops. */
  after: IsoDate | null;
}

export type Foreseen =
  | {
      ok: true;
      /** What will be recorded, in the words of the process table. */
      events: Array<{ row: string; ru: string }>;
      stageBefore: string;
      stageAfter: string;
      dates: MovedDate[];
      /** Letters that will be written. */
      letters: number;
      state: any;
      sequence: number;
    }
  | { ok: false; code: string; ru: string };

const command = (id: string, type: string, payload: Facts, ctx: Context<any>): Command => ({
  id,
  type,
  payload,
  actor: { kind: 'system' },
  receivedAt: ctx.now,
});

/** What a fact will do to a running case. */
export function foresee(of: Standing, fact: { kind: string; payload: Facts }): Foreseen {
  const { process, state, ctx } = of;
  const decision = process.decide(state, command('foresee', `fact:${fact.kind}`, fact.payload, ctx), ctx);
  if (!decision.ok) return { ok: false, code: decision.denial.code, ru: decision.denial.message };
  return fold(of, decision.events);
}

/** What opening a case will be: the first act of a process whose case does not exist yet. */
export function foreseeOpening(process: AnyProcess, type: string, payload: Facts, ctx: Context<any>): Foreseen {
  const decision = process.decide(null, command('foresee', type, payload, ctx), ctx);
  if (!decision.ok) return { ok: false, code: decision.denial.code, ru: decision.denial.message };
  return fold({ caseId: ctx.caseId, process, state: null, sequence: 0, ctx }, decision.events);
}

function fold({ caseId, process, state, sequence, ctx }: Standing, events: NewEvent[]): Foreseen {
  const words = new Map(process.table.map((row) => [row.id, row.effectRu]));
  let now = state;
  let letters = 0;
  const stageBefore = state === null ? '' : process.summary(state, ctx).stage;
  const before = state === null ? new Map<string, MovedDate>() : datesOf(process, state, ctx);
  events.forEach((event, i) => {
    const stored: StoredEvent = {
      ...event,
      sequence: sequence + i + 1,
      at: ctx.now,
      on: event.on ?? ctx.today,
      actor: { kind: 'system' },
    };
    now = process.evolve(now, stored, caseId);
    letters += process.notices(stored, now, ctx).length;
  });
  const summary = process.summary(now, ctx);
  const after = summary.closed ? new Map<string, MovedDate>() : datesOf(process, now, ctx);
  return {
    ok: true,
    events: events.map((event) => ({ row: event.row, ru: words.get(event.row) ?? event.type })),
    stageBefore,
    stageAfter: summary.stage,
    dates: moved(before, after),
    letters,
    state: now,
    sequence: sequence + events.length,
  };
}

/** Dates people wait for, by key; reminders are no dates of their own. */
function datesOf(process: AnyProcess, state: any, ctx: Context<any>): Map<string, MovedDate> {
  const { zone } = ctx.jurisdiction;
  return new Map(
    process
      .deadlines(state, ctx)
      .filter(({ purpose }) => !/^(task\.(remind|answer|silent|escalate)|month|log)/.test(purpose))
      .map(({ key, purpose, at, due, visible }) => [
        key,
        { purpose, before: visible ? due.dueOn : localDate(at, zone), after: null },
      ]),
  );
}

function moved(before: Map<string, MovedDate>, after: Map<string, MovedDate>): MovedDate[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.flatMap((key): MovedDate[] => {
    const was = before.get(key)?.before ?? null;
    const is = after.get(key)?.before ?? null;
    const purpose = (before.get(key) ?? after.get(key))?.purpose ?? key;
    return was === is ? [] : [{ purpose, before: was, after: is }];
  });
}

/** The last instant of the day on which the event is told; today for a day that has come. */
export function tellingInstant(on: IsoDate, today: IsoDate, now: string, zone: string): string {
  return on > today ? new Date(Date.parse(endOfDay(on, zone)) - 60_000).toISOString() : now;
}
