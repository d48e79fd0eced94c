/** What route modules share. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { WriteContext } from '../commands.ts';
import type { Env } from '../env.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem } from '../problems.ts';
import { viewerOf } from '../session.ts';
import { type ReadTx, withViewer } from '../viewer.ts';

export type App = OpenAPIHono<Env>;

/** Reads for the viewer of this request. */
export function read<T>(deps: ApiDeps, c: Context<any>, query: (tx: ReadTx) => Promise<T>): Promise<T> {
  return withViewer(deps, viewerOf(c), query);
}

/** What a write of this request carries. The moment of receipt is now: received before a deadline means in time. */
export function writing(deps: ApiDeps, c: Context<any>): WriteContext {
  return {
    viewer: viewerOf(c),
    idempotencyKey: c.get('idempotencyKey'),
    requestId: c.get('requestId'),
    receivedAt: deps.now().toISOString(),
  };
}

export const etagOf = (version: number): string => `"${version}"`;

/** The version an If-Match header names; `undefined` when there is none. */
export function ifMatch(c: Context<any>): number | undefined {
  const header = c.req.header('if-match');
  if (header === undefined) return undefined;
  const version = /^(?:W\/)?"?(\d{1,9})"?$/.exec(header.trim())?.[1];
  if (version === undefined) throw new ApiProblem(412, { detail: 'If-Match: укажите ETag, который вы прочитали.' });
  return Number(version);
}
