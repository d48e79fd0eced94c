/** The screens of a sitting: one page for its secretary and its members. The kit finds them by the slug of the folder. */
import { eventWords } from '../../../../processes/commission-sitting/event-words.ts';
import { GROUND_LABELS, OFFICE_LABELS } from './labels.ts';
import type { ProcessScreens } from '../types.ts';
import { Board } from './Board.tsx';
import { starts } from './StartForm.tsx';
import { t } from './words.ts';

export const screens: ProcessScreens = {
  vocabulary: () => ({
    fields: {
      heldOn: { label: t('start.day') },
      members: { label: t('start.members') },
      office: { label: t('fields.seat') },
      personId: { label: t('fields.person') },
      organisationIds: { label: t('fields.works') },
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
