/** What was decided or stated in a case, with its act, its grounds and its text: what a person must read before he acts or appeals. */
import type { LoadedCase } from '../loaded-case.ts';
import { z } from '@hono/zod-openapi';
import type { DecisionView } from '../contract/cases.ts';
import type { ApiDeps } from '../ports.ts';
import type { ReadTx } from '../viewer.ts';
import { readJson } from './panel.ts';

interface Row {
  sequence: number;
  type: string;
  row: string;
  at: Date;
  on: string;
  facts: Record<string, unknown>;
}

const Order = z.object({ number: z.string(), date: z.string() });
/** Facts of a decision that are no text and name nobody; the screens of the process have words for their codes. */
const TELLING = ['order', 'reasonCodes', 'cause', 'ground', 'upheld', 'outcome'] as const;
/** Shown elsewhere, in a form of their own. */
const ELSEWHERE = ['remarks.merged'];
const MOST_ON_A_PAGE = 20;

/**
 * Events with an order or a statement, the latest first. Texts only of documents among `open`, those the viewer may read; who decided is
 * not said here.
 */
export async function readDecisions(
  deps: ApiDeps,
  { sql }: ReadTx,
  { row, process }: Pick<LoadedCase, 'row' | 'process'>,
  open: ReadonlySet<string>,
  most: number = MOST_ON_A_PAGE,
): Promise<DecisionView[]> {
  const rows = await sql<Row[]>`
    select sequence, type, row, at, "on", facts from case_event
    where case_id = ${row.id}::uuid and (facts ? 'order' or facts ? 'statement') and type <> all(${ELSEWHERE}::text[])
    order by sequence desc limit ${most}`;
  const words = new Map(process.table.map((line) => [line.id, line.effectRu]));
  const views = await Promise.all(
    rows.map(async (event) => {
      const sha256 = typeof event.facts.statement === 'string' ? event.facts.statement : null;
      const order = Order.safeParse(event.facts.order);
      const readable = sha256 !== null && open.has(sha256);
      if (!readable && !order.success) return undefined;
      return {
        sequence: event.sequence,
        type: event.type,
        labelRu: words.get(event.row) ?? event.type,
        on: event.on,
        at: event.at.toISOString(),
        order: order.success ? order.data : null,
        facts: Object.fromEntries(TELLING.filter((key) => key in event.facts).map((key) => [key, event.facts[key]])),
        textRu: readable ? textOf(await readJson<unknown>(deps.documents, sha256)) : null,
      };
    }),
  );
  return views.filter((view) => view !== undefined);
}

/** A statement as paragraphs: a sentence as it is, a list of defects line by line. */
function textOf(body: unknown): string | null {
  if (typeof body === 'string') return body;
  if (Array.isArray(body)) return body.map((line, i) => `${i + 1}. ${textOf(line) ?? ''}`).join('\n');
  if (typeof body === 'object' && body !== null)
    return Object.values(body)
      .map(textOf)
      .filter((text) => text !== null)
      .join(': ');
  return null;
}
