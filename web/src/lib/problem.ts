import { problemInLanguage, t } from '../i18n/index.ts';

export interface FieldProblem {
  pointer: string;
  detail: string;
}

export interface Alternative {
  id: string;
  labelRu: string;
  free: number;
}

/** An answer that is not success (RFC 9457), or no answer at all. Its message is a sentence for a person. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly possible: string[];
  readonly errors: FieldProblem[];
  /** What still has room, where a place was lost. */
  readonly alternatives: Alternative[];
  readonly requestId: string | null;
  readonly retryAfter: number | null;
  readonly body: Record<string, unknown>;

  constructor(status: number, body: Record<string, unknown>, requestId: string | null, retryAfter: number | null) {
    super(sentence(status, body));
    this.name = 'Problem';
    this.status = status;
    this.code = String(body.code ?? (status === 0 ? 'offline' : `http_${status}`));
    this.possible = list(body.possible).map((p) =>
      typeof p === 'string' ? p : String((p as { labelRu?: string }).labelRu ?? ''),
    );
    this.errors = list(body.errors).filter((e): e is FieldProblem => typeof (e as FieldProblem)?.detail === 'string');
    this.alternatives = list(body.alternatives).filter(
      (a): a is Alternative => typeof (a as Alternative)?.id === 'string',
    );
    this.requestId = requestId ?? (typeof body.requestId === 'string' ? body.requestId : null);
    this.retryAfter = retryAfter;
    this.body = body;
  }

  /** The same request with the same key may be repeated: nothing will be recorded twice. */
  get mayRepeat(): boolean {
    return this.status === 0 || this.status === 503 || this.status === 502 || this.status === 504;
  }
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function sentence(status: number, body: Record<string, unknown>): string {
  if (status === 0) return t('error.offline');
  const said = body.detail ?? body.message ?? body.title;
  if (body.code === 'not_yet_recorded') return t('error.notYet');
  const inLanguage = problemInLanguage(body.code);
  if (inLanguage) return inLanguage;
  if (typeof said === 'string' && said.length > 0) return said;
  if (status === 403) return t('error.forbidden');
  if (status === 404) return t('error.notFound');
  return t('error.unknown');
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(-1, { code: 'screen', detail: t('error.unknown'), cause: String(error) }, null, null);
}

/** Errors of a form by JSON pointer. */
export function byPointer(errors: FieldProblem[]): Record<string, string> {
  const map: Record<string, string> = {};
  for (const e of errors) map[e.pointer] ??= e.detail;
  return map;
}
