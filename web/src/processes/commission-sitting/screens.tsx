/** The screens of a sitting: one page for its secretary and its members. The kit finds them by the slug of the folder. */
import {
  CAUSE_LABELS,
  GROUND_LABELS,
  OFFICE_LABELS,
  PROPOSAL_LABELS,
} from '../../../../processes/commission-sitting/labels.ru.ts';
import { longDate } from '../../lib/dates.ts';
import { capital } from '../../lib/words.ts';
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
  eventWords({ facts: f }) {
    const words: string[] = [];
    if (typeof f.heldOn === 'string') words.push(longDate(f.heldOn));
    if (typeof f.result === 'string') words.push(capital(PROPOSAL_LABELS[f.result] ?? f.result));
    for (const key of ['cause', 'why'] as const)
      if (typeof f[key] === 'string') words.push(CAUSE_LABELS[f[key]] ?? f[key]);
    if (typeof f.ground === 'string') words.push(GROUND_LABELS[f.ground] ?? f.ground);
    return words.length > 0 ? words.join(' · ') : null;
  },
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
