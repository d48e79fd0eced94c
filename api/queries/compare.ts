/** Two versions of a programme side by side: changed fields, changed modules, and long texts word by word. */
import { compareVersions } from '../../processes/dpp-certification/programme-rules.ts';
import type { ProgrammeFacts } from '../../processes/dpp-certification/programme-rules.ts';
import type { CompareView } from '../contract/cases.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem } from '../problems.ts';
import type { ReadTx } from '../viewer.ts';
import { documentsOf, handlesOf, withoutContacts } from './documents.ts';
import { loadCase, opensPanelDocuments } from './load-case.ts';
import { readJson } from './panel.ts';

const labels: Record<string, string> = {
  title: 'Название',
  kind: 'Вид программы',
  hours: 'Объём, часов',
  form: 'Форма обучения',
  distanceShare: 'Доля дистанционного обучения',
  free: 'Бесплатная',
  network: 'Сетевая форма',
  target: 'Кому предназначена',
  competences: 'Области экспертизы',
  deficits: 'Дефициты',
  labourFunctions: 'Трудовые функции',
  results: 'Планируемые результаты',
  assessment: 'Оценочные средства',
  schedule: 'Календарный график',
  staff: 'Преподаватели',
  premises: 'Материально-техническое обеспечение',
  attestation: 'Итоговая аттестация',
  literature: 'Литература',
  authors: 'Авторы',
  employers: 'Участие работодателей',
  modular: 'Модульная',
  contact: 'Контактное лицо',
  provider: 'Организация',
  attachments: 'Приложения',
  copyrightStatement: 'Заявление об авторских правах',
};

const moduleLabels: Record<string, string> = {
  title: 'Название',
  content: 'Содержание',
  lecture: 'Лекции, ч',
  practice: 'Практика, ч',
  selfStudy: 'Самостоятельная работа, ч',
  control: 'Контроль, ч',
  results: 'Планируемые результаты',
  deficits: 'Дефициты',
};

type Programme = Record<string, any>;

/** Versions by number; an expert compares them without contacts, a stranger not at all. */
export async function compareProgrammes(
  deps: ApiDeps,
  tx: ReadTx,
  id: string,
  from: number,
  to: number,
): Promise<CompareView> {
  const loaded = await loadCase(deps, tx, id, { expertsToo: true });
  const full = loaded.kinds.includes('staff') || loaded.kinds.includes('applicant');
  if (!full && !opensPanelDocuments(loaded.ownTasks)) throw new ApiProblem(404);
  const versions = (
    (
      loaded.row.state as {
        versions?: Array<{ n: number; document: string; facts: ProgrammeFacts; on: string }>;
      } | null
    )?.versions ?? []
  ).map((version, i) => ({ ...version, n: i + 1 }));
  const before = versions.find(({ n }) => n === from);
  const after = versions.find(({ n }) => n === to);
  if (!before || !after) throw new ApiProblem(404, { detail: 'Такой версии программы нет.' });
  const [old, next] = await Promise.all(
    [before, after].map(async ({ document }) => (await readJson<Programme>(deps.documents, document)) ?? {}),
  );
  const handles = full ? undefined : handlesOf(deps, id, await documentsOf(tx.sql, id));
  const difference = compareVersions(before.facts, after.facts);
  const shown = (programme: Programme) => (handles ? withoutContacts(programme, handles) : programme);
  return {
    from,
    to,
    versions: versions.map(({ n, document, on }) => ({ version: n, sha256: full ? document : null, addedAt: on })),
    changedShare: difference.changedShare,
    fields: fieldChanges(shown(old ?? {}), shown(next ?? {})),
    modules: moduleChanges(old?.modules ?? [], next?.modules ?? []),
  };
}

type FieldChange = CompareView['fields'][number];

const fieldChanges = (before: Programme, after: Programme): FieldChange[] =>
  changes(before, after, '/programme', labels, ['modules']);

/** Fields of two objects that differ, in the order of the first. */
function changes(
  before: Programme,
  after: Programme,
  pointer: string,
  words: Record<string, string>,
  except: readonly string[],
): FieldChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !except.includes(key));
  return keys
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map((key) => ({
      pointer: `${pointer}/${key}`,
      labelRu: words[key] ?? key,
      before: before[key] ?? null,
      after: after[key] ?? null,
      diff: diffWords(textOf(before[key]), textOf(after[key])),
    }));
}

function moduleChanges(before: Programme[], after: Programme[]): CompareView['modules'] {
  const old = new Map(before.map((module) => [module.id as string, module]));
  const next = new Map(after.map((module) => [module.id as string, module]));
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((id): CompareView['modules'] => {
    const was = old.get(id);
    const is = next.get(id);
    const fields = changes(was ?? {}, is ?? {}, `/programme/modules/${id}`, moduleLabels, ['id']);
    if (fields.length === 0) return [];
    return [
      {
        id,
        titleRu: String(is?.title ?? was?.title ?? id),
        change: !was ? 'added' : !is ? 'removed' : 'changed',
        hoursBefore: was ? hoursOf(was) : null,
        hoursAfter: is ? hoursOf(is) : null,
        fields: was && is ? fields : [],
      },
    ];
  });
}

/** A value as people read it: an item of a list a line, «Р1. Отличает…» for what has a number of its own. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'да' : 'нет';
  if (Array.isArray(value)) return value.map(textOf).join('\n');
  if (typeof value !== 'object') return String(value);
  // What a file is called by programs is nothing to read.
  const { id, code, sha256: _digest, document: _handle, ...rest } = value as Programme;
  const name = id ?? code;
  const words = Object.values(rest)
    .map((part) => (Array.isArray(part) ? part.map(textOf).join(', ') : textOf(part)))
    .filter((part) => part !== '')
    .join('; ');
  return name === undefined ? words : `${name}. ${words}`;
}

const hoursOf = (module: Programme): number =>
  ['lecture', 'practice', 'selfStudy', 'control'].reduce((sum, key) => sum + Number(module[key] ?? 0), 0);

type Piece = { op: 'same' | 'added' | 'removed'; text: string };

/** Longest common subsequence over words; texts too long for it are shown whole. */
export function diffWords(before: string, after: string): Piece[] {
  const a = before.split(/(\s+)/);
  const b = after.split(/(\s+)/);
  if (a.length * b.length > 4_000_000)
    return [
      { op: 'removed', text: before },
      { op: 'added', text: after },
    ];
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pieces: Piece[] = [];
  const push = (op: Piece['op'], text: string) => {
    const last = pieces.at(-1);
    if (last?.op === op) last.text += text;
    else pieces.push({ op, text });
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      push('same', a[i++] as string);
      j++;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) push('removed', a[i++] as string);
    else push('added', b[j++] as string);
  }
  return pieces;
}
