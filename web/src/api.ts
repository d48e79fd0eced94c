/**
 * The typed client. Types come from the route objects of the API; nothing of them runs here.
 */
import { isInOwnName } from '../../processes/kit/own-name.ts';
import type { z } from 'zod';
import type { routes } from '../../api/contract/index.ts';
import { answerInLanguage } from './i18n/index.ts';
import { Problem } from './lib/problem.ts';

type Route = (typeof routes)[number];
export type RouteMap = { [X in Route as `${Uppercase<X['method']>} ${X['path']}`]: X };
export type RouteKey = keyof RouteMap;

type In<S> = S extends z.ZodType ? z.input<S> : never;
type Out<S> = S extends z.ZodType ? z.output<S> : never;
type Params<Q> = Q extends { params: infer P } ? { params: In<P> } : {};
type QueryOf<Q> = Q extends { query: infer P } ? { query?: Partial<In<P>> } : {};
type Body<Q> = Q extends { body: { content: { 'application/json': { schema: infer B } } } } ? { json: In<B> } : {};
export type Request<X> = X extends { request: infer Q } ? Params<Q> & QueryOf<Q> & Body<Q> : {};
type JsonAt<X, Code extends number> = X extends {
  responses: Record<Code, { content: { 'application/json': { schema: infer S } } }>;
}
  ? Out<S>
  : never;
export type Answer<X> = [JsonAt<X, 200> | JsonAt<X, 201> | JsonAt<X, 202>] extends [never]
  ? void
  : JsonAt<X, 200> | JsonAt<X, 201> | JsonAt<X, 202>;
/** What a route answers: `Reply<'GET /api/cases/{id}'>`. */
export type Reply<K extends RouteKey> = Answer<RouteMap[K]>;

export interface Options {
  signal?: AbortSignal;
  idempotencyKey?: string;
  ifMatch?: string;
}

export interface Full<T> {
  data: T;
  etag: string | null;
  requestId: string | null;
}

let onSessionLost: () => void = () => undefined;
/** Called when the API answers 401 to somebody who was signed in; the page stays as it is. */
export function whenSessionLost(listener: () => void): void {
  onSessionLost = listener;
}

export type FactorWanted = 'code' | 'setup';
let onFactorWanted: (want: FactorWanted) => void = () => undefined;
/** Called when the session misses its second factor; nothing else is answered until it is there. */
export function whenFactorIsWanted(listener: (want: FactorWanted) => void): void {
  onFactorWanted = listener;
}

let askProof: () => Promise<boolean> = async () => false;
/** Called when an act wants a fresh proof of who one is; after it the very same request is sent once more. */
export function whenProofIsWanted(ask: () => Promise<boolean>): void {
  askProof = ask;
}

let onOrderOver: (detail: string) => void = () => undefined;
/** Called when an order of deputising turns out to hold no more; the requests that follow are in one's own name. */
export function whenOrderIsOver(listener: (detail: string) => void): void {
  onOrderOver = listener;
}

const ACTING = 'traektoria.acting-for';
let actingFor: string | null = sessionStorage.getItem(ACTING);
/** A deputy acts for this person until told otherwise, in this window alone; a reload keeps the choice. */
export function actFor(personId: string | null): void {
  actingFor = personId;
  if (personId === null) sessionStorage.removeItem(ACTING);
  else sessionStorage.setItem(ACTING, personId);
}
export const whomIActFor = () => actingFor;

export async function apiFull<K extends RouteKey>(
  key: K,
  request: Request<RouteMap[K]>,
  options: Options = {},
): Promise<Full<Reply<K>>> {
  const [method, template] = (key as string).split(' ') as [string, string];
  const { params, query, json } = request as {
    params?: Record<string, string>;
    query?: Record<string, unknown>;
    json?: unknown;
  };
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params?.[name] ?? '')));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  const headers: Record<string, string> = { accept: 'application/json' };
  if (json !== undefined) headers['content-type'] = 'application/json';
  if (options.idempotencyKey) headers['idempotency-key'] = options.idempotencyKey;
  if (options.ifMatch) headers['if-match'] = options.ifMatch;
  if (actingFor && !isInOwnName(template)) headers['x-on-behalf-of'] = actingFor;
  const response = await ask(`${path}${search.size > 0 ? `?${search}` : ''}`, {
    method,
    headers,
    signal: options.signal ?? null,
    body: json === undefined ? null : JSON.stringify(json),
  });
  const requestId = response.headers.get('x-request-id');
  const text = response.status === 204 ? '' : await response.text();
  const data = (text ? answerInLanguage(JSON.parse(text)) : undefined) as Reply<K>;
  return { data, etag: response.headers.get('etag'), requestId };
}

export async function api<K extends RouteKey>(
  key: K,
  request: Request<RouteMap[K]>,
  options: Options = {},
): Promise<Reply<K>> {
  return (await apiFull(key, request, options)).data;
}

/** A text that is not JSON: a diagram, a document. */
export async function fetchText(path: string): Promise<string> {
  return (await ask(path, { headers: actingFor ? { 'x-on-behalf-of': actingFor } : {} })).text();
}

/** A file the server makes: its content and the name it gave it. In the name of whom one acts for, which a plain link would forget. */
export async function fetchFile(path: string): Promise<{ content: Blob; name: string }> {
  const response = await ask(path, { headers: actingFor ? { 'x-on-behalf-of': actingFor } : {} });
  const given = /filename\*=UTF-8''([^;]+)/i.exec(response.headers.get('content-disposition') ?? '')?.[1];
  return { content: await response.blob(), name: given ? decodeURIComponent(given) : 'file' };
}

export type Uploaded = Reply<'PUT /api/files'>;

/** Sends a file as it is; what it is and how it is called is decided by the server. */
export async function uploadFile(file: File): Promise<Uploaded> {
  const response = await ask('/api/files', {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent(file.name) },
    body: file,
  });
  return (await response.json()) as Uploaded;
}

async function ask(path: string, init: RequestInit, proved = false): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, {}, null, null);
  }
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (body.code === 'proof_required' && !proved && (await askProof())) return ask(path, init, true);
  if (body.code === 'second_factor_code') onFactorWanted('code');
  if (body.code === 'second_factor_setup') onFactorWanted('setup');
  if (response.status === 401 && !path.startsWith('/api/session')) onSessionLost();
  // The order of the deputy has ended: the page goes on in one's own name, and says so.
  if (body.code === 'not_a_deputy' && actingFor !== null) {
    actFor(null);
    onOrderOver(String(body.detail ?? ''));
  }
  const wait = Number(response.headers.get('retry-after'));
  throw new Problem(
    response.status,
    body,
    response.headers.get('x-request-id'),
    Number.isFinite(wait) && wait > 0 ? wait : null,
  );
}
