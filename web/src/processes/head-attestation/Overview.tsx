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
} from '../../../../processes/head-attestation/labels.ru.ts';
import { Chip, FactList, Panel } from '../../kit/bits.tsx';
import { DueChip, WhyDate } from '../../kit/Due.tsx';
import { Road, type RoadStep, type StepState } from '../../kit/Road.tsx';
import { longDate } from '../../lib/dates.ts';
import { AnchorTo } from '../../lib/links.tsx';
import type { CaseView, Criterion, ProcessView } from '../../lib/queries.ts';
import { capital } from '../../lib/words.ts';
import type { OverviewProps } from '../types.ts';
import { type Details, detailsOf } from './details.ts';

interface Step extends RoadStep {
  /** Terms of the case and tasks that belong to this step. */
  purposes: string[];
  tasks: string[];
}

const PLAN_LABEL = 'План обучения';
const ORDER = ['registered', 'awaiting_documents', 'rescheduled', 'admitted', 'tested', 'evaluated', 'voted'];

/** The whole road of an attestation on one panel: what is done, what is awaited, by which day and why. */
export function Overview({ view, process }: OverviewProps) {
  const d = detailsOf(view);
  const name = d.attesteeId ? view.people[d.attesteeId] : undefined;
  const own = view.viewer.includes('applicant') && !view.viewer.includes('staff');
  return (
    <Panel
      title={name ?? 'Ход аттестации'}
      end={
        <Group gap={8}>
          <Chip tone="info">{capital(VARIANT_LABELS[d.variant] ?? d.variant)}</Chip>
          {own && <Chip>это ваша аттестация</Chip>}
        </Group>
      }
    >
      <FactList
        rows={[
          ['Должность', d.post],
          view.applicant !== null && ['Организация', view.applicant.nameRu],
          d.plannedOn !== null && ['Дата по графику', longDate(d.plannedOn)],
          d.entryNumber
            ? [
                'Запись реестра',
                <span key="n" className="num">
                  {d.entryNumber}
                </span>,
              ]
            : null,
          d.validUntil ? ['Действует по', longDate(d.validUntil)] : null,
        ]}
      />
      {d.exemption && view.stage === 'postponed' && (
        <Alert color="blue" variant="light" mt="md" title="Аттестация отложена" styles={TEXT}>
          {capital(EXEMPTION_LABELS[d.exemption.kind] ?? d.exemption.kind)}
          {d.exemption.resumeOn
            ? `: вернётся в график не раньше ${longDate(d.exemption.resumeOn)}.`
            : ': когда основание отпадёт, ещё не известно.'}
        </Alert>
      )}
      {d.overdueSince && (
        <Alert color="red" variant="light" mt="md" title="Вопрос переносили" styles={TEXT}>
          <List size="sm">
            {(d.moves ?? []).map((m, i) => (
              <List.Item key={`${m.heldOn}${i}`}>
                {longDate(m.heldOn)}: {CAUSE_LABELS[m.cause] ?? m.cause}
              </List.Item>
            ))}
          </List>
          <Text size="sm" mt={4}>
            Рассмотрение задерживается с {longDate(d.overdueSince)}; срок сам собой не продлевается.
          </Text>
        </Alert>
      )}
      {(d.dates?.length ?? 0) > 1 && (
        <details style={{ marginTop: 14 }}>
          <summary style={{ cursor: 'pointer', fontSize: 14, fontWeight: 600 }}>Как менялась дата в графике</summary>
          <List size="sm" mt={6}>
            {d.dates?.map((x, i) => (
              <List.Item key={`${x.on}${x.event}${i}`}>
                {longDate(x.on)}: {DATE_LABELS[x.event] ?? x.event}
                {x.plannedOn ? `, дата ${longDate(x.plannedOn)}` : ''}
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
      title: 'Документы и проверка',
      state: at >= 2 ? 'done' : view.stage === 'refused_admission' ? 'late' : 'now',
      lines: [
        d.begun === false && 'Подготовка документов начнётся заранее до даты по графику.',
        d.begun &&
          (d.checked ? 'Кадровая служба проверила: ограничений нет.' : 'Кадровая служба ещё проверяет документы.'),
        d.documentsNoted && 'Часть документов не представлена: допущен с отметкой.',
        view.stage === 'awaiting_documents' && 'Документы возвращены с перечнем, ждём аттестуемого.',
        view.stage === 'refused_admission' && 'В допуске отказано.',
      ],
      purposes: ['start', 'documents'],
      tasks: ['documents', 'checks'],
    },
  ];
  if (d.incumbent)
    steps.push({
      title: 'Представление учредителя',
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
          ? `Внесено ${longDate(d.submission.filedOn)}.`
          : 'Ещё не внесено; без него вопрос не войдёт в повестку.',
        d.submission?.familiarisedOn
          ? `Ознакомлен ${longDate(d.submission.familiarisedOn)}: с этого дня считают, когда возможно заседание.`
          : d.submission?.filedOn
            ? 'Ждём ознакомления.'
            : null,
      ],
      purposes: ['submission'],
      tasks: ['submission'],
    });
  const test = d.test;
  const below = test?.score !== undefined && test.score < (d.thresholdPercent ?? 0);
  steps.push(
    {
      title: 'Тестирование',
      state: below || test?.absent ? 'late' : at >= 4 ? 'done' : step(3) === 'now' || at === 2 ? 'now' : step(3),
      lines: [
        test?.score !== undefined &&
          `${test.score} % при пороге ${d.thresholdPercent} %${test.testedOn ? `, ${longDate(test.testedOn)}` : ''}${below ? ': ниже порога' : ''}.${test.from ? ' Зачтён прежний результат.' : ''}`,
        test?.absent && 'Записано «отсутствовал».',
        test?.on && test.score === undefined && `Назначено на ${longDate(test.on)}.`,
        test && test.failures > 0 && `Технических сбоев: ${test.failures}; попытка не засчитана.`,
        test?.missedOn &&
          `Неявка ${longDate(test.missedOn)}: ${test.reasonShown ? 'причина представлена, её рассматривает секретарь' : 'ждём уважительную причину'}.`,
      ],
      purposes: ['no-show', 'test-day'],
      tasks: ['test'],
    },
    {
      title: 'Экспертная оценка',
      state: d.panel ? 'done' : step(4),
      lines: [
        d.panel && `${capital(RECOMMENDATION_LABELS[d.panel.recommendation] ?? d.panel.recommendation)}.`,
        d.panel &&
          d.panel.deficits.length > 0 &&
          `Дефициты: ${d.panel.deficits.map((code) => deficitRu(code, process?.policy?.criteria ?? [])).join('; ')}.`,
        d.publicOpinion && 'Мнение общественности приложено.',
      ],
      purposes: ['pool'],
      tasks: [],
    },
    {
      title: 'Защита и заседание комиссии',
      state: d.vote ? 'done' : d.overdueSince ? 'late' : step(5),
      lines: [
        d.booking && <Booking key="b" view={view} booking={d.booking} />,
        !d.vote && !d.booking && d.earliestSitting && (
          <>
            Самая ранняя дата заседания – {longDate(d.earliestSitting.on)}: {d.earliestSitting.why}.
          </>
        ),
        d.compositionAsked && 'Учредителя просят изменить состав комиссии приказом.',
        d.vote &&
          `${capital(RESULT_LABELS[d.vote.result] ?? d.vote.result)}, ${longDate(d.vote.on)}, протокол ${d.vote.sitting}.`,
        d.vote?.count &&
          `За ${d.vote.count.for}, против ${d.vote.count.against}, воздержались ${d.vote.count.abstained}.${d.vote.inAbsence ? ' Решено в отсутствие аттестуемого.' : ''}`,
      ],
      purposes: ['sitting-passed'],
      tasks: ['fix_sitting', 'composition'],
    },
    {
      title: 'Выписка, акт, ознакомление',
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
          `Выписка${d.served.extract.number ? ` № ${d.served.extract.number}` : ''} выдана ${longDate(d.served.extract.from)}${familiar(d.served.extract)}.`,
        d.act?.order &&
          `Акт № ${d.act.order.number} от ${longDate(d.act.order.date)}: ${RESULT_LABELS[d.act.kind] ?? d.act.kind}${familiar(d.served?.act)}.`,
      ],
      purposes: ['familiarise', 'appeal'],
      tasks: ['extract', 'act', 'appeal_decision'],
    },
  );
  if (d.act || view.stage === 'due_again') steps.push(consequences(view, d));
  return steps;
}

const familiar = (paper: { servedOn?: string } | undefined) =>
  !paper ? '' : paper.servedOn ? `, ознакомлен ${longDate(paper.servedOn)}` : ', ждём ознакомления';

function consequences(view: CaseView, d: Details): Step {
  const at = view.stage;
  return {
    title: 'Что дальше',
    state: view.closed ? 'done' : 'now',
    lines: [
      at === 'conform' && d.incumbent && 'Следующая аттестация откроется сама за год до окончания срока.',
      at === 'conform' &&
        !d.incumbent &&
        'Учредитель назначает кандидата; если вакансии нет, предложат кадровый резерв.',
      at === 'conform_conditional' &&
        (d.planSet ? <TrainingPlan key="plan" view={view} /> : 'Учредитель утверждает план обучения по рекомендациям.'),
      at === 'appeal' && 'Апелляционная комиссия рассматривает жалобу; участники первого решения её не рассматривают.',
      at === 'conform_conditional' && d.checkAsked && 'Учредитель решает, исполнены ли рекомендации.',
      at === 'not_conform' &&
        (d.retakeBarred
          ? 'Второе отрицательное решение подряд: повторная аттестация не назначается.'
          : d.retakeWindow &&
            `Учредитель выбирает: повторная аттестация (с ${longDate(d.retakeWindow.from)} по ${longDate(d.retakeWindow.to)}), перевод или прекращение договора.`),
      at === 'closed' && 'Новую попытку можно сделать после срока.',
      at === 'closed_reserve_offered' &&
        (d.reserve?.accepted
          ? 'Кандидат согласен на включение в резерв.'
          : 'Ждём ответа кандидата о кадровом резерве.'),
      at === 'in_reserve' && `В кадровом резерве${d.reserve?.number ? `, запись ${d.reserve.number}` : ''}.`,
      at === 'due_again' && 'Подходит срок: открыта следующая аттестация.',
      ...(d.related ?? []).map((r) => (
        <span key={r.key}>
          {capital(VARIANT_LABELS[r.variant] ?? r.variant)} аттестация, {longDate(r.plannedOn)}
          {r.caseId && view.cases[r.caseId] ? (
            <>
              {': '}
              <AnchorTo to="/cases/$id" params={{ id: r.caseId }} size="sm">
                {view.cases[r.caseId]!.number ?? 'дело'}
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
      План обучения утверждён{plan ? ` ${longDate(plan.addedAt)}` : ''}
      {plan && (
        <>
          {': '}
          <AnchorTo to="/cases/$id" params={{ id: view.id }} search={{ tab: 'documents' }} size="sm">
            открыть в документах
          </AnchorTo>
        </>
      )}
      {check ? `. Исполнение проверят ${longDate(check.dueOn)}` : '.'}
    </>
  );
}

function Booking({ view, booking }: { view: CaseView; booking: NonNullable<Details['booking']> }) {
  const sitting = view.cases[booking.caseId];
  return (
    <>
      {booking.accepted ? 'В повестке заседания' : 'Направлено в повестку заседания'} {longDate(booking.heldOn)}
      {sitting?.open ? (
        <>
          {', '}
          <AnchorTo to="/cases/$id" params={{ id: booking.caseId }} size="sm">
            {sitting.number ?? 'открыть'}
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
          Выписка из протокола
        </Button>
      </Group>
      <Modal opened={open} onClose={() => setOpen(false)} size="lg" title={<Text fw={650}>Выписка из протокола</Text>}>
        <div className="sheet">
          <Text ta="center" fw={700}>
            Выписка из протокола № {vote.sitting}
            {served?.extract?.number ? ` (выписка № ${served.extract.number})` : ''}
          </Text>
          <Text ta="center" size="sm" mb="md">
            заседания аттестационной комиссии, {longDate(vote.on)}
          </Text>
          <FactList
            rows={[
              ['Аттестуемый', name],
              ['Должность', d.post],
              view.applicant !== null && ['Организация', view.applicant.nameRu],
              vote.members !== undefined && [
                'Состав',
                `по приказу ${vote.members}, присутствовали ${vote.present}${vote.recused ? `, отведены ${vote.recused}` : ''}`,
              ],
              vote.count !== undefined && [
                'Голосование',
                `за ${vote.count.for}, против ${vote.count.against}, воздержались ${vote.count.abstained}`,
              ],
              ['Решение', capital(RESULT_LABELS[vote.result] ?? vote.result)],
              vote.inAbsence && ['Отметка', 'решено в отсутствие аттестуемого'],
              d.act?.order !== undefined && ['Акт', `№ ${d.act.order.number} от ${longDate(d.act.order.date)}`],
              ['Дело', view.number ?? ''],
            ]}
          />
          <Text size="sm" mt="lg">
            Секретарь комиссии ____________________
          </Text>
        </div>
        <Group justify="flex-end" mt="md" className="no-print">
          <Button leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
            Печать
          </Button>
        </Group>
      </Modal>
    </>
  );
}
