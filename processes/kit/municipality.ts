/**
 * Which municipality is meant: one owner of its id. The loaded registers of organisations bear no codes of ОКТМО, so a municipality is known
 * by its region and its name, and two of one name in two regions are two. Where codes come with the data, this module and its SQL
 * (`platform/identity/municipalities.ts`) are what changes.
 */

/** «61:Приморский округ». */
export const municipalityId = (region: string, nameRu: string): string => `${region}:${nameRu}`;

/** The parts of an id; `undefined` where it is none. */
export function parseMunicipalityId(id: string): { region: string; nameRu: string } | undefined {
  const [, region, nameRu] = /^(\d\d):(\S.*)$/.exec(id) ?? [];
  return region && nameRu ? { region, nameRu } : undefined;
}

/** Is it a municipality of this region? */
export const isInRegion = (id: string, region: string): boolean => parseMunicipalityId(id)?.region === region;
