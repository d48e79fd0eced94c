/** A report as a workbook: one sheet for what, when, by whom and with which filter; one for every table; one for the list. */
import writeXlsxFile, { type CellObject, type SheetData } from 'write-excel-file/node';
import type { FigureView, ReportMember, ReportView } from '../contract/reports.ts';

export interface MadeBy {
  personRu: string;
  at: Date;
  zone: string;
}

/**
 * A text. The format «Text» keeps it one even when somebody edits the cell: what begins with =, +, - or @ never becomes a formula.
 */
export const text = (value: string, more: Partial<CellObject> = {}): CellObject => ({
  value: clean(value),
  type: String,
  format: '@',
  ...more,
});
export const number = (value: number, digits: number): CellObject => ({
  value,
  type: Number,
  format: digits === 0 ? '#,##0' : `#,##0.${'0'.repeat(digits)}`,
});
/** A date without a time; noon keeps it the same day whatever zone a reader counts in. */
const date = (iso: string): CellObject => ({
  value: new Date(`${iso}T00:00:00.000Z`),
  type: Date,
  format: 'dd.mm.yyyy',
});

export const head = (value: string): CellObject =>
  text(value, { fontWeight: 'bold', backgroundColor: '#e8eef4', wrap: true, alignVertical: 'center' });

/** XML 1.0 has no place for control characters; a cell holds at most 32,767 characters. */
const clean = (value: string): string =>
  [...value]
    .filter((sign) => sign >= ' ' || sign === '\n' || sign === '\t')
    .join('')
    .slice(0, 32_767);

/** At most 31 characters, none of []:*?/\ , no two alike. */
function sheetNames(titles: string[]): string[] {
  const taken = new Set<string>();
  return titles.map((title) => {
    const base =
      title
        .replace(/[[\]:*?/\\]/g, ' ')
        .replace(/^'+|'+$/g, '')
        .trim()
        .slice(0, 31)
        .trim() || 'Лист';
    let name = base;
    for (let n = 2; taken.has(name.toLowerCase()); n++)
      name = `${base.slice(0, 31 - String(n).length - 1).trim()} ${n}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

function figureCell(figure: FigureView | string | null): CellObject | null {
  if (figure === null) return null;
  if (typeof figure === 'string') return text(figure);
  if (figure.hidden || figure.value === null) return text(figure.text);
  return number(figure.value, String(figure.value).split('.')[1]?.length ?? 0);
}

const isShare = (part: ReportView['parts'][number], key: string): boolean =>
  part.rows.some(({ cells }) => {
    const cell = cells[key];
    return cell !== null && typeof cell === 'object' && cell !== undefined && cell.unit === 'percent';
  });

const QUERY: Record<string, string> = { on: 'На дату', from: 'С', to: 'По', year: 'Год', region: 'Регион' };

function about(view: ReportView, by: MadeBy): SheetData {
  const { query } = view;
  const made = by.at.toLocaleString('ru-RU', { timeZone: by.zone, dateStyle: 'short', timeStyle: 'short' });
  const region = view.regions.find(({ code }) => code === query.region)?.nameRu ?? query.region;
  const asked = view.filters.map((name): [string, CellObject] => {
    const value = name === 'region' ? region : query[name];
    if (value === null || value === undefined) return [QUERY[name] as string, text('не ограничено')];
    if (typeof value === 'number') return [QUERY[name] as string, { value, type: Number, format: '0' }];
    return [QUERY[name] as string, name === 'region' ? text(value) : date(value)];
  });
  const rows: Array<[string, CellObject]> = [
    ['Отчёт', text(view.titleRu, { fontWeight: 'bold' })],
    ['Процесс', text(view.processRu)],
    ['Основание', text(view.clauseRu)],
    ['Сделан', text(`${made} (${by.zone})`)],
    ['Кем', text(by.personRu)],
    ...asked,
    ...view.notesRu.map((note): [string, CellObject] => ['Примечание', text(note, { wrap: true })]),
  ];
  return [
    [head('Сведения'), head('Значение')],
    ...rows.map(([name, cell]) => [text(name), cell]),
    [],
    [head('Главное'), head('Число')],
    ...view.headline.map(({ labelRu, figure }) => [
      text(figure.unit === 'percent' ? `${labelRu}, %` : labelRu),
      figureCell(figure),
    ]),
  ];
}

function table(part: ReportView['parts'][number]): SheetData {
  return [
    [head(part.rowRu), ...part.columns.map(({ key, labelRu }) => head(isShare(part, key) ? `${labelRu}, %` : labelRu))],
    ...part.rows.map((row) => [
      text(row.labelRu, row.total ? { fontWeight: 'bold' } : {}),
      ...part.columns.map(({ key }) => {
        const cell = figureCell(row.cells[key] ?? null);
        return cell && row.total ? { ...cell, fontWeight: 'bold' as const } : cell;
      }),
    ]),
  ];
}

const LIST = ['№', 'Дело', 'Предмет', 'Лицо', 'Организация', 'Регион', 'Дата', 'Этап', 'Примечание'];

function list(members: ReportMember[]): SheetData {
  return [
    LIST.map(head),
    ...members.map((m, index) => [
      number(index + 1, 0),
      text(m.entry?.number ?? m.caseNumber ?? ''),
      text(m.caseTitleRu),
      text(m.personRu ?? ''),
      text(m.organisationRu ?? ''),
      text(m.regionRu ?? ''),
      m.on ? date(m.on) : null,
      text(m.stageRu),
      text(m.noteRu ?? ''),
    ]),
  ];
}

/** The bytes of the workbook. */
export async function workbook(
  view: ReportView,
  listed: { titleRu: string; members: ReportMember[] } | null,
  by: MadeBy,
): Promise<Uint8Array<ArrayBuffer>> {
  const sheets = [
    { title: 'Сведения', data: about(view, by), widths: [34, 70] },
    ...view.parts.map((part) => ({
      title: part.titleRu,
      data: table(part),
      widths: [44, ...part.columns.map(() => 16)],
    })),
    ...(listed
      ? [
          {
            title: `Перечень: ${listed.titleRu}`,
            data: list(listed.members),
            widths: [6, 24, 46, 26, 34, 26, 12, 34, 34],
          },
        ]
      : []),
  ];
  return bytesOf(sheets);
}

/** A workbook of these sheets, its first row always in sight. */
export async function bytesOf(
  sheets: Array<{ title: string; data: SheetData; widths: number[] }>,
): Promise<Uint8Array<ArrayBuffer>> {
  const names = sheetNames(sheets.map(({ title }) => title));
  const buffer = await writeXlsxFile(
    sheets.map(({ data, widths }, index) => ({
      data,
      sheet: names[index] as string,
      columns: widths.map((width) => ({ width })),
      stickyRowsCount: 1,
    })),
    { fontFamily: 'Calibri', fontSize: 11 },
  ).toBuffer();
  return new Uint8Array(buffer);
}
