/** What a person may begin, and where: the opening rows of the tables, the roles he holds today, and the policies in force. */
import { isInRegion } from '../../processes/kit/municipality.ts';
import type { AnyProcess, Role } from '../../processes/kit/types.ts';
import type { ProcessFace } from '../ports.ts';
import type { ReadTx } from '../viewer.ts';

export interface Start {
  action: string;
  labelRu: string;
  hintRu: string | null;
  /** Jurisdictions whose policy may govern the case; the form lets choose when there are several. */
  jurisdictions: Array<{ id: string; nameRu: string; regionCode: string }>;
}

/**
 * Opening acts of people, with the jurisdictions open to this viewer: his own office's; for a person who acts for himself or for an
 * organisation, those of the region he works in. A process without a policy in force there cannot begin.
 */
export async function readStarts({ sql, viewer }: ReadTx, processes: AnyProcess[], faces: Record<string, ProcessFace>) {
  const rows = await sql<Array<{ process: string; id: string; name_ru: string; region_code: string; home: boolean }>>`
    select distinct p.process, j.id, j.name_ru, j.region_code,
      exists (select from employment e join organisation o on o.id = e.organisation_id where e.person_id = ${viewer.personId}::uuid
        and e.from_on <= ${viewer.today} and (e.to_on is null or e.to_on >= ${viewer.today}) and o.region_code = j.region_code) as home
    from policy_version p join jurisdiction j on j.id = p.jurisdiction
    where p.effective_from <= ${viewer.today} and (p.effective_to is null or p.effective_to >= ${viewer.today}) order by j.name_ru`;
  const { assignments } = viewer.actor;
  const startsOf = (process: AnyProcess): Start[] =>
    process.starts.flatMap((action) => {
      const contract = faces[process.slug]?.actions[action];
      const roles = process.table.filter((row) => row.from === 'none' && row.on === action).flatMap((row) => row.roles);
      const held = assignments.filter(({ role }) => (roles as Role[]).includes(role));
      if (!contract || held.length === 0) return [];
      const open = rows.filter(
        (row) =>
          row.process === process.slug &&
          held.some(({ scope }) => {
            if (scope.kind === 'jurisdiction') return scope.id === row.id;
            if (scope.kind === 'municipality') return isInRegion(scope.id, row.region_code);
            return scope.kind === 'country' || (scope.kind === 'region' ? scope.id === row.region_code : row.home);
          }),
      );
      const jurisdictions = open.map((row) => ({ id: row.id, nameRu: row.name_ru, regionCode: row.region_code }));
      if (jurisdictions.length === 0) return [];
      return [{ action, labelRu: contract.labelRu, hintRu: contract.hintRu ?? null, jurisdictions }];
    });
  return new Map(processes.map((process) => [process.slug, startsOf(process)]));
}
