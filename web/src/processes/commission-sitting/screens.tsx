/** The screens of a sitting: one page for its secretary and its members. The kit finds them by the slug of the folder. */
import { eventWords } from '../../../../processes/commission-sitting/event-words.ts';
import { GROUND_LABELS, OFFICE_LABELS } from '../../../../processes/commission-sitting/labels.ru.ts';
import type { ProcessScreens } from '../types.ts';
import { Board } from './Board.tsx';
import { starts } from './StartForm.tsx';

export const screens: ProcessScreens = {
  vocabulary: () => ({
    fields: {
      heldOn: { label: 'День заседания' },
      members: { label: 'Состав комиссии' },
      office: { label: 'Место в комиссии' },
      personId: { label: 'Человек' },
      organisationIds: { label: 'Где работает' },
    },
    values: { office: OFFICE_LABELS, ground: GROUND_LABELS },
  }),
  eventWords,
  starts,
  Overview: Board,
  inOverview: [
    'openSession',
    'orderAgenda',
    'noteDiscussion',
    'recuse',
    'recordRecusal',
    'recordAbsence',
    'putToVote',
    'castVote',
    'recordVote',
    'closeVote',
    'dissent',
    'closeSession',
    'signMinutes',
  ],
  taskForms: {},
};
