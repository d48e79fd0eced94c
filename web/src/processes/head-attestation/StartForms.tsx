import { Checkbox, Group, MultiSelect, Radio, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { earliestDayFor } from '../../../../processes/kit/deadlines.ts';
import calendarData from '../../../../data/calendars/ru.json';
import type { ProductionCalendar } from '../../../../processes/kit/calendar.ts';
import type { Term } from '../../../../processes/kit/deadlines.ts';
import { DateField } from '../../kit/DateField.tsx';
import { OrganisationPicker, PersonPicker } from '../../kit/Pickers.tsx';
import { fieldId } from '../../kit/SchemaForm.tsx';
import { longDate, todayIso } from '../../lib/dates.ts';
import { byPointer, type FieldProblem } from '../../lib/problem.ts';
import { peopleQuery, type ProcessView } from '../../lib/queries.ts';
import type { DraftFormProps, StartScreen } from '../types.ts';

type Body = Record<string, unknown>;
const calendar = calendarData as unknown as ProductionCalendar;
const str = (v: unknown) => (typeof v === 'string' ? v : '');
const order = (body: Body) => (body.order ?? {}) as { number?: string; date?: string };

/** The first day that leaves the attestee his notice if he is told today, by the policy in force. */
function earliestOf(process: ProcessView): string | null {
  const terms = process.policy?.parameters.terms as Record<string, Term> | undefined;
  try {
    return terms?.sittingNotice ? earliestDayFor(terms.sittingNotice, todayIso(), calendar) : null;
  } catch {
    return null;
  }
}

const lack = (body: Body, name: string, detail: string): FieldProblem[] =>
  str(body[name]).trim() === '' ? [{ pointer: `/${name}`, detail }] : [];

function checkSchedule(body: Body, process: ProcessView): FieldProblem[] {
  const earliest = earliestOf(process);
  const on = str(body.plannedOn);
  return [
    ...lack(body, 'organisationId', 'Выберите организацию.'),
    ...lack(body, 'personId', 'Выберите руководителя.'),
    ...lack(body, 'post', 'Укажите должность.'),
    ...lack(body, 'variant', 'Выберите вид аттестации.'),
    ...lack(body, 'plannedOn', 'Укажите дату.'),
    ...(on !== '' && earliest !== null && on < earliest
      ? [
          {
            pointer: '/plannedOn',
            detail: `Не раньше ${longDate(earliest)}: аттестуемого извещают заранее.`,
          },
        ]
      : []),
    ...(body.acting === true
      ? [{ pointer: '/acting', detail: 'Исполняющий обязанности подаёт заявление сам, как кандидат.' }]
      : []),
    ...((order(body).number ?? '').trim() === ''
      ? [{ pointer: '/order/number', detail: 'Укажите номер приказа.' }]
      : []),
    ...(order(body).date ? [] : [{ pointer: '/order/date', detail: 'Укажите дату приказа.' }]),
  ];
}

/** What is beside a field: the server's word, or what the screen finds in something already written. */
function faultsOf(found: FieldProblem[], server: FieldProblem[], body: Body): Record<string, string> {
  const written = found.filter(({ pointer }) => str(body[pointer.slice(1)]) !== '' || body[pointer.slice(1)] === true);
  return {
    ...byPointer(written),
    ...byPointer(server.map((e) => ({ ...e, pointer: e.pointer.replace(/^\/body/, '') }))),
  };
}

function ScheduleForm({ process, body, onChange, serverErrors }: DraftFormProps) {
  const faults = faultsOf(checkSchedule(body, process), serverErrors, body);
  const set = (more: Body) => onChange({ ...body, ...more });
  const earliest = earliestOf(process);
  const field = (name: string) => ({ id: fieldId(`/${name}`), error: faults[`/${name}`], withAsterisk: true });
  return (
    <section className="panel" aria-label="Кого и когда аттестуют" style={{ maxWidth: 760 }}>
      <Stack gap="md">
        <OrganisationPicker
          {...field('organisationId')}
          label="Организация"
          description="Регион и вид организации берутся из сведений платформы."
          value={str(body.organisationId)}
          onChange={(organisationId) => set({ organisationId })}
        />
        <PersonPicker
          {...field('personId')}
          label="Руководитель"
          description="Он узнаёт дату сразу; исполняющий обязанности подаёт заявление сам."
          holds="head"
          value={str(body.personId)}
          onChange={(personId) => set({ personId })}
        />
        <TextInput
          {...field('post')}
          label="Должность"
          placeholder="директор школы"
          value={str(body.post)}
          onChange={(e) => set({ post: e.currentTarget.value })}
        />
        <Radio.Group
          label="Вид аттестации"
          withAsterisk
          error={faults['/variant']}
          value={str(body.variant)}
          onChange={(variant) => set({ variant })}
        >
          <Stack gap={8} mt={6}>
            <Radio
              value="planned"
              label="Плановая"
              description="По окончании срока прежней аттестации или первая в должности."
            />
            <Radio
              value="extraordinary"
              label="Внеочередная"
              description="По решению учредителя: жалобы, результаты, рекомендации не исполнены."
            />
          </Stack>
        </Radio.Group>
        <DateField
          {...field('plannedOn')}
          label="Дата заседания по графику"
          description={
            earliest
              ? `Не раньше ${longDate(earliest)}: столько времени должно пройти от извещения до заседания.`
              : undefined
          }
          value={str(body.plannedOn)}
          onChange={(plannedOn) => set({ plannedOn })}
        />
        <Checkbox
          id={fieldId('/acting')}
          label="Исполняет обязанности временно"
          error={faults['/acting']}
          checked={body.acting === true}
          onChange={(e) => set({ acting: e.currentTarget.checked })}
        />
        <ConflictPicker value={body.conflictIds} onChange={(conflictIds) => set({ conflictIds })} />
        <Order body={body} faults={faults} onChange={set} label="Приказ учредителя о графике" />
      </Stack>
    </section>
  );
}

/** People who know the head too well to judge him as experts. */
function ConflictPicker({ value, onChange }: { value: unknown; onChange(ids: string[]): void }) {
  const people = useQuery(peopleQuery('', 'expert'));
  const data = (people.data?.items ?? []).map((p) => ({
    value: p.id,
    label: [p.displayName, p.organisationRu].filter(Boolean).join(' · '),
  }));
  return (
    <MultiSelect
      label="Кого не приглашать экспертом"
      description="Родственники, соавторы, непосредственный начальник. Коллег платформа исключает сама."
      data={data}
      searchable
      value={Array.isArray(value) ? value.map(String) : []}
      onChange={onChange}
      clearButtonProps={{ 'aria-label': 'Очистить' }}
    />
  );
}

export function Order({
  body,
  faults,
  onChange,
  label,
}: {
  body: Body;
  faults: Record<string, string>;
  onChange(more: Body): void;
  label: string;
}) {
  const known = order(body);
  return (
    <fieldset className="plain">
      <legend>{label}</legend>
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <TextInput
          id={fieldId('/order/number')}
          label="Номер приказа"
          withAsterisk
          error={faults['/order/number']}
          value={known.number ?? ''}
          onChange={(e) => onChange({ order: { ...known, number: e.currentTarget.value } })}
        />
        <DateField
          id={fieldId('/order/date')}
          label="Дата приказа"
          withAsterisk
          error={faults['/order/date']}
          value={known.date ?? ''}
          onChange={(date) => onChange({ order: { ...known, date } })}
        />
      </Group>
    </fieldset>
  );
}

// ── The candidate's application ──

/** A page as people count it for the programme of development: the rules ask for ten at most. */
const PAGE = 1_800;
const PAGES = 10;

const PARTS = [
  ['education', 'Образование', 'Высшее; переподготовка по управлению, если была: где, когда, документ.'],
  ['experience', 'Стаж и работа', 'Места работы и должности с годами; чем руководили.'],
  ['training', 'Повышение квалификации', 'Программы за последние три года.'],
  [
    'papers',
    'Документы и рекомендации',
    'Рекомендация, сведения о доходах (для государственных и муниципальных организаций), иное.',
  ],
] as const;
type Part = (typeof PARTS)[number][0];

const partsOf = (body: Body) => (body.parts ?? {}) as Partial<Record<Part, string>>;
const questionnaireOf = (parts: Partial<Record<Part, string>>) =>
  PARTS.flatMap(([key, label]) => (parts[key]?.trim() ? [`${label}\n${parts[key].trim()}`] : [])).join('\n\n');

function checkApplication(body: Body): FieldProblem[] {
  const programme = str(body.programme);
  const parts = partsOf(body);
  return [
    ...lack(body, 'organisationId', 'Выберите организацию.'),
    ...lack(body, 'post', 'Укажите должность.'),
    ...PARTS.slice(0, 2).flatMap(([key, label]) =>
      (parts[key] ?? '').trim() === ''
        ? [{ pointer: `/parts/${key}`, detail: `Заполните: ${label.toLowerCase()}.` }]
        : [],
    ),
    ...(programme.trim().length < 5 ? [{ pointer: '/programme', detail: 'Приложите программу развития.' }] : []),
    ...(programme.length > PAGE * PAGES
      ? [
          {
            pointer: '/programme',
            detail: `Не больше ${PAGES} страниц: сейчас около ${Math.ceil(programme.length / PAGE)}.`,
          },
        ]
      : []),
    ...(body.consent === true
      ? []
      : [{ pointer: '/consent', detail: 'Нужно согласие на проверку и обработку данных.' }]),
  ];
}

function ApplicationForm({ body, onChange, serverErrors }: DraftFormProps) {
  const faults = faultsOf(checkApplication(body), serverErrors, body);
  const set = (more: Body) => onChange({ ...body, ...more });
  const parts = partsOf(body);
  const programme = str(body.programme);
  return (
    <Stack gap="md" style={{ maxWidth: 820 }}>
      <section className="panel" aria-label="На какую должность">
        <Title order={2} mb="sm">
          На какую должность
        </Title>
        <Stack gap="md">
          <OrganisationPicker
            id={fieldId('/organisationId')}
            label="Организация"
            withAsterisk
            error={faults['/organisationId']}
            value={str(body.organisationId)}
            onChange={(organisationId) => set({ organisationId })}
          />
          <TextInput
            id={fieldId('/post')}
            label="Должность"
            withAsterisk
            placeholder="директор школы"
            error={faults['/post']}
            value={str(body.post)}
            onChange={(e) => set({ post: e.currentTarget.value })}
          />
        </Stack>
      </section>
      <section className="panel" aria-label="Анкета">
        <Title order={2} mb="sm">
          Анкета
        </Title>
        <Stack gap="md">
          {PARTS.map(([key, label, hint], i) => (
            <Textarea
              key={key}
              id={fieldId(`/parts/${key}`)}
              label={label}
              description={hint}
              withAsterisk={i < 2}
              error={faults[`/parts/${key}`] ?? (i === 0 ? faults['/questionnaire'] : undefined)}
              autosize
              minRows={2}
              maxRows={12}
              value={parts[key] ?? ''}
              onChange={(e) => {
                const next = { ...parts, [key]: e.currentTarget.value };
                set({ parts: next, questionnaire: questionnaireOf(next) });
              }}
            />
          ))}
        </Stack>
      </section>
      <section className="panel" aria-label="Программа развития">
        <Title order={2} mb="sm">
          Программа развития
        </Title>
        <Textarea
          id={fieldId('/programme')}
          label="Проект программы развития организации"
          description={`Не больше ${PAGES} страниц. Её прочтут эксперты и комиссия.`}
          withAsterisk
          error={faults['/programme']}
          autosize
          minRows={8}
          maxRows={30}
          value={programme}
          onChange={(e) => set({ programme: e.currentTarget.value })}
        />
        <Text size="xs" c="dimmed" mt={4} role="status">
          Около {Math.ceil(programme.length / PAGE)} из {PAGES} страниц
        </Text>
      </section>
      <section className="panel" aria-label="Согласие">
        <Checkbox
          id={fieldId('/consent')}
          label="Согласен на проверку сведений и обработку персональных данных"
          description="О судимости и здоровье хранится только отметка: проверено, кем и когда."
          error={faults['/consent']}
          checked={body.consent === true}
          onChange={(e) => set({ consent: e.currentTarget.checked })}
        />
      </section>
    </Stack>
  );
}

const SECTIONS: Record<string, string> = {
  organisationId: 'Организация',
  personId: 'Руководитель',
  post: 'Должность',
  variant: 'Вид аттестации',
  plannedOn: 'Дата',
  order: 'Приказ',
  acting: 'Исполнение обязанностей',
  programme: 'Программа развития',
  questionnaire: 'Анкета',
  parts: 'Анкета',
  consent: 'Согласие',
};
const sectionOf = (pointer: string) => SECTIONS[pointer.split('/')[1] ?? ''] ?? 'Форма';

export const starts: Record<string, StartScreen> = {
  scheduleAttestation: {
    titleRu:
      'Плановая или внеочередная аттестация действующего руководителя: место в графике года, извещение, представление.',
    submitRu: 'Внести в график',
    afterRu:
      'Делу будет присвоен номер, руководитель получит извещение. Документы начнут готовить за три месяца до даты.',
    newBody: () => ({ variant: 'planned', conflictIds: [] }),
    titleOf: (body) => str(body.post),
    Form: ScheduleForm,
    check: checkSchedule,
    sectionOf,
  },
  apply: {
    titleRu:
      'Заявление кандидата на должность руководителя: анкета, программа развития, согласие. Черновик сохраняется сам.',
    submitRu: 'Подать заявление',
    afterRu:
      'Заявлению будет присвоен номер; секретарь комиссии проверит документы; срок проверки виден на странице дела.',
    newBody: () => ({ post: 'директор школы', parts: {} }),
    titleOf: (body) => str(body.post),
    Form: ApplicationForm,
    check: checkApplication,
    sectionOf,
  },
};
