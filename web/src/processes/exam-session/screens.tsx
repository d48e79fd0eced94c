/** The screens of an exam session: its start form, who examines, who sits the exam. */
import { Checkbox, Group, MultiSelect, NumberInput, Radio, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { CANDIDATE_LABELS } from './labels.ts';
import type { AssessmentPolicy } from '../../../../processes/qualification-assessment/policy.ts';
import { api } from '../../api.ts';
import { Chip, FactList, Loading, Panel } from '../../kit/bits.tsx';
import { DateField } from '../../kit/DateField.tsx';
import { ErrorNote } from '../../kit/ErrorNote.tsx';
import { fieldId } from '../../kit/SchemaForm.tsx';
import { weekdayDate } from '../../lib/dates.ts';
import { AnchorTo } from '../../lib/links.tsx';
import { byPointer, type FieldProblem } from '../../lib/problem.ts';
import { caseQuery, type CaseView, peopleQuery, processesQuery, processInQuery } from '../../lib/queries.ts';
import { capital } from '../../lib/words.ts';
import type { DraftFormProps, FieldsProps, OverviewProps, ProcessScreens } from '../types.ts';
import { t } from './words.ts';

type Body = Record<string, unknown>;
const str = (v: unknown) => (typeof v === 'string' ? v : '');
const list = (v: unknown): string[] => (Array.isArray(v) ? v.map(String) : []);

/** What the API tells the centre of a session; others read the day and the place. */
interface Details {
  heldOn: string;
  startsAt: string;
  placeRu: string;
  capacity?: number;
  examiners?: string[];
  present?: string[];
  candidates?: Array<{ caseId: string; subjectId: string; state: string }>;
}
const detailsOf = (view: CaseView | undefined): Details | null => (view?.details ?? null) as unknown as Details | null;

// ── Start ──

function check(body: Body): FieldProblem[] {
  const lack = (name: string, detail: string) =>
    str(body[name]).trim() === '' ? [{ pointer: `/${name}`, detail }] : [];
  return [
    ...lack('qualification', t('start.chooseQualification')),
    ...lack('heldOn', t('start.giveDate')),
    ...(/^([01]\d|2[0-3]):[0-5]\d$/.test(str(body.startsAt))
      ? []
      : [{ pointer: '/startsAt', detail: t('start.giveTime') }]),
    ...(str(body.placeRu).trim().length < 5 ? [{ pointer: '/placeRu', detail: t('start.givePlace') }] : []),
    ...lack('centreId', t('start.chooseCentre')),
    ...(typeof body.capacity === 'number' && body.capacity >= 1
      ? []
      : [{ pointer: '/capacity', detail: t('start.oneSeat') }]),
    ...(list(body.examiners).length === 0 ? [{ pointer: '/examiners', detail: t('start.nameExaminers') }] : []),
  ];
}

function ScheduleForm({ draft, body, onChange, serverErrors }: DraftFormProps) {
  const faults = byPointer(serverErrors.map((e) => ({ ...e, pointer: e.pointer.replace(/^\/body/, '') })));
  const set = (more: Body) => onChange({ ...body, ...more });
  const field = (name: string) => ({ id: fieldId(`/${name}`), error: faults[`/${name}`], withAsterisk: true });
  const assessment = useQuery(processInQuery('qualification-assessment', draft.jurisdiction));
  const region = useQuery(processesQuery)
    .data?.items.flatMap((p) => p.starts)
    .flatMap((s) => s.jurisdictions)
    .find((j) => j.id === draft.jurisdiction)?.regionCode;
  const centres = useQuery({
    queryKey: ['organisations', 'centres', region],
    queryFn: () => api('GET /api/organisations', { query: { kind: 'cnppm', region, limit: 50 } }),
    enabled: region !== undefined,
  });
  if (assessment.error) return <ErrorNote error={assessment.error} />;
  if (assessment.isPending) return <Loading />;
  const policy = assessment.data.policy?.parameters as unknown as AssessmentPolicy | undefined;
  return (
    <section className="panel" aria-label={t('start.whenWhere')} style={{ maxWidth: 760 }}>
      <Stack gap="md">
        <Radio.Group
          label={t('start.qualification')}
          withAsterisk
          error={faults['/qualification']}
          value={str(body.qualification)}
          onChange={(qualification) => set({ qualification })}
        >
          <Stack gap={8} mt={6}>
            {(policy?.qualifications ?? []).map((q) => (
              <Radio key={q.code} value={q.code} label={q.labelRu} />
            ))}
          </Stack>
        </Radio.Group>
        <Group align="flex-start" grow preventGrowOverflow={false}>
          <DateField
            {...field('heldOn')}
            label={t('start.date')}
            description={t('start.dateHint')}
            value={str(body.heldOn)}
            onChange={(heldOn) => set({ heldOn })}
          />
          <TextInput
            {...field('startsAt')}
            label={t('start.begins')}
            description={t('start.localTime')}
            placeholder="10:00"
            value={str(body.startsAt)}
            onChange={(e) => set({ startsAt: e.currentTarget.value })}
          />
        </Group>
        <Select
          {...field('centreId')}
          label={t('start.centre')}
          data={(centres.data?.items ?? []).map((o) => ({ value: o.id, label: o.nameRu }))}
          value={str(body.centreId) || null}
          onChange={(centreId) => set({ centreId: centreId ?? '' })}
        />
        <TextInput
          {...field('placeRu')}
          label={t('start.place')}
          description={t('start.placeHint')}
          value={str(body.placeRu)}
          onChange={(e) => set({ placeRu: e.currentTarget.value })}
        />
        <NumberInput
          {...field('capacity')}
          label={t('start.seats')}
          min={1}
          allowDecimal={false}
          maw={180}
          value={typeof body.capacity === 'number' ? body.capacity : ''}
          onChange={(v) => set({ capacity: typeof v === 'number' ? v : undefined })}
        />
        <ExaminerPicker
          value={body.examiners}
          error={faults['/examiners']}
          onChange={(examiners) => set({ examiners })}
        />
      </Stack>
    </section>
  );
}

function ExaminerPicker({
  value,
  error,
  onChange,
}: {
  value: unknown;
  error: string | undefined;
  onChange(ids: string[]): void;
}) {
  const people = useQuery(peopleQuery('', 'examiner'));
  return (
    <MultiSelect
      id={fieldId('/examiners')}
      label={t('start.examiners')}
      description={t('start.examinersHint')}
      withAsterisk
      searchable
      error={error}
      data={(people.data?.items ?? []).map((p) => ({
        value: p.id,
        label: [p.displayName, p.organisationRu].filter(Boolean).join(' · '),
      }))}
      value={list(value)}
      onChange={onChange}
      clearButtonProps={{ 'aria-label': t('common.clear') }}
    />
  );
}

// ── Acts ──

function ChangeExaminers({ value, onChange, errors }: FieldsProps) {
  return (
    <ExaminerPicker
      value={value.examiners}
      error={errors['/examiners']}
      onChange={(examiners) => onChange({ examiners })}
    />
  );
}

/** Marks people of the session by name; nobody else can be marked. */
function marking(name: 'present' | 'signedBy', label: string, from: 'examiners' | 'present') {
  return function Marking({ caseId, value, onChange, errors }: FieldsProps) {
    const view = useQuery(caseQuery(caseId));
    if (view.error) return <ErrorNote error={view.error} />;
    if (view.isPending) return <Loading />;
    const people = detailsOf(view.data)?.[from] ?? [];
    return (
      <Checkbox.Group
        label={t(label)}
        withAsterisk
        error={errors[`/${name}`]}
        value={list(value[name])}
        onChange={(ids) => onChange({ ...value, [name]: ids })}
      >
        <Stack gap={8} mt={6}>
          {people.map((id) => (
            <Checkbox key={id} value={id} label={view.data.people[id] ?? t('view.examiner')} />
          ))}
        </Stack>
      </Checkbox.Group>
    );
  };
}

// ── The session on one panel ──

function Overview({ view }: OverviewProps) {
  const d = detailsOf(view);
  if (!d) return null;
  const seated = (d.candidates ?? []).filter(({ state }) => state !== 'left' && state !== 'moved');
  const name = (id: string) => view.people[id] ?? '';
  return (
    <Panel
      title={`${capital(weekdayDate(d.heldOn))}, ${d.startsAt}`}
      end={
        d.capacity === undefined ? null : (
          <Chip tone="info">{t('view.taken', { length: seated.length, count: d.capacity })}</Chip>
        )
      }
    >
      <FactList
        rows={[
          [t('view.place'), d.placeRu],
          d.examiners !== undefined && [t('start.examiners'), d.examiners.map(name).join(', ')],
          (d.present?.length ?? 0) > 0 && [t('view.came'), d.present!.map(name).join(', ')],
        ]}
      />
      {d.candidates !== undefined && d.candidates.length === 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('view.nobody')}
        </Text>
      )}
      {d.candidates !== undefined && d.candidates.length > 0 && (
        <div
          className="scroll-x"
          tabIndex={0}
          role="region"
          aria-label={t('view.candidates')}
          style={{ marginTop: 12 }}
        >
          <Table miw={420}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('view.candidate')}</Table.Th>
                <Table.Th>{t('view.case')}</Table.Th>
                <Table.Th>{t('view.state')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {d.candidates.map((c) => (
                <Table.Tr key={c.caseId}>
                  <Table.Td>{name(c.subjectId)}</Table.Td>
                  <Table.Td>
                    <AnchorTo to="/cases/$id" params={{ id: c.caseId }} size="sm">
                      {view.cases[c.caseId]?.number ?? t('view.open')}
                    </AnchorTo>
                  </Table.Td>
                  <Table.Td>
                    <Chip tone={c.state === 'finished' ? 'good' : c.state === 'absent' ? 'late' : 'plain'}>
                      {CANDIDATE_LABELS[c.state] ?? c.state}
                    </Chip>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Panel>
  );
}

const SECTIONS: Record<string, string> = {
  get qualification() {
    return t('start.qualification');
  },
  get heldOn() {
    return t('section.date');
  },
  get startsAt() {
    return t('start.begins');
  },
  get placeRu() {
    return t('view.place');
  },
  get centreId() {
    return t('start.centre');
  },
  get capacity() {
    return t('section.seats');
  },
  get examiners() {
    return t('start.examiners');
  },
};

export const screens: ProcessScreens = {
  vocabulary: () => ({
    fields: {
      present: { label: t('fields.present') },
      signedBy: { label: t('fields.signed') },
      examiners: { label: t('start.examiners') },
      reason: { label: t('fields.reason'), hint: t('fields.reasonHint'), long: true },
    },
  }),
  starts: {
    scheduleSession: {
      get titleRu() {
        return t('start.title');
      },
      get submitRu() {
        return t('start.submit');
      },
      get afterRu() {
        return t('start.after');
      },
      newBody: () => ({ examiners: [] }),
      titleOf: (body) => str(body.placeRu),
      Form: ScheduleForm,
      check,
      sectionOf: (pointer) => SECTIONS[pointer.split('/')[1] ?? ''] ?? t('section.form'),
    },
  },
  Overview,
  fields: {
    changeExaminers: ChangeExaminers,
    openSession: marking('present', 'fields.whichCame', 'examiners'),
    signProtocol: marking('signedBy', 'fields.signed', 'present'),
  },
  taskForms: {},
};
