/**
 * Who is told what (specification P03, 3.3, 3.8, 3.10). The person learns every step. The employer who referred learns that an application
 * was filed once the person accepted, the fact of the result where he pays and the person consents, the result where the person shares it;
 * a decline, a silence, a withdrawal write no letter to him.
 */
import { termRu } from '../kit/deadlines.ts';
import { formatDateRu } from '../kit/dates.ts';
import { type NoticeParams, type NoticeTemplate, template } from '../kit/letter.ts';
import { taskDue, type Task } from '../kit/task.ts';
import type { Context, NoticeIntent, Role, StoredEvent } from '../kit/types.ts';
import { due, taskClock } from '../kit/terms.ts';
import { CAUSE_LABELS, REFUSAL_LABELS, TASK_LABELS } from './labels.ru.ts';
import { findQualification, type AssessmentPolicy } from './policy.ts';
import { paidByEmployer, type AssessmentState } from './state.ts';
import { complaintDue } from './terms.ts';

type S = AssessmentState;
type Ctx = Context<AssessmentPolicy>;

export const TEMPLATES: Record<string, NoticeTemplate> = {
  'referral-offered': template(
    () => 'Работодатель предлагает независимую оценку квалификации',
    (p) => [
      `Вас направляют на оценку квалификации «${p.qualification}». Это право, а не обязанность.`,
      `Ответить можно до ${p.due}. Если вы откажетесь или не ответите, работодатель увидит только «не подано».`,
    ],
    true,
  ),
  'referral-accepted': template(
    () => 'Заявление на оценку квалификации подано',
    (p) => [
      `Работник, которого вы направили на оценку квалификации «${p.qualification}», подал заявление.`,
      'Результат принадлежит ему: вы увидите его, только если он разрешит.',
    ],
  ),
  'application-registered': template(
    (p) => `Заявление ${p.number} зарегистрировано`,
    (p) => [
      `Ваше заявление на оценку квалификации «${p.qualification}» принято ${p.on}. Центр проверит документы до ${p.due}.`,
    ],
    true,
  ),
  'documents-returned': template(
    (p) => `Заявление ${p.number}: нужны документы`,
    (p) => [`Чего не хватает — на странице дела. Документы принимаются до ${p.due}.`],
    true,
  ),
  'admission-refused': template(
    (p) => `Заявление ${p.number}: в допуске отказано`,
    (p) => [
      `Причина: ${p.ground}.`,
      `Отказ можно обжаловать до ${p.due}. Подать новое заявление можно в любое время, бесплатно.`,
    ],
    true,
  ),
  admitted: template(
    (p) => `Заявление ${p.number}: вы допущены к экзамену`,
    (p) => [`Выберите дату и место экзамена до ${p.due}.`, String(p.more ?? '')],
    true,
  ),
  'choose-again': template(
    (p) => `Заявление ${p.number}: выберите другую дату`,
    (p) => [`${p.what}.`, `Выберите другую дату до ${p.due}. Это не считается вашим переносом.`],
    true,
  ),
  'slot-reminder': template(
    (p) => `Заявление ${p.number}: дата не выбрана`,
    (p) => [`Выберите дату экзамена до ${p.due}, иначе дело будет прекращено.`],
    true,
  ),
  'queue-joined': template(
    (p) => `Заявление ${p.number}: вы в очереди`,
    (p) => [`Причина: ${p.why}. Перед вами в очереди: ${p.ahead}. Как только появится место, мы напишем.`],
  ),
  'queue-asked': template(
    (p) => `Заявление ${p.number}: вы остаётесь в очереди?`,
    (p) => [`Вы ждёте места долго. Подтвердите до ${p.due}, что остаётесь в очереди, иначе дело будет прекращено.`],
    true,
  ),
  'queue-offered': template(
    (p) => `Заявление ${p.number}: появились места`,
    (p) => [`Появились места на экзамен. Выберите дату до ${p.due}.`],
    true,
  ),
  booked: template(
    (p) => `Заявление ${p.number}: экзамен ${p.heldOn}`,
    (p) => [
      `Вы записаны на экзамен ${p.heldOn}, ${p.startsAt}. Место: ${p.place}. Возьмите паспорт.`,
      p.reschedule ? `Перенести можно не позднее чем за ${p.reschedule}.` : '',
    ],
    true,
  ),
  'no-show': template(
    (p) => `Заявление ${p.number}: записана неявка`,
    (p) => [`Вы не пришли на экзамен ${p.heldOn}.`, `Уважительную причину принимают до ${p.due}.`],
    true,
  ),
  interrupted: template(
    (p) => `Заявление ${p.number}: технический сбой`,
    (p) => ['Попытка не засчитана. Сданная теоретическая часть сохраняется.', String(p.more ?? '')],
    true,
  ),
  'theory-result': template(
    (p) => `Заявление ${p.number}: теоретическая часть`,
    (p) => [`${p.result}.`],
    true,
  ),
  'exam-ended': template(
    (p) => `Заявление ${p.number}: экзамен окончен`,
    () => ['Протокол и материалы уйдут в совет на проверку. О решении мы сообщим.'],
  ),
  'status-changed': template(
    (p) => `Заявление ${p.number}: ${p.what}`,
    (p) => [`${p.what}.`, String(p.more ?? '')],
    true,
  ),
  'document-issued': template(
    (p) => `${p.document} № ${p.documentNumber}`,
    (p) => [
      `${p.document} № ${p.documentNumber} по квалификации «${p.qualification}» готово.`,
      `Ознакомьтесь на странице дела: с этого дня идёт срок жалобы${p.complaint ? `, ${p.complaint}` : ''}.`,
      String(p.more ?? ''),
    ],
    true,
  ),
  'payer-fact': template(
    () => 'Результат оценки квалификации, которую вы оплатили',
    (p) => [`Работник, которого вы направили: ${p.fact}. Жалобу принимают до ${p.due}.`],
    true,
  ),
  'result-shared': template(
    () => 'Работник показал вам результат оценки квалификации',
    (p) => [`Квалификация «${p.qualification}»: ${p.fact}. Документ № ${p.documentNumber}.`],
  ),
  incentive: template(
    () => 'Высокий результат независимой оценки',
    (p) => [
      `Работник показал высокий результат по квалификации «${p.qualification}». Примените правило о стимулировании, принятое в вашей организации.`,
    ],
  ),
  validity: template(
    (p) => `Свидетельство № ${p.documentNumber}: срок до ${p.until}`,
    (p) => [`${p.what}. Чтобы подтвердить квалификацию снова, подайте новое заявление.`],
    true,
  ),
  revocation: template(
    (p) => `Свидетельство № ${p.documentNumber}: начато аннулирование`,
    (p) => [`Основание и доказательства — на странице дела. Ответить можно до ${p.due}.`],
    true,
  ),
  'examiner-task': template(
    (p) => `Оценка практической части: ${p.due || 'ответьте на поручение'}`,
    () => [
      'Вам поручено оценить практическую часть экзамена. Примите задачу и подтвердите, что конфликта интересов нет.',
    ],
  ),
  'examiner-call': template(
    (p) => `Оценки не отправлены, срок был ${p.due}`,
    () => ['Без вашей оценки экзамен не окончен. Отправьте её сегодня.'],
    true,
  ),
  'office-task': template(
    (p) => `Задача: ${p.task}`,
    (p) => [`Дело ${p.number}. Срок — ${p.due}.`],
  ),
  'office-late': template(
    (p) => `Срок прошёл: ${p.task}`,
    (p) => [`Дело ${p.number}: задача «${p.task}» не выполнена, срок был ${p.due}.`],
  ),
  'examiners-few': template(
    (p) => `Дело ${p.number}: экзаменаторов без конфликта интересов ${p.left}`,
    (p) => [`Экзамен ${p.heldOn}: добавьте экзаменаторов в сеанс, иначе соискатель выберет другую дату.`],
  ),
};

/** Letters an event of the case causes. */
export function notices(event: StoredEvent, s: S, ctx: Ctx): NoticeIntent[] {
  const out: NoticeIntent[] = [];
  const f = event.facts as Record<string, any>;
  const t = ctx.policy.terms;
  const qualification = findQualification(ctx.policy, s.qualification)?.labelRu ?? s.qualification;
  const base = { number: s.number ?? '', qualification };
  const push = (name: string, addressee: NoticeIntent['addressee'], params: NoticeParams = {}, occurrence?: string) =>
    out.push({
      template: name,
      addressee,
      params: { ...base, ...params },
      legallySignificant: TEMPLATES[name]?.legallySignificant ?? false,
      ...(occurrence ? { occurrence } : {}),
    });
  const person = (name: string, params: NoticeParams = {}) =>
    push(name, { kind: 'person', personId: s.initiatorId }, params);
  const employer = (name: string, params: NoticeParams = {}) => {
    if (s.referral) push(name, { kind: 'person', personId: s.referral.employerId }, params);
  };
  const office = (role: Role, name: string, params: NoticeParams, occurrence?: string) =>
    push(name, { kind: 'role', role, scope: { kind: 'jurisdiction', id: ctx.jurisdiction.id } }, params, occurrence);
  const until = (key: string, term: AssessmentPolicy['terms']['offer'], from = event.on) =>
    formatDateRu(due(ctx, s, key, term, from, event.type).dueOn);
  const fact = s.result?.passed ? 'квалификация подтверждена' : 'квалификация не подтверждена';
  const documentNumber = s.document?.number ?? '';

  switch (event.type) {
    case 'referral.offered':
      person('referral-offered', { due: until('offer', t.offer) });
      break;
    case 'referral.accepted':
      employer('referral-accepted');
      person('application-registered', { on: formatDateRu(event.on), due: until('check', t.check) });
      break;
    case 'application.submitted':
      person('application-registered', { on: formatDateRu(event.on), due: until('check', t.check) });
      break;
    case 'documents.returned':
      person('documents-returned', { due: until('documents', t.documents) });
      break;
    case 'admission.refused':
    case 'documents.missing':
      person('admission-refused', {
        ground: REFUSAL_LABELS[f.ground] ?? String(f.ground),
        due: until('complaint', t.complaint),
      });
      break;
    case 'applicant.admitted':
      person('admitted', { due: until('slot', t.slot), more: payText(s) });
      break;
    case 'retake.opened':
      person('admitted', { due: until('slot', t.slot), more: 'Пересдача бесплатная, место вам дадут вне очереди.' });
      break;
    case 'seat.lost':
      person('choose-again', {
        what: `Экзамен ${f.heldOn ? formatDateRu(f.heldOn) : ''} не состоится: ${CAUSE_LABELS[f.cause] ?? 'отменён'}`,
        due: until('slot', t.slot),
      });
      break;
    case 'slot.reminded':
      person('slot-reminder', { due: until('slot', t.slot, s.slotFrom ?? event.on) });
      break;
    case 'queue.joined':
      person('queue-joined', { why: CAUSE_LABELS[f.why] ?? f.why, ahead: Number(f.ahead ?? 0) });
      break;
    case 'queue.asked':
      person('queue-asked', { due: until('queue-answer', t.queueAnswer) });
      break;
    case 'queue.offered':
    case 'quota.renewed':
      person('queue-offered', { due: until('slot', t.slot) });
      break;
    case 'seat.confirmed':
      if (s.booking)
        person('booked', {
          heldOn: formatDateRu(s.booking.heldOn),
          startsAt: s.booking.startsAt,
          place: s.booking.placeRu,
          reschedule: termRu(t.reschedule),
        });
      break;
    case 'exam.missed':
      person('no-show', { heldOn: formatDateRu(f.on), due: until('no-show', t.noShowReason, f.on) });
      break;
    case 'reason.accepted':
      person('status-changed', {
        what: 'причина неявки уважительная',
        more: `Выберите другую дату до ${until('slot', t.slot)}.`,
      });
      break;
    case 'reason.rejected':
      person('status-changed', {
        what: 'причина неявки не принята',
        more: 'Дело прекращено. Новое заявление можно подать в любое время.',
      });
      break;
    case 'slot.missed':
    case 'queue.silent':
    case 'reason.missing':
      person('status-changed', { what: 'дело прекращено', more: 'Новое заявление можно подать в любое время.' });
      break;
    case 'refusal.final':
      person('status-changed', { what: 'отказ в допуске окончателен', more: 'Новое заявление бесплатно.' });
      break;
    case 'exam.interrupted':
      person('interrupted', {
        more: f.session
          ? `Новая дата: ${formatDateRu(f.session.heldOn)}, ${f.session.startsAt}.`
          : 'Экзамен продолжится в этом же сеансе.',
      });
      break;
    case 'theory.passed':
      person('theory-result', { result: `Теоретическая часть сдана: ${f.score} %, порог ${f.threshold} %` });
      break;
    case 'theory.failed':
      person('theory-result', { result: `Теоретическая часть не сдана: ${f.score} %, порог ${f.threshold} %` });
      break;
    case 'practice.graded':
    case 'practice.settled':
    case 'exam.removed':
      person('exam-ended');
      break;
    case 'examiners.checked':
      if (s.stage === 'scheduled' && s.booking && s.examiners.eligible.length < ctx.policy.examiners.count)
        office('centre_operator', 'examiners-few', {
          left: s.examiners.eligible.length,
          heldOn: formatDateRu(s.booking.heldOn),
        });
      break;
    case 'exam.voided':
    case 'exam.annulled':
    case 'appeal.annulled':
    case 'court.annulled':
      person('status-changed', {
        what: 'экзамен аннулирован',
        more: 'Пересдача бесплатная, место вам дадут вне очереди.',
      });
      break;
    case 'certificate.issued':
      person('document-issued', {
        document: ctx.policy.documents.certificateRu,
        documentNumber,
        complaint: termRu(t.complaint),
        more: s.validUntil ? `Действует по ${formatDateRu(s.validUntil)} включительно.` : '',
      });
      break;
    case 'conclusion.issued':
      person('document-issued', {
        document: ctx.policy.documents.conclusionRu,
        documentNumber,
        complaint: termRu(t.complaint),
        more: 'По рекомендациям вам предложат индивидуальный маршрут; решаете вы.',
      });
      break;
    case 'result.informed':
      if (s.payerInformedOn === f.servedOn && paidByEmployer(s) && s.tellsPayer)
        employer('payer-fact', { fact, due: formatDateRu(complaintDue(s, ctx, 'payer')?.dueOn ?? event.on) });
      break;
    case 'result.shared':
      employer('result-shared', { fact, documentNumber });
      if (s.document?.kind === 'certificate' && (s.result?.practice?.mean ?? 0) >= ctx.policy.highResult)
        employer('incentive');
      break;
    case 'complaint.filed':
      person('status-changed', {
        what: 'жалоба принята',
        more: `Апелляционная комиссия решит до ${until('appeal', t.appeal)}.`,
      });
      break;
    case 'appeal.upheld':
      person('status-changed', { what: 'жалоба отклонена, решение оставлено в силе' });
      break;
    case 'appeal.changed':
    case 'court.changed':
      person('status-changed', { what: 'результат изменён', more: 'Новый результат проверит совет.' });
      break;
    case 'appeal.admitted':
      person('status-changed', { what: 'отказ отменён', more: 'Центр проверит документы заново.' });
      break;
    case 'validity.expiring':
    case 'validity.reminded':
    case 'validity.ended':
      person('validity', {
        documentNumber,
        complaint: termRu(t.complaint),
        until: formatDateRu(s.validUntil ?? event.on),
        what: event.type === 'validity.ended' ? 'Срок свидетельства истёк' : 'Срок свидетельства подходит к концу',
      });
      break;
    case 'duplicate.issued':
      person('status-changed', {
        what: `дубликат свидетельства № ${documentNumber} готов`,
        more: 'Номер и срок прежние.',
      });
      break;
    case 'revocation.opened':
      person('revocation', { documentNumber, due: until('revocation-answer', t.revocationAnswer) });
      break;
    case 'certificate.revoked':
      person('status-changed', {
        what: `свидетельство № ${documentNumber} аннулировано`,
        more: 'Решение — на странице дела.',
      });
      break;
    case 'revocation.dropped':
      person('status-changed', { what: `свидетельство № ${documentNumber} оставлено в силе` });
      break;
    case 'person.noted':
      if (f.event === 'surname_changed' && s.document?.kind === 'certificate')
        person('status-changed', {
          what: 'изменилась фамилия',
          more: 'Свидетельство можно переоформить: номер и срок останутся.',
        });
      break;
    case 'centre.transferred':
      person('status-changed', { what: 'центр оценки изменился', more: 'Сроки сохраняются.' });
      break;
    case 'marks.called':
      for (const task of s.tasks)
        if (task.kind === 'marks' && (task.state === 'overdue' || task.state === 'escalated') && task.assigneeId)
          push(
            'examiner-call',
            { kind: 'person', personId: task.assigneeId },
            aboutTask(task, ctx),
            `${f.n}:${task.id}`,
          );
      break;
    default:
      out.push(...taskNotices(event, s, ctx, push));
  }
  return out;
}

const payText = (s: S): string =>
  s.payer === 'budget' || s.paid ? '' : 'Записаться можно после того, как центр подтвердит оплату.';

function aboutTask(task: Task, ctx: Ctx): NoticeParams {
  const d = taskDue(task, taskClock(ctx));
  return { task: TASK_LABELS[task.kind] ?? task.kind, due: d ? formatDateRu(d.dueOn) : '' };
}

type Push = (name: string, addressee: NoticeIntent['addressee'], params: NoticeParams, occurrence?: string) => unknown;

/** Letters about tasks: to the holder, or to everybody of the office; the late go one level up. */
function taskNotices(event: StoredEvent, s: S, ctx: Ctx, push: Push): NoticeIntent[] {
  const id = (event.facts.taskId ?? (event.facts.task as Task | undefined)?.id) as string | undefined;
  const task = s.tasks.find((x) => x.id === id);
  if (!task) return [];
  const params = aboutTask(task, ctx);
  const scope = { kind: 'jurisdiction' as const, id: ctx.jurisdiction.id };
  const holder = (name: string) =>
    task.assigneeId
      ? push(name, { kind: 'person', personId: task.assigneeId }, params, task.id)
      : push(name, { kind: 'role', role: task.role, scope }, params, task.id);
  switch (event.type) {
    case 'task.created':
      if (task.nature === 'office') holder('office-task');
      break;
    case 'task.assigned':
    case 'task.answer_reminded':
      holder('examiner-task');
      break;
    case 'task.handed':
    case 'task.reminded':
      holder(task.nature === 'office' ? 'office-task' : 'examiner-task');
      break;
    case 'task.overdue':
      holder(task.nature === 'office' ? 'office-late' : 'examiner-call');
      if (task.nature === 'personal')
        push('office-late', { kind: 'role', role: 'centre_operator', scope }, params, task.id);
      break;
    case 'task.escalated':
      push(
        'office-late',
        { kind: 'role', role: task.nature === 'personal' ? 'centre_operator' : task.role, scope },
        params,
        task.id,
      );
      break;
  }
  return [];
}
