import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { hrId, placeFromRow, readPlaces, revertPerson, workOf } from '../../platform/cases/employment.ts';
import type { Sql } from '../../platform/db/pool.ts';
import { opposite } from '../../processes/hr-events/correction.ts';
import { decodeText } from '../../processes/hr-events/csv.ts';
import {
  type Cells,
  factIdOf,
  type ParsedRow,
  type ReadLine,
  readLines,
  readRow,
  type RowFault,
} from '../../processes/hr-events/import.ts';
import type { EmploymentEvent } from '../../processes/hr-events/matrix.ts';
import {
  applyHrImport,
  correctHrEvent,
  getHrEvent,
  getHrImport,
  listHrEvents,
  listHrImports,
  listHrRows,
  postHrEvent,
  postHrImport,
  previewHrCorrection,
  previewHrEvent,
} from '../contract/hr-events.ts';
import { requireOwnUpload } from '../attachments.ts';
import { type Effect, faultView, foreseeRows, lookupFor } from '../hr-reading.ts';
import { type HrScope, hrScopeOf } from '../hr-scope.ts';
import { denied } from '../commands.ts';
import { audit, once, remembered } from '../idempotent.ts';
import { isOwn, ownCase } from '../../processes/kit/rulebook.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem, forbidden, invalid } from '../problems.ts';
import { listBatches, listEvents, listRows, readBatch, readEvent } from '../queries/hr-events.ts';
import { viewerOf } from '../session.ts';
import type { ReadTx, Viewer } from '../viewer.ts';
import { type App, read, writing } from './kit.ts';

/** More lines than a region has employment events in a quarter; beyond it a file is a mistake. */
const mostRows = 5_000;

type Tx = postgres.TransactionSql<{}>;

/** Employment events: only an HR office of the organisation, the authority or the region, or an administrator. */
export function hrEventRoutes(app: App, deps: ApiDeps): void {
  const office = (c: Parameters<typeof viewerOf>[0]): { viewer: Viewer; scope: HrScope } => {
    const viewer = viewerOf(c);
    const scope = hrScopeOf(viewer.actor);
    if (!scope) throw forbidden('Кадровые события ведёт кадровая служба организации, округа или региона.');
    return { viewer, scope };
  };

  app.openapi(previewHrEvent, async (c) => {
    const { scope } = office(c);
    const cells = c.req.valid('json') as Cells;
    // A case this office may not know of (an expertise, an assessment) hears the event all the same and is named to nobody (3.10).
    return c.json(await read(deps, c, (tx) => previewOf(deps, tx, scope, cells)), 200);
  });

  app.openapi(postHrEvent, async (c) => {
    const { scope, viewer } = office(c);
    const cells = c.req.valid('json') as Cells;
    const read1 = await readOne(deps.sql, scope, viewer, cells);
    if ('faults' in read1) throw badCells(read1.faults);
    const conflict = await known(deps.sql, [read1]);
    if (conflict.get(read1.line)?.different)
      throw new ApiProblem(409, { code: 'known_differently', detail: DIFFERENT });
    const effects = await read(deps, c, ({ sql }) => foreseeRows(deps, sql, [read1]));
    const context = writing(deps, c);
    const { batchId } = await once(
      deps,
      {
        personId: viewer.personId,
        route: 'hr-event',
        objectId: viewer.personId,
        idempotencyKey: context.idempotencyKey,
      },
      cells,
      async (tx) => {
        const id = randomUUID();
        await writeBatch(deps, tx, { id, kind: 'event', name: nameOf(read1), viewer, requestId: context.requestId });
        await writeRows(tx, id, [
          {
            line: 1,
            raw: '',
            state: conflict.has(1) ? 'known' : 'ready',
            faults: [],
            row: read1,
            effects: effects.get(1) ?? [],
          },
        ]);
        await apply(tx, id, viewer, context.requestId);
        return { batchId: id };
      },
    );
    await wake(deps, batchId);
    return c.json(await readBatch(deps.sql, scope, viewer.personId, batchId), 201);
  });

  app.openapi(listHrEvents, async (c) => {
    const { scope, viewer } = office(c);
    return c.json(await read(deps, c, (tx) => listEvents(tx, scope, viewer.personId, c.req.valid('query'))), 200);
  });

  app.openapi(getHrEvent, async (c) => {
    const { scope, viewer } = office(c);
    const { view } = await read(deps, c, (tx) => readEvent(tx, scope, viewer.personId, c.req.valid('param').id));
    return c.json(view, 200);
  });

  app.openapi(previewHrCorrection, async (c) => {
    const { scope, viewer } = office(c);
    const { cells } = c.req.valid('json');
    const plan = await read(deps, c, (tx) =>
      planCorrection(deps, tx, scope, viewer, c.req.valid('param').id, cells as Cells | undefined),
    );
    return c.json({ faults: plan.faults.map(faultView), effects: plan.effects, known: false }, 200);
  });

  app.openapi(correctHrEvent, async (c) => {
    const { scope, viewer } = office(c);
    const { id: eventId } = c.req.valid('param');
    const { cells, reason } = c.req.valid('json');
    const context = writing(deps, c);
    const of = {
      personId: viewer.personId,
      route: 'hr-correction',
      objectId: eventId,
      idempotencyKey: context.idempotencyKey,
    };
    // A correction that went through cannot be planned again; its answer can be repeated.
    const before = await remembered<{ batchId: string }>(deps, of, c.req.valid('json'));
    if (before) return c.json(await readBatch(deps.sql, scope, viewer.personId, before.batchId), 201);
    const plan = await read(deps, c, (tx) =>
      planCorrection(deps, tx, scope, viewer, eventId, cells as Cells | undefined),
    );
    if (plan.faults.length > 0) throw badCells(plan.faults);
    const { batchId } = await once(deps, of, c.req.valid('json'), async (tx) => {
      const [taken] = await tx`
          update hr_event set state = 'replaced', reason = ${reason} where id = ${eventId}::uuid and state <> 'replaced' returning id`;
      if (!taken) throw new ApiProblem(409, { code: 'already_corrected', detail: 'Это событие уже исправлено.' });
      if (plan.told) await revertPerson(tx as unknown as Sql, plan.old, plan.oldFactId);
      const id = randomUUID();
      await writeBatch(deps, tx, { id, kind: 'correction', name: reason, viewer, requestId: context.requestId });
      if (plan.next) {
        const row: ParsedRow = { line: 1, event: plan.next, factId: plan.factId };
        await writeRows(tx, id, [{ line: 1, raw: '', state: 'ready', faults: [], row, effects: plan.effects }]);
      }
      await tx`update hr_row set state = 'told' where fact_id = ${plan.oldFactId} and state = 'waiting'`;
      await apply(tx, id, viewer, context.requestId, { corrects: eventId, reason });
      await audit(tx, {
        row: 'HR-03',
        kind: 'hr.corrected',
        subjectId: eventId,
        by: viewer.actor,
        requestId: context.requestId,
        facts: { batchId: id, void: cells === undefined },
      });
      return { batchId: id };
    });
    await wake(deps, batchId);
    await wake(deps, plan.oldBatchId);
    return c.json(await readBatch(deps.sql, scope, viewer.personId, batchId), 201);
  });

  app.openapi(postHrImport, async (c) => {
    const { scope, viewer } = office(c);
    const { sha256, name } = c.req.valid('json');
    const file = await requireOwnUpload(deps, viewer, sha256);
    // A book of a spreadsheet is an archive: it is neither unpacked here nor read as if its bytes were letters.
    if (file.mime !== 'text/plain')
      throw invalid([
        { pointer: '/sha256', detail: 'Это не файл CSV. В программе таблиц выберите «Сохранить как» и тип CSV.' },
      ]);
    if (file.size > 10_000_000)
      throw new ApiProblem(413, { detail: 'Файл кадровых событий больше 10 МБ: разделите его.' });
    const { text, encoding } = decodeText(await bytesOf(file));
    const { lines, faults, ignored, separator } = readLines(text);
    if (lines.length > mostRows) throw new ApiProblem(413, { detail: `Строк больше ${mostRows}: разделите файл.` });
    // Effects are what this office may see: a case that is not its business is told all the same, and is named to nobody.
    const rows = await read(deps, c, ({ sql }) => rowsOf(deps, sql, scope, viewer, lines, faults));
    const context = writing(deps, c);
    const { batchId } = await once(
      deps,
      {
        personId: viewer.personId,
        route: 'hr-import',
        objectId: viewer.personId,
        idempotencyKey: context.idempotencyKey,
      },
      c.req.valid('json'),
      async (tx) => {
        const id = randomUUID();
        await writeBatch(deps, tx, {
          id,
          kind: 'import',
          name,
          viewer,
          requestId: context.requestId,
          sha256,
          encoding,
          separator,
          ignored,
        });
        await writeRows(tx, id, rows);
        await audit(tx, {
          row: 'HR-01',
          kind: 'hr.imported',
          subjectId: id,
          by: viewer.actor,
          requestId: context.requestId,
          facts: { sha256, rows: rows.length },
        });
        return { batchId: id };
      },
    );
    return c.json(await readBatch(deps.sql, scope, viewer.personId, batchId), 201);
  });

  app.openapi(listHrImports, async (c) => {
    const { scope, viewer } = office(c);
    return c.json(
      await read(deps, c, ({ sql }) => listBatches(sql, scope, viewer.personId, c.req.valid('query'))),
      200,
    );
  });

  app.openapi(getHrImport, async (c) => {
    const { scope, viewer } = office(c);
    return c.json(
      await read(deps, c, ({ sql }) => readBatch(sql, scope, viewer.personId, c.req.valid('param').id)),
      200,
    );
  });

  app.openapi(listHrRows, async (c) => {
    const { scope, viewer } = office(c);
    const { id } = c.req.valid('param');
    return c.json(
      await read(deps, c, async (tx) => {
        await readBatch(tx.sql, scope, viewer.personId, id);
        return listRows(tx, id, c.req.valid('query'));
      }),
      200,
    );
  });

  app.openapi(applyHrImport, async (c) => {
    const { scope, viewer } = office(c);
    const { id } = c.req.valid('param');
    const { expected } = c.req.valid('json');
    const context = writing(deps, c);
    const batch = await readBatch(deps.sql, scope, viewer.personId, id);
    const { idempotencyKey, requestId } = context;
    await once(
      deps,
      { personId: viewer.personId, route: 'hr-apply', objectId: id, idempotencyKey },
      { expected },
      async (tx) => {
        const [locked] = await tx<
          Array<{ state: string }>
        >`select state from hr_batch where id = ${id}::uuid for update`;
        if (locked?.state !== 'preview') return {};
        // What the person looked at is what is applied: another number of rows means another file.
        if (batch.counts.ready !== expected)
          throw new ApiProblem(409, {
            code: 'other_rows',
            detail: `Готовых строк ${batch.counts.ready}, а не ${expected}: посмотрите загрузку ещё раз.`,
          });
        await requireStillOurs(tx as unknown as Sql, scope, viewer, id);
        await apply(tx, id, viewer, requestId);
        return {};
      },
    );
    await wake(deps, id);
    return c.json(await readBatch(deps.sql, scope, viewer.personId, id), 202);
  });
}

const DIFFERENT = 'Такое событие уже записано с другими сведениями. Исправьте его в журнале событий.';

/** A file is looked at one day and applied another: the office may be smaller by then, the people elsewhere. Throws 409. */
async function requireStillOurs(sql: Sql, scope: HrScope, { actor }: Viewer, batchId: string): Promise<void> {
  const rows = await sql<Array<{ line: number; event: EmploymentEvent }>>`
    select line, event from hr_row where batch_id = ${batchId}::uuid and state = 'ready' order by line`;
  const nameIn = ({ newcomer, personId }: EmploymentEvent) =>
    newcomer ? [newcomer.familyName, newcomer.givenName, newcomer.patronymic].filter(Boolean).join(' ') : personId;
  const cells = rows.map(({ event }) => ({
    personId: nameIn(event),
    ...(event.newcomer ? { email: event.newcomer.email } : {}),
  }));
  const lookup = await lookupFor(sql, scope, actor, cells);
  const gone = rows.filter(({ event }) => {
    const found = lookup.personOf(nameIn(event), event.event, event.to, event.newcomer?.email, event.main);
    return 'fault' in found;
  });
  if (gone.length === 0) return;
  const lines = gone.map(({ line }) => line).slice(0, 10);
  throw new ApiProblem(409, {
    code: 'not_yours_now',
    detail: `С тех пор как файл был проверен, изменились ваши полномочия или места работы людей. Загрузите файл ещё раз (строки ${lines.join(', ')}).`,
  });
}

function badCells(faults: RowFault[]): ApiProblem {
  return invalid(faults.map(({ column, detail }) => ({ pointer: column ? `/${column}` : '', detail })));
}

async function readOne(sql: Sql | ApiDeps['sql'], scope: HrScope, { actor }: Viewer, cells: Cells) {
  return readRow(cells, 1, await lookupFor(sql as Sql, scope, actor, [cells]));
}

async function previewOf(deps: ApiDeps, { sql, viewer, readings }: ReadTx, scope: HrScope, cells: Cells) {
  const row = await readOne(sql, scope, viewer, cells);
  if ('faults' in row) return { faults: row.faults.map(faultView), effects: [], known: false };
  readings?.push({ personId: row.event.personId, what: 'hr', as: 'hr' });
  const before = (await known(deps.sql, [row])).get(row.line);
  if (before?.different)
    return { faults: [faultView({ line: 1, column: null, detail: DIFFERENT })], effects: [], known: true };
  const effects = before ? [] : ((await foreseeRows(deps, sql, [row])).get(1) ?? []);
  return { faults: [], effects, known: before !== undefined };
}

interface RowToWrite {
  line: number;
  raw: string;
  state: 'bad' | 'known' | 'ready';
  faults: RowFault[];
  row?: ParsedRow;
  effects: Effect[];
}

/** Every line of a file with what it is: bad with its faults, known already, or ready with what it will do. Nothing is left out. */
async function rowsOf(
  deps: ApiDeps,
  sql: Sql,
  scope: HrScope,
  { actor }: Viewer,
  lines: ReadLine[],
  headFaults: RowFault[],
): Promise<RowToWrite[]> {
  const lookup = await lookupFor(
    sql,
    scope,
    actor,
    lines.flatMap(({ cells }) => (cells ? [cells] : [])),
  );
  const seen = new Map<string, number>();
  const read = lines.map(
    ({ line, raw, cells, detail }): { line: number; raw: string; faults: RowFault[]; row?: ParsedRow } => {
      if (!cells) return { line, raw, faults: [{ line, column: null, detail: detail ?? 'Строка не читается.' }] };
      const row = readRow(cells, line, lookup);
      if ('faults' in row) return { line, raw, faults: row.faults };
      const before = seen.get(row.factId);
      if (before !== undefined)
        return { line, raw, faults: [{ line, column: null, detail: `Повторяет строку ${before}.` }] };
      seen.set(row.factId, line);
      return { line, raw, faults: [], row };
    },
  );
  const good = read.flatMap(({ row }) => (row ? [row] : []));
  const before = await known(deps.sql, good);
  const effects = await foreseeRows(
    deps,
    sql,
    good.filter((row) => !before.has(row.line)),
  );
  const rows = read.map(({ row, ...of }): RowToWrite => {
    if (!row) return { ...of, state: 'bad', effects: [] };
    const was = before.get(row.line);
    if (was?.different)
      return { ...of, state: 'bad', faults: [{ line: of.line, column: null, detail: DIFFERENT }], effects: [] };
    return { ...of, row, state: was ? 'known' : 'ready', effects: effects.get(row.line) ?? [] };
  });
  return headFaults.length > 0 ? [{ line: 1, raw: '', state: 'bad', faults: headFaults, effects: [] }, ...rows] : rows;
}

/** Which of the rows are on record already, and whether they say something else than before. */
async function known(sql: Sql | ApiDeps['sql'], rows: ParsedRow[]): Promise<Map<number, { different: boolean }>> {
  const stored = await (sql as Sql)<Array<{ fact_id: string; event: EmploymentEvent; state: string }>>`
    select fact_id, event, state from hr_event where fact_id = any(${rows.map(({ factId }) => factId)}::text[])`;
  const byFact = new Map(stored.map((row) => [row.fact_id, row]));
  const said = ({ until, post, tenureMonths, bornOn, surname }: EmploymentEvent) =>
    JSON.stringify([until ?? null, post ?? null, tenureMonths ?? null, bornOn ?? null, surname ?? null]);
  return new Map(
    rows.flatMap(({ line, factId, event }): Array<[number, { different: boolean }]> => {
      const was = byFact.get(factId);
      return was ? [[line, { different: was.state !== 'replaced' && said(was.event) !== said(event) }]] : [];
    }),
  );
}

async function writeBatch(
  deps: ApiDeps,
  tx: Tx,
  of: {
    id: string;
    kind: string;
    name: string;
    viewer: Viewer;
    requestId: string;
    sha256?: string;
    encoding?: string;
    separator?: string;
    ignored?: string[];
  },
): Promise<void> {
  await tx`
    insert into hr_batch (id, kind, name, sha256, encoding, separator, ignored, state, reported_by, request_id, created_at)
    values (${of.id}, ${of.kind}, ${of.name}, ${of.sha256 ?? null}, ${of.encoding ?? null}, ${of.separator ?? null}, ${of.ignored ?? []}, 'preview',
      ${of.viewer.personId}::uuid, ${of.requestId}, ${deps.now()})`;
}

async function writeRows(tx: Tx, batchId: string, rows: RowToWrite[]): Promise<void> {
  for (let from = 0; from < rows.length; from += 500) {
    const values = rows.slice(from, from + 500).map(({ line, raw, state, faults, row, effects }) => ({
      batch_id: batchId,
      line,
      raw,
      state,
      faults: tx.json(faults.map(faultView) as never),
      fact_id: row?.factId ?? null,
      event: row ? tx.json(row.event as never) : null,
      effects: tx.json(effects as never),
    }));
    await tx`insert into hr_row ${tx(values)}`;
  }
}

/** Puts the ready rows on record as events that wait to be told. Rows that another batch was quicker with become known. */
async function apply(
  tx: Tx,
  batchId: string,
  viewer: Viewer,
  requestId: string,
  correction?: { corrects: string; reason: string },
): Promise<void> {
  const [batch] =
    await tx`update hr_batch set state = 'applying', applied_at = now() where id = ${batchId}::uuid and state = 'preview' returning id`;
  if (!batch) return;
  const rows = await tx<Array<{ line: number; fact_id: string; event: EmploymentEvent }>>`
    select line, fact_id, event from hr_row where batch_id = ${batchId}::uuid and state = 'ready' order by line`;
  for (let from = 0; from < rows.length; from += 500) {
    const values = rows.slice(from, from + 500).map(({ line, fact_id: factId, event }) => ({
      id: hrId(factId),
      fact_id: factId,
      batch_id: batchId,
      line,
      person_id: event.personId,
      kind: event.event,
      on_day: event.on,
      event: tx.json(event as never),
      state: 'waiting',
      corrects: correction?.corrects ?? null,
      reason: correction?.reason ?? null,
      reported_by: viewer.personId,
    }));
    await tx`insert into hr_event ${tx(values)} on conflict (fact_id) do nothing`;
  }
  await tx`
    update hr_event e set place_id = coalesce((select w.organisation_id from employment w where w.person_id = e.person_id
      order by (w.to_on is null) desc, w.main desc, w.from_on desc limit 1), (e.event->'to'->>'organisationId')::uuid)
    where e.batch_id = ${batchId}::uuid`;
  await tx`
    update hr_row r set state = case when e.batch_id = r.batch_id then 'waiting' else 'known' end
    from hr_event e where r.batch_id = ${batchId}::uuid and r.state = 'ready' and e.fact_id = r.fact_id`;
  await tx`
    update hr_batch b set state = 'done', finished_at = now() where id = ${batchId}::uuid
      and not exists (select from hr_event e where e.batch_id = b.id and e.state = 'waiting')`;
  await audit(tx, {
    row: 'HR-02',
    kind: 'hr.applied',
    subjectId: batchId,
    by: viewer.actor,
    requestId,
    facts: { rows: rows.length },
  });
}

/** The batch is on record; when the engine does not answer now, a worker finds it within minutes. */
async function wake(deps: ApiDeps, batchId: string): Promise<void> {
  const [waiting] =
    await deps.sql`select 1 from hr_event where batch_id = ${batchId}::uuid and state = 'waiting' limit 1`;
  if (!waiting) {
    await deps.sql`update hr_batch set state = 'done', finished_at = coalesce(finished_at, now()) where id = ${batchId}::uuid and state = 'applying'`;
    return;
  }
  await deps.cases.wakeBroadcast(batchId).catch((error: unknown) => {
    deps.log.warn({ err: error, batchId }, 'the telling of a batch was not started yet');
  });
}

function nameOf({ event }: ParsedRow): string {
  return `${event.event} ${event.on}`;
}

interface Plan {
  old: EmploymentEvent;
  oldFactId: string;
  oldBatchId: string;
  told: boolean;
  next: EmploymentEvent | null;
  factId: string;
  faults: RowFault[];
  effects: Effect[];
}

/**
 * What a correction will do. An event that nobody was told is simply replaced. One that was told stays on record: the cases hear the right
 * event, or the opposite of one that did not happen; where nothing undoes it, the people of the case are told to.
 */
async function planCorrection(
  deps: ApiDeps,
  reading: ReadTx,
  scope: HrScope,
  viewer: Viewer,
  id: string,
  cells: Cells | undefined,
): Promise<Plan> {
  const { sql: tx } = reading;
  const { record } = await readEvent(reading, scope, viewer.personId, id);
  if (record.state === 'replaced')
    throw new ApiProblem(409, { code: 'already_corrected', detail: 'Это событие уже исправлено.' });
  if (isOwn(viewer.actor, { persons: [record.person_id] })) throw denied(deps, ownCase(viewer.actor));
  const told = record.state === 'told';
  const plan = { old: record.event, oldFactId: record.fact_id, oldBatchId: record.batch_id, told };
  const version = (factId: string) => `${factId}:c:${record.id.slice(0, 8)}`;
  if (cells) {
    const row = await readOne(tx, scope, viewer, { ...cells, personId: record.person_id });
    if ('faults' in row) return { ...plan, next: null, factId: '', faults: row.faults, effects: [] };
    const parsed = { ...row, factId: version(row.factId) };
    const effects = (await foreseeRows(deps, tx, [parsed])).get(1) ?? [];
    return { ...plan, next: row.event, factId: parsed.factId, faults: [], effects };
  }
  const next = told ? opposite(record.event, await formerOf(tx, record.event)) : null;
  const none: Effect = {
    caseId: null,
    number: null,
    process: null,
    processRu: null,
    kind: 'none',
    ru: told
      ? 'Дела уже отреагировали, и обратного события нет: ход дела исправляют его участники, см. дела в журнале.'
      : 'Событие ещё никому не передано и не будет передано.',
    stageBeforeRu: null,
    stageAfterRu: null,
    eventsRu: [],
    dates: [],
    letters: 0,
  };
  if (!next) return { ...plan, next: null, factId: '', faults: [], effects: [none] };
  const factId = version(factIdOf(next));
  const effects = (await foreseeRows(deps, tx, [{ line: 1, event: next, factId }])).get(1) ?? [none];
  return { ...plan, next, factId, faults: [], effects };
}

/** Where the person was before the event: the place of work it ended, the leave it ended. */
async function formerOf(sql: Sql, event: EmploymentEvent) {
  const [ended] = await sql<Array<{ organisation_id: string; post_ru: string }>>`
    select organisation_id, post_ru from employment where person_id = ${event.personId}::uuid and main = ${event.main} and to_on is not null
      and to_on <= ${event.on} order by to_on desc limit 1`;
  const [leave] = await sql<Array<{ event: EmploymentEvent }>>`
    select event from hr_event where person_id = ${event.personId}::uuid and kind = 'leave_started' and on_day <= ${event.on} and state = 'told'
    order by on_day desc limit 1`;
  const current = await workOf(sql, event.personId);
  const id = ended?.organisation_id ?? current[0]?.organisation_id;
  const place = (await readPlaces(sql)).find((row) => row.id === id);
  return {
    ...(place ? { place: placeFromRow(place) } : {}),
    ...(leave
      ? { leave: { leave: leave.event.leave, until: leave.event.until } as Pick<EmploymentEvent, 'leave' | 'until'> }
      : {}),
  };
}

async function bytesOf(file: NonNullable<Awaited<ReturnType<ApiDeps['documents']['find']>>>): Promise<Uint8Array> {
  return file.read();
}
