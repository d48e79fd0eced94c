/** Words of the screens and letters; codes never reach a person. */
import { REFUSAL_REASONS as CATALOGUE } from '../catalogue/refusal-reasons.ts';

export const REFUSAL_REASONS: Record<string, string> = Object.fromEntries(CATALOGUE.map((r) => [r.code, r.labelRu]));

export const TASK_LABELS: Record<string, string> = {
  technical_check: 'Техническая проверка',
  review: 'Экспертиза программы',
  arbitration: 'Арбитраж',
  decision: 'Решение о сертификации',
  appeal_decision: 'Рассмотрение апелляции',
  minor_change: 'Незначительное изменение',
  annulment_decision: 'Решение об аннулировании',
};

export const CAUSE_LABELS: Record<string, string> = {
  complaint_upheld: 'жалоба подтвердилась',
  licence_lost: 'организация лишена лицензии',
  poor_monitoring: 'неудовлетворительные итоги мониторинга',
  by_request: 'по просьбе организации',
  declined: 'отказался',
  conflict: 'конфликт интересов',
  silent: 'не ответил на приглашение',
  overdue: 'просрочил',
  left: 'выбыл',
  died: 'выбыл',
  order: 'решение координатора',
  objection: 'отвод удовлетворён',
  withdrawn: 'заявка отозвана',
  false_documents: 'подложные документы',
};

export const DEADLINE_LABELS: Record<string, string> = {
  'task.answer': 'ответ на приглашение',
  'task.silent': 'замена не ответившего',
  'task.remind': 'напоминание исполнителю',
  'task.due': 'срок задачи',
  'task.escalate': 'сообщение на уровень выше',
  'task.replace': 'замена исполнителя',
  returned: 'исправление недостатков заявителем',
  revision: 'доработка программы заявителем',
  'applicant-remind': 'напоминание заявителю',
  'panel-forming': 'формирование группы экспертов',
  pool: 'повторный отбор экспертов',
  familiarisation: 'ознакомление с решением',
  appeal: 'срок подачи апелляции',
  reapply: 'новая заявка',
  expiring: 'начало периода истечения',
  'expiry-remind': 'напоминание об окончании срока',
  'valid-until': 'окончание срока действия',
  prolonged: 'окончание продления',
  cure: 'устранение причин приостановления',
  'annulment-answer': 'ответ держателя',
  'court-stay': 'проверка приостановления судом',
};
