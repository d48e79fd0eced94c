import { Alert, List, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { PART_LABELS } from './labels.ts';
import { Chip, FactList, Loading, Panel } from '../../kit/bits.tsx';
import { ErrorNote } from '../../kit/ErrorNote.tsx';
import { Road, type RoadStep, type StepState } from '../../kit/Road.tsx';
import { longDate, weekdayDate } from '../../lib/dates.ts';
import { asProblem } from '../../lib/problem.ts';
import type { CaseView } from '../../lib/queries.ts';
import { capital, number } from '../../lib/words.ts';
import type { OverviewProps } from '../types.ts';
import { type Assessment, assessmentQuery, TEXT } from './model.ts';
import { t } from './words.ts';

type Own = NonNullable<Assessment['own']>;

const ORDER = [
  'registered',
  'admitted',
  'scheduled',
  'in_theory',
  'in_practice',
  'graded',
  'verification',
  'document',
  'result',
];
/** Stages that are a turn on the way, by the step they belong to. */
const AT: Record<string, string> = {
  offered: 'registered',
  awaiting_documents: 'registered',
  refused_admission: 'registered',
  refused: 'registered',
  waiting: 'admitted',
  no_show: 'scheduled',
  passed: 'document',
  failed: 'document',
  certified: 'result',
  expiring: 'result',
  concluded: 'result',
  expired: 'result',
  revoked: 'result',
  finished: 'result',
};

/** The road of one person from the application to the document, the exam first: where and when one has to be. */
export function Overview({ view }: OverviewProps) {
  const assessment = useQuery(assessmentQuery(view.id));
  if (assessment.error)
    return asProblem(assessment.error).status === 404 ? null : <ErrorNote error={assessment.error} />;
  if (assessment.isPending) return <Loading />;
  const a = assessment.data;
  const { own } = a;
  if (!own) return null;
  const person = view.viewer.includes('applicant');
  return (
    <>
      {view.stage === 'offered' && person && (
        <Alert color="blue" variant="light" title={t('road.offered')} styles={TEXT}>
          {t('road.offeredHint')}
        </Alert>
      )}
      {own.booking && ['scheduled', 'in_theory', 'in_practice'].includes(view.stage) && (
        <Exam booking={own.booking} own={own} stage={view.stage} />
      )}
      {own.document && <Document own={own} a={a} view={view} person={person} />}
      <Panel title={own.personRu || t('road.title')} end={<Chip tone="info">{a.schemeRu}</Chip>}>
        <FactList
          rows={[
            [t('marks.qualification'), a.qualificationRu],
            [
              t('road.payment'),
              `${own.payerRu}${own.payerRu.includes(t('road.budget')) || !own.paid ? '' : t('road.paid')}`,
            ],
            own.referred && [t('road.referral'), t('road.byEmployer')],
            own.priority && [t('road.queue'), t('road.outOfTurn')],
          ]}
        />
        <Road steps={stepsOf(view, a, own)} />
      </Panel>
      {a.centre && <Centre a={a} view={view} />}
    </>
  );
}

/** Where and when: what the person looks for on the morning of the exam. */
function Exam({ booking, own, stage }: { booking: NonNullable<Own['booking']>; own: Own; stage: string }) {
  const left = own.maxReschedules - own.reschedules;
  return (
    <Panel
      title={t('road.exam')}
      end={
        <Chip tone={booking.confirmed ? 'good' : 'soon'}>
          {booking.confirmed ? t('road.seatConfirmed') : t('road.seatHeld')}
        </Chip>
      }
    >
      <Text fw={700} fz={19} lh={1.3} data-testid="exam-when">
        {capital(weekdayDate(booking.heldOn))}, {booking.startsAt}
      </Text>
      <Text mt={2} data-testid="exam-where">
        {booking.placeRu}
      </Text>
      <Text size="sm" c="dimmed" mt={6}>
        {t('road.session', { number: booking.number })}
      </Text>
      {stage === 'scheduled' && own.lastRescheduleOn && (
        <Text size="sm" mt={6}>
          {t('road.reschedule', {
            lastRescheduleOn: longDate(own.lastRescheduleOn),
            left: left > 0 ? t('road.movesLeft', { count: left }) : t('road.onlyValid'),
          })}
        </Text>
      )}
    </Panel>
  );
}

/** The document, until when it is good, until when one may complain, and who sees it. */
function Document({ own, a, view, person }: { own: Own; a: Assessment; view: CaseView; person: boolean }) {
  const document = own.document!;
  const passed = own.result?.passed === true;
  const dead = ['expired', 'revoked'].includes(view.stage);
  return (
    <Panel
      title={document.titleRu}
      end={
        <Chip tone={dead ? 'late' : passed ? 'good' : 'plain'}>
          {dead ? view.stageRu : passed ? t('road.confirmed') : t('road.notConfirmed')}
        </Chip>
      }
    >
      <Text fw={700} fz={22} className="num" data-testid="document-number">
        {document.number}
      </Text>
      <FactList
        rows={[
          [t('marks.qualification'), a.qualificationRu],
          own.result && [t('road.exam'), longDate(own.result.examOn)],
          [t('road.issued'), longDate(document.on)],
          document.validUntil ? [t('road.validUntil'), longDate(document.validUntil)] : null,
          document.reissues > 0 && [t('road.reissued'), t('road.reissuedTimes', { count: document.reissues })],
          own.informedOn ? [t('road.familiarised'), longDate(own.informedOn)] : null,
          own.complaintUntil
            ? [t('road.complaintUntil'), t('road.inclusive', { complaintUntil: longDate(own.complaintUntil) })]
            : null,
          own.referred && [t('road.employer'), own.shared ? t('road.seesResult') : t('road.seesNothing')],
        ]}
      />
      {person && !passed && (
        <Text size="sm" mt="sm">
          {t('road.recommendations')}
        </Text>
      )}
      {person && own.informedOn === null && own.complaintUntil === null && (
        <Text size="sm" mt="sm">
          {t('road.markFamiliar')}
        </Text>
      )}
      {own.revocation && !dead && (
        <Alert color="yellow" variant="light" mt="md" title={t('road.annulment')} styles={TEXT}>
          {t('road.annulmentSince', {
            openedOn: longDate(own.revocation.openedOn),
            answered: own.revocation.answered ? t('road.answered') : t('road.awaitsHolder'),
          })}
        </Alert>
      )}
    </Panel>
  );
}

function stepsOf(view: CaseView, a: Assessment, own: Own): RoadStep[] {
  // An appeal, an annulment or an end on the way stands where the case last was.
  const indexOf = (stage: string) => ORDER.indexOf(AT[stage] ?? stage);
  const past = view.timeline.map((t) => indexOf(t.stage)).filter((n) => n >= 0);
  const own_ = indexOf(view.stage);
  const at = own_ >= 0 ? own_ : Math.max(0, ...past);
  const over = own_ < 0 && view.closed;
  const state = (name: string): StepState => {
    const n = ORDER.indexOf(name);
    return at > n ? 'done' : at < n || over ? (over ? 'skipped' : 'later') : view.closed ? 'done' : 'now';
  };
  const { theory, result, queue } = own;
  const noPractice = result !== null && result.partRu !== PART_LABELS.practice;
  return [
    {
      title: t('step.papers'),
      state: ['refused_admission', 'refused'].includes(view.stage) ? 'late' : state('registered'),
      lines: [
        view.stage === 'offered' && t('step.awaitsOffer'),
        view.stage === 'registered' && t('step.checking'),
        view.stage === 'awaiting_documents' && t('step.incomplete'),
        ['refused_admission', 'refused'].includes(view.stage) && t('step.refused'),
      ],
    },
    {
      title: t('step.date'),
      state: state('admitted'),
      lines: [
        view.stage === 'admitted' &&
          (own.sessions.length > 0 ? t('step.sessions', { count: own.sessions.length }) : t('step.noSessions')),
        view.stage === 'admitted' && !own.paid && t('step.afterPayment'),
        queue && t('step.queued', { since: longDate(queue.since), whyRu: queue.whyRu, count: queue.ahead }),
        queue?.asked && t('step.answerQueue'),
      ],
    },
    {
      title: t('step.examSet'),
      state: view.stage === 'no_show' ? 'late' : state('scheduled'),
      lines: [
        own.booking && at <= 4 && `${longDate(own.booking.heldOn)}, ${own.booking.startsAt}, ${own.booking.placeRu}.`,
        view.stage === 'no_show' && t('step.noShow'),
      ],
    },
    {
      title: t('step.theory'),
      state: theory && !theory.passed ? 'late' : theory ? 'done' : state('in_theory'),
      lines: [
        theory &&
          t('step.theoryScore', {
            score: number(theory.score),
            theoryPass: a.theoryPass,
            on: longDate(theory.on),
            earlier: theory.earlier ? t('step.earlier') : '',
          }),
      ],
    },
    {
      title: t('step.practice'),
      state: noPractice ? 'skipped' : state('in_practice'),
      lines: [
        view.stage === 'in_practice' && t('step.independent'),
        result?.mean !== null &&
          result?.mean !== undefined &&
          t('step.mean', { mean: number(result.mean), practicePass: a.practicePass }),
        noPractice && t('step.over', { partRu: result.partRu }),
      ],
    },
    {
      title: t('step.council'),
      state: at > 6 ? 'done' : at === 5 || at === 6 ? (over ? 'skipped' : 'now') : over ? 'skipped' : 'later',
      lines: [view.stage === 'graded' && t('step.protocol'), view.stage === 'verification' && t('step.councilChecks')],
    },
    {
      title: t('step.document'),
      state: state('document'),
      lines: [
        view.stage === 'passed' && t('step.certificate'),
        view.stage === 'failed' && t('step.conclusion'),
        own.document && `${own.document.number}, ${longDate(own.document.on)}.`,
        view.stage === 'appeal' && t('step.complaint'),
        ['annulled', 'retake_open'].includes(view.stage) && t('step.annulled'),
      ],
    },
  ];
}

/** For the centre, the council and the commission: who examined, who stands aside and why; totals only when all are in. */
function Centre({ a, view }: { a: Assessment; view: CaseView }) {
  const { examiners, excluded, totals, disputed, exhausted } = a.centre!;
  if (examiners.length === 0 && excluded.length === 0) return null;
  const spread = totals.length > 1 ? Math.max(...totals) - Math.min(...totals) : null;
  return (
    <Panel title={t('exam.title')}>
      {exhausted && view.stage === 'in_practice' && (
        <Alert color="yellow" variant="light" mb="sm" title={t('exam.short')} styles={TEXT}>
          {t('exam.shortHint')}
        </Alert>
      )}
      <div className="scroll-x" tabIndex={0} role="region" aria-label={t('exam.examiners')}>
        <Table miw={360}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('exam.examiner')}</Table.Th>
              <Table.Th>{t('exam.atExam')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {examiners.map((e) => (
              <Table.Tr key={e.id}>
                <Table.Td>{e.nameRu}</Table.Td>
                <Table.Td>{e.present ? t('exam.present') : '—'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {excluded.length > 0 && (
        <>
          <Text size="sm" fw={650} mt="sm">
            {t('exam.excluded')}
          </Text>
          <List size="sm">
            {excluded.map((e) => (
              <List.Item key={e.nameRu}>
                {e.nameRu}: {e.whyRu}
              </List.Item>
            ))}
          </List>
        </>
      )}
      <FactList rows={totalsRows(a, totals, spread, disputed)} />
    </Panel>
  );
}

function totalsRows(
  a: Assessment,
  totals: number[],
  spread: number | null,
  disputed: boolean,
): Array<[string, ReactNode] | false> {
  const result = a.own?.result;
  const told: [string, ReactNode] | false = result
    ? [
        t('exam.byResult'),
        t('exam.passed', {
          passed: result.passed ? t('exam.confirmed') : t('exam.notConfirmed'),
          partRu: result.partRu,
        }),
      ]
    : false;
  if (totals.length === 0 && told) return [told];
  if (totals.length === 0) return [[t('exam.marks'), t('exam.open')]];
  return [
    told,
    [t('exam.totals'), totals.map((total) => `${number(total)} %`).join('; ')],
    spread !== null && [
      t('exam.spread'),
      t('exam.points', { spread: number(Math.round(spread * 10) / 10), disputed: disputed ? t('exam.fourth') : '' }),
    ],
    [t('exam.threshold'), `${a.practicePass} %`],
  ];
}
