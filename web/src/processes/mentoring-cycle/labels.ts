import * as ru from '../../../../processes/mentoring-cycle/labels.ru.ts';
import { tableOf } from '../../i18n/index.ts';

export const CAUSE_LABELS = tableOf('mentoring-cycle', 'CAUSE_LABELS', ru.CAUSE_LABELS);
export const DECLINE_REASONS = tableOf('mentoring-cycle', 'DECLINE_REASONS', ru.DECLINE_REASONS);
export const EXIT_REASONS = tableOf('mentoring-cycle', 'EXIT_REASONS', ru.EXIT_REASONS);
export const RECOMMENDATIONS = tableOf('mentoring-cycle', 'RECOMMENDATIONS', ru.RECOMMENDATIONS);
export const WORK_LABELS = tableOf('mentoring-cycle', 'WORK_LABELS', ru.WORK_LABELS);
