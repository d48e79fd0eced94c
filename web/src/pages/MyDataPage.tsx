import { Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Reply } from '../api.ts';
import { Chip, Empty, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { ErrorNote, PageFailure } from '../kit/ErrorNote.tsx';
import { dateTime, longDate } from '../lib/dates.ts';
import { capital } from '../lib/words.ts';
import { Readings } from './Readings.tsx';
import { t } from '../i18n/index.ts';

type Request = Reply<'GET /api/me/data'>['requests'][number];
type Field = 'familyName' | 'givenName' | 'patronymic' | 'email';

const myDataQuery = queryOptions({ queryKey: ['my-data'], queryFn: () => api('GET /api/me/data', {}) });
const officeQuery = queryOptions({
  queryKey: ['personal-requests'],
  queryFn: () => api('GET /api/personal-requests', {}),
});

const FIELDS: Record<Field, string> = {
  familyName: 'person.family',
  givenName: 'person.given',
  patronymic: 'person.patronymic',
  email: 'person.email',
};
const labelOf = (field = '') => (field in FIELDS ? t(FIELDS[field as Field]) : field);

/** What the platform holds about me, who looked at it, and what I may ask for. */
export function MyDataPage() {
  const mine = useQuery(myDataQuery);
  const client = useQueryClient();
  const [asking, setAsking] = useState<'correction' | 'erasure' | null>(null);
  // What was typed outlives the dialog: a closed one opens where it was left.
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const change = useMutation({
    mutationFn: ({ purpose, version, give }: { purpose: string; version: number; give: boolean }) =>
      give
        ? api('PUT /api/me/consents/{purpose}', { params: { purpose }, json: { version } })
        : api('DELETE /api/me/consents/{purpose}', { params: { purpose } }),
    onSettled: () => client.invalidateQueries({ queryKey: myDataQuery.queryKey }),
  });
  if (mine.isPending) return <Loading />;
  if (mine.error) return <PageFailure error={mine.error} onRetry={() => void mine.refetch()} />;
  const { consents, requests } = mine.data;
  return (
    <>
      <PageTitle
        tab={t('nav.myData')}
        hint={t('personal.hint')}
        end={
          <Button component="a" href="/api/me/data/export" leftSection={<IconDownload size={16} aria-hidden />}>
            {t('personal.export')}
          </Button>
        }
      >
        {t('nav.myData')}
      </PageTitle>
      <Stack gap="md">
        <Panel title={t('personal.consents')}>
          <Stack gap="sm">
            {consents.map((consent) => (
              <Group key={consent.purpose} justify="space-between" align="flex-start" wrap="wrap">
                <div style={{ flex: 1, minWidth: 240 }}>
                  <Group gap={8}>
                    <Text fw={600}>{consent.titleRu}</Text>
                    <Chip tone={consent.active ? 'good' : 'plain'}>
                      {consent.active
                        ? t('personal.given', { longDate: longDate(consent.untilOn ?? '') })
                        : consent.withdrawnAt
                          ? t('personal.withdrawn')
                          : t('personal.notGiven')}
                    </Chip>
                  </Group>
                  <Text size="sm" c="dimmed">
                    {consent.textRu}
                  </Text>
                </div>
                <Button
                  variant="default"
                  size="sm"
                  loading={change.isPending}
                  onClick={() =>
                    change.mutate({ purpose: consent.purpose, version: consent.version, give: !consent.active })
                  }
                >
                  {consent.active ? t('personal.withdraw') : t('personal.give')}
                </Button>
              </Group>
            ))}
            {change.error && <ErrorNote error={change.error} />}
          </Stack>
        </Panel>
        <Panel
          title={t('personal.requests')}
          end={
            <Group gap="xs">
              <Button size="xs" variant="default" onClick={() => setAsking('correction')}>
                {t('personal.correct')}
              </Button>
              <Button size="xs" variant="default" onClick={() => setAsking('erasure')}>
                {t('personal.erase')}
              </Button>
            </Group>
          }
        >
          {requests.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('personal.noRequests')}
            </Text>
          ) : (
            <Stack gap="sm">
              {requests.map((request) => (
                <RequestCard key={request.id} request={request} />
              ))}
            </Stack>
          )}
        </Panel>
        <Readings />
      </Stack>
      <Modal
        opened={asking !== null}
        onClose={() => setAsking(null)}
        title={<Text fw={650}>{asking === 'erasure' ? t('personal.eraseTitle') : t('personal.correctTitle')}</Text>}
      >
        {asking && (
          <AskForm
            kind={asking}
            typed={typed}
            onType={(more) => setTyped((now) => ({ ...now, ...more }))}
            onDone={() => {
              setAsking(null);
              setTyped(NOTHING_TYPED);
            }}
          />
        )}
      </Modal>
    </>
  );
}

interface Typed {
  field: Field;
  value: string;
  reason: string;
}
const NOTHING_TYPED: Typed = { field: 'familyName', value: '', reason: '' };

function AskForm({
  kind,
  typed: { field, value, reason },
  onType,
  onDone,
}: {
  kind: 'correction' | 'erasure';
  typed: Typed;
  onType(more: Partial<Typed>): void;
  onDone(): void;
}) {
  const client = useQueryClient();
  const [key] = useState(() => crypto.randomUUID());
  const ask = useMutation({
    mutationFn: () =>
      api(
        'POST /api/me/requests',
        { json: kind === 'correction' ? { kind, field, value, reason } : { kind, reason } },
        { idempotencyKey: key },
      ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: myDataQuery.queryKey });
      onDone();
    },
  });
  return (
    <Stack gap="md">
      {kind === 'correction' ? (
        <>
          <Select
            label={t('personal.what')}
            data={Object.entries(FIELDS).map(([value, key]) => ({ value, label: t(key) }))}
            value={field}
            onChange={(v) => v && onType({ field: v as Field })}
            allowDeselect={false}
          />
          <TextInput
            label={t('personal.should')}
            withAsterisk
            value={value}
            onChange={(e) => onType({ value: e.currentTarget.value })}
          />
        </>
      ) : (
        <Text size="sm">{t('personal.eraseHint')}</Text>
      )}
      <Textarea
        label={kind === 'correction' ? t('personal.proof') : t('personal.note')}
        withAsterisk={kind === 'correction'}
        autosize
        minRows={2}
        value={reason}
        onChange={(e) => onType({ reason: e.currentTarget.value })}
      />
      {ask.error && <ErrorNote error={ask.error} />}
      <Group justify="flex-end">
        <Button
          loading={ask.isPending}
          disabled={kind === 'correction' && (value.trim() === '' || reason.trim().length < 3)}
          onClick={() => ask.mutate()}
        >
          {t('common.send')}
        </Button>
      </Group>
    </Stack>
  );
}

function RequestCard({ request, onDecide }: { request: Request; onDecide?(request: Request): void }) {
  const open = request.state === 'open';
  return (
    <article className="panel">
      <Group justify="space-between" align="flex-start">
        <Group gap={8}>
          <Text fw={600}>
            {onDecide ? `${request.person?.displayName ?? ''}: ${request.kindRu}` : capital(request.kindRu)}
          </Text>
          <Chip tone={request.late ? 'late' : open ? 'soon' : 'plain'}>
            {request.late ? t('personal.late') : request.stateRu}
          </Chip>
        </Group>
        <Text size="xs" c="dimmed" title={request.whyRu}>
          {t('personal.filed', {
            createdAt: dateTime(request.createdAt),
            dueOn: open
              ? t('personal.answerBy', { dueOn: longDate(request.dueOn) })
              : t('personal.decidedAt', { dateTime: dateTime(request.decidedAt ?? '') }),
          })}
        </Text>
      </Group>
      {request.body && (
        <Text size="sm" mt={6}>
          {request.body.field ? `${labelOf(request.body.field)}: ${request.body.value}. ` : ''}
          {request.body.reason}
        </Text>
      )}
      {request.answer && (
        <Text size="sm" mt={6}>
          {t('personal.answer', { answer: request.answer })}
        </Text>
      )}
      {open && (
        <details style={{ marginTop: 6 }}>
          <summary style={{ cursor: 'pointer', fontSize: 13 }}>{t('due.why')}</summary>
          <Text size="sm" className="pre">
            {request.whyRu}
          </Text>
        </details>
      )}
      {open && onDecide && (
        <Button mt="sm" size="compact-sm" variant="default" onClick={() => onDecide(request)}>
          {t('personal.decide')}
        </Button>
      )}
    </article>
  );
}

/** The office that answers: nearest term first. */
export function PersonalRequestsPage() {
  const requests = useQuery(officeQuery);
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Request | null>(null);
  // An answer belongs to its request, and waits there when the dialog is closed.
  const [answers, setAnswers] = useState<Record<string, string>>({});
  const answer = answers[chosen?.id ?? ''] ?? '';
  const erasing = chosen?.kind === 'erasure';
  const decide = useMutation({
    mutationFn: ({ id, decision }: { id: string; decision: 'granted' | 'refused' }) =>
      api(
        'POST /api/personal-requests/{id}/decide',
        { params: { id }, json: { decision, answer } },
        { idempotencyKey: crypto.randomUUID() },
      ),
    onSuccess: () => {
      setChosen(null);
      void client.invalidateQueries({ queryKey: officeQuery.queryKey });
    },
  });
  if (requests.isPending) return <Loading />;
  if (requests.error) return <PageFailure error={requests.error} onRetry={() => void requests.refetch()} />;
  const { items } = requests.data;
  return (
    <>
      <PageTitle tab={t('nav.personal')} hint={t('personal.officeHint')}>
        {t('personal.officeTitle')}
      </PageTitle>
      {items.length === 0 ? (
        <Empty title={t('personal.none')} hint={t('personal.noneHint')} />
      ) : (
        <Stack gap="sm">
          {items.map((request) => (
            <RequestCard
              key={request.id}
              request={request}
              onDecide={(request) => {
                decide.reset();
                setChosen(request);
              }}
            />
          ))}
        </Stack>
      )}
      <Modal
        opened={chosen !== null}
        onClose={() => setChosen(null)}
        title={<Text fw={650}>{t('personal.decideTitle')}</Text>}
      >
        {chosen && (
          <Stack gap="md">
            <Text size="sm">
              {chosen.person?.displayName}: {chosen.kindRu}
              {chosen.body?.field ? `, ${labelOf(chosen.body.field)} — ${chosen.body.value}` : ''}
            </Text>
            <Textarea
              label={t('personal.forPerson')}
              withAsterisk
              autosize
              minRows={3}
              value={answer}
              onChange={(e) => {
                const text = e.currentTarget.value;
                setAnswers((now) => ({ ...now, [chosen.id]: text }));
              }}
            />
            {erasing && <Text size="sm">{t('personal.eraseForGood')}</Text>}
            {decide.error && <ErrorNote error={decide.error} />}
            <Group justify="flex-end">
              <Button
                variant="default"
                disabled={answer.trim().length < 3}
                loading={decide.isPending}
                onClick={() => decide.mutate({ id: chosen.id, decision: 'refused' })}
              >
                {t('personal.refuse')}
              </Button>
              <Button
                {...(erasing ? { color: 'red' } : {})}
                disabled={answer.trim().length < 3}
                loading={decide.isPending}
                onClick={() => decide.mutate({ id: chosen.id, decision: 'granted' })}
              >
                {t('personal.grant')}
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  );
}
