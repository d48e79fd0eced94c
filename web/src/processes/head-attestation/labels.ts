import * as ru from '../../../../processes/head-attestation/labels.ru.ts';
import { tableOf } from '../../i18n/index.ts';

export const CAUSE_LABELS = tableOf('head-attestation', 'CAUSE_LABELS', ru.CAUSE_LABELS);
export const DATE_LABELS = tableOf('head-attestation', 'DATE_LABELS', ru.DATE_LABELS);
export const EXEMPTION_LABELS = tableOf('head-attestation', 'EXEMPTION_LABELS', ru.EXEMPTION_LABELS);
export const RECOMMENDATION_LABELS = tableOf('head-attestation', 'RECOMMENDATION_LABELS', ru.RECOMMENDATION_LABELS);
export const RESULT_LABELS = tableOf('head-attestation', 'RESULT_LABELS', ru.RESULT_LABELS);
export const TASK_LABELS = tableOf('head-attestation', 'TASK_LABELS', ru.TASK_LABELS);
export const VARIANT_LABELS = tableOf('head-attestation', 'VARIANT_LABELS', ru.VARIANT_LABELS);
export const VERDICT_LABELS = tableOf('head-attestation', 'VERDICT_LABELS', ru.VERDICT_LABELS);
