import { randomUUID } from 'node:crypto';
import {
  exportCsv,
  exportXml,
  finishGroup,
  getEntry,
  listEntries,
  listRegisters,
  openGroup,
  type RegisterRow,
} from '../contract/registers.ts';
import { audit, once } from '../idempotent.ts';
import { publicAuthors } from '../queries/authors.ts';
import type { ApiDeps } from '../ports.ts';
import { ApiProblem, forbidden, invalid, notFound } from '../problems.ts';
import {
  csvCell,
  everyEntry,
  findEntry,
  type GroupRow,
  groupColumns,
  groupView,
  listEntries as readEntries,
  listRegisters as readRegisters,
  whyNoGroup,
  xmlText,
} from '../queries/registers.ts';
import type { viewerOf } from '../session.ts';
import type { ReadTx } from '../viewer.ts';
import { type App, read, writing } from './kit.ts';

const columns = [
  'Номер',
  'Название',
  'Вид',
  'Часов',
  'Организация',
  'Регион',
  'Статус',
  'Версия',
  'Действует с',
  'Действует по',
];

/** Registers. What is public is the same for everybody; entries that are not public are for staff. */
export function registerRoutes(app: App, deps: ApiDeps): void {
  const reader = ({ viewer, readings }: ReadTx) => ({ reach: viewer.reach, readings });
  /** The whole register as one look: what an export holds was true at one moment. */
  const everything = (c: Parameters<typeof viewerOf>[0], register: string) =>
    read(deps, c, async (tx) => {
      const rows: RegisterRow[] = [];
      for await (const page of everyEntry(tx.sql, register, { ...reader(tx), what: 'export' })) rows.push(...page);
      return rows;
    });

  app.openapi(listRegisters, async (c) =>
    c.json({ items: await read(deps, c, (tx) => readRegisters(tx.sql, reader(tx))) }, 200),
  );
  app.openapi(listEntries, async (c) =>
    c.json(
      await read(deps, c, (tx) => readEntries(tx.sql, c.req.valid('param').register, c.req.valid('query'), reader(tx))),
      200,
    ),
  );

  app.openapi(exportCsv, async (c) => {
    const lines = [columns.map(csvCell).join(';')];
    for (const row of await everything(c, c.req.valid('param').register))
      lines.push(
        [
          row.number,
          row.titleRu,
          row.kind,
          row.hours,
          row.organisation?.nameRu ?? null,
          row.organisation?.regionRu ?? null,
          row.statusRu,
          row.version,
          row.validFrom,
          row.validUntil,
        ]
          .map(csvCell)
          .join(';'),
      );
    // The mark of byte order is what spreadsheets know UTF-8 by.
    return c.body(`﻿${lines.join('\r\n')}\r\n`, 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="registry.csv"',
    }) as never;
  });

  app.openapi(exportXml, async (c) => {
    const { register } = c.req.valid('param');
    const rows: string[] = [];
    for (const row of await everything(c, register)) {
      const attributes = {
        number: row.number,
        status: row.status,
        version: row.version,
        kind: row.kind,
        hours: row.hours,
        validFrom: row.validFrom,
        validUntil: row.validUntil,
      };
      const text = Object.entries(attributes)
        .filter(([, value]) => value !== null)
        .map(([key, value]) => ` ${key}="${xmlText(String(value))}"`)
        .join('');
      const organisation = row.organisation
        ? `<organisation region="${xmlText(row.organisation.regionCode)}">${xmlText(row.organisation.nameRu)}</organisation>`
        : '';
      rows.push(`  <entry${text}><title>${xmlText(row.titleRu)}</title>${organisation}</entry>`);
    }
    return c.body(
      `<?xml version="1.0" encoding="UTF-8"?>\n<register code="${xmlText(register)}">\n${rows.join('\n')}\n</register>\n`,
      200,
      {
        'content-type': 'application/xml; charset=utf-8',
        'content-disposition': 'attachment; filename="registry.xml"',
      },
    ) as never;
  });

  app.openapi(getEntry, async (c) => {
    const { register, number } = c.req.valid('param');
    const found = await read(deps, c, (tx) =>
      findEntry(tx.sql, register, number, {
        ...reader(tx),
        today: tx.viewer.today,
        publicUrl: deps.config.api.publicUrl,
      }),
    );
    if (!found) throw notFound();
    return c.json({ ...found.card, authors: await publicAuthors(deps, found) }, 200);
  });

  app.openapi(openGroup, async (c) => {
    const { register, number } = c.req.valid('param');
    const body = c.req.valid('json');
    const context = writing(deps, c);
    const { viewer } = context;
    if (!viewer.reach.organisations.includes(body.organisationId))
      throw forbidden('Группу открывает организация, которая проводит обучение.');
    const [entry] = await deps.sql<
      Array<{ id: string }>
    >`select id from register_entry where register = ${register} and number = ${number} and public`;
    if (!entry) throw notFound();
    const { id } = await once(
      deps,
      { personId: viewer.personId, route: 'group', objectId: entry.id, idempotencyKey: context.idempotencyKey },
      body,
      async (tx) => {
        const [row] = await tx<
          Array<{
            status: string;
            version: number;
            organisation_id: string | null;
            valid_from: string | null;
            valid_until: string | null;
          }>
        >`
        select status, version, organisation_id, valid_from, valid_until from register_entry where id = ${entry.id}::uuid for update`;
        if (row?.organisation_id && row.organisation_id !== body.organisationId)
          throw new ApiProblem(409, { code: 'other_provider', detail: 'По этой записи учит другая организация.' });
        const why = whyNoGroup(row?.status ?? '', row?.valid_until ?? null, body.startedOn);
        if (why) throw new ApiProblem(409, { code: 'entry_not_in_force', detail: why });
        if (row?.valid_from && body.startedOn < row.valid_from)
          throw invalid([
            { pointer: '/startedOn', detail: `Запись действует с ${row.valid_from}: группа не может начать раньше.` },
          ]);
        const id = randomUUID();
        await tx`insert into study_group (id, entry_id, entry_version, organisation_id, size, started_on) values (${id}, ${entry.id}::uuid, ${row?.version ?? 1}, ${body.organisationId}::uuid, ${body.size}, ${body.startedOn})`;
        await audit(tx, {
          row: 'GROUP-01',
          kind: 'group.opened',
          subjectId: id,
          by: viewer.actor,
          requestId: context.requestId,
          facts: { number, ...body },
        });
        return { id };
      },
    );
    return c.json(await readGroup(deps, id), 201);
  });

  app.openapi(finishGroup, async (c) => {
    const { id } = c.req.valid('param');
    const { finishedOn } = c.req.valid('json');
    const context = writing(deps, c);
    const { viewer } = context;
    const [group] = await deps.sql<
      Array<{ organisation_id: string; started_on: string }>
    >`select organisation_id, started_on from study_group where id = ${id}::uuid`;
    if (!group || !viewer.reach.organisations.includes(group.organisation_id)) throw notFound();
    if (finishedOn < group.started_on)
      throw invalid([{ pointer: '/finishedOn', detail: 'Группа не может закончить раньше, чем начала.' }]);
    if (finishedOn > viewer.today)
      throw invalid([{ pointer: '/finishedOn', detail: 'Дата окончания ещё не наступила.' }]);
    await once(
      deps,
      { personId: viewer.personId, route: 'group-finish', objectId: id, idempotencyKey: context.idempotencyKey },
      { finishedOn },
      async (tx) => {
        const [row] = await tx<
          Array<{ finished_on: string | null }>
        >`select finished_on from study_group where id = ${id}::uuid for update`;
        if (row?.finished_on)
          throw new ApiProblem(409, {
            code: 'group_finished',
            detail: `Обучение группы закончено ${row.finished_on}.`,
          });
        // Begun while the entry was in force, so it counts, whatever became of the entry since.
        await tx`update study_group set finished_on = ${finishedOn}, counts_in_i3 = true where id = ${id}::uuid`;
        await audit(tx, {
          row: 'GROUP-02',
          kind: 'group.finished',
          subjectId: id,
          by: viewer.actor,
          requestId: context.requestId,
          facts: { finishedOn },
        });
        return { id };
      },
    );
    return c.json(await readGroup(deps, id), 200);
  });
}

async function readGroup(deps: ApiDeps, id: string) {
  const [row] = await deps.sql<
    GroupRow[]
  >`select ${groupColumns(deps.sql)} from study_group g join organisation o on o.id = g.organisation_id where g.id = ${id}::uuid`;
  if (!row) throw notFound();
  return groupView(row);
}
