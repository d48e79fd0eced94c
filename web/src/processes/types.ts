import type { ComponentType } from 'react';
import type { AnyProcess } from '../../../processes/kit/types.ts';
import type { FormVocabulary } from '../kit/SchemaForm.tsx';
import type { CaseView, DraftView, Offer, ProcessView, TaskView } from '../lib/queries.ts';
import type { FieldProblem } from '../lib/problem.ts';

export interface DraftFormProps {
  draft: DraftView;
  process: ProcessView;
  body: Record<string, unknown>;
  onChange(body: Record<string, unknown>): void;
  /** Errors the server named at the last check. */
  serverErrors: FieldProblem[];
}

export interface TaskFormProps {
  view: TaskView;
  offer: Offer;
  process: ProcessView;
  /** What the person reads when it is recorded; otherwise that the conclusion was sent. */
  onDone(wordsRu?: string): void;
}

/** The fields of an action that a form drawn from the schema would ask badly; sending, errors and the draft stay with the kit. */
export interface FieldsProps {
  caseId: string;
  value: Record<string, unknown>;
  onChange(value: Record<string, unknown>): void;
  errors: Record<string, string>;
}

export interface OverviewProps {
  view: CaseView;
  process: ProcessView | undefined;
}

/** A form that opens a case; the act it begins with stands in the body as `action`. */
export interface StartScreen {
  titleRu: string;
  /** Words of the button that sends it, and what follows. */
  submitRu: string;
  afterRu: string;
  newBody(): Record<string, unknown>;
  titleOf(body: Record<string, unknown>): string;
  Form: ComponentType<DraftFormProps>;
  check(body: Record<string, unknown>, process: ProcessView): FieldProblem[];
  sectionOf(pointer: string): string;
  /** Where the case belongs to another person: the one who began it has no page of it, and sees this under the way to begin. */
  Sent?: ComponentType;
}

/** The screens of one process. Its folder under `processes/` exports one `screens`; nothing else in the application names it. */
export interface ProcessScreens {
  /** Words of the forms drawn from schemas; criteria and the like come from the process in force. */
  vocabulary(process: ProcessView | undefined): FormVocabulary;
  /** One line of facts an event adds to its label in the history: the words of the process itself. */
  eventWords?: AnyProcess['eventWords'];
  /** What the start form is called and how it opens. */
  draft?: {
    titleRu: string;
    newBody(): Record<string, unknown>;
    /** A draft from a file or from the document of the last version. */
    fromDocument(read: Record<string, unknown>): Record<string, unknown>;
    titleOf(body: Record<string, unknown>): string;
    Form: ComponentType<DraftFormProps>;
    /** Errors the screen finds by itself, at once. */
    check(body: Record<string, unknown>, process: ProcessView): FieldProblem[];
    Preview: ComponentType<{ body: Record<string, unknown>; process: ProcessView | undefined }>;
    /** Field words for errors that come by pointer. */
    sectionOf(pointer: string): string;
    /** Samples that may be loaded in the embedded start. */
    importHint?: string;
  };
  /** Start forms by the act they begin with, for processes that begin in more than one way. */
  starts?: Record<string, StartScreen>;
  /** Fields of an action, by its type. */
  fields?: Record<string, ComponentType<FieldsProps>>;
  /** The case in one picture: first on its page, and beside the tasks of offices. */
  Overview?: ComponentType<OverviewProps>;
  /** How experts of this process say their verdicts; otherwise the common words. */
  verdicts?: Record<string, string>;
  /** Acts the overview itself offers; the list of acts does not repeat them. */
  inOverview?: string[];
  /** What an invitation to a personal task of this process says, where it is not an expert's. */
  invitation?: { titleRu: string; textRu: string; acceptRu: string };
  /** Forms of tasks by the name the contract gives them. */
  taskForms: Record<string, ComponentType<TaskFormProps>>;
  /** The subject of the case beside a task. */
  Subject?: ComponentType<{ body: Record<string, unknown>; process: ProcessView | undefined }>;
  /** What a revision has to answer, beside the form of the new version. */
  Remarks?: ComponentType<{ view: CaseView; process: ProcessView | undefined }>;
  /** Conclusions and decisions of the case page. */
  Conclusions?: ComponentType<{ view: CaseView; process: ProcessView | undefined }>;
  /** A page of an office beyond single cases; `desks` of index.ts names who is led to it. */
  Desk?: ComponentType;
  report?: { titleRu: string; Report: ComponentType };
}
