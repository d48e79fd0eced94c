/** One effect for one key in writes that do not pass through a case: groups, notices, incidents, drafts. */
import type { PersonActor } from '../processes/kit/types.ts';
import type postgres from 'postgres';
import { bodyHash, commandId } from '../platform/crypto/ids.ts';
import type { ApiDeps } from './ports.ts';
import { ApiProblem, NotYetRecorded } from './problems.ts';

export type Tx = postgres.TransactionSql<{}>;

interface Once {
  personId: string;
  route: string;
  objectId: string;
  idempotencyKey: string;
}

/**
 * Runs `work` once for a key: a repeated request gets the stored answer, the same key with another body is refused. The effect and the
 * memory of it are one transaction, so a lost answer costs nothing. Keep what is stored small and free of personal data.
 */
export async function once<T extends object>(
  deps: ApiDeps,
  of: Once,
  body: unknown,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const { id, hash } = keyOf(deps, of, body);
  return (await deps.sql.begin(async (tx) => {
    const fresh =
      await tx`insert into command (id, case_id, body_hash, answer) values (${id}, ${of.objectId}::uuid, ${hash}, '{}') on conflict do nothing returning id`;
    if (fresh.length === 0) return (await answered<T>(tx, id, hash)) as T;
    const answer = await work(tx);
    await tx`update command set answer = ${tx.json(answer as never)} where id = ${id}`;
    return answer;
  })) as T;
}

const SENT = { sent: true };

/**
 * The same for an effect outside the database that is harmless when repeated: no connection is held while it is under way. `send` may run
 * again for a key whose first try was not seen to end; `record` is written once.
 */
export async function onceSent(
  deps: ApiDeps,
  of: Once,
  body: unknown,
  send: () => Promise<void>,
  record: (tx: Tx) => Promise<void>,
): Promise<void> {
  const { id, hash } = keyOf(deps, of, body);
  const fresh = await deps.sql`
    insert into command (id, case_id, body_hash, answer) values (${id}, ${of.objectId}::uuid, ${hash}, '{}') on conflict do nothing returning id`;
  if (fresh.length === 0 && (await answered<typeof SENT>(deps.sql, id, hash))?.sent) return;
  try {
    await send();
  } catch (error) {
    // Whether it was sent is not known of an engine that did not answer: the key keeps its body, and the same request tries again.
    if (!(error instanceof NotYetRecorded) && fresh.length > 0)
      await deps.sql`delete from command where id = ${id} and answer = '{}'`;
    throw error;
  }
  await deps.sql.begin(async (tx) => {
    const first =
      await tx`update command set answer = ${tx.json(SENT)} where id = ${id} and answer = '{}' returning id`;
    if (first.length > 0) await record(tx);
  });
}

/** What `once` answered before; for a route that looks first whether the act is still possible, which a replay no longer is. */
export async function remembered<T extends object>(deps: ApiDeps, of: Once, body: unknown): Promise<T | undefined> {
  const { id, hash } = keyOf(deps, of, body);
  return answered<T>(deps.sql, id, hash);
}

function keyOf(deps: ApiDeps, { personId, route, objectId, idempotencyKey }: Once, body: unknown) {
  return {
    id: commandId(deps.keys, { personId, route, caseId: objectId, idempotencyKey }),
    hash: bodyHash(deps.keys, body),
  };
}

async function answered<T>(sql: Tx | ApiDeps['sql'], id: string, hash: string): Promise<T | undefined> {
  const [known] = await sql<
    Array<{ body_hash: string; answer: T }>
  >`select body_hash, answer from command where id = ${id}`;
  if (known && known.body_hash !== hash)
    throw new ApiProblem(409, {
      code: 'idempotency_conflict',
      detail: 'Этот ключ запроса уже использован с другим содержанием. Отправьте запрос с новым ключом.',
    });
  return known?.answer;
}

/** Evidence of what happens outside a case, written with the change. */
export async function audit(
  tx: Tx | ApiDeps['sql'],
  record: {
    row: string;
    kind: string;
    subjectId?: string;
    /** Who did it, and for whom where a deputy did. Absent: nobody is known yet (a refused sign-in, a letter's link). */
    by?: Pick<PersonActor, 'personId' | 'onBehalfOf'>;
    requestId: string;
    facts: Record<string, unknown>;
  },
): Promise<void> {
  const { by } = record;
  const facts = { ...record.facts, ...(by?.onBehalfOf ? { onBehalfOf: by.onBehalfOf } : {}) };
  await tx`
    insert into audit_record (id, row, kind, subject_id, actor_id, request_id, facts)
    values (gen_random_uuid(), ${record.row}, ${record.kind}, ${record.subjectId ?? null}, ${by?.personId ?? null}::uuid, ${record.requestId}, ${tx.json(facts as never)})`;
}
