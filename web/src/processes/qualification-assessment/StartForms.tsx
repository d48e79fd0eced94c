import { Alert, Button, Checkbox, Group, Modal, Radio, Select, Stack, Text, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { PAYER_LABELS, SCHEME_LABELS } from '../../../../processes/qualification-assessment/labels.ru.ts';
import type { AssessmentPolicy } from '../../../../processes/qualification-assessment/policy.ts';
import { api, type Reply } from '../../api.ts';
import { Chip, Loading } from '../../kit/bits.tsx';
import { ErrorNote } from '../../kit/ErrorNote.tsx';
import { fieldId } from '../../kit/SchemaForm.tsx';
import { SubmissionNote } from '../../kit/SubmissionNote.tsx';
import { useLocalCopy } from '../../kit/useLocalCopy.ts';
import { useSubmission } from '../../kit/useSubmission.ts';
import { longDate } from '../../lib/dates.ts';
import { byPointer, type FieldProblem } from '../../lib/problem.ts';
import { processesQuery, processInQuery } from '../../lib/queries.ts';
import { capital } from '../../lib/words.ts';
import type { DraftFormProps, StartScreen } from '../types.ts';
import { TEXT } from './model.ts';

type Body = Record<string, unknown>;
const SLUG = 'qualification-assessment';
const str = (v: unknown) => (typeof v === 'string' ? v : '');

const lack = (body: Body, name: string, detail: string): FieldProblem[] =>
  str(body[name]).trim() === '' ? [{ pointer: `/${name}`, detail }] : [];

const checkObject = (body: Body): FieldProblem[] => [
  ...lack(body, 'qualification', 'Выберите квалификацию.'),
  ...lack(body, 'centreId', 'Выберите центр оценки.'),
  ...lack(body, 'payer', 'Выберите, кто оплачивает.'),
];

function checkApplication(body: Body): FieldProblem[] {
  const education = str(body.education).trim();
  return [
    ...checkObject(body),
    ...(education.length < 5
      ? [{ pointer: '/education', detail: 'Напишите об образовании и опыте: хотя бы несколько слов.' }]
      : []),
    ...(body.consent === true
      ? []
      : [{ pointer: '/consent', detail: 'Нужно согласие на обработку персональных данных.' }]),
    ...(body.rules === true ? [] : [{ pointer: '/rules', detail: 'Нужно согласие с правилами экзамена.' }]),
  ];
}

const checkReferral = (body: Body): FieldProblem[] => [
  ...lack(body, 'personId', 'Выберите работника.'),
  ...checkObject(body),
];

const faultsOf = (server: FieldProblem[]) =>
  byPointer(server.map((e) => ({ ...e, pointer: e.pointer.replace(/^\/body/, '') })));

/** What is assessed, where, and who pays: by the policy of the jurisdiction the draft was begun in. */
function ObjectFields({
  draft,
  body,
  faults,
  payers,
  onChange,
}: Pick<DraftFormProps, 'draft' | 'body'> & {
  faults: Record<string, string>;
  payers: string[];
  onChange(more: Body): void;
}) {
  const process = useQuery(processInQuery(SLUG, draft.jurisdiction));
  const region = useQuery(processesQuery)
    .data?.items.find((p) => p.slug === SLUG)
    ?.starts.flatMap((s) => s.jurisdictions)
    .find((j) => j.id === draft.jurisdiction)?.regionCode;
  const centres = useQuery({
    queryKey: ['organisations', 'centres', region],
    queryFn: () => api('GET /api/organisations', { query: { kind: 'cnppm', region, limit: 50 } }),
    enabled: region !== undefined,
  });
  if (process.error) return <ErrorNote error={process.error} />;
  if (process.isPending) return <Loading />;
  const policy = process.data.policy?.parameters as unknown as AssessmentPolicy | undefined;
  const chosen = policy?.qualifications.find(({ code }) => code === body.qualification);
  return (
    <>
      {policy && (
        <Text size="sm" c="dimmed">
          {SCHEME_LABELS[policy.scheme]}. Успешно сдавший получает документ «{policy.documents.certificateRu}».
        </Text>
      )}
      <Radio.Group
        label="Квалификация"
        withAsterisk
        error={faults['/qualification']}
        value={str(body.qualification)}
        onChange={(qualification) => onChange({ qualification })}
      >
        <Stack gap={10} mt={6}>
          {(policy?.qualifications ?? []).map((q) => (
            <Radio
              key={q.code}
              value={q.code}
              label={q.labelRu}
              description={`Порог теории ${q.theoryPass} %, практики ${q.practicePass} %; трудовые функции ${q.labourFunctions.join(', ')}.`}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Select
        id={fieldId('/centreId')}
        label="Центр оценки"
        description="Даты и адреса экзамена центр предложит после проверки документов."
        withAsterisk
        error={faults['/centreId']}
        nothingFoundMessage="В этом регионе центров нет"
        data={(centres.data?.items ?? []).map((o) => ({ value: o.id, label: o.nameRu }))}
        value={str(body.centreId) || null}
        onChange={(centreId) => onChange({ centreId: centreId ?? '' })}
      />
      <Radio.Group
        label="Кто оплачивает"
        withAsterisk
        error={faults['/payer']}
        value={str(body.payer)}
        onChange={(payer) => onChange({ payer })}
      >
        <Stack gap={8} mt={6}>
          {payers
            .filter((p) => policy?.payers.includes(p as never) ?? true)
            .map((p) => (
              <Radio
                key={p}
                value={p}
                label={PAYER_LABELS[p]}
                description={
                  p === 'budget' && chosen
                    ? `На год таких мест: ${chosen.financedPlaces}. Если они кончились, можно ждать следующего года или заплатить.`
                    : undefined
                }
              />
            ))}
        </Stack>
      </Radio.Group>
    </>
  );
}

function ApplicationForm({ draft, body, onChange, serverErrors }: DraftFormProps) {
  const faults = faultsOf(serverErrors);
  const set = (more: Body) => onChange({ ...body, ...more });
  return (
    <section className="panel" aria-label="Заявление на оценку" style={{ maxWidth: 760 }}>
      <Stack gap="md">
        <Alert color="blue" variant="light" styles={TEXT}>
          Оценка добровольная. До экзамена заявление можно отозвать без последствий, работодатель о нём не узнает, а
          результат принадлежит вам: показать его или нет, решаете вы.
        </Alert>
        <ObjectFields draft={draft} body={body} faults={faults} payers={['budget', 'person']} onChange={set} />
        <Textarea
          id={fieldId('/education')}
          label="Образование и опыт"
          description="Что окончили, когда, где и сколько лет работаете. Подлинники покажете в центре."
          withAsterisk
          error={faults['/education']}
          autosize
          minRows={4}
          maxRows={16}
          maxLength={4000}
          value={str(body.education)}
          onChange={(e) => set({ education: e.currentTarget.value })}
        />
        <Textarea
          id={fieldId('/needs')}
          label="Особые условия"
          description="Если на экзамене нужны особые условия, например увеличенное время. Можно оставить пустым."
          error={faults['/needs']}
          autosize
          minRows={1}
          maxRows={8}
          maxLength={1000}
          value={str(body.needs)}
          onChange={(e) => set({ needs: e.currentTarget.value })}
        />
        <Checkbox
          id={fieldId('/consent')}
          label="Согласен на обработку персональных данных"
          error={faults['/consent']}
          checked={body.consent === true}
          onChange={(e) => set({ consent: e.currentTarget.checked })}
        />
        <Checkbox
          id={fieldId('/rules')}
          label="Ознакомлен с правилами экзамена и согласен с ними"
          error={faults['/rules']}
          checked={body.rules === true}
          onChange={(e) => set({ rules: e.currentTarget.checked })}
        />
      </Stack>
    </section>
  );
}

function ReferralForm({ draft, body, onChange, serverErrors }: DraftFormProps) {
  const staff = useQuery({ queryKey: ['people', 'staff'], queryFn: () => api('GET /api/referrals/staff', {}) });
  const faults = faultsOf(serverErrors);
  const set = (more: Body) => onChange({ ...body, ...more });
  return (
    <section className="panel" aria-label="Кого направляете" style={{ maxWidth: 760 }}>
      <Stack gap="md">
        <Alert color="blue" variant="light" styles={TEXT}>
          Работник вправе отказаться и ничего не объяснять. До его согласия вы видите «не подано»; результат – только
          если он разрешит. Напоминать нельзя: одно направление на квалификацию в год.
        </Alert>
        {staff.error && <ErrorNote error={staff.error} />}
        <Select
          id={fieldId('/personId')}
          label="Работник"
          withAsterisk
          searchable
          error={faults['/personId']}
          nothingFoundMessage="Такого работника нет"
          data={(staff.data?.items ?? []).map((p) => ({ value: p.id, label: `${p.displayName} · ${p.postRu}` }))}
          value={str(body.personId) || null}
          onChange={(personId) =>
            set({
              personId: personId ?? '',
              organisationId: staff.data?.items.find((p) => p.id === personId)?.organisationId,
            })
          }
        />
        <ObjectFields draft={draft} body={body} faults={faults} payers={['employer', 'budget']} onChange={set} />
      </Stack>
    </section>
  );
}

type Referral = Reply<'GET /api/referrals'>['items'][number];

/** People this employer referred: filed or not filed, and of the result only what the person lets him know. */
function Referrals() {
  const referrals = useQuery({ queryKey: ['cases', 'referrals'], queryFn: () => api('GET /api/referrals', {}) });
  const [complaint, setComplaint] = useState<Referral | null>(null);
  if (referrals.error) return <ErrorNote error={referrals.error} />;
  const rows = referrals.data?.items ?? [];
  if (rows.length === 0) return null;
  return (
    <section aria-label="Кого вы направили" style={{ marginTop: 16 }}>
      <Text size="sm" fw={650} mb={4}>
        Кого вы направили
      </Text>
      {rows.map((r) => (
        <Group
          key={r.id}
          justify="space-between"
          align="flex-start"
          gap="xs"
          py={8}
          style={{ borderTop: '1px solid var(--app-line)' }}
        >
          <div style={{ flex: '1 1 240px', minWidth: 0 }}>
            <Text size="sm" fw={600}>
              {r.personRu}
            </Text>
            <Text size="xs" c="dimmed">
              {r.qualificationRu} · направлен {longDate(r.offeredOn)} · {r.payerRu}
            </Text>
            {r.result && (
              <Text size="sm" mt={2}>
                {capital(r.result.factRu)}
                {r.result.documentNumber ? `, документ ${r.result.documentNumber}` : ''}
              </Text>
            )}
            {r.whyNotRu && (
              <Text size="xs" c="dimmed" mt={2}>
                {r.whyNotRu}
              </Text>
            )}
          </div>
          <Group gap={8}>
            <Chip tone={r.status === 'submitted' ? 'good' : 'plain'}>{r.statusRu}</Chip>
            {r.mayComplain && (
              <Button size="compact-sm" variant="default" onClick={() => setComplaint(r)}>
                Подать жалобу
              </Button>
            )}
          </Group>
        </Group>
      ))}
      <Modal
        opened={complaint !== null}
        onClose={() => setComplaint(null)}
        title={<Text fw={650}>Жалоба на результат экзамена</Text>}
      >
        {complaint && <Complaint referral={complaint} onDone={() => setComplaint(null)} />}
      </Modal>
    </section>
  );
}

function Complaint({ referral, onDone }: { referral: Referral; onDone(): void }) {
  const client = useQueryClient();
  const formKey = `referral.${referral.id}.complaint`;
  const [value, setValue, forget] = useLocalCopy<Body>(formKey, {});
  const [tried, setTried] = useState(false);
  const act = useCallback(
    (json: { grounds: string }, idempotencyKey: string) =>
      api('POST /api/referrals/{id}/complaint', { params: { id: referral.id }, json }, { idempotencyKey }),
    [referral.id],
  );
  const done = useCallback(() => {
    forget();
    void client.invalidateQueries();
    onDone();
  }, [forget, client, onDone]);
  const submission = useSubmission(formKey, act, done);
  const grounds = str(value.grounds);
  const short = grounds.trim().length < 5;
  return (
    <Stack gap="md">
      <Textarea
        label="Основания"
        description="С чем вы не согласны и почему. Апелляционная комиссия отвечает соискателю и вам."
        withAsterisk
        autosize
        minRows={4}
        maxRows={16}
        error={
          byPointer(submission.problem?.errors ?? [])['/grounds'] ??
          (tried && short ? 'Напишите хотя бы несколько слов.' : undefined)
        }
        value={grounds}
        onChange={(e) => setValue({ grounds: e.currentTarget.value })}
      />
      <SubmissionNote submission={submission} />
      <Group justify="flex-end">
        <Button
          loading={submission.state === 'sending'}
          onClick={() => {
            setTried(true);
            if (!short) void submission.send({ grounds });
          }}
        >
          Подать жалобу
        </Button>
      </Group>
    </Stack>
  );
}

const SECTIONS: Record<string, string> = {
  qualification: 'Квалификация',
  centreId: 'Центр оценки',
  payer: 'Оплата',
  education: 'Образование и опыт',
  needs: 'Особые условия',
  consent: 'Согласие',
  rules: 'Правила экзамена',
  personId: 'Работник',
};
const sectionOf = (pointer: string) => SECTIONS[pointer.split('/')[1] ?? ''] ?? 'Форма';

export const starts: Record<string, StartScreen> = {
  apply: {
    titleRu:
      'Добровольная оценка вашей квалификации: экзамен из двух частей в центре оценки. Черновик сохраняется сам.',
    submitRu: 'Подать заявление',
    afterRu: 'Заявлению будет присвоен номер; центр проверит документы и предложит даты экзамена.',
    newBody: () => ({}),
    titleOf: () => '',
    Form: ApplicationForm,
    check: checkApplication,
    sectionOf,
  },
  refer: {
    titleRu: 'Предложить работнику пройти оценку. Заявление появится, только если он согласится.',
    submitRu: 'Направить работника',
    afterRu: 'Работник получит предложение и ответит сам. До согласия вы видите «не подано».',
    newBody: () => ({}),
    titleOf: () => '',
    Form: ReferralForm,
    check: checkReferral,
    sectionOf,
    Sent: Referrals,
  },
};
