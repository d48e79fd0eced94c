import type { Choice } from './posts.ts';

/** Reasons of a refusal as reports count them; the grounds in words stand beside the code. `formal` needs no expertise to be changed on appeal. */
export const REFUSAL_REASONS: ReadonlyArray<Choice & { formal: boolean }> = [
  { code: 'mandatory_failed', labelRu: 'Не выполнены обязательные критерии', formal: false },
  { code: 'panel_rejected', labelRu: 'Группа экспертов рекомендовала отказать', formal: false },
  { code: 'arbiter_rejected', labelRu: 'Арбитр рекомендовал отказать', formal: false },
  { code: 'rounds_used', labelRu: 'Замечания не устранены за отведённые доработки', formal: false },
  { code: 'technical_defects', labelRu: 'Недостатки заявки не устранены', formal: true },
  { code: 'no_licence', labelRu: 'Нет лицензии на дополнительное профессиональное образование', formal: true },
  { code: 'rights', labelRu: 'Не подтверждены права на материалы программы', formal: true },
];
