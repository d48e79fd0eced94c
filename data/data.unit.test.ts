import { describe, expect, it } from 'vitest';
import { isInn, isOgrn } from '../prisma/seed/identifiers.ts';
import { readOrganisations, readPeople } from '../prisma/seed/people.ts';
import { COMPETENCES, competencesForDeficits, findCompetence, findDeficit } from '../processes/catalogue/competences.ts';
import { findLabourFunction } from '../processes/catalogue/labour-functions.ts';
import { EDUCATION_LEVELS, POSTS, SUBJECTS } from '../processes/catalogue/posts.ts';
import { actions, ReviewBody } from '../processes/dpp-certification/contract.ts';
import { DEFAULT_POLICY } from '../processes/dpp-certification/policy.ts';
import { Programme, programmeErrors } from '../processes/dpp-certification/programme.ts';
import { demoConclusions, demoProgrammes, demoTexts, memoProgrammes } from './index.ts';

const programmes = [...memoProgrammes(), ...demoProgrammes()];
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

  it('have experts of two other regions at least, and an arbiter from yet another', () => {
    const organisations = new Map(readOrganisations().map((row) => [row.id, row]));
    const experts = readPeople().flatMap((person) => (person.expert ? [person.expert] : []));
    for (const p of programmes.filter((row) => row.source.key !== 'prototip-na-uroke-truda')) {
      const region = organisations.get(p.provider.organisationId)?.regionCode;
      const fit = experts.filter((e) => !e.suspendedUntil && e.regionCode !== region && e.competences.some((code) => p.competences.includes(code)));
      const arbiterRegions = new Set(fit.filter((e) => e.arbiter).map((e) => e.regionCode));
      expect({ key: p.source.key, enough: fit.length >= 5, regions: new Set(fit.map((e) => e.regionCode)).size >= 5, arbiters: arbiterRegions.size >= 2 }).toEqual({
        key: p.source.key,
        enough: true,
        regions: true,
        arbiters: true,
      });
    }
  });

  it('of one subject finds its specialists almost only in the region of the applicant', () => {
    const technology = readPeople().filter((person) => person.expert?.competences.includes('subject.technology'));
    expect(technology.filter((person) => person.regionCode !== '42')).toHaveLength(1);
    expect(technology.length).toBeGreaterThan(3);
  });
});

describe('demonstration texts', () => {
  it('contain conclusions that the form and the rules accept', () => {
    const mandatory = DEFAULT_POLICY.criteria.filter((c) => c.mandatory);
    for (const { key, verdict, scores, remarks, summary } of demoConclusions()) {
      ReviewBody.parse({ taskId: '00000000-0000-4000-8000-000000000000', verdict, scores, remarks, summary });
      const mark = (code: string) => scores[code] ?? -1;
      const remarked = remarks.map((r) => r.criterion);
      const wrong = DEFAULT_POLICY.criteria.filter(
        (c) => mark(c.code) < 0 || mark(c.code) > c.max || (mark(c.code) < c.remarkBelow && !remarked.includes(c.code)),
      );
      const failed = verdict === 'approve' ? mandatory.filter((c) => mark(c.code) < c.passFrom) : [];
      expect({ key, wrong, failed, criteria: Object.keys(scores).length }).toEqual({ key, wrong: [], failed: [], criteria: DEFAULT_POLICY.criteria.length });
    }
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
