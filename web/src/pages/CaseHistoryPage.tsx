import {
  Alert,
  Button,
  Code,
  Collapse,
  Group,
  Modal,
  Select,
  SegmentedControl,
  Stack,
  Switch,
  Table,
  Text,
  TextInput,
  UnstyledButton,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { api, type Reply } from '../api.ts';
import { Chip, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { CaseAudit } from '../kit/CaseAudit.tsx';
import { ErrorNote, PageFailure } from '../kit/ErrorNote.tsx';
import { missing, type Schema, SchemaForm, startingValues, type Values } from '../kit/SchemaForm.tsx';
import { SubmissionNote } from '../kit/SubmissionNote.tsx';
import { useSubmission } from '../kit/useSubmission.ts';
import { dateTime } from '../lib/dates.ts';
import { AnchorTo, usePathParam } from '../lib/links.tsx';
import { byPointer } from '../lib/problem.ts';
import { caseHistoryQuery, caseQuery, type ProcessView, processQuery } from '../lib/queries.ts';
import { screensQuery } from '../processes/index.ts';
import { t } from '../i18n/index.ts';

type Entry = Reply<'GET /api/cases/{id}/history'>['entries'][number];

/** What the engine did beside what was recorded, across runs, in words. */
export function CaseHistoryPage() {
  const id = usePathParam('id');
  const history = useQuery(caseHistoryQuery(id));
  const view = useQuery(caseQuery(id));
  const process = useQuery({ ...processQuery(view.data?.process ?? ''), enabled: view.data !== undefined });
  const client = useQueryClient();
  const [source, setSource] = useState('all');
  const [failuresOnly, setFailuresOnly] = useState(false);
  const [facts, factsForm] = useDisclosure(false);
  const reconcile = useMutation({
    mutationFn: () =>
      api('POST /api/cases/{id}/reconcile', { params: { id } }, { idempotencyKey: crypto.randomUUID() }),
    onSuccess: () => {
      notifications.show({
        message: t('history.asked'),
        color: 'green',
        withBorder: true,
        closeButtonProps: { 'aria-label': t('common.close') },
      });
      void client.invalidateQueries({ queryKey: ['case', id] });
    },
  });
  if (history.isPending || view.isPending) return <Loading />;
  if (history.error ?? view.error)
    return <PageFailure error={history.error ?? view.error} onRetry={() => void history.refetch()} />;
  const h = history.data!;
  const entries = h.entries.filter((e) => (source === 'all' || e.source === source) && (!failuresOnly || e.failure));
  return (
    <>
      <PageTitle
        tab={t('case.run')}
        hint={
          <AnchorTo to="/cases/$id" params={{ id }} size="sm">
            {view.data?.number} {view.data?.titleRu}
          </AnchorTo>
        }
        end={
          <>
            <CaseAudit caseId={id} />
            <Button variant="default" size="sm" onClick={factsForm.open}>
              {t('history.fact')}
            </Button>
            <Button
              size="sm"
              leftSection={<IconRefresh size={16} aria-hidden />}
              loading={reconcile.isPending}
              onClick={() => reconcile.mutate()}
            >
              {t('history.reconcile')}
            </Button>
          </>
        }
      >
        {t('case.run')}
      </PageTitle>
      <Stack gap="md">
        {reconcile.error && <ErrorNote error={reconcile.error} />}
        {!h.engineAvailable && (
          <Alert color="yellow" variant="light" styles={TEXT} icon={<IconAlertTriangle aria-hidden />}>
            {t('history.noEngine')}
          </Alert>
        )}
        {h.row.behind && (
          <Alert color="yellow" variant="light" styles={TEXT} title={t('history.behind')}>
            {t('history.behindBy', { sequence: h.row.sequence, engineSequence: h.row.engineSequence ?? '—' })}
          </Alert>
        )}
        {h.incidents.map((i) => (
          <Alert
            key={i.kind + i.since}
            color="red"
            variant="light"
            styles={TEXT}
            icon={<IconAlertTriangle aria-hidden />}
            title={i.messageRu}
          >
            <Text size="sm">
              {t('history.attempts', {
                attempts: i.attempts,
                since: i.since ? t('history.since', { since: dateTime(i.since) }) : '',
              })}
            </Text>
            {i.failure && (
              <Code block mt={6} tabIndex={0}>
                {i.failure}
              </Code>
            )}
          </Alert>
        ))}
        <Panel title={t('history.runs')} end={<Code>{h.workflowId}</Code>}>
          <div className="scroll-x" tabIndex={0} role="region" aria-label={t('history.runs')}>
            <Table miw={560}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('history.oneRun')}</Table.Th>
                  <Table.Th>{t('history.state')}</Table.Th>
                  <Table.Th>{t('history.started')}</Table.Th>
                  <Table.Th>{t('history.ended')}</Table.Th>
                  <Table.Th ta="right">{t('history.count')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {h.runs.map((r, i) => (
                  <Table.Tr key={r.runId}>
                    <Table.Td>
                      № {i + 1} <Code>{r.runId.slice(0, 8)}</Code>
                    </Table.Td>
                    <Table.Td>
                      <Chip
                        tone={
                          r.status.toLowerCase().includes('run')
                            ? 'info'
                            : r.status.toLowerCase().includes('fail')
                              ? 'late'
                              : 'plain'
                        }
                      >
                        {r.statusRu}
                      </Chip>
                    </Table.Td>
                    <Table.Td>{r.startedAt ? dateTime(r.startedAt) : '—'}</Table.Td>
                    <Table.Td>{r.closedAt ? dateTime(r.closedAt) : '—'}</Table.Td>
                    <Table.Td ta="right" className="num">
                      {r.events}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        </Panel>
        <Panel
          title={t('history.events')}
          end={
            <Group gap="sm">
              <Switch
                label={t('history.failures')}
                checked={failuresOnly}
                onChange={(e) => setFailuresOnly(e.currentTarget.checked)}
              />
              <SegmentedControl
                size="xs"
                aria-label={t('history.show')}
                value={source}
                onChange={setSource}
                data={[
                  { value: 'all', label: t('history.both') },
                  { value: 'audit', label: t('history.journal') },
                  { value: 'engine', label: t('admin.engine') },
                ]}
              />
            </Group>
          }
        >
          <ol className="timeline">
            {entries.map((e) => (
              <EntryRow key={`${e.source}${e.runId}${e.eventId}`} entry={e} />
            ))}
          </ol>
          {entries.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('history.none')}
            </Text>
          )}
        </Panel>
      </Stack>
      <Modal opened={facts} onClose={factsForm.close} title={<Text fw={650}>{t('history.factTitle')}</Text>} size="lg">
        {process.data && (
          <FactForm
            caseId={id}
            process={process.data}
            onDone={() => {
              factsForm.close();
              void client.invalidateQueries({ queryKey: ['case', id] });
            }}
          />
        )}
      </Modal>
    </>
  );
}

const TEXT = { message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } };

function EntryRow({ entry }: { entry: Entry }) {
  const [open, more] = useDisclosure(false);
  return (
    <li data-tone={entry.failure ? 'late' : entry.source === 'audit' ? 'info' : 'plain'}>
      <Group gap={8}>
        <Text size="sm" fw={600}>
          {entry.labelRu}
        </Text>
        <Chip tone={entry.source === 'audit' ? 'info' : 'plain'}>
          {entry.source === 'audit' ? t('history.ofJournal') : t('history.ofEngine')}
        </Chip>
        <Text size="xs" c="dimmed">
          {dateTime(entry.at)}
        </Text>
      </Group>
      {entry.detailRu && (
        <Text size="sm" c="dimmed">
          {entry.detailRu}
        </Text>
      )}
      <UnstyledButton fz={12} c="dimmed" td="underline" onClick={more.toggle} aria-expanded={open}>
        {t('history.data')}
      </UnstyledButton>
      <Collapse expanded={open}>
        <Code block mt={4} tabIndex={0} style={{ maxHeight: 260 }}>
          {entry.type} № {entry.eventId}
          {'\n'}
          {JSON.stringify(entry.data, null, 1)}
        </Code>
      </Collapse>
    </li>
  );
}

/** A fact that happened outside. Its own key makes a repetition harmless. */
function FactForm({ caseId, process, onDone }: { caseId: string; process: ProcessView; onDone(): void }) {
  const screens = useQuery(screensQuery(process.slug));
  const [kind, setKind] = useState<string | null>(process.facts[0]?.kind ?? null);
  const [factId, setFactId] = useState(() => `manual:${crypto.randomUUID().slice(0, 13)}`);
  const [value, setValue] = useState<Values>({});
  const [tried, setTried] = useState(false);
  const fact = process.facts.find((f) => f.kind === kind);
  const schema = (fact?.schema ?? {}) as Schema;
  const vocabulary = screens.data?.vocabulary(process) ?? {};
  const act = useCallback(
    (body: { factId: string; kind: string; body: Values }, idempotencyKey: string) =>
      api('POST /api/cases/{id}/facts', { params: { id: caseId }, json: body }, { idempotencyKey }),
    [caseId],
  );
  const submission = useSubmission(`fact.${caseId}`, act, onDone);
  const gaps = missing(schema, value, vocabulary);
  return (
    <Stack gap="md">
      <Select
        label={t('history.whatHappened')}
        data={process.facts.map((f) => ({ value: f.kind, label: f.labelRu }))}
        value={kind}
        allowDeselect={false}
        onChange={(k) => {
          setKind(k);
          setValue(startingValues((process.facts.find((f) => f.kind === k)?.schema ?? {}) as Schema));
        }}
      />
      <TextInput
        label={t('history.factId')}
        description={t('history.factIdHint')}
        value={factId}
        onChange={(e) => setFactId(e.currentTarget.value)}
      />
      {fact && (
        <SchemaForm
          schema={schema}
          value={value}
          onChange={setValue}
          errors={{
            ...(tried ? gaps : {}),
            ...byPointer(
              submission.problem?.errors.map((e) => ({ ...e, pointer: e.pointer.replace(/^\/body/, '') })) ?? [],
            ),
          }}
          vocabulary={vocabulary}
        />
      )}
      <SubmissionNote submission={submission} />
      <Group justify="flex-end">
        <Button
          loading={submission.state === 'sending'}
          disabled={!fact}
          onClick={() => {
            setTried(true);
            if (fact && Object.keys(gaps).length === 0) void submission.send({ factId, kind: fact.kind, body: value });
          }}
        >
          {t('history.recordFact')}
        </Button>
      </Group>
    </Stack>
  );
}
