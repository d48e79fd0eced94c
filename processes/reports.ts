/** Every report, in the order they are offered; a process adds its own list with one line. */
import { reports as certification } from './dpp-certification/reports.ts';
import { reports as attestation } from './head-attestation/reports.ts';
import { indicatorsReport } from './indicators/report.ts';
import type { ReportDefinition } from './kit/report.ts';
import { reports as mentoring } from './mentoring-cycle/report-list.ts';
import { reports as assessment } from './qualification-assessment/reports.ts';

export const REPORTS: readonly ReportDefinition[] = [
  indicatorsReport,
  ...certification,
  ...attestation,
  ...assessment,
  ...mentoring,
];

export const findReport = (id: string): ReportDefinition | undefined => REPORTS.find((report) => report.id === id);
