import * as ru from '../../../../processes/commission-sitting/labels.ru.ts';
import { tableOf } from '../../i18n/index.ts';

export const GROUND_LABELS = tableOf('commission-sitting', 'GROUND_LABELS', ru.GROUND_LABELS);
export const ITEM_LABELS = tableOf('commission-sitting', 'ITEM_LABELS', ru.ITEM_LABELS);
export const OFFICE_LABELS = tableOf('commission-sitting', 'OFFICE_LABELS', ru.OFFICE_LABELS);
export const PROPOSAL_LABELS = tableOf('commission-sitting', 'PROPOSAL_LABELS', ru.PROPOSAL_LABELS);
export const VOICE_LABELS = tableOf('commission-sitting', 'VOICE_LABELS', ru.VOICE_LABELS);
