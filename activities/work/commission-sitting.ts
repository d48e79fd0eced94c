import type { WorkHandler } from './types.ts';
import { sendFact } from './common.ts';

export const commissionSittingWork: Record<string, WorkHandler> = { tell_case: sendFact };
