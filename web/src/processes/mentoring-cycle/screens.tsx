/** The screens of the three-year cycle. The kit finds them by the slug of the folder. */
import { MultiSelect, Radio, Stack, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { eventWords } from '../../../../processes/mentoring-cycle/event-words.ts';
import {
  CAUSE_LABELS,
  DECLINE_REASONS,
  EXIT_REASONS,
  RECOMMENDATIONS,
  WORK_LABELS,
} from '../../../../processes/mentoring-cycle/labels.ru.ts';
import { PersonPicker } from '../../kit/Pickers.tsx';
import { fieldId, type FormVocabulary } from '../../kit/SchemaForm.tsx';
import { caseQuery, type ProcessView } from '../../lib/queries.ts';
import type { FieldsProps, ProcessScreens } from '../types.ts';
import { cycleOf } from './model.ts';
import { Overview } from './Overview.tsx';
import { start } from './StartForm.tsx';

function vocabulary(process: ProcessView | undefined): FormVocabulary {
  const content = (process?.policy?.parameters.content ?? {}) as Record<
    string,
    Array<{ code: string; labelRu: string }>
  >;
  const items = new Map(Object.values(content).flatMap((list) => list.map((i) => [i.code, i.labelRu] as const)));
  const person = (label: string, hint: string): NonNullable<FormVocabulary['widgets']>[string] =>
    function Picker({ pointer, value, onChange, error, required }) {
      return (
        <PersonPicker
          id={fieldId(pointer)}
          label={label}
          description={hint}
          withAsterisk={required}
          error={error}
          value={typeof value === 'string' ? value : ''}
          onChange={onChange}
        />
      );
    };
  return {
    fields: {
      noConflict: {
        label: 'Подтверждаю: я не родственник и не руководитель педагога',
        hint: 'Согласие письменное (ТК РФ, ст. 351.8). Отказаться потом можно в любой день.',
      },
      reason: { label: 'Пояснение', hint: 'Остаётся при вас: в деле и в письмах его не будет.', long: true },
      tenureYears: { label: 'Педагогический стаж наставника, лет' },
      category: { label: 'Есть квалификационная категория' },
      trained: { label: 'Прошёл подготовку наставников' },
      sameSubject: { label: 'Преподаёт тот же предмет' },
      superior: { label: 'Непосредственный руководитель педагога', hint: 'Такого наставника назначить нельзя.' },
      relative: { label: 'Родственник педагога', hint: 'Такого наставника назначить нельзя.' },
      external: { label: 'Внешний наставник (другая школа, дистанционно)' },
      pay: { label: 'Доплата установлена', hint: 'Сведения получит кадровая служба.' },
      until: { label: 'Срок поручения до', hint: 'Пусто, если до конца цикла.' },
      endsOn: { label: 'Последний день наставника' },
      note: { label: 'Что обсудили', long: true },
      kind: { label: 'Вид работы' },
      month: { label: 'Месяц цикла', hint: 'Номер месяца службы, с первого.' },
      count: { label: 'Сколько записей' },
      statement: { label: 'Основание', long: true },
      remarks: { label: 'Замечания' },
      summary: { label: 'Итог проверки', hint: 'Что сделано за квартал, что мешает, чем помочь.', long: true },
      programme: {
        label: 'Программа наставничества',
        hint: 'Цели года, дефициты, встречи, открытые уроки, кто чем помогает.',
        long: true,
      },
      agree: { label: 'С программой согласен (согласна), подписываю' },
      conclusion: { label: 'Заключение', long: true },
      months: { label: 'На сколько месяцев' },
      parts: { label: 'Что повторить' },
      reasons: { label: 'Основания', hint: 'Каждое отдельной строкой: введите и нажмите Enter.' },
      recommendations: { label: 'Рекомендации' },
      act: { label: 'Документ', placeholder: 'Приказ № … от …' },
      accept: { label: 'Ответ' },
      consent: { label: 'История прежней школы' },
      curatorId: { label: 'Куратор' },
      reasonCode: { label: 'Причина' },
      cause: { label: 'Причина' },
      comment: { label: 'Подробнее', hint: 'По желанию; видите только вы.', long: true },
    },
    values: {
      kind: WORK_LABELS,
      cause: CAUSE_LABELS,
      reasonCode: { ...DECLINE_REASONS, ...EXIT_REASONS },
      recommendations: RECOMMENDATIONS,
      remarks: { true: 'Есть замечания', false: 'Замечаний нет' },
      accept: { true: 'Принять действующую версию правил', false: 'Остаться на прежней версии до рубежа' },
      consent: { true: 'Показать новой школе', false: 'Не показывать' },
    },
    widgets: {
      mentorId: person('Наставник', 'Сотрудники вашей школы; методист видит школы своего округа.'),
      curatorId: person('Куратор', 'Сотрудник принимающей школы.'),
      parts: ({ pointer, value, onChange, error, text }) => (
        <MultiSelect
          id={fieldId(pointer)}
          label={text.label}
          error={error}
          data={[...items].map(([v, label]) => ({ value: v, label }))}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={onChange}
          clearButtonProps={{ 'aria-label': 'Очистить' }}
        />
      ),
    },
  };
}

/** Only what this person may mark, and only what is still open, with the words of the programme. */
function ItemFields({ caseId, value, onChange, errors }: FieldsProps) {
  const view = useQuery(caseQuery(caseId));
  const open = (view.data && cycleOf(view.data)?.items.filter((i) => i.mine && !i.done)) || [];
  return (
    <Stack gap="md">
      <Radio.Group
        label="Что выполнено"
        withAsterisk
        error={errors['/item']}
        value={typeof value.item === 'string' ? value.item : ''}
        onChange={(item) => onChange({ ...value, item })}
      >
        <Stack gap={8} mt={6}>
          {open.map((i) => (
            <Radio key={i.code} value={i.code} label={i.labelRu} />
          ))}
        </Stack>
      </Radio.Group>
      <Textarea
        id={fieldId('/report')}
        label="Что сделано и что получилось"
        withAsterisk
        autosize
        minRows={3}
        error={errors['/report']}
        value={typeof value.report === 'string' ? value.report : ''}
        onChange={(e) => onChange({ ...value, report: e.currentTarget.value })}
      />
    </Stack>
  );
}

export const screens: ProcessScreens = {
  vocabulary,
  eventWords,
  starts: { start },
  fields: { recordContent: ItemFields },
  Overview,
  inOverview: ['logWork', 'confirmLog'],
  invitation: {
    titleRu: 'Согласие наставника',
    textRu:
      'Вам предлагают стать наставником. Содержание, срок, форма и доплата будут в приказе. Отказ не объясняют, и от наставничества можно отказаться в любой день.',
    acceptRu: 'Согласен быть наставником',
  },
  taskForms: {},
};
