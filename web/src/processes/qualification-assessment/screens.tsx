/** The screens of the independent assessment of qualifications. The kit finds them by the slug of the folder. */
import type { FormVocabulary } from '../../kit/SchemaForm.tsx';
import type { ProcessScreens } from '../types.ts';
import { MarksForm } from './Marks.tsx';

const vocabulary = (): FormVocabulary => ({
  fields: {
    noConflict: {
      label: 'Подтверждаю: конфликта интересов нет',
      hint: 'Я не работаю вместе с соискателем, не учил(а) и не сопровождал(а) его, не состою с ним в родстве.',
    },
  },
});

export const screens: ProcessScreens = {
  vocabulary,
  invitation: {
    titleRu: 'Вас назначили экзаменатором',
    textRu:
      'Оценок друг друга экзаменаторы не видят. Соискатель узнаёт результат, но не то, кто какую оценку поставил.',
    acceptRu: 'Конфликта нет, принимаю',
  },
  taskForms: { marks: MarksForm },
};
