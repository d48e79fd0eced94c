/**
 * Texts of the API in the language of the reader. The API answers in Russian and names the code beside the text (`stage`, `stageRu`); the
 * English of the codes stands in `processes`, and what has none stays Russian. What comes from data and law has no code and stays as it is.
 */
import * as shared from '../../../processes/kit/labels.en.ts';
import { type ProcessWords, withoutCounter } from '../../../processes/kit/words.ts';

type Node = Record<string, unknown>;
type Table = Record<string, string>;

const files = import.meta.glob<{ en: ProcessWords }>('../../../processes/*/labels.en.ts', { eager: true });
const processes: Record<string, ProcessWords> = Object.fromEntries(
  Object.entries(files).flatMap(([path, file]) =>
    path.includes('/kit/') ? [] : [[path.split('/').at(-2) as string, file.en] as const],
  ),
);

/** What people have written, and what goes back to the API as it came. */
const OWN = new Set(['body', 'facts', 'schema', 'personal', 'parameters', 'act', 'selection', 'data']);

/** A task is called by its kind; the title of the case stays behind it. */
function taskTitle(label: string | undefined, titleRu: string): string | undefined {
  return label && `${label}${/: «.*»$/s.exec(titleRu)?.[0] ?? ''}`;
}

const at = (table: Table | undefined, code: unknown): string | undefined =>
  typeof code === 'string' ? (table?.[code] ?? table?.[withoutCounter(code)]) : undefined;

/** The texts of one object: field by field, the English of the code that stands beside it. */
function textsOf(node: Node, words: ProcessWords | undefined): Record<string, string | undefined> {
  const { kind, code, type, state, status } = node;
  const isAct = 'customForm' in node;
  const isOwnCase = kind === 'case' && 'taskKind' in node;
  const isTask = 'nature' in node || 'taskKind' in node || 'ordinal' in node;
  return {
    processRu: at({ ...names }, node.process),
    nameRu: at(names, node.slug ?? node.process) ?? at(shared.registers, node.register),
    aboutRu: processes[String(node.slug)]?.about,
    stageRu: at(words?.stages, node.stage),
    publicStageRu: at(words?.publicStages, node.stage),
    publicLabelRu: at(words?.publicStages, code),
    waitingForRu: at(words?.waiting, node.waitingFor) ?? at(shared.waiting, node.waitingFor),
    purposeRu: at(words?.deadlines, node.purpose),
    effectRu: at(words?.rows, node.id) ?? at(shared.rows, node.id),
    hintRu: at(words?.hints, isAct ? type : node.action),
    titleRu: isOwnCase
      ? at(words?.stages, node.stage)
      : isTask
        ? taskTitle(at(words?.tasks, node.taskKind ?? kind), String(node.titleRu))
        : undefined,
    roleRu: at(shared.roles, node.role),
    verdictRu: at(shared.verdicts, node.verdict),
    resultRu: at(shared.verdicts, node.result),
    accountRu: at(shared.accountStates, node.account),
    methodRu: at(shared.sessionWays, node.method),
    asRu: at(shared.readers, node.as),
    whatRu: at(shared.readings, node.what),
    kindRu: at(shared.incidentKinds, kind) ?? at(shared.requestKinds, kind),
    stateRu: isOwnCase
      ? at(words?.stages, node.stage)
      : isTask
        ? at(shared.taskStates, state)
        : 'whyRu' in node
          ? at(shared.requestStates, state)
          : at(shared.noticeStates, state),
    statusRu: at(shared.entryStatuses, status),
    scopeRu: at(shared.scopeKinds, (node.scope as Node | undefined)?.kind),
    labelRu: isAct
      ? at(words?.actions, type)
      : 'action' in node
        ? at(words?.actions, node.action)
        : 'publicLabelRu' in node
          ? at(words?.stages, code)
          : 'schema' in node
            ? at(words?.facts, kind)
            : 'enteredOn' in node
              ? at(words?.stages, node.stage)
              : 'row' in node
                ? (at(words?.rows, node.row) ?? at(shared.rows, node.row))
                : 'causesRu' in node
                  ? (at(words?.waiting, node.waitingFor) ?? at(shared.waiting, node.waitingFor))
                  : 'code' in node
                    ? at(shared.areas, code)
                    : undefined,
  };
}
const names: Table = Object.fromEntries(Object.entries(processes).map(([slug, { name }]) => [slug, name]));

/** The words of the process an object names; a task view names it in its task and its case alone. */
function wordsOf(node: unknown): ProcessWords | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const { process, slug } = node as Node;
  return processes[String(process)] ?? processes[String(slug)];
}

/** An answer of the API with every text that has English in English. */
function inEnglish<T>(answer: T, words?: ProcessWords): T {
  if (Array.isArray(answer)) return answer.map((one) => inEnglish(one, words)) as T;
  if (typeof answer !== 'object' || answer === null) return answer;
  const node = answer as Node;
  const own = wordsOf(node) ?? wordsOf(node.case) ?? wordsOf(node.task) ?? words;
  const read: Node = {};
  for (const [name, value] of Object.entries(node)) read[name] = OWN.has(name) ? value : inEnglish(value, own);
  for (const [name, text] of Object.entries(textsOf(node, own)))
    if (text !== undefined && typeof node[name] === 'string') read[name] = text;
  if (Array.isArray(node.roleCodes))
    read.roles = node.roleCodes.map((role, i) => at(shared.roles, role) ?? (node.roles as unknown[])[i]);
  if (Array.isArray(node.rolesRu) && Array.isArray(node.roles))
    read.rolesRu = node.roles.map((role, i) => at(shared.roles, role) ?? (node.rolesRu as unknown[])[i]);
  return read as T;
}

/** What the screens ask of this file, which is fetched with English alone. */
export const answers = {
  inEnglish,
  /** The sentence of a refusal without particulars. */
  problem: (code: unknown): string | undefined => at(shared.problems, code),
  /** A table of `labels.ru.ts` in English where it has some. */
  table: (process: string, name: string): Table | undefined => processes[process]?.tables[name],
};
