import { Alert, Button, Group, List, SimpleGrid, Skeleton, Stack, Table, Tabs, Text } from '@mantine/core';
import { IconAlertTriangle, IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { ActionsPanel } from '../kit/ActionsPanel.tsx';
import { Chip, FactList, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { CaseAudit } from '../kit/CaseAudit.tsx';
import { Compare } from '../kit/Compare.tsx';
import { Decisions } from '../kit/Decisions.tsx';
import { Documents } from '../kit/Documents.tsx';
import { DueChip, DueWithReason, WhyDate } from '../kit/Due.tsx';
import { PageFailure } from '../kit/ErrorNote.tsx';
import { HistoryList } from '../kit/HistoryList.tsx';
import { StageTimeline } from '../kit/StageTimeline.tsx';
import { OUTCOMES } from '../labels/enums.ts';
import { dateTime, longDate, weekdayDate, zoneWords } from '../lib/dates.ts';
import { AnchorTo, ButtonTo, usePathParam, useWords } from '../lib/links.tsx';
import { caseQuery, type CaseView, meQuery, ownTasksQuery, type ProcessView, processQuery } from '../lib/queries.ts';
import { asProblem } from '../lib/problem.ts';
import { capital, taskName } from '../lib/words.ts';
import { screensQuery } from '../processes/index.ts';
import { t } from '../i18n/index.ts';

const Diagram = lazy(() => import('../kit/Diagram.tsx'));

export function CasePage() {
  const id = usePathParam('id');
  const view = useQuery(caseQuery(id));
  if (view.isPending) return <Loading />;
  // A letter leads everybody to the case; an expert works on the page of his task.
  if (view.error && asProblem(view.error).status === 404) return <OwnTask caseId={id} error={view.error} />;
  if (view.error) return <PageFailure error={view.error} onRetry={() => void view.refetch()} />;
  return <Case view={view.data} />;
}

function OwnTask({ caseId, error }: { caseId: string; error: Error }) {
  const mine = useQuery(ownTasksQuery(caseId));
  if (mine.isPending) return <Loading />;
  const task = mine.data && ([...mine.data.items].sort(latestFirst)[0] ?? null);
  if (!task) return <PageFailure error={error} onRetry={() => void mine.refetch()} />;
  return <Navigate to="/tasks/$id" params={{ id: task.id }} replace />;
}

const latestFirst = (a: { open: boolean; createdAt: string }, b: { open: boolean; createdAt: string }) =>
  Number(b.open) - Number(a.open) || b.createdAt.localeCompare(a.createdAt);

function Case({ view }: { view: CaseView }) {
  const [words, setWords] = useWords();
  const process = useQuery(processQuery(view.process));
  const screens = useQuery(screensQuery(view.process));
  const me = useQuery(meQuery);
  const Conclusions = screens.data?.Conclusions;
  const Overview = screens.data?.Overview;
  const Remarks = screens.data?.Remarks;
  const versions = view.documents.filter((d) => d.kind === 'programme').map((d) => d.version);
  const tab = words.tab ?? 'overview';
  const main = view.deadlines.find((d) => d.dueOn === view.dueOn) ?? view.deadlines[0];
  const late = view.delays.filter((d) => d.causesRu.length > 0);

  return (
    <>
      <PageTitle
        tab={view.number ?? t('case.tab')}
        hint={
          <Group gap={8} mt={2}>
            <Text span size="sm" className="num" fw={600} data-testid="case-number">
              {view.number ?? t('cases.noNumber')}
            </Text>
            <Text span size="sm" c="dimmed">
              {[
                view.processRu,
                view.applicant && `${view.applicant.shortNameRu ?? view.applicant.nameRu}, ${view.applicant.regionRu}`,
              ]
                .filter(Boolean)
                .join(' · ')}
            </Text>
          </Group>
        }
        end={
          me.data?.admin ? (
            <ButtonTo to="/cases/$id/history" params={{ id: view.id }} variant="default" size="sm">
              {t('case.run')}
            </ButtonTo>
          ) : undefined
        }
      >
        <span lang="ru">{view.titleRu}</span>
      </PageTitle>

      {view.incidents.map((i) => (
        <Alert
          key={i.id}
          color="red"
          variant="light"
          icon={<IconAlertTriangle aria-hidden />}
          mb="sm"
          title={t('case.incident')}
          styles={TEXT}
        >
          {i.message}
        </Alert>
      ))}

      <Panel>
        <Group justify="space-between" align="flex-start" wrap="wrap" gap="md" mb="md">
          <div>
            <Text size="xs" c="dimmed">
              {t('case.stage')}
            </Text>
            <Text fw={700} fz={19} lh={1.25} data-testid="case-stage">
              {view.stageRu}
            </Text>
            {view.publicStageRu !== view.stageRu && (
              <Text size="xs" c="dimmed">
                {t('case.publicStage', { stage: view.publicStageRu })}
              </Text>
            )}
          </div>
          <div>
            <Text size="xs" c="dimmed">
              {t('case.waitsFor')}
            </Text>
            <Text fw={600}>
              {view.closed
                ? t('case.waitsNobody')
                : view.paused
                  ? t('case.stopped', { who: capital(view.waitingForRu) })
                  : capital(view.waitingForRu)}
            </Text>
          </div>
          <div style={{ minWidth: 240 }}>
            <Text size="xs" c="dimmed" mb={2}>
              {t('case.nearest')}
              {main ? `: ${termWords(view, main)}` : ''}
            </Text>
            {view.closed ? (
              <Text fw={600}>{view.outcome ? (OUTCOMES[view.outcome] ?? view.outcome) : '—'}</Text>
            ) : !view.dueOn ? (
              <Text fw={600}>{t(view.waitingFor === 'nobody' ? 'case.noTerm' : 'due.none')}</Text>
            ) : (
              <DueWithReason on={view.dueOn} late={view.overdue} explanation={main?.explanationRu} />
            )}
          </div>
          {view.registerEntry && (
            <div>
              <Text size="xs" c="dimmed">
                {t('case.entry')}
              </Text>
              <AnchorTo
                to="/registers/$register/$number"
                params={{ register: view.registerEntry.register, number: view.registerEntry.number }}
                fw={700}
                className="num"
                data-testid="register-number"
              >
                {view.registerEntry.number}
              </AnchorTo>
              <Text size="xs" c="dimmed">
                {view.registerEntry.statusRu}
                {view.registerEntry.validUntil
                  ? t('case.entryUntil', { validUntil: longDate(view.registerEntry.validUntil) })
                  : ''}
              </Text>
            </div>
          )}
        </Group>
        {(view.overdue || late.length > 0) && (
          <Alert
            color={view.overdue ? 'red' : 'yellow'}
            variant="light"
            mb="md"
            styles={TEXT}
            title={view.overdue ? t('case.overdue') : t('case.delays')}
          >
            <List size="sm">
              {(late.length > 0 ? late : view.delays).map((d) => (
                <List.Item key={d.waitingFor}>
                  {capital(d.labelRu)}: {t('case.days', { count: d.days })}
                  {d.causesRu.length > 0 ? t('case.noted', { causesRu: d.causesRu.join('; ').toLowerCase() }) : ''}
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
        <StageTimeline timeline={view.timeline} overdue={view.overdue} />
      </Panel>

      <div className="with-aside" style={{ marginTop: 16 }}>
        <div>
          <Tabs
            value={tab}
            onChange={(v) => setWords({ tab: v === 'overview' ? undefined : (v ?? undefined) })}
            keepMounted={false}
          >
            <Tabs.List mb="md">
              <Tabs.Tab value="overview">{t('case.overview')}</Tabs.Tab>
              <Tabs.Tab value="documents">{t('case.documents')}</Tabs.Tab>
              {versions.length > 1 && <Tabs.Tab value="versions">{t('case.versions')}</Tabs.Tab>}
              <Tabs.Tab value="history">{t('case.history')}</Tabs.Tab>
              <Tabs.Tab value="diagram">{t('case.diagram')}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="overview">
              <Stack gap="md">
                {Overview && (
                  <div lang="ru" className="stacked">
                    <Overview view={view} process={process.data} />
                  </div>
                )}
                {view.proposalRu && view.tasks.some((t) => t.open) && (
                  <Alert color="blue" variant="light" title={t('case.proposal')} styles={TEXT}>
                    {view.proposalRu}
                  </Alert>
                )}
                <Decisions view={view} />
                <Tasks view={view} />
                {view.panel && view.panel.members.length > 0 && (
                  <PanelBlock view={view} verdicts={screens.data?.verdicts ?? {}} />
                )}
                {Remarks && view.remarks && <Remarks view={view} process={process.data} />}
                {Conclusions && view.conclusions.length > 0 && (
                  <div>
                    <Conclusions view={view} process={process.data} />
                  </div>
                )}
                {(view.parent || view.children.length > 0) && <Related view={view} />}
                <Deadlines view={view} />
                <About view={view} process={process.data} />
              </Stack>
            </Tabs.Panel>
            <Tabs.Panel value="documents">
              <Documents documents={view.documents} process={process.data} />
            </Tabs.Panel>
            <Tabs.Panel value="versions">
              <Panel title={t('case.whatChanged')}>
                <Compare caseId={view.id} versions={versions} />
              </Panel>
            </Tabs.Panel>
            <Tabs.Panel value="history">
              <Panel title={t('case.whatHappened')} end={<CaseAudit caseId={view.id} />}>
                <HistoryList caseId={view.id} process={view.process} />
              </Panel>
            </Tabs.Panel>
            <Tabs.Panel value="diagram">
              <Panel title={t('case.whereNow')}>
                <Suspense fallback={<Skeleton h={420} />}>
                  <Diagram
                    slug={view.process}
                    current={{ code: view.stage, labelRu: view.stageRu }}
                    past={view.timeline.filter((s) => !s.current).map((s) => ({ code: s.stage, labelRu: s.labelRu }))}
                    label={t('case.diagramOf', { processRu: view.processRu, stageRu: view.stageRu })}
                  />
                </Suspense>
                <AnchorTo to="/processes/$slug" params={{ slug: view.process }} size="sm" mt="xs">
                  <IconRoute size={14} aria-hidden /> {t('case.allTransitions')}
                </AnchorTo>
              </Panel>
            </Tabs.Panel>
          </Tabs>
        </div>
        <aside className="sticky" aria-label={t('case.whatNow')}>
          <Panel title={t('case.whatNow')}>
            <ActionsPanel view={view} process={process.data} />
          </Panel>
        </aside>
      </div>
    </>
  );
}

/** A term of a task is called by what is to be done: «срок задачи» says nothing beside several tasks. */
function termWords(view: CaseView, term: CaseView['deadlines'][number]): string {
  const task = term.taskId === null ? undefined : view.tasks.find((t) => t.id === term.taskId);
  return task ? `${term.purposeRu} «${shortTask(task.titleRu, view)}»` : term.purposeRu;
}

/** «Рассмотрение апелляции» of «Рассмотрение апелляции: директор школы, ATT-42-2026-00011»: the case stands above. */
const shortTask = (titleRu: string, view: CaseView): string => {
  const name = taskName(titleRu, view.titleRu);
  return view.number && name.endsWith(view.number) ? name.slice(0, name.lastIndexOf(':')) : name;
};

const TEXT = { message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } };

function Tasks({ view }: { view: CaseView }) {
  const [all, setAll] = useState(false);
  const open = view.tasks.filter((t) => t.open);
  const shown = all ? view.tasks : open;
  return (
    <Panel
      title={t('case.tasks')}
      end={
        view.tasks.length > open.length && (
          <Button variant="subtle" size="compact-sm" onClick={() => setAll((a) => !a)}>
            {all ? t('case.onlyOpen') : t('case.showClosed', { n: view.tasks.length - open.length })}
          </Button>
        )
      }
    >
      {shown.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('case.noTasks')}
        </Text>
      ) : (
        <Stack gap={0}>
          {shown.map((task) => {
            const due = view.deadlines.find((d) => d.taskId === task.id);
            const dueOn = due?.dueOn ?? task.dueOn;
            return (
              <Group
                key={task.id}
                justify="space-between"
                wrap="wrap"
                gap="xs"
                py={8}
                style={{ borderTop: '1px solid var(--app-line)' }}
              >
                <div style={{ minWidth: 0, flex: '1 1 240px' }}>
                  {task.mine || view.viewer.includes('staff') || view.viewer.includes('admin') ? (
                    <AnchorTo to="/tasks/$id" params={{ id: task.id }} fw={600} size="sm">
                      {taskName(task.titleRu, view.titleRu)}
                    </AnchorTo>
                  ) : (
                    <Text size="sm" fw={600}>
                      {taskName(task.titleRu, view.titleRu)}
                    </Text>
                  )}
                  <Text size="xs" c="dimmed">
                    {task.assigneeRu ??
                      (task.nature === 'office' ? t('case.untaken', { roleRu: task.roleRu }) : t('case.seeking'))}
                    {task.mine ? t('case.you') : ''}
                  </Text>
                </div>
                <Group gap={8}>
                  <Chip
                    tone={task.late && task.state !== 'on_hold' ? 'late' : task.state === 'done' ? 'good' : 'plain'}
                  >
                    {task.stateRu}
                  </Chip>
                  {task.open && dueOn && <DueChip on={dueOn} late={task.late} stopped={task.state === 'on_hold'} />}
                  {task.open && dueOn && <WhyDate on={dueOn} explanation={due?.explanationRu} />}
                </Group>
              </Group>
            );
          })}
        </Stack>
      )}
    </Panel>
  );
}

function PanelBlock({ view, verdicts }: { view: CaseView; verdicts: Record<string, string> }) {
  const p = view.panel!;
  return (
    <Panel
      title={t('case.panel')}
      end={
        <Text size="sm" c="dimmed">
          {t('case.panelCount', { round: p.round, accepted: p.accepted, size: p.size, submitted: p.submitted })}
        </Text>
      }
    >
      <div className="scroll-x" tabIndex={0} role="region" aria-label={t('case.panel')}>
        <Table miw={480}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('case.expert')}</Table.Th>
              <Table.Th>{t('case.region')}</Table.Th>
              <Table.Th>{t('history.state')}</Table.Th>
              <Table.Th>{t('case.verdict')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {p.members.map((m) => (
              <Table.Tr key={`${m.kind}${m.ordinal}`}>
                <Table.Td>
                  <Text size="sm" fw={600}>
                    {m.nameRu}
                  </Text>
                  {m.kind === 'arbiter' && <Chip tone="info">{t('case.arbiter')}</Chip>}
                </Table.Td>
                <Table.Td className="num">{m.regionCode ?? '—'}</Table.Td>
                <Table.Td>
                  <Chip tone={m.late ? 'late' : m.state === 'done' ? 'good' : 'plain'}>{m.stateRu}</Chip>
                </Table.Td>
                <Table.Td>
                  {m.verdictRu ? (
                    <Chip tone={m.verdict === 'approve' ? 'good' : m.verdict === 'reject' ? 'late' : 'soon'}>
                      {verdicts[m.verdict ?? ''] ?? m.verdictRu}
                    </Chip>
                  ) : (
                    <Text size="sm" c="dimmed">
                      —
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {p.resultRu && (
        <Text size="sm" mt="sm">
          <b>{t('case.panelResult')}</b> {verdicts[p.result ?? ''] ?? p.resultRu}
        </Text>
      )}
      {!view.viewer.includes('staff') && (
        <Text size="xs" c="dimmed" mt="xs">
          {t('case.namesHidden')}
        </Text>
      )}
      {p.selection && (
        <details style={{ marginTop: 10 }}>
          <summary style={{ cursor: 'pointer', fontSize: 14 }}>{t('case.howChosen')}</summary>
          <pre className="pre" style={{ fontSize: 12, maxHeight: 260, overflow: 'auto' }} tabIndex={0}>
            {JSON.stringify(p.selection, null, 1)}
          </pre>
        </details>
      )}
    </Panel>
  );
}

function Related({ view }: { view: CaseView }) {
  const line = (c: NonNullable<CaseView['parent']>, words: string) => (
    <Group key={c.id} gap={8} py={4}>
      <Text size="sm" c="dimmed">
        {words}
      </Text>
      <AnchorTo to="/cases/$id" params={{ id: c.id }} size="sm" fw={600}>
        {c.number ?? t('case.parent')}
      </AnchorTo>
      <Text size="sm">{c.titleRu}</Text>
      <Chip tone={c.closed ? 'plain' : 'info'}>{c.stageRu}</Chip>
    </Group>
  );
  return (
    <Panel title={t('case.related')}>
      {view.parent && line(view.parent, t('case.openedFrom'))}
      {view.children.map((c) => line(c, t('case.child')))}
    </Panel>
  );
}

function Deadlines({ view }: { view: CaseView }) {
  if (view.deadlines.length === 0) return null;
  // Three examiners who have the same day to answer are one line.
  const lines = new Map<string, CaseView['deadlines']>();
  for (const d of view.deadlines) {
    const line = `${termWords(view, d)} ${d.dueOn} ${d.waitingForRu}`;
    lines.set(line, [...(lines.get(line) ?? []), d]);
  }
  return (
    <Panel title={t('case.terms')}>
      <Stack gap={0}>
        {[...lines.entries()].map(
          ([line, [d, ...same]]) =>
            d && (
              <Group
                key={line}
                justify="space-between"
                gap="xs"
                py={8}
                style={{ borderTop: '1px solid var(--app-line)' }}
              >
                <div>
                  <Text size="sm" fw={600}>
                    {capital(termWords(view, d))}
                    {same.length > 0 && ` × ${same.length + 1}`}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {t('case.waitingFor', {
                      waitingForRu: d.waitingForRu,
                      provisional: d.provisional ? t('case.provisional') : '',
                    })}
                  </Text>
                </div>
                <Group gap={8}>
                  <Text size="sm">{weekdayDate(d.dueOn)}</Text>
                  <WhyDate on={d.dueOn} explanation={d.explanationRu} />
                </Group>
              </Group>
            ),
        )}
      </Stack>
    </Panel>
  );
}

function About({ view, process }: { view: CaseView; process: ProcessView | undefined }) {
  const act = view.policy?.act as { titleRu?: string; title?: string; number?: string; date?: string } | undefined;
  return (
    <Panel title={t('case.about')}>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl">
        <FactList
          rows={[
            [t('case.filed'), dateTime(view.startedAt)],
            [t('case.leads'), view.jurisdiction.nameRu],
            [t('case.zone'), zoneWords(view.jurisdiction.zone)],
            view.applicant !== null && [
              view.subject.kind === 'person' ? t('case.organisation') : t('case.applicant'),
              view.applicant.nameRu,
            ],
          ]}
        />
        <FactList
          rows={[
            view.policy !== null && [
              t('case.rules'),
              t('case.policyLine', {
                titleRu: act?.titleRu ?? act?.title ?? process?.nameRu ?? '',
                number: act?.number && act.number !== t('case.noActNumber') ? `, № ${act.number}` : '',
                version: view.policy.version,
              }),
            ],
            [t('case.changed'), dateTime(view.updatedAt)],
            [t('case.records'), String(view.sequence)],
            view.clock !== 'real' && [t('case.clock'), t('case.rehearsed')],
          ]}
        />
      </SimpleGrid>
      {view.delays.length > 0 && (
        <Text size="sm" mt="sm">
          <b>{t('case.waited')}</b>{' '}
          {view.delays
            .map((d) => `${d.labelRu.replace(/^ждали /, '')} – ${t('case.days', { count: d.days })}`)
            .join('; ')}
        </Text>
      )}
    </Panel>
  );
}
