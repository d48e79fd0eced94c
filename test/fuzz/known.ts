/**
 * The description of the API with ids, codes and forms of one world offered beside what its schemas allow: without them a generator of
 * requests never gets past «there is no such thing».
 */
import { z } from '@hono/zod-openapi';
import { faces } from '../../api/processes.ts';
import type { Pool } from '../../platform/db/pool.ts';
import { REPORTS } from '../../processes/reports.ts';

type Json = any;
type Known = Record<string, readonly string[]>;

interface Offer {
  byName: Known;
  /** Of addresses that begin so, instead of the names above. */
  byPath: Record<string, Known>;
}

const actionTypes = Object.values(faces).flatMap((face) => Object.keys(face.actions));

/** What the world of the test has under the names of parameters and fields. */
export async function offerOf(pool: Pool): Promise<Offer> {
  const column = async (query: string) => (await pool.unsafe<Array<{ v: string }>>(query)).map(({ v }) => v);
  const cases = await column(
    `select id::text as v from (select distinct on (process, stage) id, process, stage from "case") c order by 1`,
  );
  const people = await column(`select distinct person_id::text as v from employment order by 1 limit 8`);
  const processes = await column(`select distinct process as v from "case" order by 1`);
  const tasks = await column(
    `select id::text as v from (select distinct on (kind) id from task where open order by kind, id) t`,
  );
  const numbers = await column(
    `select number as v from (select distinct on (register) number from register_entry order by register, number) r`,
  );
  return {
    byName: {
      caseId: cases,
      personId: people,
      menteeId: people,
      assigneeId: await column(
        `select distinct assignee_id::text as v from task where assignee_id is not null order by 1 limit 8`,
      ),
      organisationId: await column(`select id::text as v from organisation order by 1 limit 8`),
      taskId: tasks,
      document: await column(`select distinct sha256 as v from case_document order by 1 limit 12`),
      register: await column(`select distinct register as v from register_entry order by 1`),
      number: numbers,
      slug: processes,
      process: processes,
      jurisdiction: await column(`select distinct jurisdiction as v from "case" order by 1`),
      region: ['61', '42', '77'],
      role: ['expert', 'head', 'teacher', 'methodist'],
      stage: await column(`select distinct stage as v from "case" order by 1`),
      day: ['2026-01-01'],
      purpose: ['publication', 'digest'],
      type: actionTypes,
      q: ['а', '%', '_', "' or 1=1 --", '\\', '=1+1'],
    },
    byPath: {
      '/api/cases/': { id: cases, from: ['1', '2'], to: ['1', '2'] },
      '/api/tasks/': { id: tasks },
      '/api/notices/': { id: await column(`select id::text as v from notice order by 1 limit 12`) },
      '/api/groups/': { id: await column(`select id::text as v from study_group order by 1 limit 4`) },
      '/api/incidents/': { id: await column(`select id::text as v from incident order by 1 limit 4`) },
      '/api/hr-events/': { id: await column(`select id::text as v from hr_event order by 1 limit 4`) },
      '/api/admin/people/': { id: people },
      '/api/admin/assignments/': { id: await column(`select id::text as v from role_assignment order by 1 limit 6`) },
      '/api/reports/': { id: REPORTS.map(({ id }) => id) },
    },
  };
}

const either = (schema: Json, values: readonly string[] | undefined): Json =>
  values && values.length > 0 ? { anyOf: [{ enum: values }, schema] } : schema;

/** The description with the offer in it; answers are described as they were. A long run has the time for the forms of all acts too. */
export function enrich(document: Json, offer: Offer, long: boolean): Json {
  const copy = structuredClone(document);
  // Who asks is not the tool's business: the server of the test says.
  delete copy.security;
  delete copy.components.securitySchemes;
  for (const [path, methods] of Object.entries<Json>(copy.paths)) {
    const near = Object.entries(offer.byPath).find(([start]) => path.startsWith(start))?.[1] ?? {};
    const known = { ...offer.byName, ...near };
    for (const operation of Object.values<Json>(methods)) {
      delete operation.security;
      for (const parameter of operation.parameters ?? [])
        parameter.schema = either(parameter.schema, known[parameter.name]);
      const content = operation.requestBody?.content?.['application/json'];
      if (!content) continue;
      const schema = structuredClone(resolve(copy, content.schema));
      for (const name of Object.keys(schema.properties ?? {}))
        schema.properties[name] = either(schema.properties[name], known[name]);
      content.schema = long && path.endsWith('/actions/{type}') ? { anyOf: [schema, ...actionForms()] } : schema;
    }
  }
  return copy;
}

const resolve = (document: Json, schema: Json): Json =>
  schema.$ref
    ? (schema.$ref as string)
        .slice(2)
        .split('/')
        .reduce((at, key) => at[key], document)
    : schema;

/** The forms of all acts of all processes: the description itself says only that the body is an object. */
function actionForms(): Json[] {
  const forms = Object.values(faces).flatMap((face) => Object.values(face.actions));
  return forms.map((form: Json) => {
    const { $schema: _, ...schema } = z.toJSONSchema(form.body, { io: 'input', unrepresentable: 'any' }) as Json;
    return schema;
  });
}
