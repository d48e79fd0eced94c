import * as ru from '../../../../processes/exam-session/labels.ru.ts';
import { tableOf } from '../../i18n/index.ts';

export const CANDIDATE_LABELS = tableOf('exam-session', 'CANDIDATE_LABELS', ru.CANDIDATE_LABELS);
