import { DateInput, type DateInputProps } from '@mantine/dates';
import { t } from '../i18n/index.ts';

/** A date as ISO text outside, «14.12.2026» on the screen. */
export function DateField({
  value,
  onChange,
  ...rest
}: Omit<DateInputProps, 'value' | 'onChange'> & { value: string; onChange(value: string | undefined): void }) {
  return (
    <DateInput
      {...rest}
      value={value || null}
      onChange={(next) => onChange(next ?? undefined)}
      valueFormat="DD.MM.YYYY"
      dateParser={typed}
      placeholder={rest.placeholder ?? t('date.pattern')}
      clearable
      clearButtonProps={{ 'aria-label': t('date.clear') }}
      hideOutsideDates
      weekendDays={[]}
      ariaLabels={{
        previousMonth: t('date.previousMonth'),
        nextMonth: t('date.nextMonth'),
        monthLevelControl: t('date.chooseMonth'),
        yearLevelControl: t('date.chooseYear'),
        previousYear: t('date.previousYear'),
        nextYear: t('date.nextYear'),
      }}
      maw={260}
    />
  );
}

/** «5.9.2026» and «05.09.26» as people type them; anything else is no date. */
function typed(text: string): string | null {
  const found = /^\s*(\d{1,2})[./-](\d{1,2})[./-](\d{2}|\d{4})\s*$/.exec(text);
  if (!found) return /^\d{4}-\d{2}-\d{2}$/.test(text.trim()) ? text.trim() : null;
  const year = found[3]!.length === 2 ? `20${found[3]}` : found[3]!;
  const iso = `${year}-${found[2]!.padStart(2, '0')}-${found[1]!.padStart(2, '0')}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== iso ? null : iso;
}
