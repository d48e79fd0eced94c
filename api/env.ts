import type { Gate } from './identity/gate.ts';
import type { Logger } from '../platform/log.ts';
import type { MatchedRoute } from './route-match.ts';
import type { Viewer } from './viewer.ts';

/** What a request knows of the session that carries it. */
export interface SessionInfo {
  id: string;
  expiresAt: Date;
  method: string;
  /** What still stands between this session and the platform. */
  gate: Gate;
  /** Has its person a second factor? */
  enrolled: boolean;
}

/** A token of an integration: what it may do, besides what its owner may. */
export interface TokenInfo {
  id: string;
  scopes: string[];
  expiresAt: Date;
}

/** What middleware leaves for handlers. */
export interface Env {
  Variables: {
    requestId: string;
    log: Logger;
    /** Pattern of the matched route, for logs and metrics. */
    route: string;
    /** The route of the contract, looked up once; absent for pages and for what does not exist. */
    matched?: MatchedRoute;
    problemCode?: string;
    viewer?: Viewer;
    session?: SessionInfo;
    token?: TokenInfo;
    idempotencyKey: string;
  };
}
