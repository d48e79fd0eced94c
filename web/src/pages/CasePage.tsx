import { Alert, Button, Group, List, SimpleGrid, Skeleton, Stack, Table, Tabs, Text } from '@mantine/core';
import { IconAlertTriangle, IconRoute } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
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
import { OUTCOMES } from '../labels/enums.ru.ts';
import { dateTime, longDate, weekdayDate, zoneWords } from '../lib/dates.ts';
import { AnchorTo, ButtonTo, usePathParam, useWords } from '../lib/links.tsx';
import { caseQuery, type CaseView, meQuery, ownTasksQuery, type ProcessView, processQuery } from '../lib/queries.ts';
import { asProblem } from '../lib/problem.ts';
import { capital, count, taskName } from '../lib/words.ts';
import { screensQuery } from '../processes/index.ts';

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
  const { t } = useTranslation();
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
          title="По делу есть инцидент: администратор уже видит его"
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
                {view.registerEntry.validUntil ? `, срок записи по ${longDate(view.registerEntry.validUntil)}` : ''}
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
                  {capital(d.labelRu)}: {count(d.days, 'день', 'дня', 'дней')}
                  {d.causesRu.length > 0 ? `. Отмечено: ${d.causesRu.join('; ').toLowerCase()}` : ''}
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
                  <Alert color="blue" variant="light" title="Предложение для решения" styles={TEXT}>
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
              <Panel title="Что изменилось между версиями">
                <Compare caseId={view.id} versions={versions} />
              </Panel>
            </Tabs.Panel>
            <Tabs.Panel value="history">
              <Panel title={t('case.whatHappened')} end={<CaseAudit caseId={view.id} />}>
                <HistoryList caseId={view.id} process={view.process} />
              </Panel>
            </Tabs.Panel>
            <Tabs.Panel value="diagram">
              <Panel title="Где дело на схеме процесса">
                <Suspense fallback={<Skeleton h={420} />}>
                  <Diagram
                    slug={view.process}
                    current={{ code: view.stage, labelRu: view.stageRu }}
                    past={view.timeline.filter((s) => !s.current).map((s) => ({ code: s.stage, labelRu: s.labelRu }))}
                    label={`Схема процесса «${view.processRu}», дело на стадии «${view.stageRu}»`}
                  />
                </Suspense>
                <AnchorTo to="/processes/$slug" params={{ slug: view.process }} size="sm" mt="xs">
                  <IconRoute size={14} aria-hidden /> Все переходы таблицей, с основаниями
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
  const { t } = useTranslation();
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
          {shown.map((t) => {
            const due = view.deadlines.find((d) => d.taskId === t.id);
            const dueOn = due?.dueOn ?? t.dueOn;
            return (
              <Group
                key={t.id}
                justify="space-between"
                wrap="wrap"
                gap="xs"
                py={8}
                style={{ borderTop: '1px solid var(--app-line)' }}
              >
                <div style={{ minWidth: 0, flex: '1 1 240px' }}>
                  {t.mine || view.viewer.includes('staff') || view.viewer.includes('admin') ? (
                    <AnchorTo to="/tasks/$id" params={{ id: t.id }} fw={600} size="sm">
                      {taskName(t.titleRu, view.titleRu)}
                    </AnchorTo>
                  ) : (
                    <Text size="sm" fw={600}>
                      {taskName(t.titleRu, view.titleRu)}
                    </Text>
                  )}
                  <Text size="xs" c="dimmed">
                    {t.assigneeRu ??
                      (t.nature === 'office' ? `${t.roleRu}: пока никто не взял` : 'исполнитель подбирается')}
                    {t.mine ? ' (вы)' : ''}
                  </Text>
                </div>
                <Group gap={8}>
                  <Chip tone={t.late && t.state !== 'on_hold' ? 'late' : t.state === 'done' ? 'good' : 'plain'}>
                    {t.stateRu}
                  </Chip>
                  {t.open && dueOn && <DueChip on={dueOn} late={t.late} stopped={t.state === 'on_hold'} />}
                  {t.open && dueOn && <WhyDate on={dueOn} explanation={due?.explanationRu} />}
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
      title="Группа экспертов"
      end={
        <Text size="sm" c="dimmed">
          круг {p.round}; согласились {p.accepted} из {p.size}, заключений {p.submitted}
        </Text>
      }
    >
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Группа экспертов">
        <Table miw={480}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Эксперт</Table.Th>
              <Table.Th>Регион</Table.Th>
              <Table.Th>Состояние</Table.Th>
              <Table.Th>Вывод</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {p.members.map((m) => (
              <Table.Tr key={`${m.kind}${m.ordinal}`}>
                <Table.Td>
                  <Text size="sm" fw={600}>
                    {m.nameRu}
                  </Text>
                  {m.kind === 'arbiter' && <Chip tone="info">арбитр</Chip>}
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
          <b>Итог экспертизы:</b> {verdicts[p.result ?? ''] ?? p.resultRu}
        </Text>
      )}
      {!view.viewer.includes('staff') && (
        <Text size="xs" c="dimmed" mt="xs">
          Имена экспертов заявителю не раскрываются; тексты заключений открываются, когда закончат все.
        </Text>
      )}
      {p.selection && (
        <details style={{ marginTop: 10 }}>
          <summary style={{ cursor: 'pointer', fontSize: 14 }}>Как выбирали экспертов</summary>
          <pre className="pre" style={{ fontSize: 12, maxHeight: 260, overflow: 'auto' }} tabIndex={0}>
            {JSON.stringify(p.selection, null, 1)}
          </pre>
        </details>
      )}
    </Panel>
  );
}

function Related({ view }: { view: CaseView }) {
  const { t } = useTranslation();
  const line = (c: NonNullable<CaseView['parent']>, words: string) => (
    <Group key={c.id} gap={8} py={4}>
      <Text size="sm" c="dimmed">
        {words}
      </Text>
      <AnchorTo to="/cases/$id" params={{ id: c.id }} size="sm" fw={600}>
        {c.number ?? 'дело'}
      </AnchorTo>
      <Text size="sm">{c.titleRu}</Text>
      <Chip tone={c.closed ? 'plain' : 'info'}>{c.stageRu}</Chip>
    </Group>
  );
  return (
    <Panel title={t('case.related')}>
      {view.parent && line(view.parent, 'открыто из дела')}
      {view.children.map((c) => line(c, 'дочернее дело'))}
    </Panel>
  );
}

function Deadlines({ view }: { view: CaseView }) {
  const { t } = useTranslation();
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
                    ждём: {d.waitingForRu}
                    {d.provisional ? ' · предварительно: календарь этого года ещё не опубликован' : ''}
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
  const { t } = useTranslation();
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
              `${act?.titleRu ?? act?.title ?? process?.nameRu ?? ''}${act?.number && act.number !== 'б/н' ? `, № ${act.number}` : ''}; версия ${view.policy.version}, закреплена при подаче`,
            ],
            [t('case.changed'), dateTime(view.updatedAt)],
            [t('case.records'), String(view.sequence)],
            view.clock !== 'real' && ['Часы дела', 'проигрываются вперёд (репетиция)'],
          ]}
        />
      </SimpleGrid>
      {view.delays.length > 0 && (
        <Text size="sm" mt="sm">
          <b>Сколько и кого ждали:</b>{' '}
          {view.delays
            .map((d) => `${d.labelRu.replace(/^ждали /, '')} – ${count(d.days, 'день', 'дня', 'дней')}`)
            .join('; ')}
        </Text>
      )}
    </Panel>
  );
}
