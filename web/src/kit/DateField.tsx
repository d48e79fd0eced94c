import { DateInput, type DateInputProps } from '@mantine/dates';

/** A date as ISO text outside, «14.12.2026» on the screen. */
export function DateField({ value, onChange, ...rest }: Omit<DateInputProps, 'value' | 'onChange'> & { value: string; onChange(value: string | undefined): void }) {
  return (
    <DateInput
      {...rest}
      value={value || null}
      onChange={(next) => onChange(next ?? undefined)}
      valueFormat="DD.MM.YYYY"
      placeholder={rest.placeholder ?? 'дд.мм.гггг'}
      clearable
      clearButtonProps={{ 'aria-label': 'Очистить дату' }}
      hideOutsideDates
      weekendDays={[]}
      ariaLabels={{ previousMonth: 'Предыдущий месяц', nextMonth: 'Следующий месяц', monthLevelControl: 'Выбрать месяц', yearLevelControl: 'Выбрать год', previousYear: 'Предыдущий год', nextYear: 'Следующий год' }}
      maw={260}
    />
  );
}
