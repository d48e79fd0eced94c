/** Municipalities as the database knows them: those in which an organisation stands. Ids are of `processes/kit/municipality.ts`. */
import type postgres from 'postgres';
import { municipalityId } from '../../processes/kit/municipality.ts';
import type { Sql } from '../db/pool.ts';

type Fragment = postgres.PendingQuery<any>;

/** Kinds of organisations that belong to a municipality; an authority or a centre that sits in it does not. */
const SCHOOLS: readonly string[] = ['school', 'college', 'additional_education'];

/** Condition on a row `o` of the table of organisations: it stands in the municipality of this id. Written so that the index is walked. */
const standsIn = (sql: Sql, id: Fragment): Fragment =>
  sql`(o.region_code = split_part(${id}, ':', 1) and o.municipality = substr(${id}, strpos(${id}, ':') + 1))`;

/** Expression of SQL: the ids of the schools of a municipality as they are now, an array of JSON or null. */
export const schoolsOf = (sql: Sql, id: Fragment): Fragment => sql`
  (select jsonb_agg(o.id) from organisation o where ${standsIn(sql, id)} and o.kind = any(${[...SCHOOLS]}::text[]))`;

/** Expression of SQL: «Приморский округ, Ростовская область»; null where there is no such municipality. */
export const municipalityName = (sql: Sql, id: Fragment): Fragment => sql`
  (select o.municipality || ', ' || r.name_ru from organisation o join region r on r.code = o.region_code
    where ${standsIn(sql, id)} limit 1)`;

/** Every municipality that exists, by name: what a role may be granted in. */
export async function listMunicipalities(sql: Sql): Promise<Array<{ id: string; nameRu: string }>> {
  const rows = await sql<Array<{ region: string; name: string; region_ru: string }>>`
    select distinct o.region_code as region, o.municipality as name, r.name_ru as region_ru from organisation o
    join region r on r.code = o.region_code where o.municipality is not null order by 2, 3`;
  return rows.map(({ region, name, region_ru }) => ({
    id: municipalityId(region, name),
    nameRu: `${name}, ${region_ru}`,
  }));
}
