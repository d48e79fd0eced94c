import { Alert, List, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { PART_LABELS } from '../../../../processes/qualification-assessment/labels.ru.ts';
import { Chip, FactList, Loading, Panel } from '../../kit/bits.tsx';
import { ErrorNote } from '../../kit/ErrorNote.tsx';
import { Road, type RoadStep, type StepState } from '../../kit/Road.tsx';
import { longDate, weekdayDate } from '../../lib/dates.ts';
import { asProblem } from '../../lib/problem.ts';
import type { CaseView } from '../../lib/queries.ts';
import { capital, count, number } from '../../lib/words.ts';
import type { OverviewProps } from '../types.ts';
import { type Assessment, assessmentQuery, TEXT } from './model.ts';

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
        <Alert color="blue" variant="light" title="Работодатель предлагает вам пройти оценку" styles={TEXT}>
          Решаете вы. Пока вы не ответили и если откажетесь, работодатель видит только «не подано», объяснять ничего не
          нужно. Если согласитесь, он узнает, что заявление подано; результат – только с вашего разрешения.
        </Alert>
      )}
      {own.booking && ['scheduled', 'in_theory', 'in_practice'].includes(view.stage) && (
        <Exam booking={own.booking} own={own} stage={view.stage} />
      )}
      {own.document && <Document own={own} a={a} view={view} person={person} />}
      <Panel title={own.personRu || 'Ход оценки'} end={<Chip tone="info">{a.schemeRu}</Chip>}>
        <FactList
          rows={[
            ['Квалификация', a.qualificationRu],
            ['Оплата', `${own.payerRu}${own.payerRu.includes('бюджет') || !own.paid ? '' : ', оплачено'}`],
            own.referred && ['Направление', 'по предложению работодателя'],
            own.priority && ['Очередь', 'дата выбирается вне очереди'],
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
      title="Экзамен"
      end={
        <Chip tone={booking.confirmed ? 'good' : 'soon'}>
          {booking.confirmed ? 'место подтверждено' : 'место закреплено, ждём центр'}
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
        Сеанс {booking.number}. Возьмите паспорт и подлинники документов об образовании.
      </Text>
      {stage === 'scheduled' && own.lastRescheduleOn && (
        <Text size="sm" mt={6}>
          Перенести можно по {longDate(own.lastRescheduleOn)} включительно
          {left > 0
            ? `, ещё ${count(left, 'раз', 'раза', 'раз')} без объяснений.`
            : '; теперь только с уважительной причиной.'}
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
          {dead ? view.stageRu : passed ? 'квалификация подтверждена' : 'квалификация не подтверждена'}
        </Chip>
      }
    >
      <Text fw={700} fz={22} className="num" data-testid="document-number">
        {document.number}
      </Text>
      <FactList
        rows={[
          ['Квалификация', a.qualificationRu],
          own.result && ['Экзамен', longDate(own.result.examOn)],
          ['Выдано', longDate(document.on)],
          document.validUntil ? ['Действует по', longDate(document.validUntil)] : null,
          document.reissues > 0 && [
            'Переоформлено',
            `${count(document.reissues, 'раз', 'раза', 'раз')}; номер и срок прежние`,
          ],
          own.informedOn ? ['Соискатель ознакомлен', longDate(own.informedOn)] : null,
          own.complaintUntil ? ['Жалобу принимают по', `${longDate(own.complaintUntil)} включительно`] : null,
          own.referred && [
            'Работодатель',
            own.shared ? 'видит результат с согласия соискателя' : 'результата не видит',
          ],
        ]}
      />
      {person && !passed && (
        <Text size="sm" mt="sm">
          Рекомендации лежат в документах дела. Воспользоваться ими или нет, решаете вы; новое заявление можно подать в
          любой день.
        </Text>
      )}
      {person && own.informedOn === null && own.complaintUntil === null && (
        <Text size="sm" mt="sm">
          Отметьте «Ознакомлен с результатом»: с этого дня идёт срок жалобы.
        </Text>
      )}
      {own.revocation && !dead && (
        <Alert color="yellow" variant="light" mt="md" title="Начато аннулирование" styles={TEXT}>
          С {longDate(own.revocation.openedOn)}.{' '}
          {own.revocation.answered ? 'Ответ получен, решает совет.' : 'Ждём ответа обладателя свидетельства.'}
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
      title: 'Заявление и документы',
      state: ['refused_admission', 'refused'].includes(view.stage) ? 'late' : state('registered'),
      lines: [
        view.stage === 'offered' && 'Ждём ответа на предложение работодателя.',
        view.stage === 'registered' && 'Центр проверяет документы.',
        view.stage === 'awaiting_documents' && 'Центр прислал перечень, чего не хватает: он в документах дела.',
        ['refused_admission', 'refused'].includes(view.stage) && 'В допуске отказано, причина в документах дела.',
      ],
    },
    {
      title: 'Выбор даты',
      state: state('admitted'),
      lines: [
        view.stage === 'admitted' &&
          (own.sessions.length > 0
            ? `Открыта запись на ${count(own.sessions.length, 'сеанс', 'сеанса', 'сеансов')}.`
            : 'Сеансов с записью пока нет.'),
        view.stage === 'admitted' && !own.paid && 'Место можно занять после подтверждения оплаты.',
        queue &&
          `В очереди с ${longDate(queue.since)}: ${queue.whyRu}; впереди ${count(queue.ahead, 'человек', 'человека', 'человек')}.`,
        queue?.asked && 'Ответьте, остаётесь ли вы в очереди.',
      ],
    },
    {
      title: 'Экзамен назначен',
      state: view.stage === 'no_show' ? 'late' : state('scheduled'),
      lines: [
        own.booking && at <= 4 && `${longDate(own.booking.heldOn)}, ${own.booking.startsAt}, ${own.booking.placeRu}.`,
        view.stage === 'no_show' &&
          'Записана неявка. Если причина уважительная, сообщите о ней: дату можно выбрать снова.',
      ],
    },
    {
      title: 'Теоретическая часть',
      state: theory && !theory.passed ? 'late' : theory ? 'done' : state('in_theory'),
      lines: [
        theory &&
          `${number(theory.score)} % при пороге ${a.theoryPass} %, ${longDate(theory.on)}.${theory.earlier ? ' Зачтён прежний результат.' : ''}`,
      ],
    },
    {
      title: 'Практическая часть',
      state: noPractice ? 'skipped' : state('in_practice'),
      lines: [
        view.stage === 'in_practice' && 'Экзаменаторы ставят оценки независимо друг от друга.',
        result?.mean !== null &&
          result?.mean !== undefined &&
          `Среднее ${number(result.mean)} % при пороге ${a.practicePass} %.`,
        noPractice && `Экзамен окончен: ${result.partRu}.`,
      ],
    },
    {
      title: 'Проверка совета',
      state: at > 6 ? 'done' : at === 5 || at === 6 ? (over ? 'skipped' : 'now') : over ? 'skipped' : 'later',
      lines: [
        view.stage === 'graded' && 'Центр готовит протокол и материалы.',
        view.stage === 'verification' && 'Совет проверяет, соблюдена ли процедура.',
      ],
    },
    {
      title: 'Документ о результате',
      state: state('document'),
      lines: [
        view.stage === 'passed' && 'Квалификация подтверждена, готовится свидетельство.',
        view.stage === 'failed' && 'Квалификация не подтверждена, готовится заключение с рекомендациями.',
        own.document && `${own.document.number}, ${longDate(own.document.on)}.`,
        view.stage === 'appeal' && 'Жалобу рассматривает апелляционная комиссия.',
        ['annulled', 'retake_open'].includes(view.stage) &&
          'Экзамен аннулирован и в показатели не входит. Пересдача бесплатная и вне очереди.',
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
    <Panel title="Экзаменаторы и процедура">
      {exhausted && view.stage === 'in_practice' && (
        <Alert color="yellow" variant="light" mb="sm" title="Экзаменаторов не хватает" styles={TEXT}>
          Назовите экзаменатора на замену: он оценит экзамен по записи.
        </Alert>
      )}
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Экзаменаторы">
        <Table miw={360}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Экзаменатор</Table.Th>
              <Table.Th>На экзамене</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {examiners.map((e) => (
              <Table.Tr key={e.id}>
                <Table.Td>{e.nameRu}</Table.Td>
                <Table.Td>{e.present ? 'присутствовал' : '—'}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {excluded.length > 0 && (
        <>
          <Text size="sm" fw={650} mt="sm">
            Не экзаменуют этого соискателя
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
    ? ['По итогам экзамена', `квалификация ${result.passed ? 'подтверждена' : 'не подтверждена'}, ${result.partRu}`]
    : false;
  if (totals.length === 0 && told) return [told];
  if (totals.length === 0) return [['Оценки', 'откроются, когда отправят все экзаменаторы']];
  return [
    told,
    ['Итоги экзаменаторов', totals.map((t) => `${number(t)} %`).join('; ')],
    spread !== null && [
      'Расхождение',
      `${number(Math.round(spread * 10) / 10)} п. п.${disputed ? ', назначен четвёртый экзаменатор' : ''}`,
    ],
    ['Порог', `${a.practicePass} %`],
  ];
}
