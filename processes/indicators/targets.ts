/** Targets of the passports: what was to be reached in a territory by a day, and how a share is written beside it. */
import type { IsoDate } from '../kit/dates.ts';
import { roundHalfUp, type DenominatorRecord, type Target, type TargetRecord } from '../kit/report.ts';

/** The whole country in records of targets and of numbers of people. */
export const COUNTRY = '00';

/** The records of an indicator in a territory, in the order they are named; a territory without a passport of its own has none. */
export function targetsOf(records: readonly TargetRecord[], ids: readonly string[], territory: string): TargetRecord[] {
  return ids.flatMap((id) => records.find((r) => r.id === id && r.territory === territory) ?? []);
}

/** Value for the year of the day: that year's, else the last one set before it; before the first there is none. */
export function targetOn(record: TargetRecord, on: IsoDate): { value: number; year: number } | null {
  const asked = Number(on.slice(0, 4));
  const years = Object.entries(record.values)
    .flatMap(([year, value]) => (value === null ? [] : [{ year: Number(year), value }]))
    .sort((a, b) => a.year - b.year);
  return years.filter(({ year }) => year <= asked).at(-1) ?? null;
}

const COMPARE: Record<string, (a: number, b: number) => boolean> = {
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

/** Is the target met? Judged on the exact fraction, never on the rounded percent: 9.96 % is not 10 %. */
export function isReached(numerator: number, denominator: number, target: number, comparator: string | null): boolean {
  // Whole numbers on both sides: a passport writes at most four digits after the point.
  const scale = 10_000;
  return (COMPARE[comparator ?? '>='] ?? (COMPARE['>='] as (a: number, b: number) => boolean))(
    numerator * 100 * scale,
    Math.round(target * scale) * denominator,
  );
}

const digitsOf = (value: number): number => String(value).split('.')[1]?.length ?? 0;

/** Digits after the point in the passport's own values: 0.8 and 1.4 have one, 70 has none. */
export function digitsOfPassport(record: TargetRecord): number {
  return Math.max(0, ...Object.values(record.values).map((value) => (value === null ? 0 : digitsOf(value))));
}

/**
 * Digits a share is written with: as many as the passport writes, and more only while the rounded share would say something else
 * about the target than the exact one does. At most four.
 */
export function digitsFor(numerator: number, denominator: number, record: TargetRecord, target: number): number {
  const says = (share: number) => (COMPARE[record.comparator ?? '>='] ?? COMPARE['>=']!)(share, target);
  const reached = isReached(numerator, denominator, target, record.comparator);
  let digits = digitsOfPassport(record);
  while (digits < 4 && says(roundHalfUp((numerator * 100) / denominator, digits)) !== reached) digits++;
  return digits;
}

/** The target of an indicator in a territory on a day, judged; `null` where the sources set none yet. */
export function judge(
  records: readonly TargetRecord[],
  numerator: number,
  denominator: number | null,
  on: IsoDate,
): { target: Target; digits: number } | null {
  const [record] = records.filter((r) => targetOn(r, on) !== null);
  if (!record || !denominator) return null;
  const { value, year } = targetOn(record, on) as { value: number; year: number };
  return {
    target: { id: record.id, value, year, reached: isReached(numerator, denominator, value, record.comparator) },
    digits: digitsFor(numerator, denominator, record, value),
  };
}

/** The last number of people told for the territory by the day. */
export function denominatorOn(
  records: readonly DenominatorRecord[],
  kind: DenominatorRecord['kind'],
  territory: string,
  on: IsoDate,
): DenominatorRecord | null {
  return (
    records
      .filter((r) => r.kind === kind && r.territory === territory && r.on <= on)
      .sort((a, b) => (a.on < b.on ? -1 : 1))
      .at(-1) ?? null
  );
}
