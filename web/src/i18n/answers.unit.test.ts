import { describe, expect, it } from 'vitest';
import { answers } from './answers.ts';

describe('an answer of the API, read in English', () => {
  const view = {
    process: 'dpp-certification',
    processRu: 'Экспертиза и сертификация программы ДПО',
    titleRu: 'Школа чтения',
    stage: 'technical_check',
    stageRu: 'Техническая проверка',
    waitingFor: 'operator',
    waitingForRu: 'оператора',
    tasks: [
      {
        kind: 'review',
        titleRu: 'Экспертиза программы: «Школа чтения»',
        nature: 'personal',
        role: 'expert',
        roleRu: 'эксперт',
        state: 'in_progress',
        stateRu: 'В работе',
      },
    ],
    offers: [{ type: 'submitReview', labelRu: 'Отправить заключение', hintRu: null, customForm: null }],
    deadlines: [{ purpose: 'task.escalate:2', purposeRu: 'сообщение на уровень выше', waitingFor: 'expert' }],
    events: [{ type: 'task.created', row: 'TASK-01', labelRu: 'Исполнитель выбран и извещён' }],
    drafts: [{ body: { stage: 'technical_check', stageRu: 'так написал человек' } }],
  };

  it('takes the English of each code, and the title of a case stays as people wrote it', () => {
    const read = answers.inEnglish(view);
    expect(read).toMatchObject({
      processRu: 'Expertise and certification of a programme',
      titleRu: 'Школа чтения',
      stageRu: 'Technical check',
      waitingForRu: 'the operator',
      tasks: [{ titleRu: 'Expertise of the programme: «Школа чтения»', roleRu: 'expert', stateRu: 'In progress' }],
      offers: [{ labelRu: 'Send the conclusion', hintRu: null }],
      deadlines: [{ purposeRu: 'message a level up' }],
      events: [{ labelRu: 'A person was chosen and told' }],
    });
  });

  it('knows the process of a task, which names it in its case, and the result of a panel', () => {
    const { process, offers, deadlines } = view;
    const task = { case: { process, titleRu: 'Школа чтения' }, offers, due: deadlines[0] };
    expect(answers.inEnglish(task)).toMatchObject({
      offers: [{ labelRu: 'Send the conclusion' }],
      due: { purposeRu: 'message a level up' },
    });
    expect(answers.inEnglish({ result: 'approve', resultRu: 'Одобрить' }).resultRu).toBe('Approve');
  });

  it('leaves what people wrote, and what has no English, as it came', () => {
    expect(answers.inEnglish(view).drafts).toEqual(view.drafts);
    const unknown = { process: 'dpp-certification', stage: 'no_such_stage', stageRu: 'Новая стадия' };
    expect(answers.inEnglish(unknown)).toEqual(unknown);
    expect(answers.problem('retention')).toBeUndefined();
  });
});
