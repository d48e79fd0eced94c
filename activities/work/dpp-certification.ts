import type { WorkHandler } from '../work-handlers.ts';

export const dppCertificationWork: Record<string, WorkHandler> = {};
