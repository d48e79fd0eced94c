import * as ru from '../../../../processes/dpp-certification/labels.ru.ts';
import { tableOf } from '../../i18n/index.ts';

export const CAUSE_LABELS = tableOf('dpp-certification', 'CAUSE_LABELS', ru.CAUSE_LABELS);
export const REFUSAL_REASONS = tableOf('dpp-certification', 'REFUSAL_REASONS', ru.REFUSAL_REASONS);
