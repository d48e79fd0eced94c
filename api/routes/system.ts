import { Readable } from 'node:stream';
import { safeFileName, withExtension } from '../../platform/documents/name.ts';
import { scanDocument } from '../../platform/documents/quarantine.ts';
import { acceptedRu } from '../../platform/documents/sniff.ts';
import { DocumentGone, DocumentTooLarge, UnsupportedDocument } from '../../platform/documents/store.ts';
import { streamSSE } from 'hono/streaming';
import { live, putFile, ready, stream } from '../contract/system.ts';
import type { ApiDeps, Limits } from '../ports.ts';
import { ApiProblem } from '../problems.ts';
import { sessionHolds, viewerOf } from '../session.ts';
import { findViewer, type Viewer } from '../viewer.ts';
import type { App } from './kit.ts';

const heartbeatMs = 15_000;
/** Every so many heartbeats the rights of the reader are looked up again. */
const beatsPerCheck = 4;

export function systemRoutes(app: App, deps: ApiDeps, limits: Limits): void {
  app.openapi(live, (c) => c.json({ status: 'ok' as const }, 200));

  app.openapi(ready, async (c) => {
    const [database, engine] = await Promise.all([
      within(2_000, async () => (await deps.sql`select 1`).length === 1),
      within(2_000, () => deps.engine.ping()),
    ]);
    const ok = database && engine;
    return c.json(
      {
        status: ok ? ('ok' as const) : ('fail' as const),
        checks: {
          database: database ? ('ok' as const) : ('fail' as const),
          engine: engine ? ('ok' as const) : ('fail' as const),
        },
      },
      ok ? 200 : 503,
    );
  });

  app.openapi(stream, (c) => {
    const viewer = viewerOf(c);
    const session = c.get('session')?.id;
    const behalf = viewer.actor.onBehalfOf?.personId;
    const subscription = deps.changes.subscribe(
      { personId: viewer.personId, reach: viewer.reach, roles: viewer.roles },
      c.req.header('last-event-id'),
    );
    // Nothing between here and the browser may hold messages back.
    c.header('X-Accel-Buffering', 'no');
    c.header('Cache-Control', 'no-store');
    return streamSSE(c, async (sse) => {
      sse.onAbort(() => subscription.close());
      try {
        await sse.writeSSE({ event: 'hello', data: '{}', retry: 3_000 });
        for (let beats = 0; !sse.aborted; ) {
          const ready = await subscription.next(heartbeatMs);
          if (ready === undefined || sse.aborted) break;
          if (ready === 'reset') {
            // What was missed is not known: read everything that is on the screen again.
            await sse.writeSSE({ event: 'reset', data: '{}' });
            for (const kind of ['inbox', 'notice'] as const) await sse.writeSSE({ data: JSON.stringify({ kind }) });
            continue;
          }
          for (const { id, message } of ready) await sse.writeSSE({ id, data: JSON.stringify(message) });
          if (ready.length > 0) continue;
          await sse.write(': ping\n\n');
          if (++beats % beatsPerCheck === 0 && !(await stillMay(deps, session, viewer, behalf))) break;
        }
      } finally {
        subscription.close();
      }
    }) as never;
  });

  app.openapi(putFile, async (c) => {
    const viewer = viewerOf(c);
    const length = Number(c.req.header('content-length') ?? Number.NaN);
    const tooLarge = new ApiProblem(413, { detail: `Файл больше ${Math.floor(limits.file / 1_000_000)} МБ.` });
    if (length > limits.file) throw tooLarge;
    const room = await roomFor(deps, viewer.personId, limits.filesPerDay);
    if (room.left < (Number.isNaN(length) ? 1 : length)) throw room.full();
    const { body } = c.req.raw;
    if (!body) throw new ApiProblem(400, { detail: 'Файл пустой.' });
    const given = safeFileName(decoded(c.req.header('x-file-name')));
    const { scanner } = deps;
    const stored = await deps.documents
      .putUpload(Readable.fromWeb(body as never), {
        limit: Math.min(limits.file, room.left),
        ...(given ? { name: given } : {}),
        quarantine: scanner !== undefined,
      })
      .catch((error: unknown) => {
        if (error instanceof DocumentTooLarge) throw room.left < limits.file ? room.full() : tooLarge;
        if (error instanceof UnsupportedDocument)
          throw new ApiProblem(422, {
            code: 'unsupported_file',
            detail: `Файл такого вида не принимается, что бы ни говорило его имя. Можно приложить: ${acceptedRu}.`,
          });
        if (error instanceof DocumentGone) throw infected();
        throw error;
      });
    const name = given && withExtension(given, stored.type.extensions);
    await deps.sql`
      insert into document_upload (sha256, person_id, name) values (${stored.sha256}, ${viewer.personId}::uuid, ${name})
      on conflict (sha256, person_id) do update set name = excluded.name`;
    const scan = scanner
      ? await scanDocument({ pool: deps.sql, documents: deps.documents, scanner, log: deps.log }, stored.sha256)
      : 'unscanned';
    if (scan === 'infected') throw infected();
    return c.json({ sha256: stored.sha256, size: stored.size, name, mime: stored.type.mime, scan }, 201);
  });
}

/** How much this person may still upload within 24 hours: one careless program must not fill the disk of everybody. */
async function roomFor({ sql, now }: ApiDeps, personId: string, perDay: number) {
  const since = new Date(now().getTime() - 86_400_000);
  const [row] = await sql<Array<{ used: number; oldest: Date | null }>>`
    select coalesce(sum(d.size), 0)::float8 as used, min(u.at) as oldest
    from document_upload u join document d on d.sha256 = u.sha256 where u.person_id = ${personId}::uuid and u.at > ${since}`;
  const { used = 0, oldest = null } = row ?? {};
  const mb = (bytes: number) => Math.ceil(bytes / 1_000_000);
  const waitMs = oldest ? oldest.getTime() - since.getTime() : 0;
  return {
    left: perDay - used,
    full: () =>
      new ApiProblem(429, {
        code: 'upload_quota',
        detail: `За сутки один человек загружает не больше ${mb(perDay)} МБ, вы загрузили ${mb(used)} МБ. Место освобождается по мере того, как проходят сутки после каждой загрузки.`,
        headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) },
      }),
  };
}

const infected = (): ApiProblem =>
  new ApiProblem(422, {
    code: 'infected_file',
    detail:
      'В файле найдено вредоносное содержимое: он не принят и уничтожен. Проверьте компьютер и приложите чистый файл.',
  });

function decoded(header: string | undefined): string | null {
  try {
    return header ? decodeURIComponent(header) : null;
  } catch {
    return null;
  }
}

/** Has the session ended, or have the roles of its person changed? The browser reconnects with what is true now. */
async function stillMay(
  deps: ApiDeps,
  session: string | undefined,
  viewer: Viewer,
  behalf: string | undefined,
): Promise<boolean> {
  try {
    // The stream of a token comes back by itself and is checked then.
    if (!session || !(await sessionHolds(deps, session))) return false;
    const now = await findViewer(deps, viewer.personId, behalf);
    return now !== undefined && JSON.stringify(now.reach) === JSON.stringify(viewer.reach);
  } catch (error) {
    // A database that is away for a moment ends no stream; a refused deputy does.
    return !(error instanceof ApiProblem);
  }
}

async function within(ms: number, check: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([check().catch(() => false), late]);
  } finally {
    clearTimeout(timer);
  }
}
