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
import { t } from './words.ts';

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
    ...lack(body, 'organisationId', t('start.chooseOrganisation')),
    ...lack(body, 'personId', t('start.chooseHead')),
    ...lack(body, 'post', t('start.givePost')),
    ...lack(body, 'variant', t('start.chooseKind')),
    ...lack(body, 'plannedOn', t('start.giveDate')),
    ...(on !== '' && earliest !== null && on < earliest
      ? [
          {
            pointer: '/plannedOn',
            detail: t('start.tooEarly', { earliest: longDate(earliest) }),
          },
        ]
      : []),
    ...(body.acting === true ? [{ pointer: '/acting', detail: t('start.actingSelf') }] : []),
    ...((order(body).number ?? '').trim() === ''
      ? [{ pointer: '/order/number', detail: t('start.giveOrderNumber') }]
      : []),
    ...(order(body).date ? [] : [{ pointer: '/order/date', detail: t('start.giveOrderDate') }]),
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
    <section className="panel" aria-label={t('start.whomWhen')} style={{ maxWidth: 760 }}>
      <Stack gap="md">
        <OrganisationPicker
          {...field('organisationId')}
          label={t('road.organisation')}
          description={t('start.fromPlatform')}
          value={str(body.organisationId)}
          onChange={(organisationId) => set({ organisationId })}
        />
        <PersonPicker
          {...field('personId')}
          label={t('start.head')}
          description={t('start.headHint')}
          holds="head"
          value={str(body.personId)}
          onChange={(personId) => set({ personId })}
        />
        <TextInput
          {...field('post')}
          label={t('road.post')}
          placeholder={t('start.postExample')}
          value={str(body.post)}
          onChange={(e) => set({ post: e.currentTarget.value })}
        />
        <Radio.Group
          label={t('start.kind')}
          withAsterisk
          error={faults['/variant']}
          value={str(body.variant)}
          onChange={(variant) => set({ variant })}
        >
          <Stack gap={8} mt={6}>
            <Radio value="planned" label={t('start.scheduled')} description={t('start.scheduledHint')} />
            <Radio value="extraordinary" label={t('start.extraordinary')} description={t('start.extraordinaryHint')} />
          </Stack>
        </Radio.Group>
        <DateField
          {...field('plannedOn')}
          label={t('start.sittingDate')}
          description={earliest ? t('start.earliestHint', { earliest: longDate(earliest) }) : undefined}
          value={str(body.plannedOn)}
          onChange={(plannedOn) => set({ plannedOn })}
        />
        <Checkbox
          id={fieldId('/acting')}
          label={t('start.acting')}
          error={faults['/acting']}
          checked={body.acting === true}
          onChange={(e) => set({ acting: e.currentTarget.checked })}
        />
        <ConflictPicker value={body.conflictIds} onChange={(conflictIds) => set({ conflictIds })} />
        <Order body={body} faults={faults} onChange={set} label={t('start.scheduleOrder')} />
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
      label={t('start.notExperts')}
      description={t('start.notExpertsHint')}
      data={data}
      searchable
      value={Array.isArray(value) ? value.map(String) : []}
      onChange={onChange}
      clearButtonProps={{ 'aria-label': t('common.clear') }}
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
          label={t('start.orderNumber')}
          withAsterisk
          error={faults['/order/number']}
          value={known.number ?? ''}
          onChange={(e) => onChange({ order: { ...known, number: e.currentTarget.value } })}
        />
        <DateField
          id={fieldId('/order/date')}
          label={t('start.orderDate')}
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

/** Each with its heading in the questionnaire, which is a document and so in Russian. */
const PARTS = [
  ['education', 'Образование'],
  ['experience', 'Стаж и работа'],
  ['training', 'Повышение квалификации'],
  ['papers', 'Документы и рекомендации'],
] as const;
type Part = (typeof PARTS)[number][0];

const partsOf = (body: Body) => (body.parts ?? {}) as Partial<Record<Part, string>>;
const questionnaireOf = (parts: Partial<Record<Part, string>>) =>
  PARTS.flatMap(([key, label]) => (parts[key]?.trim() ? [`${label}\n${parts[key].trim()}`] : [])).join('\n\n');

function checkApplication(body: Body): FieldProblem[] {
  const programme = str(body.programme);
  const parts = partsOf(body);
  return [
    ...lack(body, 'organisationId', t('start.chooseOrganisation')),
    ...lack(body, 'post', t('start.givePost')),
    ...PARTS.slice(0, 2).flatMap(([key]) =>
      (parts[key] ?? '').trim() === ''
        ? [
            {
              pointer: `/parts/${key}`,
              detail: t('start.fillIn', { words: t(`start.part.${key}.label`).toLowerCase() }),
            },
          ]
        : [],
    ),
    ...(programme.trim().length < 5 ? [{ pointer: '/programme', detail: t('start.attachProgramme') }] : []),
    ...(programme.length > PAGE * PAGES
      ? [
          {
            pointer: '/programme',
            detail: t('start.tooLong', { pages: PAGES, length: Math.ceil(programme.length / PAGE) }),
          },
        ]
      : []),
    ...(body.consent === true ? [] : [{ pointer: '/consent', detail: t('start.consentNeeded') }]),
  ];
}

function ApplicationForm({ body, onChange, serverErrors }: DraftFormProps) {
  const faults = faultsOf(checkApplication(body), serverErrors, body);
  const set = (more: Body) => onChange({ ...body, ...more });
  const parts = partsOf(body);
  const programme = str(body.programme);
  return (
    <Stack gap="md" style={{ maxWidth: 820 }}>
      <section className="panel" aria-label={t('start.whichPost')}>
        <Title order={2} mb="sm">
          {t('start.whichPost')}
        </Title>
        <Stack gap="md">
          <OrganisationPicker
            id={fieldId('/organisationId')}
            label={t('road.organisation')}
            withAsterisk
            error={faults['/organisationId']}
            value={str(body.organisationId)}
            onChange={(organisationId) => set({ organisationId })}
          />
          <TextInput
            id={fieldId('/post')}
            label={t('road.post')}
            withAsterisk
            placeholder={t('start.postExample')}
            error={faults['/post']}
            value={str(body.post)}
            onChange={(e) => set({ post: e.currentTarget.value })}
          />
        </Stack>
      </section>
      <section className="panel" aria-label={t('start.questionnaire')}>
        <Title order={2} mb="sm">
          {t('start.questionnaire')}
        </Title>
        <Stack gap="md">
          {PARTS.map(([key], i) => (
            <Textarea
              key={key}
              id={fieldId(`/parts/${key}`)}
              label={t(`start.part.${key}.label`)}
              description={t(`start.part.${key}.hint`)}
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
      <section className="panel" aria-label={t('start.programme')}>
        <Title order={2} mb="sm">
          {t('start.programme')}
        </Title>
        <Textarea
          id={fieldId('/programme')}
          label={t('start.programmeDraft')}
          description={t('start.programmeHint', { pages: PAGES })}
          withAsterisk
          error={faults['/programme']}
          autosize
          minRows={8}
          maxRows={30}
          value={programme}
          onChange={(e) => set({ programme: e.currentTarget.value })}
        />
        <Text size="xs" c="dimmed" mt={4} role="status">
          {t('start.pages', { length: Math.ceil(programme.length / PAGE), pages: PAGES })}
        </Text>
      </section>
      <section className="panel" aria-label={t('start.consent')}>
        <Checkbox
          id={fieldId('/consent')}
          label={t('start.agree')}
          description={t('start.consentHint')}
          error={faults['/consent']}
          checked={body.consent === true}
          onChange={(e) => set({ consent: e.currentTarget.checked })}
        />
      </section>
    </Stack>
  );
}

const SECTIONS: Record<string, string> = {
  get organisationId() {
    return t('road.organisation');
  },
  get personId() {
    return t('start.head');
  },
  get post() {
    return t('road.post');
  },
  get variant() {
    return t('start.kind');
  },
  get plannedOn() {
    return t('section.date');
  },
  get order() {
    return t('section.order');
  },
  get acting() {
    return t('section.acting');
  },
  get programme() {
    return t('start.programme');
  },
  get questionnaire() {
    return t('start.questionnaire');
  },
  get parts() {
    return t('start.questionnaire');
  },
  get consent() {
    return t('start.consent');
  },
};
const sectionOf = (pointer: string) => SECTIONS[pointer.split('/')[1] ?? ''] ?? t('section.form');

export const starts: Record<string, StartScreen> = {
  scheduleAttestation: {
    get titleRu() {
      return t('start.scheduledTitle');
    },
    get submitRu() {
      return t('start.enter');
    },
    get afterRu() {
      return t('start.enterAfter');
    },
    newBody: () => ({ variant: 'planned', conflictIds: [] }),
    titleOf: (body) => str(body.post),
    Form: ScheduleForm,
    check: checkSchedule,
    sectionOf,
  },
  apply: {
    get titleRu() {
      return t('start.candidateTitle');
    },
    get submitRu() {
      return t('start.apply');
    },
    get afterRu() {
      return t('start.applyAfter');
    },
    newBody: () => ({ post: t('start.postExample'), parts: {} }),
    titleOf: (body) => str(body.post),
    Form: ApplicationForm,
    check: checkApplication,
    sectionOf,
  },
};
