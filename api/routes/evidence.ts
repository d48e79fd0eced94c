import { cors } from 'hono/cors';
import { METADATA_ENCODING_KEY, type Payload } from '@temporalio/common';
import { leafOf } from '../../platform/audit/merkle.ts';
import { readHeads } from '../../platform/audit/daily-root.ts';
import { EncryptionCodec } from '../../platform/crypto/payload-codec.ts';
import type { Sql } from '../../platform/db/pool.ts';
import { type DailyRoot, decodePayloads, getCaseIntegrity, getRoot, listRoots } from '../contract/evidence.ts';
import { decodeCursor, isText, pageOf } from '../cursor.ts';
import { audit } from '../idempotent.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem, forbidden, notFound } from '../problems.ts';
import { loadCase } from '../queries/load-case.ts';
import { sealedFrom, sealedOf } from '../queries/sealed.ts';
import { viewerOf } from '../session.ts';
import { seesFacts } from '../visibility.ts';
import { type App, read } from './kit.ts';

export interface RootRow {
  day: string;
  computed_at: Date;
  cases: number;
  root: Buffer;
  records: number;
  records_digest: Buffer;
  previous: Buffer;
  hash: Buffer;
}

/** Lets the pages of the engine ask for decoding with the cookie of the person who looks at them, and nothing else. */
export function allowEngineUi(app: App, deps: ApiDeps): void {
  const { uiOrigin } = deps.config.temporal;
  if (!uiOrigin) return;
  app.use(
    '/api/codec/*',
    cors({
      origin: uiOrigin,
      credentials: true,
      allowMethods: ['POST'],
      allowHeaders: ['Content-Type', 'X-Namespace', 'Authorization', 'Authorization-Extras'],
      maxAge: 600,
    }),
  );
}

/** What can be checked by anybody, and what administrators may open. */
export function evidenceRoutes(app: App, deps: ApiDeps): void {
  app.openapi(listRoots, async (c) => {
    const { cursor, limit } = c.req.valid('query');
    const after = decodeCursor(cursor, [isText]);
    const rows = await deps.sql<RootRow[]>`
      select * from chain_root ${after ? deps.sql`where day < ${String(after[0])}` : deps.sql``} order by day desc limit ${limit + 1}`;
    return c.json(
      pageOf(rows, limit, (row) => [row.day], rootView),
      200,
    );
  });

  app.openapi(getRoot, async (c) => {
    const { day } = c.req.valid('param');
    const row = await findRoot(deps.sql, day);
    if (!row) throw notFound();
    const leaves = (await readHeads(deps.sql, day)).map((head) => leafOf(head).toString('hex'));
    return c.json({ ...rootView(row), leaves }, 200);
  });

  app.openapi(getCaseIntegrity, async (c) => {
    const { id } = c.req.valid('param');
    const view = await read(deps, c, async (tx) => {
      const loaded = await loadCase(deps, tx, id);
      const { row, kinds } = loaded;
      // A link of the chain covers who acted. A leaf tells nothing to who has no link before it.
      const shut = await sealedFrom(tx.sql, id, sealedOf(deps, loaded));
      const open = (sequence: number) => seesFacts(kinds, row.process) && (shut === null || sequence < shut);
      const [heads, [last]] = await Promise.all([
        deps.sql<Array<{ day: string; sequence: number; hash: Buffer }>>`
          select day, sequence, hash from chain_head where case_id = ${id}::uuid order by sequence`,
        tx.sql<Array<{ hash: Buffer }>>`
          select hash from case_event where case_id = ${id}::uuid and sequence = ${row.sequence}`,
      ]);
      return {
        sequence: row.sequence,
        hash: open(row.sequence) && last ? last.hash.toString('hex') : null,
        anchors: heads.map(({ day, sequence, hash }) => ({
          day,
          sequence,
          hash: open(sequence) ? hash.toString('hex') : null,
          leaf: leafOf({ caseId: id, sequence, hash }).toString('hex'),
        })),
      };
    });
    return c.json(view, 200);
  });

  app.openapi(decodePayloads, async (c) => {
    const codec = new EncryptionCodec(deps.keys.payload);
    const viewer = viewerOf(c);
    const { namespace } = c.req.valid('param');
    if (!viewer.reach.admin) throw forbidden('Содержимое движка открывают только администраторы.');
    if (namespace !== deps.config.temporal.namespace) throw notFound();
    const { payloads } = c.req.valid('json');
    const encrypted = payloads.map(fromWire);
    const decoded = await codec.decode(encrypted).catch(() => {
      throw new ApiProblem(422, {
        code: 'not_decodable',
        detail: 'Содержимое зашифровано не ключами этой установки или повреждено.',
      });
    });
    // Written before the answer leaves: what could not be noted is not shown.
    await audit(deps.sql, {
      row: 'ENGINE-01',
      kind: 'engine.decoded',
      subjectId: namespace,
      by: viewer.actor,
      requestId: c.get('requestId'),
      facts: { payloads: payloads.length, keys: [...new Set(encrypted.flatMap(keyOf))].sort() },
    });
    return c.json({ payloads: decoded.map(toWire) }, 200);
  });
}

async function findRoot(sql: Sql, day: string): Promise<RootRow | undefined> {
  const [row] = await sql<RootRow[]>`select * from chain_root where day = ${day}`;
  return row;
}

export const rootView = (row: RootRow): DailyRoot => ({
  day: row.day,
  cases: row.cases,
  root: row.root.toString('hex'),
  records: row.records,
  recordsDigest: row.records_digest.toString('hex'),
  previous: row.previous.toString('hex'),
  hash: row.hash.toString('hex'),
  computedAt: row.computed_at.toISOString(),
});

type Wire = { metadata?: Record<string, string> | null | undefined; data?: string | null | undefined };

function fromWire({ metadata, data }: Wire): Payload {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64')]),
    ),
    data: Buffer.from(data ?? '', 'base64'),
  };
}

function toWire({ metadata, data }: Payload): { metadata: Record<string, string>; data: string } {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(data ?? new Uint8Array()).toString('base64'),
  };
}

function keyOf({ metadata }: Payload): string[] {
  const id = metadata?.['encryption-key-id'];
  return id && metadata?.[METADATA_ENCODING_KEY] ? [Buffer.from(id).toString('utf8').slice(0, 60)] : [];
}
