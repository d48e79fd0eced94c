import type { WorkHandler } from '../work-handlers.ts';
import { sendFact } from './common.ts';

export const commissionSittingWork: Record<string, WorkHandler> = { tell_case: sendFact };
