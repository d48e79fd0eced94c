import { Alert, Button, Checkbox, Group, Modal, Radio, Select, Stack, Text, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { PAYER_LABELS, SCHEME_LABELS } from './labels.ts';
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
import { t } from './words.ts';

type Body = Record<string, unknown>;
const SLUG = 'qualification-assessment';
const str = (v: unknown) => (typeof v === 'string' ? v : '');

const lack = (body: Body, name: string, detail: string): FieldProblem[] =>
  str(body[name]).trim() === '' ? [{ pointer: `/${name}`, detail }] : [];

const checkObject = (body: Body): FieldProblem[] => [
  ...lack(body, 'qualification', t('start.chooseQualification')),
  ...lack(body, 'centreId', t('start.chooseCentre')),
  ...lack(body, 'payer', t('start.choosePayer')),
];

function checkApplication(body: Body): FieldProblem[] {
  const education = str(body.education).trim();
  return [
    ...checkObject(body),
    ...(education.length < 5 ? [{ pointer: '/education', detail: t('start.writeEducation') }] : []),
    ...(body.consent === true ? [] : [{ pointer: '/consent', detail: t('start.consentNeeded') }]),
    ...(body.rules === true ? [] : [{ pointer: '/rules', detail: t('start.rulesNeeded') }]),
  ];
}

const checkReferral = (body: Body): FieldProblem[] => [
  ...lack(body, 'personId', t('start.chooseEmployee')),
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
          {t('start.scheme', { scheme: SCHEME_LABELS[policy.scheme], certificateRu: policy.documents.certificateRu })}
        </Text>
      )}
      <Radio.Group
        label={t('marks.qualification')}
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
              description={t('start.thresholds', {
                theoryPass: q.theoryPass,
                practicePass: q.practicePass,
                labourFunctions: q.labourFunctions.join(', '),
              })}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Select
        id={fieldId('/centreId')}
        label={t('start.centre')}
        description={t('start.centreHint')}
        withAsterisk
        error={faults['/centreId']}
        nothingFoundMessage={t('start.noCentres')}
        data={(centres.data?.items ?? []).map((o) => ({ value: o.id, label: o.nameRu }))}
        value={str(body.centreId) || null}
        onChange={(centreId) => onChange({ centreId: centreId ?? '' })}
      />
      <Radio.Group
        label={t('start.payer')}
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
                  p === 'budget' && chosen ? t('start.financed', { financedPlaces: chosen.financedPlaces }) : undefined
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
    <section className="panel" aria-label={t('start.title')} style={{ maxWidth: 760 }}>
      <Stack gap="md">
        <Alert color="blue" variant="light" styles={TEXT}>
          {t('start.voluntary')}
        </Alert>
        <ObjectFields draft={draft} body={body} faults={faults} payers={['budget', 'person']} onChange={set} />
        <Textarea
          id={fieldId('/education')}
          label={t('start.education')}
          description={t('start.educationHint')}
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
          label={t('start.special')}
          description={t('start.specialHint')}
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
          label={t('start.consent')}
          error={faults['/consent']}
          checked={body.consent === true}
          onChange={(e) => set({ consent: e.currentTarget.checked })}
        />
        <Checkbox
          id={fieldId('/rules')}
          label={t('start.rules')}
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
    <section className="panel" aria-label={t('start.whom')} style={{ maxWidth: 760 }}>
      <Stack gap="md">
        <Alert color="blue" variant="light" styles={TEXT}>
          {t('start.whomHint')}
        </Alert>
        {staff.error && <ErrorNote error={staff.error} />}
        <Select
          id={fieldId('/personId')}
          label={t('start.employee')}
          withAsterisk
          searchable
          error={faults['/personId']}
          nothingFoundMessage={t('start.noEmployee')}
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
    <section aria-label={t('start.referred')} style={{ marginTop: 16 }}>
      <Text size="sm" fw={650} mb={4}>
        {t('start.referred')}
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
              {t('start.referredLine', {
                qualificationRu: r.qualificationRu,
                offeredOn: longDate(r.offeredOn),
                payerRu: r.payerRu,
              })}
            </Text>
            {r.result && (
              <Text size="sm" mt={2}>
                {capital(r.result.factRu)}
                {r.result.documentNumber ? t('start.document', { documentNumber: r.result.documentNumber }) : ''}
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
                {t('start.complain')}
              </Button>
            )}
          </Group>
        </Group>
      ))}
      <Modal
        opened={complaint !== null}
        onClose={() => setComplaint(null)}
        title={<Text fw={650}>{t('start.complaint')}</Text>}
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
        label={t('start.grounds')}
        description={t('start.groundsHint')}
        withAsterisk
        autosize
        minRows={4}
        maxRows={16}
        error={
          byPointer(submission.problem?.errors ?? [])['/grounds'] ?? (tried && short ? t('start.fewWords') : undefined)
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
          {t('start.complain')}
        </Button>
      </Group>
    </Stack>
  );
}

const SECTIONS: Record<string, string> = {
  get qualification() {
    return t('marks.qualification');
  },
  get centreId() {
    return t('start.centre');
  },
  get payer() {
    return t('road.payment');
  },
  get education() {
    return t('start.education');
  },
  get needs() {
    return t('start.special');
  },
  get consent() {
    return t('section.consent');
  },
  get rules() {
    return t('section.rules');
  },
  get personId() {
    return t('start.employee');
  },
};
const sectionOf = (pointer: string) => SECTIONS[pointer.split('/')[1] ?? ''] ?? t('section.form');

export const starts: Record<string, StartScreen> = {
  apply: {
    get titleRu() {
      return t('start.selfTitle');
    },
    get submitRu() {
      return t('start.apply');
    },
    get afterRu() {
      return t('start.applyAfter');
    },
    newBody: () => ({}),
    titleOf: () => '',
    Form: ApplicationForm,
    check: checkApplication,
    sectionOf,
  },
  refer: {
    get titleRu() {
      return t('start.referTitle');
    },
    get submitRu() {
      return t('start.refer');
    },
    get afterRu() {
      return t('start.referAfter');
    },
    newBody: () => ({}),
    titleOf: () => '',
    Form: ReferralForm,
    check: checkReferral,
    sectionOf,
    Sent: Referrals,
  },
};
