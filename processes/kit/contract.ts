/**
 * What the API and the screens know of an action: the body a person sends, checked by zod, and how it becomes a command.
 * zod stays outside workflows: only the API and the screens import this file.
 */
import type { z } from 'zod';
import type { Facts, Json } from './types.ts';

/** A text that leaves the command and becomes a content-addressed document; its sha256 lands in `payload[field]`. */
export interface PreparedDocument {
  field: string;
  kind: 'programme' | 'conclusion' | 'remarks' | 'statement';
  /** Title on the case page, Russian. */
  label: string;
  json: Json;
  /** Who may open it besides the staff of the jurisdiction. */
  audience: 'applicant' | 'panel' | 'public' | 'none';
}

/** The command as rules want it: ids and rule fields in `payload`, texts in documents, texts about people in `personal`. */
export interface Prepared {
  payload: Facts;
  documents: PreparedDocument[];
  personal?: Record<string, string>;
}

export interface ActionContract<S extends z.ZodType = z.ZodType> {
  type: string;
  labelRu: string;
  /** One sentence under the form: what happens when it is sent. */
  hintRu?: string;
  /** The screen has a form of its own; otherwise the form is drawn from the schema. */
  customForm?: string;
  body: S;
  prepare(body: z.output<S>): Prepared;
}

/** Declares an action contract with its types tied together. */
export function action<S extends z.ZodType>(contract: ActionContract<S>): ActionContract<S> {
  return contract;
}

export interface FactContract<S extends z.ZodType = z.ZodType> {
  kind: string;
  labelRu: string;
  body: S;
  /** Also an office that has a task in the case may report it (HR: what became of somebody's work); otherwise staff of the jurisdiction alone. */
  byOffice?: true;
}
