import type { Logger } from '../platform/log.ts';
import type { Viewer } from './viewer.ts';

/** What middleware leaves for handlers. */
export interface Env {
  Variables: {
    requestId: string;
    log: Logger;
    /** Pattern of the matched route, for logs and metrics. */
    route: string;
    problemCode?: string;
    viewer?: Viewer;
    sessionHash?: string;
    idempotencyKey: string;
  };
}
