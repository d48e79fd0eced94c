import * as ru from '../../../../processes/qualification-assessment/labels.ru.ts';
import { tableOf } from '../../i18n/index.ts';

export const OUTCOME_LABELS = tableOf('qualification-assessment', 'OUTCOME_LABELS', ru.OUTCOME_LABELS);
export const PART_LABELS = tableOf('qualification-assessment', 'PART_LABELS', ru.PART_LABELS);
export const PAYER_LABELS = tableOf('qualification-assessment', 'PAYER_LABELS', ru.PAYER_LABELS);
export const SCHEME_LABELS = tableOf('qualification-assessment', 'SCHEME_LABELS', ru.SCHEME_LABELS);
