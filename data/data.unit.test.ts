import { describe, expect, it } from 'vitest';
import { isInn, isOgrn } from '../prisma/seed/identifiers.ts';
import { personId, readOrganisations, readPeople, readRelations } from '../prisma/seed/people.ts';
import { COMPETENCES, competencesForDeficits, findCompetence, findDeficit } from '../processes/catalogue/competences.ts';
import { findLabourFunction } from '../processes/catalogue/labour-functions.ts';
import { EDUCATION_LEVELS, POSTS, SUBJECTS } from '../processes/catalogue/posts.ts';
import { actions, ReviewBody } from '../processes/dpp-certification/contract.ts';
import { DEFAULT_POLICY } from '../processes/dpp-certification/policy.ts';
import { Programme, programmeErrors } from '../processes/dpp-certification/programme.ts';
import { type Candidate, checkConclusion, selectExperts, type SelectionRequest } from '../processes/kit/panel.ts';
import { demoConclusions, demoProgrammes, demoTexts, getProgramme, memoProgrammes, type ProgrammeFile } from './index.ts';

const TODAY = '2026-11-23';
const programmes = [...memoProgrammes(), ...demoProgrammes()];
const people = readPeople();
/** The pool as the record path lists it on the day of the test, three years back. */
const candidates = people.flatMap((person): Array<Candidate & { arbiter: boolean }> =>
  person.expert
    ? [
        {
          ...person.expert,
          personId: person.id,
          organisationIds: person.employments.filter((row) => (row.toOn ?? TODAY) >= '2023-11-23').map((row) => row.organisationId),
          relations: readRelations()
            .filter((row) => row.a === person.key || row.b === person.key)
            .map((row) => ({ personId: personId(row.a === person.key ? row.b : row.a), kind: row.kind })),
          openTasks: 0,
        },
      ]
    : [],
);
const pool: Candidate[] = candidates;
const arbiters: Candidate[] = candidates.filter((row) => row.arbiter);

function requestFor(p: ProgrammeFile): SelectionRequest {
  const initiator = people.find((person) => person.email === p.contact.email);
  if (!initiator) throw new Error(`${p.source.key}: the contact is nobody`);
  return {
    seed: p.source.key,
    size: 3,
    competences: p.competences,
    applicantOrganisationIds: [p.provider.organisationId],
    applicantRegion: p.provider.regionCode,
    conflictPersonIds: [initiator.id],
    excludedPersonIds: [],
    takenRegions: [],
    minRegions: 2,
    excludeApplicantRegion: true,
    overdueLimit: 3,
    today: TODAY,
  };
}

const labels = (rows: ReadonlyArray<{ labelRu: string }>) => rows.map((row) => row.labelRu);

describe('programmes', () => {
  it('are the four of the memo, with its titles, hours and schools, and twelve of other providers', () => {
    expect(memoProgrammes().map((p) => [p.title.slice(0, 30), p.hours, p.source.schools?.length])).toEqual([
      ['Функциональная грамотность учи', 18, 6],
      ['Методическое сопровождение про', 36, 11],
      ['Проектные команды в образовате', 18, 11],
      ['Школа современного учителя', 100, 0],
    ]);
    expect(demoProgrammes()).toHaveLength(12);
    expect(new Set(programmes.map((p) => p.title)).size).toBe(16);
    expect(new Set(demoProgrammes().map((p) => p.provider.organisationId)).size).toBeGreaterThanOrEqual(9);
  });

  it.each(programmes.map((p) => [p.source.key, p] as const))('%s can be submitted as it is', (_key, file) => {
    const parsed = Programme.parse(file);
    expect(programmeErrors(parsed, DEFAULT_POLICY.minHours)).toEqual([]);
    expect(file.source.illustrative).toBeTruthy();
  });

  it.each(programmes.map((p) => [p.source.key, p] as const))('%s speaks the words of the catalogue', (_key, p) => {
    for (const deficit of p.deficits) expect(findDeficit(deficit.code)?.labelRu).toBe(deficit.title);
    for (const labour of p.labourFunctions) expect(findLabourFunction(labour.code)?.labelRu).toBe(labour.title);
    for (const code of p.competences) expect(findCompetence(code)).toBeDefined();
    expect(labels(POSTS)).toEqual(expect.arrayContaining(p.target.posts));
    expect(labels(SUBJECTS)).toEqual(expect.arrayContaining(p.target.subjects));
    expect(labels(EDUCATION_LEVELS)).toEqual(expect.arrayContaining(p.target.levels));
    expect(p.competences.some((code) => competencesForDeficits(p.deficits.map((d) => d.code)).includes(code))).toBe(true);
  });

  it('name their provider as the organisations do; one has no licence', () => {
    const organisations = new Map(readOrganisations().map((row) => [row.id, row]));
    const withoutLicence = programmes.filter((p) => {
      const organisation = organisations.get(p.provider.organisationId);
      expect(organisation).toMatchObject({ inn: p.provider.inn, ogrn: p.provider.ogrn, nameRu: p.provider.nameRu });
      if (organisation?.licenceNumber) expect(organisation.licenceNumber).toBe(p.provider.licenceNumber);
      return !organisation?.licenceNumber;
    });
    expect(withoutLicence.map((p) => p.source.key)).toEqual(['skorochtenie']);
  });

  it.each(programmes.filter((p) => !['prototip-na-uroke-truda', 'skorochtenie'].includes(p.source.key)).map((p) => [p.source.key, p] as const))(
    '%s gets a panel, a replacement for each expert, and an arbiter of yet another region',
    (_key, p) => {
      const request = requestFor(p);
      const panel = selectExperts(pool, request);
      const chosen = panel.chosen.map((row) => row.personId);
      expect([panel.missing, panel.excluded.length > 0]).toEqual([0, true]);
      expect(selectExperts(pool, { ...request, excludedPersonIds: chosen }).missing).toBe(0);
      const avoidRegions = panel.chosen.map((row) => row.regionCode);
      expect(selectExperts(arbiters, { ...request, size: 1, minRegions: 1, excludedPersonIds: chosen, avoidRegions }).missing).toBe(0);
    },
  );

  it('of school technology finds its specialists almost only in the region of the applicant', () => {
    const request = requestFor(getProgramme('prototip-na-uroke-truda'));
    expect(selectExperts(pool, request)).toMatchObject({ missing: 2, chosen: [{ regionCode: '22' }] });
    expect(selectExperts(pool, { ...request, excludeApplicantRegion: false }).missing).toBe(0);
  });

  it('meet every kind of conflict of interest in the pool', () => {
    const whyNot = (programme: string, expert: string) =>
      selectExperts(pool, requestFor(getProgramme(programme))).excluded.find((row) => row.personId === personId(expert))?.why;
    // Employed by the applicant now (part-time), or within three years; a brother; a co-author; suspended; of the applicant's region.
    expect(whyNot('metodicheskoe-soprovozhdenie', 'expert-kotova')).toBe('same_organisation');
    expect(whyNot('formiruyushchee-otsenivanie', 'expert-filippova')).toBe('same_organisation');
    expect(whyNot('metodicheskoe-soprovozhdenie', 'expert-litvinov')).toBe('relation');
    expect(whyNot('metodicheskoe-soprovozhdenie', 'expert-osipova')).toBeUndefined();
    expect(whyNot('funktsionalnaya-gramotnost', 'expert-chernenko')).toBe('suspended');
    expect(whyNot('metodicheskoe-soprovozhdenie', 'expert-pivovarova')).toBe('applicant_region');
  });
});

describe('demonstration texts', () => {
  it('contain conclusions that the form and the rules accept', () => {
    for (const { key, verdict, scores, remarks, summary } of demoConclusions()) {
      ReviewBody.parse({ taskId: '00000000-0000-4000-8000-000000000000', verdict, scores, remarks, summary });
      const asked = DEFAULT_POLICY.criteria.map((c) => c.code);
      expect({ key, errors: checkConclusion({ verdict, scores, remarks }, DEFAULT_POLICY.criteria, asked) }).toEqual({ key, errors: [] });
    }
    const ids = demoConclusions().flatMap((c) => c.remarks.map((r) => r.id));
    expect(new Set(ids).size).toBe(ids.length);
    for (const verdict of ['approve', 'revise', 'reject']) {
      expect(demoConclusions().filter((c) => c.verdict === verdict && !c.arbiter).length).toBeGreaterThanOrEqual(4);
      expect(demoConclusions().filter((c) => c.verdict === verdict && c.arbiter)).toHaveLength(1);
    }
  });

  it('name only actions that exist', () => {
    expect(Object.keys(actions)).toEqual(expect.arrayContaining(Object.keys(demoTexts().reasons).filter((key) => key !== 'answers')));
    expect(demoTexts().defects.length).toBeGreaterThanOrEqual(8);
  });
});

describe('organisations', () => {
  it('have numbers with a right checksum, each its own', () => {
    const rows = readOrganisations();
    expect(rows.filter((row) => !isInn(row.inn) || !isOgrn(row.ogrn))).toEqual([]);
    expect(new Set(rows.map((row) => row.inn)).size).toBe(rows.length);
    expect(new Set(rows.map((row) => row.ogrn)).size).toBe(rows.length);
  });
});

describe('catalogue', () => {
  it('has an expert for every area of competence', () => {
    const known = new Set(readPeople().flatMap((person) => person.expert?.competences ?? []));
    expect(COMPETENCES.filter((row) => !known.has(row.code))).toEqual([]);
    expect([...known].filter((code) => !findCompetence(code))).toEqual([]);
  });
});
