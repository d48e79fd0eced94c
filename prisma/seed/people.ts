import type { Role } from '../../processes/kit/types.ts';
import { emailOf } from './email.ts';
import { readData, readSource } from './files.ts';
import { seedId } from './ids.ts';

interface OrganisationFile {
  key: string;
  kind: string;
  nameRu: string;
  shortNameRu: string;
  regionCode: string;
  inn: string;
  ogrn: string;
  licenceNumber?: string;
  licenceDate?: string;
  /** Key of the authority above a school. */
  authority?: string;
  municipality?: string;
  rural?: boolean;
  synthetic: boolean;
  source: Record<string, unknown>;
}

interface PersonFile {
  key: string;
  familyName: string;
  givenName: string;
  patronymic: string;
  displayName: string;
  synthetic: boolean;
  noteRu: string;
  /** Printed when the demonstration starts. */
  main?: boolean;
  source?: { participants?: number[]; [key: string]: unknown };
  employments: Array<{
    organisation: string;
    postRu: string;
    fromOn: string;
    toOn?: string;
    main?: boolean;
    act?: string;
  }>;
  assignments: Array<{ role: Role; scopeKind: string; scopeId?: string; fromOn: string; act: string }>;
  expert?: {
    competences: string[];
    regionCode: string;
    arbiter: boolean;
    maxOpenTasks: number;
    suspendedUntil?: string;
    orderRef: string;
  };
}

export interface Participant {
  n: number;
  group_ru: string;
  role_ru: string;
  name: string;
  by_agreement: boolean;
  post_ru: string;
  supervisor_ru: string;
  employment_percent: number;
}

export type SeedOrganisation = OrganisationFile & { id: string };
export type SeedPerson = Omit<PersonFile, 'employments' | 'assignments'> & {
  id: string;
  email: string;
  zone: string;
  regionCode: string;
  employments: Array<PersonFile['employments'][number] & { id: string; organisationId: string }>;
  assignments: Array<PersonFile['assignments'][number] & { id: string }>;
};

export interface SeedRegion {
  code: string;
  nameRu: string;
  zone: string;
}

export interface SeedRelation {
  a: string;
  b: string;
  kind: string;
  noteRu: string;
}

export function readRegions(): SeedRegion[] {
  return readData<{ regions: SeedRegion[] }>('seed', 'regions.json').regions;
}

export function readOrganisations(): SeedOrganisation[] {
  const rows = readData<{ organisations: OrganisationFile[] }>('seed', 'organisations.json').organisations;
  return rows.map((row) => ({ ...row, id: seedId('organisation', row.key) }));
}

export function readParticipants(): Participant[] {
  return readSource<{ participants: Participant[] }>('passport-plan').participants;
}

export function readRelations(): SeedRelation[] {
  return readData<{ relations: SeedRelation[] }>('seed', 'relations.json').relations;
}

/**
 * Everybody who can sign in: people of the sources, demonstration accounts, experts. Somebody who stands in several rows of the
 * passport is one person, and every row is kept in `source.participations` as it stands, with post, supervisor and share of time.
 */
export function readPeople(): SeedPerson[] {
  const organisations = new Map(readOrganisations().map((row) => [row.key, row]));
  const zones = new Map(readRegions().map((row) => [row.code, row.zone]));
  const participants = new Map(readParticipants().map((row) => [row.n, row]));
  const files = ['officials', 'accounts', 'attestation', 'mentoring', 'assessment', 'experts'].flatMap(
    (name) => readData<{ people: PersonFile[] }>('seed', `${name}.json`).people,
  );
  return files.map((file) => {
    const organisationOf = (key: string) => {
      const found = organisations.get(key);
      if (!found) throw new Error(`${file.key}: organisation «${key}» is not in organisations.json`);
      return found;
    };
    const workplace = file.employments.find((row) => row.toOn === undefined && row.main !== false);
    const regionCode = workplace ? organisationOf(workplace.organisation).regionCode : '00';
    const participations = file.source?.participants?.map((n) => participants.get(n));
    return {
      ...file,
      id: personId(file.key),
      email: emailOf(file),
      zone: zones.get(regionCode) ?? 'Europe/Moscow',
      regionCode,
      ...(participations ? { source: { ...file.source, participations } } : {}),
      employments: file.employments.map((row) => ({
        ...row,
        id: seedId('employment', `${file.key}:${row.organisation}:${row.fromOn}`),
        organisationId: organisationOf(row.organisation).id,
      })),
      assignments: file.assignments.map((row) => ({
        ...row,
        ...(row.scopeKind === 'organisation' ? { scopeId: organisationOf(row.scopeId ?? '').id } : {}),
        id: seedId('assignment', `${file.key}:${row.role}:${row.scopeKind}:${row.scopeId ?? ''}:${row.fromOn}`),
      })),
    };
  });
}

export function personId(key: string): string {
  return seedId('person', key);
}

export interface Account {
  id: string;
  key: string;
  displayName: string;
  email: string;
  roles: Role[];
  noteRu: string;
}

/** The accounts the launcher prints: who to be in order to see each side of a case. */
export function mainAccounts(): Account[] {
  return readPeople()
    .filter((person) => person.main)
    .map(({ id, key, displayName, email, assignments, noteRu }) => ({
      id,
      key,
      displayName,
      email,
      roles: [...new Set(assignments.map((row) => row.role))],
      noteRu,
    }));
}
