import { Alert, Button, Group, List, Modal, Text } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useState } from 'react';
import { findCompetence, findDeficit } from '../../../../processes/catalogue/competences.ts';
import {
  CAUSE_LABELS,
  DATE_LABELS,
  EXEMPTION_LABELS,
  RECOMMENDATION_LABELS,
  RESULT_LABELS,
  TASK_LABELS,
  VARIANT_LABELS,
} from './labels.ts';
import { Chip, FactList, Panel } from '../../kit/bits.tsx';
import { DueChip, WhyDate } from '../../kit/Due.tsx';
import { Road, type RoadStep, type StepState } from '../../kit/Road.tsx';
import { longDate } from '../../lib/dates.ts';
import { AnchorTo } from '../../lib/links.tsx';
import type { CaseView, Criterion, ProcessView } from '../../lib/queries.ts';
import { capital } from '../../lib/words.ts';
import type { OverviewProps } from '../types.ts';
import { type Details, detailsOf } from './details.ts';
import { t } from './words.ts';

interface Step extends RoadStep {
  /** Terms of the case and tasks that belong to this step. */
  purposes: string[];
  tasks: string[];
}

/** How the rules call the document; it is found by that name. */
const PLAN_LABEL = 'План обучения';
const ORDER = ['registered', 'awaiting_documents', 'rescheduled', 'admitted', 'tested', 'evaluated', 'voted'];

/** The whole road of an attestation on one panel: what is done, what is awaited, by which day and why. */
export function Overview({ view, process }: OverviewProps) {
  const d = detailsOf(view);
  const name = d.attesteeId ? view.people[d.attesteeId] : undefined;
  const own = view.viewer.includes('applicant') && !view.viewer.includes('staff');
  return (
    <Panel
      title={name ?? t('road.title')}
      end={
        <Group gap={8}>
          <Chip tone="info">{capital(VARIANT_LABELS[d.variant] ?? d.variant)}</Chip>
          {own && <Chip>{t('road.yours')}</Chip>}
        </Group>
      }
    >
      <FactList
        rows={[
          [t('road.post'), d.post],
          view.applicant !== null && [t('road.organisation'), view.applicant.nameRu],
          d.plannedOn !== null && [t('road.planned'), longDate(d.plannedOn)],
          d.entryNumber
            ? [
                t('road.entry'),
                <span key="n" className="num">
                  {d.entryNumber}
                </span>,
              ]
            : null,
          d.validUntil ? [t('road.validUntil'), longDate(d.validUntil)] : null,
        ]}
      />
      {d.exemption && view.stage === 'postponed' && (
        <Alert color="blue" variant="light" mt="md" title={t('road.postponed')} styles={TEXT}>
          {capital(EXEMPTION_LABELS[d.exemption.kind] ?? d.exemption.kind)}
          {d.exemption.resumeOn
            ? t('road.resumes', { resumeOn: longDate(d.exemption.resumeOn) })
            : t('road.resumesUnknown')}
        </Alert>
      )}
      {d.overdueSince && (
        <Alert color="red" variant="light" mt="md" title={t('road.moved')} styles={TEXT}>
          <List size="sm">
            {(d.moves ?? []).map((m, i) => (
              <List.Item key={`${m.heldOn}${i}`}>
                {longDate(m.heldOn)}: {CAUSE_LABELS[m.cause] ?? m.cause}
              </List.Item>
            ))}
          </List>
          <Text size="sm" mt={4}>
            {t('road.delayed', { overdueSince: longDate(d.overdueSince) })}
          </Text>
        </Alert>
      )}
      {(d.dates?.length ?? 0) > 1 && (
        <details style={{ marginTop: 14 }}>
          <summary style={{ cursor: 'pointer', fontSize: 14, fontWeight: 600 }}>{t('road.howDateMoved')}</summary>
          <List size="sm" mt={6}>
            {d.dates?.map((x, i) => (
              <List.Item key={`${x.on}${x.event}${i}`}>
                {longDate(x.on)}: {DATE_LABELS[x.event] ?? x.event}
                {x.plannedOn ? t('road.dateOf', { plannedOn: longDate(x.plannedOn) }) : ''}
              </List.Item>
            ))}
          </List>
        </details>
      )}
      <Road steps={stepsOf(view, d, process)} below={(step) => <Terms view={view} step={step} />} />
      {d.vote && d.served?.extract && <Extract view={view} d={d} name={name ?? ''} />}
    </Panel>
  );
}

const TEXT = { message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } };

/** The dates of a step, each with its reason. */
function Terms({ view, step }: { view: CaseView; step: Step }) {
  const tasks = new Set(view.tasks.filter((t) => t.open && step.tasks.includes(t.kind)).map((t) => t.id));
  const terms = view.deadlines.filter(
    (d) => (d.taskId === null && step.purposes.includes(d.purpose)) || (d.taskId !== null && tasks.has(d.taskId)),
  );
  if (terms.length === 0) return null;
  const kindOf = new Map(view.tasks.map((t) => [t.id, t.kind]));
  // «Срок задачи» says nothing beside several tasks: each is called by what is done.
  const wordsOf = (term: (typeof terms)[number]) => TASK_LABELS[kindOf.get(term.taskId ?? '') ?? ''] ?? term.purposeRu;
  return (
    <Group gap={10} mt={4}>
      {terms.map((d) => (
        <Group gap={6} key={d.key}>
          <Text size="xs" c="dimmed">
            {capital(wordsOf(d))}:
          </Text>
          <DueChip on={d.dueOn} />
          <WhyDate on={d.dueOn} explanation={d.explanationRu} />
        </Group>
      ))}
    </Group>
  );
}

function stepsOf(view: CaseView, d: Details, process: ProcessView | undefined): Step[] {
  // A stage outside the order stands behind the vote, or the case has ended on the way.
  const reached = ORDER.indexOf(view.stage);
  const past = view.timeline.map((t) => ORDER.indexOf(t.stage)).filter((n) => n >= 0);
  const at = reached >= 0 ? reached : d.vote || d.act ? ORDER.length : Math.max(0, ...past);
  const ended = reached < 0 && !d.vote && view.closed;
  const step = (n: number): StepState =>
    at > n ? 'done' : at === n ? (ended ? 'skipped' : 'now') : ended ? 'skipped' : 'later';
  const steps: Step[] = [
    {
      title: t('step.documents'),
      state: at >= 2 ? 'done' : view.stage === 'refused_admission' ? 'late' : 'now',
      lines: [
        d.begun === false && t('step.documentsLater'),
        d.begun && (d.checked ? t('step.documentsClear') : t('step.documentsChecking')),
        d.documentsNoted && t('step.documentsPartly'),
        view.stage === 'awaiting_documents' && t('step.documentsReturned'),
        view.stage === 'refused_admission' && t('step.refused'),
      ],
      purposes: ['start', 'documents'],
      tasks: ['documents', 'checks'],
    },
  ];
  if (d.incumbent)
    steps.push({
      title: t('step.submission'),
      state: d.submission?.familiarisedOn
        ? 'done'
        : (d.submission?.calls ?? 0) > 0
          ? 'late'
          : d.submission?.filedOn
            ? 'now'
            : ended || at >= ORDER.length
              ? 'skipped'
              : at >= 1
                ? 'now'
                : 'later',
      lines: [
        d.submission?.filedOn
          ? t('step.submissionOn', { filedOn: longDate(d.submission.filedOn) })
          : t('step.noSubmission'),
        d.submission?.familiarisedOn
          ? t('step.familiarised', { familiarisedOn: longDate(d.submission.familiarisedOn) })
          : d.submission?.filedOn
            ? t('step.awaitsFamiliar')
            : null,
      ],
      purposes: ['submission'],
      tasks: ['submission'],
    });
  const test = d.test;
  const below = test?.score !== undefined && test.score < (d.thresholdPercent ?? 0);
  steps.push(
    {
      title: t('step.test'),
      state: below || test?.absent ? 'late' : at >= 4 ? 'done' : step(3) === 'now' || at === 2 ? 'now' : step(3),
      lines: [
        test?.score !== undefined &&
          t('step.score', {
            score: test.score,
            thresholdPercent: d.thresholdPercent,
            testedOn: test.testedOn ? `, ${longDate(test.testedOn)}` : '',
            below: below ? t('step.below') : '',
            from: test.from ? t('step.former') : '',
          }),
        test?.absent && t('step.absent'),
        test?.on && test.score === undefined && t('step.testOn', { on: longDate(test.on) }),
        test && test.failures > 0 && t('step.failures', { failures: test.failures }),
        test?.missedOn &&
          t('step.missed', {
            missedOn: longDate(test.missedOn),
            reasonShown: test.reasonShown ? t('step.reasonGiven') : t('step.awaitsReason'),
          }),
      ],
      purposes: ['no-show', 'test-day'],
      tasks: ['test'],
    },
    {
      title: t('step.expertise'),
      state: d.panel ? 'done' : step(4),
      lines: [
        d.panel && `${capital(RECOMMENDATION_LABELS[d.panel.recommendation] ?? d.panel.recommendation)}.`,
        d.panel &&
          d.panel.deficits.length > 0 &&
          t('step.deficits', {
            deficits: d.panel.deficits.map((code) => deficitRu(code, process?.policy?.criteria ?? [])).join('; '),
          }),
        d.publicOpinion && t('step.publicOpinion'),
      ],
      purposes: ['pool'],
      tasks: [],
    },
    {
      title: t('step.sitting'),
      state: d.vote ? 'done' : d.overdueSince ? 'late' : step(5),
      lines: [
        d.booking && <Booking key="b" view={view} booking={d.booking} />,
        !d.vote && !d.booking && d.earliestSitting && (
          <>{t('road.earliest', { on: longDate(d.earliestSitting.on), why: d.earliestSitting.why })}</>
        ),
        d.compositionAsked && t('step.recompose'),
        d.vote &&
          t('step.voted', {
            capital: capital(RESULT_LABELS[d.vote.result] ?? d.vote.result),
            on: longDate(d.vote.on),
            sitting: d.vote.sitting,
          }),
        d.vote?.count &&
          t('step.votes', {
            for: d.vote.count.for,
            against: d.vote.count.against,
            abstained: d.vote.count.abstained,
            inAbsence: d.vote.inAbsence ? t('step.inAbsence') : '',
          }),
      ],
      purposes: ['sitting-passed'],
      tasks: ['fix_sitting', 'composition'],
    },
    {
      title: t('step.papers'),
      state:
        d.act && d.served?.act?.servedOn
          ? 'done'
          : d.act || view.stage === 'voted'
            ? 'now'
            : ended
              ? 'skipped'
              : 'later',
      lines: [
        d.served?.extract &&
          t('step.extract', {
            number: d.served.extract.number ? ` № ${d.served.extract.number}` : '',
            from: longDate(d.served.extract.from),
            extract: familiar(d.served.extract),
          }),
        d.act?.order &&
          t('step.act', {
            number: d.act.order.number,
            date: longDate(d.act.order.date),
            kind: RESULT_LABELS[d.act.kind] ?? d.act.kind,
            act: familiar(d.served?.act),
          }),
      ],
      purposes: ['familiarise', 'appeal'],
      tasks: ['extract', 'act', 'appeal_decision'],
    },
  );
  if (d.act || view.stage === 'due_again') steps.push(consequences(view, d));
  return steps;
}

const familiar = (paper: { servedOn?: string } | undefined) =>
  !paper ? '' : paper.servedOn ? t('step.served', { servedOn: longDate(paper.servedOn) }) : t('step.notServed');

function consequences(view: CaseView, d: Details): Step {
  const at = view.stage;
  return {
    title: t('step.next'),
    state: view.closed ? 'done' : 'now',
    lines: [
      at === 'conform' && d.incumbent && t('step.nextOpens'),
      at === 'conform' && !d.incumbent && t('step.appoints'),
      at === 'conform_conditional' && (d.planSet ? <TrainingPlan key="plan" view={view} /> : t('step.plans')),
      at === 'appeal' && t('step.appeal'),
      at === 'conform_conditional' && d.checkAsked && t('step.fulfilled'),
      at === 'not_conform' &&
        (d.retakeBarred
          ? t('step.second')
          : d.retakeWindow &&
            t('step.chooses', { from: longDate(d.retakeWindow.from), to: longDate(d.retakeWindow.to) })),
      at === 'closed' && t('step.again'),
      at === 'closed_reserve_offered' && (d.reserve?.accepted ? t('step.agreedReserve') : t('step.awaitsReserve')),
      at === 'in_reserve' &&
        t('step.inReserve', { number: d.reserve?.number ? t('step.entryNo', { number: d.reserve.number }) : '' }),
      at === 'due_again' && t('step.nextOpened'),
      ...(d.related ?? []).map((r) => (
        <span key={r.key}>
          {t('road.related', {
            capital: capital(VARIANT_LABELS[r.variant] ?? r.variant),
            plannedOn: longDate(r.plannedOn),
          })}
          {r.caseId && view.cases[r.caseId] ? (
            <>
              {': '}
              <AnchorTo to="/cases/$id" params={{ id: r.caseId }} size="sm">
                {view.cases[r.caseId]!.number ?? t('road.case')}
              </AnchorTo>
            </>
          ) : null}
        </span>
      )),
    ],
    purposes: [
      'conditional-check',
      'appointment',
      'reserve-answer',
      'reserve-until',
      'child-watch',
      'valid-until',
      'no-valid',
    ],
    tasks: ['founder_choice', 'conditional_decision', 'reserve_order'],
  };
}

/** The plan after a conditional decision: when it was set, where to read it, and the day of the check. */
function TrainingPlan({ view }: { view: CaseView }) {
  const plan = view.documents.find((x) => x.label === PLAN_LABEL);
  const check = view.deadlines.find((x) => x.purpose === 'conditional-check');
  return (
    <>
      {t('road.plan', { addedAt: plan ? ` ${longDate(plan.addedAt)}` : '' })}
      {plan && (
        <>
          {': '}
          <AnchorTo to="/cases/$id" params={{ id: view.id }} search={{ tab: 'documents' }} size="sm">
            {t('road.inDocuments')}
          </AnchorTo>
        </>
      )}
      {check ? t('road.planCheck', { dueOn: longDate(check.dueOn) }) : '.'}
    </>
  );
}

function Booking({ view, booking }: { view: CaseView; booking: NonNullable<Details['booking']> }) {
  const sitting = view.cases[booking.caseId];
  return (
    <>
      {booking.accepted ? t('road.onAgenda') : t('road.sentToAgenda')} {longDate(booking.heldOn)}
      {sitting?.open ? (
        <>
          {', '}
          <AnchorTo to="/cases/$id" params={{ id: booking.caseId }} size="sm">
            {sitting.number ?? t('road.open')}
          </AnchorTo>
        </>
      ) : null}
    </>
  );
}

/** A deficit is of the catalogue, or the criterion somebody did not pass. */
export function deficitRu(code: string, criteria: Array<Pick<Criterion, 'code' | 'labelRu'>>): string {
  return (
    criteria.find((c) => c.code === code)?.labelRu ??
    findDeficit(code)?.labelRu ??
    findCompetence(code)?.labelRu ??
    code
  );
}

/** The extract of the minutes for one person, to read and to print. */
function Extract({ view, d, name }: { view: CaseView; d: Details; name: string }) {
  const [open, setOpen] = useState(false);
  const { vote, served } = d;
  if (!vote) return null;
  return (
    <>
      <Group mt="md">
        <Button
          variant="default"
          size="sm"
          leftSection={<IconPrinter size={16} aria-hidden />}
          onClick={() => setOpen(true)}
        >
          {t('extract.title')}
        </Button>
      </Group>
      <Modal opened={open} onClose={() => setOpen(false)} size="lg" title={<Text fw={650}>{t('extract.title')}</Text>}>
        <div className="sheet">
          <Text ta="center" fw={700}>
            {t('extract.heading', {
              sitting: vote.sitting,
              number: served?.extract?.number ? t('extract.no', { number: served.extract.number }) : '',
            })}
          </Text>
          <Text ta="center" size="sm" mb="md">
            {t('extract.of', { on: longDate(vote.on) })}
          </Text>
          <FactList
            rows={[
              [t('extract.attestee'), name],
              [t('road.post'), d.post],
              view.applicant !== null && [t('road.organisation'), view.applicant.nameRu],
              vote.members !== undefined && [
                t('extract.members'),
                t('extract.membersLine', {
                  members: vote.members,
                  present: vote.present,
                  recused: vote.recused ? t('extract.recused', { recused: vote.recused }) : '',
                }),
              ],
              vote.count !== undefined && [
                t('extract.voting'),
                t('extract.votes', {
                  for: vote.count.for,
                  against: vote.count.against,
                  abstained: vote.count.abstained,
                }),
              ],
              [t('extract.decision'), capital(RESULT_LABELS[vote.result] ?? vote.result)],
              vote.inAbsence && [t('extract.mark'), t('extract.inAbsence')],
              d.act?.order !== undefined && [
                t('extract.act'),
                t('extract.actLine', { number: d.act.order.number, date: longDate(d.act.order.date) }),
              ],
              [t('extract.case'), view.number ?? ''],
            ]}
          />
          <Text size="sm" mt="lg">
            {t('extract.signature')}
          </Text>
        </div>
        <Group justify="flex-end" mt="md" className="no-print">
          <Button leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
            {t('extract.print')}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
