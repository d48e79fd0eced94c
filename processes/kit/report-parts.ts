/** Tables that many reports share. */
import { daysBetween, type IsoDate } from './dates.ts';
import {
  count,
  type Figure,
  median,
  type Member,
  type Part,
  type ReportCase,
  type ReportTask,
  type Row,
} from './report.ts';

export const caseMember = (c: Pick<ReportCase, 'caseId' | 'startedOn'>, more: Partial<Member> = {}): Member => ({
  key: `case:${c.caseId}`,
  caseId: c.caseId,
  on: c.startedOn,
  ...more,
});

/** Items by a key, in the order of the keys' words; items without one come last under `none`. */
export function groupRows<T>(
  items: readonly T[],
  keyOf: (item: T) => string | null | undefined,
  cells: (items: T[]) => Row['cells'],
  words: { labelOf?: (key: string) => string; noneRu?: string; totalRu?: string } = {},
): Row[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item) || '';
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  const label = (key: string) => (key === '' ? (words.noneRu ?? 'не указано') : (words.labelOf?.(key) ?? key));
  const rows: Row[] = [...groups.entries()]
    .map(([key, found]) => ({ key: key || 'none', labelRu: label(key), cells: cells(found) }))
    .sort((a, b) => Number(a.key === 'none') - Number(b.key === 'none') || a.labelRu.localeCompare(b.labelRu, 'ru'));
  return words.totalRu && rows.length > 0
    ? [...rows, { key: 'total', labelRu: words.totalRu, total: true, cells: cells([...items]) }]
    : rows;
}

const taskMember = (t: ReportTask, more: Partial<Member> = {}): Member => ({
  key: `task:${t.id}`,
  caseId: t.caseId,
  ...(t.dueOn ? { on: t.dueOn } : {}),
  ...more,
});

const DONE = ['done', 'voided'];

/** Terms kept and missed by kind of task: done in time, done late, lost to another person, open, open and overdue. */
export function termsPart(tasks: ReportTask[], labels: Record<string, string>, on: IsoDate): Part {
  const overdue = (t: ReportTask) => t.open && t.dueOn !== null && t.dueOn < on;
  const pick = (items: ReportTask[], fits: (t: ReportTask) => boolean): Figure =>
    count(
      items.filter(fits).map((t) => taskMember(t)),
      'pieces',
    );
  const cells = (items: ReportTask[]): Row['cells'] => ({
    kept: pick(items, (t) => DONE.includes(t.state) && !t.late),
    late: pick(items, (t) => DONE.includes(t.state) && t.late),
    lost: pick(items, (t) => t.state === 'reassigned' || t.state === 'declined'),
    open: pick(items, (t) => t.open && !overdue(t)),
    overdue: pick(items, overdue),
    days: median(
      items
        .filter((t) => t.state === 'done' && t.closedOn !== null)
        .map((t) => taskMember(t, { value: Math.max(0, daysBetween(t.createdOn, t.closedOn as IsoDate)) })),
    ),
  });
  return {
    key: 'terms',
    titleRu: 'Сроки задач',
    hintRu: 'Каждая задача считается один раз; при паузе дела её срок стоит.',
    rowRu: 'Задача',
    columns: [
      { key: 'kept', labelRu: 'В срок' },
      { key: 'late', labelRu: 'С опозданием' },
      { key: 'lost', labelRu: 'Передана другому' },
      { key: 'open', labelRu: 'В работе' },
      { key: 'overdue', labelRu: 'Просрочена' },
      { key: 'days', labelRu: 'Половина — не дольше, дней' },
    ],
    rows: groupRows(tasks, (t) => t.kind, cells, { labelOf: (kind) => labels[kind] ?? kind, totalRu: 'Всего' }),
    picture: { kind: 'bars', columns: ['kept', 'late', 'overdue'] },
  };
}
