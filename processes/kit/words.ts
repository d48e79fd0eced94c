/** The texts of a process in another language, by code; every table may be shorter than the Russian one. */
export interface ProcessWords {
  name: string;
  about: string;
  /** Who is waited for, in the words of this process. */
  waiting?: Record<string, string>;
  stages: Record<string, string>;
  publicStages: Record<string, string>;
  /** By the type of the act. */
  actions: Record<string, string>;
  hints: Record<string, string>;
  facts: Record<string, string>;
  /** What a row of the table of transitions did, by its id. */
  rows: Record<string, string>;
  tasks: Record<string, string>;
  deadlines: Record<string, string>;
  /** The tables of labels.ru.ts by their names. */
  tables: Record<string, Record<string, string>>;
}

/** A purpose and a task may carry a counter: «task.escalate:2». */
export const withoutCounter = (code: string): string => code.replace(/:.*$/, '');
