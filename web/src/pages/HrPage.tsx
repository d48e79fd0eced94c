import {
  Alert,
  Button,
  FileButton,
  Group,
  Modal,
  Progress,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Table,
  Tabs,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconArrowRight, IconFileUpload, IconUserCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { POSTS } from '../../../processes/catalogue/posts.ts';
import { COLUMNS, EVENT_WORDS, LEAVE_WORDS } from '../../../processes/hr-events/import.ts';
import { api, type Reply, uploadFile } from '../api.ts';
import { Chip, Empty, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { DateField } from '../kit/DateField.tsx';
import { ErrorNote, PageFailure } from '../kit/ErrorNote.tsx';
import { OrganisationPicker, PersonPicker } from '../kit/Pickers.tsx';
import { dateTime, longDate, shortDate } from '../lib/dates.ts';
import { AnchorTo, ButtonTo, usePathParam, useWords } from '../lib/links.tsx';
import { asProblem, byPointer } from '../lib/problem.ts';
import { hrBatchesQuery, hrBatchQuery, hrEventsQuery, hrRowsQuery } from '../lib/queries.ts';
import { capital } from '../lib/words.ts';
import { t } from '../i18n/index.ts';

type Batch = Reply<'GET /api/hr-imports/{id}'>;
type Row = Reply<'GET /api/hr-imports/{id}/rows'>['items'][number];
type Effect = Row['effects'][number];
type Outcome = Row['outcomes'][number];
type Event = Reply<'GET /api/hr-events'>['items'][number];
type Preview = Reply<'POST /api/hr-events/preview'>;
type Cells = Event['cells'];

const TEXT = { message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } };

/** Employment events: a file, one event, what was told to whom. Nothing happens before the person has seen what will. */
export function HrPage() {
  const [words, setWords] = useWords();
  const tab = words.tab ?? 'file';
  return (
    <>
      <PageTitle tab={t('nav.hr')} hint={t('hr.hint')}>
        {t('nav.hr')}
      </PageTitle>
      <Tabs
        value={tab}
        onChange={(v) => setWords({ tab: v === 'file' ? undefined : (v ?? undefined) })}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="file">{t('hr.upload')}</Tabs.Tab>
          <Tabs.Tab value="one">{t('hr.one')}</Tabs.Tab>
          <Tabs.Tab value="journal">{t('hr.journal')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="file">
          <Upload />
        </Tabs.Panel>
        <Tabs.Panel value="one">
          <OneEvent />
        </Tabs.Panel>
        <Tabs.Panel value="journal">
          <Journal />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Upload() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const upload = useMutation({
    mutationFn: async (file: File) => {
      const { sha256 } = await uploadFile(file);
      return api(
        'POST /api/hr-imports',
        { json: { sha256, name: file.name } },
        { idempotencyKey: crypto.randomUUID() },
      );
    },
    onSuccess: (batch) => {
      void client.invalidateQueries({ queryKey: ['hr'] });
      void navigate({ to: '/hr/$id', params: { id: batch.id } });
    },
  });
  return (
    <Stack gap="md">
      <Panel title={t('hr.file')}>
        <Stack gap="sm">
          <Text size="sm">{t('hr.fileHint')}</Text>
          <FileButton accept=".csv,.txt,text/csv" onChange={(file) => file && upload.mutate(file)}>
            {(props) => (
              <Button
                {...props}
                leftSection={<IconFileUpload size={18} aria-hidden />}
                loading={upload.isPending}
                style={{ alignSelf: 'flex-start' }}
              >
                {t('hr.choose')}
              </Button>
            )}
          </FileButton>
          {upload.error && <ErrorNote error={upload.error} />}
          <details>
            <summary style={{ cursor: 'pointer', fontSize: 14 }}>{t('hr.whichColumns')}</summary>
            <Text size="sm" mt={8}>
              {t('hr.columns', {
                required: Object.values(COLUMNS)
                  .filter((c) => c.must)
                  .map((c) => c.ru)
                  .join(', '),
                others: Object.values(COLUMNS)
                  .filter((c) => !c.must)
                  .map((c) => c.ru)
                  .join(', '),
                events: Object.values(EVENT_WORDS).join('; '),
              })}
            </Text>
            <Text size="sm" mt={8} ff="monospace" className="wrap-anywhere">
              Педагог;Событие;Дата;Вид отпуска;Плановое окончание;Приказ
              <br />
              Лосев Кирилл Андреевич;начался отпуск;01.12.2026;по уходу за ребёнком;01.06.2028;15-к
            </Text>
          </details>
        </Stack>
      </Panel>
      <History />
    </Stack>
  );
}

function History() {
  const list = useInfiniteQuery(hrBatchesQuery);
  if (list.isPending) return <Loading />;
  if (list.error) return <ErrorNote error={list.error} onRetry={() => void list.refetch()} />;
  const rows = list.data.pages.flatMap((p) => p.items);
  if (rows.length === 0) return <Empty title={t('hr.noUploads')} hint={t('hr.noUploadsHint')} />;
  return (
    <Panel title={t('hr.uploads')}>
      <div className="rows" style={{ border: 0 }}>
        {rows.map((b) => (
          <AnchorTo key={b.id} to="/hr/$id" params={{ id: b.id }} className="row" underline="never" c="inherit">
            <span className="bar" aria-hidden />
            <span>
              <Text size="sm" fw={600} className="wrap-anywhere">
                {b.kind === 'import' ? b.name : `${capital(b.kindRu)}: ${b.name}`}
              </Text>
              <Text size="xs" c="dimmed">
                {dateTime(b.createdAt)} · {b.reportedByRu} · {t('hr.rows', { count: b.counts.rows })}
                {b.counts.bad > 0 ? t('hr.withErrors', { bad: b.counts.bad }) : ''}
              </Text>
            </span>
            <span className="end">
              <StateChip batch={b} />
            </span>
          </AnchorTo>
        ))}
      </div>
      {list.hasNextPage && (
        <Button mt="sm" variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </Panel>
  );
}

function StateChip({ batch }: { batch: Batch }) {
  const tone = batch.state === 'done' ? 'good' : batch.state === 'preview' ? 'soon' : 'info';
  return <Chip tone={tone}>{batch.stateRu}</Chip>;
}

/** One batch: looked at, applied, told. Progress is followed while it runs. */
export function HrBatchPage() {
  const id = usePathParam('id');
  const batch = useQuery(hrBatchQuery(id));
  if (batch.isPending) return <Loading />;
  if (batch.error) return <PageFailure error={batch.error} onRetry={() => void batch.refetch()} />;
  return <BatchView batch={batch.data} />;
}

const FILTERS = ['all', 'bad', 'ready', 'waiting', 'told', 'known'] as const;

function BatchView({ batch }: { batch: Batch }) {
  const client = useQueryClient();
  const [state, setState] = useState<string>('all');
  const [asking, setAsking] = useState(false);
  const { counts } = batch;
  const live = batch.state === 'applying';
  const rows = useInfiniteQuery(hrRowsQuery(batch.id, state === 'all' ? undefined : state, counts.told, live));
  const apply = useMutation({
    mutationFn: () =>
      api(
        'POST /api/hr-imports/{id}/apply',
        { params: { id: batch.id }, json: { expected: counts.ready } },
        { idempotencyKey: `apply:${batch.id}` },
      ),
    onSuccess: () => {
      setAsking(false);
      void client.invalidateQueries({ queryKey: ['hr'] });
    },
  });
  const shown = rows.data?.pages.flatMap((p) => p.items) ?? [];
  const total = counts.told + counts.waiting;
  const filters = FILTERS.filter((code) => code === 'all' || counts[code] > 0).map((value) => ({
    value,
    label: `${t(`hr.filter.${value}`)} (${value === 'all' ? counts.rows : counts[value]})`,
  }));
  return (
    <>
      <PageTitle
        tab={batch.name}
        hint={`${capital(batch.kindRu)} · ${dateTime(batch.createdAt)} · ${batch.reportedByRu}${batch.encoding ? t('hr.encoding', { encoding: batch.encoding, separator: batch.separator === '\t' ? t('hr.tab') : batch.separator }) : ''}`}
        end={
          <ButtonTo to="/hr" variant="default" size="sm">
            {t('hr.back')}
          </ButtonTo>
        }
      >
        {batch.name}
      </PageTitle>
      <Stack gap="md">
        <Panel>
          <Group justify="space-between" gap="md" wrap="wrap">
            <Group gap="xl" wrap="wrap">
              <Stat n={counts.rows} ru={t('hr.stat.rows')} />
              {counts.bad > 0 && <Stat n={counts.bad} ru={t('hr.stat.bad')} tone="late" />}
              {counts.known > 0 && <Stat n={counts.known} ru={t('hr.stat.known')} />}
              {batch.state === 'preview' && <Stat n={counts.ready} ru={t('hr.stat.ready')} />}
              <Stat n={counts.cases} ru={batch.state === 'preview' ? t('hr.stat.willChange') : t('hr.stat.touched')} />
              {total > 0 && <Stat n={counts.told} ru={t('hr.stat.told')} tone="good" />}
              {counts.waiting > 0 && <Stat n={counts.waiting} ru={t('hr.stat.waiting')} />}
            </Group>
            {batch.state === 'preview' ? (
              <Button size="md" disabled={counts.ready === 0} onClick={() => setAsking(true)}>
                {t('hr.applyAsk')}
              </Button>
            ) : (
              <StateChip batch={batch} />
            )}
          </Group>
          {live && total > 0 && (
            <div style={{ marginTop: 14 }} role="status">
              <Progress
                value={(counts.told / total) * 100}
                size="lg"
                aria-label={t('hr.toldOf', { told: counts.told, total })}
              />
              <Text size="sm" c="dimmed" mt={4}>
                {t('hr.toldHint', { told: counts.told, total })}
              </Text>
            </div>
          )}
          {batch.ignored.length > 0 && (
            <Alert mt="md" color="yellow" variant="light" title={t('hr.unknownColumns')} styles={TEXT}>
              {t('hr.ignored', { ignored: batch.ignored.join(', ') })}
            </Alert>
          )}
          {batch.state === 'preview' && counts.bad > 0 && (
            <Alert mt="md" color="yellow" variant="light" title={t('hr.badRows')} styles={TEXT}>
              {t('hr.badRowsHint')}
            </Alert>
          )}
        </Panel>
        {filters.length > 2 && (
          <div className="scroll-x">
            <SegmentedControl value={state} onChange={setState} data={filters} aria-label={t('hr.whichRows')} />
          </div>
        )}
        {rows.isPending ? (
          <Loading />
        ) : rows.error ? (
          <ErrorNote error={rows.error} />
        ) : shown.length === 0 ? (
          <Empty title={t('hr.noRows')} />
        ) : (
          <Stack gap="sm">
            {shown.map((r) => (
              <RowCard key={r.line} row={r} />
            ))}
          </Stack>
        )}
        {rows.hasNextPage && (
          <Button variant="default" loading={rows.isFetchingNextPage} onClick={() => void rows.fetchNextPage()}>
            {t('common.more')}
          </Button>
        )}
      </Stack>
      <Modal opened={asking} onClose={() => setAsking(false)} title={<Text fw={650}>{t('hr.applyTitle')}</Text>}>
        <Stack>
          <Text size="sm">{t('hr.applyHint', { count: counts.ready, cases: counts.cases })}</Text>
          {apply.error && <ErrorNote error={apply.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('common.cancel')}
            </Button>
            <Button loading={apply.isPending} onClick={() => apply.mutate()}>
              {t('hr.apply')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

function Stat({ n, ru, tone }: { n: number; ru: string; tone?: 'late' | 'good' }) {
  return (
    <div>
      <Text fw={700} fz={22} lh={1.1} className="num" c={tone ? `var(--app-${tone})` : undefined}>
        {n}
      </Text>
      <Text size="xs" c="dimmed">
        {ru}
      </Text>
    </div>
  );
}

const ROW_TONES: Record<Row['state'], 'late' | 'good' | 'info' | 'plain' | 'soon'> = {
  bad: 'late',
  known: 'plain',
  ready: 'info',
  waiting: 'soon',
  told: 'good',
  replaced: 'plain',
};

function RowCard({ row: r }: { row: Row }) {
  return (
    <section className="panel" aria-label={t('hr.line', { line: r.line })}>
      <Group justify="space-between" gap="sm" wrap="wrap" mb={6}>
        <Text fw={650}>
          <Text span c="dimmed" size="sm" fw={400}>
            {r.line}.{' '}
          </Text>
          {r.personRu ? `${r.personRu}: ${r.eventRu}${r.on ? `, ${longDate(r.on)}` : ''}` : t('hr.unread')}
        </Text>
        <Chip tone={ROW_TONES[r.state]}>{r.stateRu}</Chip>
      </Group>
      {r.faults.map((f) => (
        <Text key={`${f.column}${f.detail}`} size="sm" c="var(--mantine-color-error)">
          {f.columnRu ? `${f.columnRu}: ` : ''}
          {f.detail}
        </Text>
      ))}
      {r.state === 'bad' && r.raw && (
        <Text size="xs" c="dimmed" ff="monospace" mt={4} className="wrap-anywhere">
          {r.raw}
        </Text>
      )}
      {r.outcomes.length > 0 ? <Outcomes rows={r.outcomes} /> : <Effects rows={r.effects} />}
      {r.outcomes.length === 0 && r.state === 'told' && (
        <Text size="sm" c="dimmed">
          {t('hr.noCases')}
        </Text>
      )}
    </section>
  );
}

/** What will happen, case by case: the reaction, the stage, the dates. */
function Effects({ rows }: { rows: Effect[] }) {
  if (rows.length === 0) return null;
  return (
    <Stack gap={10} mt={4}>
      {rows.map((e, i) => (
        <div key={`${e.caseId ?? e.kind}${i}`} className="effect">
          <Text size="sm">
            {e.kind === 'person' && <IconUserCheck size={15} aria-hidden style={{ verticalAlign: '-3px' }} />}{' '}
            {e.processRu && (
              <b>
                {e.caseId ? (
                  <AnchorTo to="/cases/$id" params={{ id: e.caseId }} size="sm" fw={650}>
                    {e.number ?? t('case.parent')}
                  </AnchorTo>
                ) : (
                  e.processRu
                )}
                {'. '}
              </b>
            )}
            {capital(e.ru)}
          </Text>
          {e.eventsRu.length > 0 && (
            <Text size="xs" c="dimmed">
              {e.eventsRu.join(' → ')}
              {e.letters > 0 ? t('hr.letters', { letters: e.letters }) : ''}
            </Text>
          )}
          {e.dates.length > 0 && (
            <ul className="moved">
              {e.dates.map((d) => (
                <li key={`${d.purposeRu}${d.before}${d.after}`}>
                  {capital(d.purposeRu)}: {d.before ? <s>{shortDate(d.before)}</s> : t('hr.was')}{' '}
                  <IconArrowRight size={12} aria-label={t('hr.becomes')} />{' '}
                  <b>{d.after ? shortDate(d.after) : t('hr.stopped')}</b>
                </li>
              ))}
            </ul>
          )}
        </div>
      ))}
    </Stack>
  );
}

function Outcomes({ rows }: { rows: Outcome[] }) {
  return (
    <Stack gap={4} mt={4}>
      {rows.map((o, i) => (
        <Text size="sm" key={`${o.caseId}${i}`}>
          <Chip tone={o.state === 'delivered' ? 'good' : o.state === 'sent' ? 'info' : 'soon'}>
            {o.state === 'delivered'
              ? t('hr.outcome.taken')
              : o.state === 'sent'
                ? t('hr.outcome.sent')
                : t('hr.outcome.unchanged')}
          </Chip>{' '}
          {o.caseId && (
            <AnchorTo to="/cases/$id" params={{ id: o.caseId }} size="sm" fw={650}>
              {o.number ?? o.processRu ?? t('case.parent')}
            </AnchorTo>
          )}{' '}
          {o.ru}
        </Text>
      ))}
    </Stack>
  );
}

// ── One event ──

const EMPTY: Cells = { personId: '', event: 'leave_started', on: '' };
const TENURE = ['hired'];

function OneEvent() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [cells, setCells] = useState<Cells>(EMPTY);
  const record = useMutation({
    mutationFn: () => api('POST /api/hr-events', { json: clean(cells) }, { idempotencyKey: crypto.randomUUID() }),
    onSuccess: (batch) => {
      void client.invalidateQueries({ queryKey: ['hr'] });
      void navigate({ to: '/hr/$id', params: { id: batch.id } });
    },
  });
  return (
    <CellsForm
      cells={cells}
      onChange={setCells}
      preview={(c) => api('POST /api/hr-events/preview', { json: clean(c) })}
      submit={{
        label: t('hr.recordAndTell'),
        busy: record.isPending,
        error: record.error,
        run: () => record.mutate(),
      }}
    />
  );
}

const clean = (cells: Cells): Cells =>
  Object.fromEntries(Object.entries(cells).filter(([, v]) => v !== undefined && v !== '')) as Cells;

/** The fields an event asks for, and what it will do, side by side. Nothing is recorded before «посмотреть последствия». */
function CellsForm({
  cells,
  onChange,
  preview,
  submit,
  fixedPerson,
  extra,
  mayPreview = true,
}: {
  cells: Cells;
  onChange(cells: Cells): void;
  preview(cells: Cells): Promise<Preview>;
  submit: { label: string; busy: boolean; error: unknown; run(): void };
  fixedPerson?: string;
  extra?: ReactNode;
  mayPreview?: boolean;
}) {
  const look = useMutation({ mutationFn: (c: Cells) => preview(c) });
  const put = (more: Partial<Cells>) => {
    look.reset();
    onChange({ ...cells, ...more });
  };
  const faults = new Map((look.data?.faults ?? []).map((f) => [f.column ?? '', f.detail]));
  const sent = submit.error ? byPointer(asProblem(submit.error).errors) : {};
  const error = (name: string) => faults.get(name) ?? sent[`/${name}`];
  const { event } = cells;
  const ready = look.data !== undefined && look.data.faults.length === 0;
  return (
    <div className="side-by-side">
      <Panel title={t('hr.event')}>
        <Stack gap="md">
          {fixedPerson ? (
            <TextInput label={t('hr.teacher')} value={fixedPerson} readOnly />
          ) : (
            <PersonPicker
              label={t('hr.teacher')}
              withAsterisk
              error={error('personId')}
              value={cells.personId}
              onChange={(v) => put({ personId: v ?? '' })}
            />
          )}
          <Select
            label={t('history.whatHappened')}
            withAsterisk
            allowDeselect={false}
            data={Object.entries(EVENT_WORDS).map(([value, label]) => ({ value, label: capital(label) }))}
            value={event}
            error={error('event')}
            onChange={(v) => put({ event: v ?? event })}
          />
          <DateField
            label={t('hr.date')}
            withAsterisk
            error={error('on')}
            value={cells.on}
            onChange={(v) => put({ on: v ?? '' })}
          />
          {event === 'leave_started' && (
            <>
              <Select
                label={t('hr.leaveKind')}
                withAsterisk
                data={Object.entries(LEAVE_WORDS).map(([value, label]) => ({ value, label: capital(label) }))}
                value={cells.leave ?? null}
                error={error('leave')}
                onChange={(v) => put({ leave: v ?? undefined })}
              />
              <DateField
                label={t('hr.leaveUntil')}
                error={error('until')}
                value={cells.until ?? ''}
                onChange={(v) => put({ until: v })}
              />
            </>
          )}
          {(event === 'hired' || event === 'transferred' || event === 'leave_ended') && (
            <OrganisationPicker
              label={event === 'leave_ended' ? t('hr.otherSchool') : t('hr.school')}
              withAsterisk={event !== 'leave_ended'}
              error={error('organisationId')}
              value={cells.organisationId ?? ''}
              onChange={(v) => put({ organisationId: v })}
            />
          )}
          {(event === 'hired' || event === 'post_changed') && (
            <Select
              label={t('hr.post')}
              withAsterisk
              searchable
              data={POSTS.map((p) => ({ value: p.code, label: p.labelRu }))}
              value={cells.post ?? null}
              error={error('post')}
              onChange={(v) => put({ post: v ?? undefined })}
            />
          )}
          {TENURE.includes(event) && (
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <TextInput
                label={t('hr.tenure')}
                inputMode="numeric"
                error={error('tenureMonths')}
                value={cells.tenureMonths ?? ''}
                onChange={(e) => put({ tenureMonths: e.currentTarget.value })}
              />
              <DateField
                label={t('hr.bornOn')}
                error={error('bornOn')}
                value={cells.bornOn ?? ''}
                onChange={(v) => put({ bornOn: v })}
              />
            </SimpleGrid>
          )}
          {event === 'surname_changed' && (
            <TextInput
              label={t('hr.newName')}
              withAsterisk
              error={error('surname')}
              value={cells.surname ?? ''}
              onChange={(e) => put({ surname: e.currentTarget.value })}
            />
          )}
          <TextInput
            label={t('hr.order')}
            placeholder={t('hr.orderExample')}
            error={error('act')}
            value={cells.act ?? ''}
            onChange={(e) => put({ act: e.currentTarget.value })}
          />
          <Select
            label={t('hr.employment')}
            allowDeselect={false}
            data={[
              { value: 'да', label: t('hr.main') },
              { value: 'нет', label: t('hr.secondary') },
            ]}
            value={cells.main ?? 'да'}
            onChange={(v) => put({ main: v ?? 'да' })}
          />
          {extra}
          <Button
            variant={ready ? 'default' : 'filled'}
            loading={look.isPending}
            disabled={!mayPreview}
            onClick={() => look.mutate(cells)}
          >
            {t('hr.preview')}
          </Button>
        </Stack>
      </Panel>
      <Panel title={t('hr.whatChanges')}>
        {look.error && <ErrorNote error={look.error} />}
        {!look.data && !look.error && (
          <Text size="sm" c="dimmed">
            {t('hr.whatChangesHint')}
          </Text>
        )}
        {look.data && look.data.faults.length > 0 && (
          <Stack gap={4} role="alert">
            {look.data.faults.map((f) => (
              <Text key={f.detail} size="sm" c="var(--mantine-color-error)">
                {f.columnRu ? `${f.columnRu}: ` : ''}
                {f.detail}
              </Text>
            ))}
          </Stack>
        )}
        {look.data?.known && look.data.faults.length === 0 && (
          <Alert color="blue" variant="light" styles={TEXT} title={t('hr.knownTitle')}>
            {t('hr.knownHint')}
          </Alert>
        )}
        {ready && (
          <Stack gap="md">
            <Effects rows={look.data?.effects ?? []} />
            {submit.error ? <ErrorNote error={submit.error} /> : null}
            <Button loading={submit.busy} onClick={submit.run}>
              {submit.label}
            </Button>
          </Stack>
        )}
      </Panel>
    </div>
  );
}

// ── Journal ──

function Journal() {
  const [q, setQ] = useState('');
  const [kind, setKind] = useState<string | null>(null);
  const [fixing, setFixing] = useState<Event | null>(null);
  const list = useInfiniteQuery(hrEventsQuery(q.trim(), kind ?? ''));
  const rows = list.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <Stack gap="md">
      <Group align="flex-end" wrap="wrap">
        <TextInput
          label={t('hr.teacher')}
          value={q}
          onChange={(e) => setQ(e.currentTarget.value)}
          placeholder={t('hr.family')}
        />
        <Select
          label={t('hr.event')}
          clearable
          data={Object.entries(EVENT_WORDS).map(([value, label]) => ({ value, label: capital(label) }))}
          value={kind}
          onChange={setKind}
        />
      </Group>
      {list.isPending ? (
        <Loading />
      ) : list.error ? (
        <ErrorNote error={list.error} />
      ) : rows.length === 0 ? (
        <Empty title={t('hr.noEvents')} hint={t('hr.noEventsHint')} />
      ) : (
        <div className="scroll-x" tabIndex={0} role="region" aria-label={t('hr.journalTitle')}>
          <Table miw={760}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('hr.whoWhat')}</Table.Th>
                <Table.Th>{t('hr.on')}</Table.Th>
                <Table.Th>{t('hr.cases')}</Table.Th>
                <Table.Th>{t('hr.by')}</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((e) => (
                <Table.Tr key={e.id}>
                  <Table.Td>
                    <Text size="sm" fw={600}>
                      {e.personRu}
                    </Text>
                    <Text size="sm">{e.eventRu}</Text>
                    <Group gap={6} mt={2}>
                      <Chip tone={e.state === 'told' ? 'good' : e.state === 'waiting' ? 'soon' : 'plain'}>
                        {e.stateRu}
                      </Chip>
                      {e.corrects && <Chip tone="info">{t('hr.correction')}</Chip>}
                    </Group>
                    {e.reason && (
                      <Text size="xs" c="dimmed">
                        {e.reason}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td className="num">{longDate(e.on)}</Table.Td>
                  <Table.Td>
                    {e.outcomes.length > 0 ? (
                      <Outcomes rows={e.outcomes} />
                    ) : (
                      <Text size="sm" c="dimmed">
                        {e.state === 'told' ? t('hr.noCase') : '—'}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{e.reportedByRu}</Text>
                    <Text size="xs" c="dimmed">
                      {dateTime(e.reportedAt)}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    {e.state !== 'replaced' && (
                      <Button size="compact-sm" variant="default" onClick={() => setFixing(e)}>
                        {t('hr.correct')}
                      </Button>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {list.hasNextPage && (
        <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
      <Modal
        opened={fixing !== null}
        onClose={() => setFixing(null)}
        size="xl"
        title={<Text fw={650}>{t('hr.correctTitle')}</Text>}
      >
        {fixing && <Correct event={fixing} onClose={() => setFixing(null)} />}
      </Modal>
    </Stack>
  );
}

/** A slip is corrected by a new edition; an event that did not happen is answered by its opposite where there is one. */
function Correct({ event, onClose }: { event: Event; onClose(): void }) {
  const client = useQueryClient();
  const [how, setHow] = useState<'void' | 'other'>('void');
  const [reason, setReason] = useState('');
  const [cells, setCells] = useState<Cells>(event.cells);
  const body = (c: Cells) => ({ reason: reason.trim() || '…', ...(how === 'other' ? { cells: clean(c) } : {}) });
  const look = useMutation({
    mutationFn: () =>
      api('POST /api/hr-events/{id}/correction/preview', {
        params: { id: event.id },
        json: { ...body(cells), reason: reason.trim() || 'предпросмотр' },
      }),
  });
  const send = useMutation({
    mutationFn: () =>
      api(
        'POST /api/hr-events/{id}/correction',
        { params: { id: event.id }, json: body(cells) },
        { idempotencyKey: crypto.randomUUID() },
      ),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['hr'] });
      onClose();
    },
  });
  const why = (
    <Textarea
      label={t('hr.correctReason')}
      withAsterisk
      autosize
      minRows={2}
      value={reason}
      onChange={(e) => setReason(e.currentTarget.value)}
    />
  );
  return (
    <Stack>
      <Text size="sm">
        {t('hr.correctHint', { personRu: event.personRu, eventRu: event.eventRu, on: longDate(event.on) })}
      </Text>
      <SegmentedControl
        value={how}
        onChange={(v) => setHow(v as 'void' | 'other')}
        data={[
          { value: 'void', label: t('hr.never') },
          { value: 'other', label: t('hr.otherwise') },
        ]}
        aria-label={t('hr.howCorrect')}
      />
      {how === 'other' ? (
        <CellsForm
          cells={cells}
          onChange={setCells}
          fixedPerson={event.personRu}
          extra={why}
          mayPreview={reason.trim().length >= 5}
          preview={(c) =>
            api('POST /api/hr-events/{id}/correction/preview', { params: { id: event.id }, json: body(c) })
          }
          submit={{
            label: t('hr.correctAndTell'),
            busy: send.isPending,
            error: send.error,
            run: () => send.mutate(),
          }}
        />
      ) : (
        <>
          {why}
          <Button
            variant="default"
            loading={look.isPending}
            onClick={() => look.mutate()}
            style={{ alignSelf: 'flex-start' }}
          >
            {t('hr.preview')}
          </Button>
          {look.error && <ErrorNote error={look.error} />}
          {look.data && <Effects rows={look.data.effects} />}
          {send.error && <ErrorNote error={send.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button
              color="red"
              disabled={reason.trim().length < 5 || !look.data}
              loading={send.isPending}
              onClick={() => send.mutate()}
            >
              {t('hr.markNever')}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}
