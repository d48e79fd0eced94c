/** What the viewer may do in a case now: the same function of the rules that decides, with the words of its forms. */
import type { LoadedCase } from '../loaded-case.ts';
import { explainDue } from '../../processes/kit/deadlines.ts';
import type { Derivation } from '../../processes/kit/deadlines.ts';
import type { ActionOffer, AnyProcess, PersonActor } from '../../processes/kit/types.ts';
import type { DueView, OfferView } from '../contract/inbox.ts';
import type { ApiDeps, ProcessFace } from '../ports.ts';
import { waitingForRu } from '../words.ts';

/** Offers in the order of the rules. */
export function offersOf(
  deps: ApiDeps,
  { row, process, ctx }: Pick<LoadedCase, 'row' | 'process' | 'ctx'>,
  actor: PersonActor,
): OfferView[] {
  if (row.closed) return [];
  return process
    .availableActions(row.state, actor, ctx)
    .map((offer) => offerView(deps.faces[row.process], process.slug, offer));
}

function offerView(face: ProcessFace | undefined, slug: string, offer: ActionOffer): OfferView {
  const contract = face?.actions[offer.type];
  return {
    type: offer.type,
    labelRu: offer.labelRu,
    hintRu: contract?.hintRu ?? null,
    allowed: offer.allowed,
    whyNot: offer.whyNot ?? null,
    taskId: offer.taskId ?? null,
    tone: offer.tone ?? 'plain',
    customForm: contract?.customForm ?? null,
    schemaRef: `/api/processes/${slug}`,
  };
}

export interface DeadlineRow {
  key: string;
  purpose: string;
  due_on: string;
  at: Date;
  waiting_for: string;
  task_id: string | null;
  derivation: Derivation;
}

/** A date with the answer to «почему эта дата». */
export function dueView(row: DeadlineRow, face: ProcessFace | undefined, process?: AnyProcess): DueView {
  return {
    key: row.key,
    purpose: row.purpose,
    purposeRu: face?.label(row.purpose) ?? row.purpose,
    dueOn: row.due_on,
    at: row.at.toISOString(),
    waitingFor: row.waiting_for,
    waitingForRu: waitingForRu(row.waiting_for, process),
    explanationRu: explain(row),
    clause: row.derivation?.clause ?? null,
    provisional: row.derivation?.provisional === true,
    taskId: row.task_id,
  };
}

function explain(row: DeadlineRow): string {
  try {
    return explainDue({
      dueOn: row.due_on,
      dueAt: row.at.toISOString(),
      derivation: row.derivation,
      ...(row.derivation.pauses.some(({ toOn }) => toOn === undefined) ? { stopped: true } : {}),
    });
  } catch {
    return '';
  }
}
