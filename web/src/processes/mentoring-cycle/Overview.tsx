/** The cycle in one look: what is asked of me now, three years, the month, the programme, the log, the phases with their forms. */
import { Alert, Anchor, Button, Group, List, Progress, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { FactList, Panel } from '../../kit/bits.tsx';
import { longDate, shortDate } from '../../lib/dates.ts';
import type { OverviewProps } from '../types.ts';
import { type ActOf, type Cycle, cycleOf, SIDE_NAMES } from './model.ts';
import { Confirm, QuickLog } from './QuickLog.tsx';
import { monthsWords, totalsWords, Years } from './Years.tsx';
import { t } from './words.ts';

const TEXT = { message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } };

export function Overview({ view }: OverviewProps) {
  const cycle = cycleOf(view);
  if (!cycle) return null;
  const may = (type: string) => view.offers.some((o) => o.type === type && o.allowed);
  const kinds = new Map(cycle.workKinds.map((k) => [k.kind, k.labelRu]));
  return (
    <>
      {cycle.side && may('confirmLog') && <Confirm caseId={view.id} cycle={cycle} />}
      {cycle.side && may('logWork') && <QuickLog caseId={view.id} cycle={cycle} />}
      <Notes cycle={cycle} />
      {cycle.steps.length > 0 && <Steps cycle={cycle} />}
      {cycle.package && <TransferPackage caseId={view.id} sent={cycle.exported !== null} found={cycle.package} />}
      <Panel title={t('view.title')}>
        <People cycle={cycle} />
        <Years cycle={cycle} />
      </Panel>
      {cycle.live && (
        <SimpleGrid cols={{ base: 1, lg: cycle.norms.length > 0 ? 2 : 1 }} spacing="md">
          {cycle.norms.length > 0 && <Norms cycle={cycle} />}
          <Items cycle={cycle} />
        </SimpleGrid>
      )}
      {(cycle.log.length > 0 || cycle.historyHidden) && <Log cycle={cycle} caseId={view.id} />}
      {cycle.phases.length > 0 && <Phases cycle={cycle} kinds={kinds} />}
    </>
  );
}

/** What a person must know before anything else: risk, a gate, a stop, a move, an offer. */
function Notes({ cycle: c }: { cycle: Cycle }) {
  const notes: Array<[string, string, 'red' | 'yellow' | 'blue']> = [];
  if (c.risk > 0 && c.live) notes.push([t('flag.risk'), t('flag.riskText', { count: c.risk }), 'red']);
  if (c.gate?.overdue) notes.push([t('flag.gateLate'), t('flag.gateLateText', { due: longDate(c.gate.due) }), 'red']);
  else if (c.gate) notes.push([t('flag.gateOpen'), t('flag.gateOpenText', { due: longDate(c.gate.due) }), 'yellow']);
  if (c.leave)
    notes.push([
      t('flag.paused'),
      t('flag.pausedText', {
        kindRu: cap(c.leave.kindRu),
        from: longDate(c.leave.from),
        named: c.leave.named ? t('flag.plannedEnd') : t('flag.usualEnd'),
        until: longDate(c.leave.until),
        pendingPlaceRu: c.pendingPlaceRu ? t('flag.thenTransfer', { pendingPlaceRu: c.pendingPlaceRu }) : '',
      }),
      'blue',
    ]);
  if (c.vacantSince && !c.mentor && c.stage === 'mentor_vacant')
    notes.push([t('flag.noMentor'), t('flag.noMentorText', { vacantSince: longDate(c.vacantSince) }), 'yellow']);
  if (c.mentor?.endsOn)
    notes.push([t('flag.ending'), t('flag.endingText', { endsOn: longDate(c.mentor.endsOn) }), 'yellow']);
  if (c.transfer && c.stage.startsWith('transfer'))
    notes.push([
      t('flag.transfer'),
      t('flag.transferText', {
        fromRu: c.transfer.fromRu ?? t('flag.formerSchool'),
        toRu: c.transfer.toRu ?? t('flag.newSchool'),
      }),
      'blue',
    ]);
  if (c.side === 'mentee' && c.transfer && !c.historyShared)
    notes.push([t('flag.historyClosed'), t('flag.historyClosedText'), 'blue']);
  if (c.historyHidden) notes.push([t('flag.historyBefore'), t('flag.historyBeforeText'), 'blue']);
  if (c.policyOffer)
    notes.push([t('flag.policyOffer'), t('flag.policyOfferText', { policyOffer: actWords(c.policyOffer) }), 'blue']);
  if (c.early) notes.push([t('flag.early'), t('flag.earlyText', { act: c.early.act }), 'blue']);
  if (c.exit) notes.push([t('flag.left'), c.exit.named ? t('flag.leftNamed') : t('flag.leftUnnamed'), 'yellow']);
  if (c.exported)
    notes.push([
      t('flag.otherRegion'),
      `${c.exported.placeRu ?? t('flag.newSchoolPlace')}: ${c.exported.opened ? t('flag.caseOpened') : t('flag.sending')}.`,
      'blue',
    ]);
  return (
    <>
      {notes.map(([title, text, color]) => (
        <Alert
          key={title}
          color={color}
          variant="light"
          title={title}
          styles={TEXT}
          icon={color === 'blue' ? <IconInfoCircle aria-hidden /> : <IconAlertTriangle aria-hidden />}
        >
          {text}
        </Alert>
      ))}
    </>
  );
}

/** The package as files: what is in it, what is not, and how to check that it is whole. */
function TransferPackage({
  caseId,
  sent,
  found,
}: {
  caseId: string;
  sent: boolean;
  found: NonNullable<Cycle['package']>;
}) {
  const at = `/api/cases/${caseId}/transfer-package`;
  return (
    <Panel title={sent ? t('package.title') : t('package.former')}>
      <Group gap="xs" mb="sm">
        <Button component="a" href={`${at}/sheet.html`} download size="sm">
          {t('package.sheet')}
        </Button>
        <Button component="a" href={`${at}/package.json`} download size="sm" variant="default">
          {t('package.data')}
        </Button>
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <div>
          <Text size="sm" fw={600}>
            {t('package.holds')}
          </Text>
          <List size="sm">
            {found.holds.map((line) => (
              <List.Item key={line}>{line}</List.Item>
            ))}
          </List>
        </div>
        <div>
          <Text size="sm" fw={600}>
            {t('package.lacks')}
          </Text>
          <List size="sm">
            {found.leavesOut.map((line) => (
              <List.Item key={line}>{line}</List.Item>
            ))}
          </List>
        </div>
      </SimpleGrid>
      <Text size="xs" c="dimmed" mt="sm" className="wrap-anywhere">
        {t('package.hash', { sha256: found.sha256 })}
      </Text>
    </Panel>
  );
}

const cap = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const actWords = (act: ActOf) =>
  t('package.policy', {
    titleRu: act.titleRu,
    number: act.number ? `, № ${act.number}` : '',
    date: act.date ? t('package.of', { date: longDate(act.date) }) : '',
    version: act.version,
  });

function People({ cycle: c }: { cycle: Cycle }) {
  const by = (role: string) =>
    c.offices
      .filter((o) => o.role === role)
      .flatMap((o) => o.nameRu ?? [])
      .join(', ');
  return (
    <div style={{ marginBottom: 16 }}>
      <FactList
        rows={[
          c.mentee !== null && [t('who.teacher'), c.mentee.nameRu ?? '—'],
          [
            t('who.mentor'),
            c.mentor
              ? t('who.mentorLine', {
                  nameRu: c.mentor.nameRu ?? t('who.appointed'),
                  since: longDate(c.mentor.since),
                  number: c.mentor.order.number,
                  external: c.mentor.external ? t('who.external') : '',
                })
              : c.candidate
                ? `${c.candidate.nameRu ?? t('who.proposed')}: ${c.candidate.consented ? t('who.agreed') : t('who.awaitsConsent')}`
                : c.live
                  ? t('who.notYet')
                  : t('who.none'),
          ],
          [
            t('who.school'),
            [c.place.schoolRu, c.place.municipality, c.place.rural ? t('who.rural') : null].filter(Boolean).join(', '),
          ],
          by('curator') !== '' && [t('who.curator'), by('curator')],
          [
            t('who.service'),
            t('who.serviceLine', {
              hiredOn: longDate(c.hiredOn),
              credited: c.credited > 0 ? t('who.credited', { credited: monthsWords(c.credited) }) : '',
              month: c.live ? t('who.month', { month: c.month }) : t('who.passed', { month: monthsWords(c.month - 1) }),
            }),
          ],
          [t('who.indicator'), c.counted ? t('who.counts') : c.agedOut ? t('who.turned') : t('who.notCounted')],
          c.daysWithoutMentor > 0 && [t('who.daysWithout'), String(c.daysWithoutMentor)],
        ]}
      />
    </div>
  );
}

function Steps({ cycle }: { cycle: Cycle }) {
  const next = cycle.steps.find((s) => !s.done);
  return (
    <Panel title={t('steps.title')}>
      <Stack gap={8} component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
        {cycle.steps.map((s) => (
          <Group key={s.code} component="li" gap={8} wrap="nowrap" align="flex-start">
            {s.done ? (
              <IconCircleCheck size={18} color="var(--app-good)" aria-label={t('steps.done')} />
            ) : (
              <IconCircle size={18} color="var(--mantine-color-dimmed)" aria-label={t('steps.notYet')} />
            )}
            <Text size="sm" fw={s === next ? 650 : 400}>
              {s.labelRu}
              {s === next ? t('steps.now') : ''}
            </Text>
          </Group>
        ))}
      </Stack>
      {cycle.search && cycle.search.calls > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('steps.searchOver', {
            step: ['', t('steps.toldHead'), t('steps.toldAuthority'), t('steps.externalSought')][
              Math.min(3, cycle.search.calls)
            ],
          })}
        </Text>
      )}
    </Panel>
  );
}

function Norms({ cycle }: { cycle: Cycle }) {
  return (
    <Panel title={t('norms.title')} level={3}>
      <Stack gap={14}>
        {cycle.norms.map((n) => (
          <div key={`${n.kind}${n.per}`}>
            <Group justify="space-between" gap={8} mb={4} wrap="wrap">
              <Text size="sm" fw={600}>
                {cap(n.labelRu)}
              </Text>
              <Text size="sm" className="num">
                {t('norms.doneOf', {
                  done: n.done,
                  min: n.min,
                  per: n.per === 'month' ? t('norms.month') : t('norms.quarter'),
                })}
              </Text>
            </Group>
            <Progress.Root size={10} aria-hidden>
              <Progress.Section
                value={Math.min(100, (n.done / n.min) * 100)}
                color={n.done >= n.min ? 'var(--app-good)' : 'var(--mantine-color-ink-6)'}
              />
              <Progress.Section
                value={Math.max(0, Math.min(100 - (n.done / n.min) * 100, (n.waiting / n.min) * 100))}
                color="#d9a441"
              />
            </Progress.Root>
            <Text size="xs" c="dimmed" mt={3}>
              {t('norms.until', {
                until: longDate(n.until),
                waiting: n.waiting > 0 ? t('norms.waiting', { waiting: n.waiting }) : '',
              })}
            </Text>
          </div>
        ))}
      </Stack>
    </Panel>
  );
}

function Items({ cycle }: { cycle: Cycle }) {
  const left = cycle.items.filter((i) => !i.done).length;
  return (
    <Panel
      title={t('norms.mandatory', { year: cycle.year })}
      level={3}
      end={
        <Text size="sm" c="dimmed">
          {left === 0 ? t('norms.allDone') : t('norms.left', { left })}
        </Text>
      }
    >
      <Stack gap={9} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        {cycle.items.map((i) => (
          <Group key={i.code} component="li" gap={8} wrap="nowrap" align="flex-start">
            {i.done ? (
              <IconCircleCheck
                size={18}
                color="var(--app-good)"
                style={{ flex: 'none' }}
                aria-label={t('norms.done')}
              />
            ) : (
              <IconCircle
                size={18}
                color="var(--mantine-color-dimmed)"
                style={{ flex: 'none' }}
                aria-label={t('norms.notDone')}
              />
            )}
            <div>
              <Text size="sm" fw={i.mine && !i.done ? 650 : 400}>
                {i.labelRu}
              </Text>
              {!i.done && (
                <Text size="xs" c="dimmed">
                  {i.mine ? t('norms.byYou') : t('norms.by', { byRu: i.byRu.join(', ') })}
                  {i.gate ? t('norms.byGate') : ''}
                </Text>
              )}
            </div>
          </Group>
        ))}
      </Stack>
    </Panel>
  );
}

function Log({ cycle, caseId }: { cycle: Cycle; caseId: string }) {
  const [all, setAll] = useState(false);
  const rows = all ? cycle.log : cycle.log.slice(0, 6);
  return (
    <Panel
      title={t('log.title')}
      end={
        cycle.log.length > 6 && (
          <Button size="compact-sm" variant="subtle" onClick={() => setAll((a) => !a)}>
            {all ? t('log.latest') : t('log.all', { length: cycle.log.length })}
          </Button>
        )
      }
    >
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('log.none')}
        </Text>
      ) : (
        <ol className="timeline">
          {rows.map((r) => (
            <li key={r.key} data-tone={r.kind === 'revoked' ? 'late' : r.confirmedOn ? 'good' : 'plain'}>
              <Text size="sm" fw={600}>
                {r.kind === 'revoked' ? t('log.annulled') : ''}
                {r.entries.map((e) => `${e.kindRu}${r.kind === 'added' ? `, ${shortDate(e.on)}` : ''}`).join('; ')}
              </Text>
              <Text size="xs" c="dimmed">
                {r.kind === 'revoked'
                  ? `${shortDate(r.on)}, ${r.form}`
                  : t('log.line', {
                      side: r.interim ? t('log.interim') : SIDE_NAMES[r.side],
                      on: shortDate(r.on),
                      confirmedOn: r.confirmedOn
                        ? t('log.confirmed', { confirmedOn: shortDate(r.confirmedOn) })
                        : t('log.awaits'),
                      form: r.form,
                    })}
                {r.note && (
                  <>
                    {' · '}
                    <NoteLink caseId={caseId} sha256={r.note} />
                  </>
                )}
              </Text>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** The text of an entry opens as a document of the case does. */
function NoteLink({ caseId, sha256 }: { caseId: string; sha256: string }) {
  return (
    <Anchor size="xs" href={`/api/cases/${caseId}/documents/${sha256}`} target="_blank" rel="noreferrer">
      {t('log.entry')}
    </Anchor>
  );
}

/** Each phase with the act and the forms that were valid then: what was filled in on which form stays readable for years. */
function Phases({ cycle, kinds }: { cycle: Cycle; kinds: Map<string, string> }) {
  return (
    <Panel title={t('phases.title')}>
      <div className="scroll-x" tabIndex={0} role="region" aria-label={t('phases.title')}>
        <Table miw={620}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('phases.year')}</Table.Th>
              <Table.Th>{t('phases.when')}</Table.Th>
              <Table.Th>{t('phases.rules')}</Table.Th>
              <Table.Th>{t('phases.result')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {cycle.phases.map((p) => (
              <Table.Tr key={`${p.year}${p.from}`}>
                <Table.Td>{p.year}</Table.Td>
                <Table.Td>
                  {shortDate(p.from)} – {p.until ? shortDate(p.until) : t('phases.running')}
                </Table.Td>
                <Table.Td>
                  {p.policy && <Text size="sm">{actWords(p.policy)}</Text>}
                  <List size="xs" c="dimmed">
                    {Object.values(p.forms).map((f) => (
                      <List.Item key={f}>{f}</List.Item>
                    ))}
                  </List>
                </Table.Td>
                <Table.Td>
                  {p.totals === null ? (
                    <Text size="sm" c="dimmed">
                      {t('phases.withoutConsent')}
                    </Text>
                  ) : (
                    <>
                      <Text size="sm">{totalsWords(p.totals, kinds)}</Text>
                      <Text size="xs" c="dimmed">
                        {t('phases.quarters', { quartersMet: p.quartersMet, quartersMissed: p.quartersMissed })}
                      </Text>
                    </>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Panel>
  );
}
