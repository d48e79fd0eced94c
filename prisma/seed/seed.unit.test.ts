import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../processes/dpp-certification/policy.ts';
import { emailOf } from './email.ts';
import { readData } from './files.ts';
import { readLegalActs, repealedActs, repealedBy } from './legal-acts.ts';
import { mainAccounts, readParticipants, readPeople, readRegions, readRelations } from './people.ts';
import { acceptPolicy, type PolicyFile, PolicyRefused, policyWarnings, readPolicies } from './policies.ts';

const people = readPeople();
const withRole = (role: string) => people.filter((person) => person.assignments.some((row) => row.role === role));

describe('people of the seed', () => {
  it('get mail only under example.org, each at an address of their own', () => {
    expect(people.filter((person) => !/^[a-z-]+\.[a-z]+@example\.org$/.test(person.email))).toEqual([]);
    expect(new Set(people.map((person) => person.email)).size).toBe(people.length);
    expect(emailOf({ familyName: 'Щербакова', givenName: 'Зоя', patronymic: 'Юрьевна' })).toBe(
      'shcherbakova.zyu@example.org',
    );
  });

  it('keep every row of the passport once, with post and supervisor as they stand; rows of groups name nobody', () => {
    const rows = people.flatMap(
      (person) =>
        (person.source?.participations as Array<{ n: number; name: string; supervisor_ru: string }> | undefined) ?? [],
    );
    const named = readParticipants().filter((row) => !row.name.startsWith('Муниципальные'));
    expect(rows.map((row) => row.n).sort((a, b) => a - b)).toEqual(named.map((row) => row.n));
    expect(rows).toEqual(expect.arrayContaining(named));
    const chvanova = people.find((person) => person.displayName === 'Чванова Л.В.');
    expect(chvanova?.source?.participations).toHaveLength(6);
  });

  it('are marked when they are not of the sources', () => {
    expect(people.filter((person) => person.synthetic !== person.noteRu.endsWith('(учебная запись)'))).toEqual([]);
    expect(people.filter((person) => person.expert && !person.synthetic)).toEqual([]);
    expect(people.filter((person) => !person.synthetic)).toHaveLength(17);
  });

  it('include everybody a certification needs, and nobody who decides his own work', () => {
    const least: Record<string, number> = {
      provider_rep: 3,
      provider_head: 3,
      fed_operator: 2,
      fed_coordinator: 1,
      registry_keeper: 1,
      appeals_member: 2,
      methodist: 1,
      hr_officer: 1,
      admin: 1,
      dpo: 1,
      observer: 1,
    };
    const printed = new Set<string>(mainAccounts().flatMap((account) => account.roles));
    expect(Object.entries(least).filter(([role, n]) => withRole(role).length < n || !printed.has(role))).toEqual([]);
    const duties = ['fed_operator', 'fed_coordinator', 'registry_keeper', 'appeals_member', 'expert'];
    const dutiesOf = (person: (typeof people)[number]) =>
      new Set(person.assignments.map((row) => row.role).filter((role) => duties.includes(role)));
    expect(people.filter((person) => dutiesOf(person).size > 1)).toEqual([]);
  });

  it('can lead an application of the Academy itself without people who work there', () => {
    const outsiders = ['fed_operator', 'fed_coordinator', 'registry_keeper', 'appeals_member'].map((role) =>
      withRole(role).some((person) => person.employments.every((row) => row.organisation !== 'academy')),
    );
    expect(outsiders).toEqual([true, true, true, true]);
  });

  it('include a pool of experts of many regions, some arbiters, some suspended, some with a conflict', () => {
    const experts = people.flatMap((person) => (person.expert ? [person.expert] : []));
    expect(experts.length).toBeGreaterThanOrEqual(40);
    const regions = new Set(experts.map((row) => row.regionCode));
    expect(regions.size).toBeGreaterThanOrEqual(12);
    expect([...regions]).toEqual(expect.arrayContaining(['42', '61']));
    const arbiters = experts.filter((row) => row.arbiter);
    expect(arbiters.length).toBeGreaterThanOrEqual(8);
    expect(new Set(arbiters.map((row) => row.regionCode)).size).toBeGreaterThanOrEqual(6);
    expect(experts.filter((row) => row.suspendedUntil).length).toBeGreaterThanOrEqual(3);
    const keys = new Set(people.map((person) => person.key));
    for (const relation of readRelations()) expect([keys.has(relation.a), keys.has(relation.b)]).toEqual([true, true]);
    expect(new Set(readRelations().map((row) => row.kind))).toEqual(
      new Set(['relative', 'coauthor', 'supervisor', 'mentor']),
    );
  });
});

describe('regions', () => {
  it('are the federation and its 89 subjects, each with a zone that exists', () => {
    const regions = readRegions();
    expect(regions).toHaveLength(90);
    expect(new Set(regions.map((row) => row.code)).size).toBe(90);
    for (const { zone } of regions) expect(() => new Intl.DateTimeFormat('ru', { timeZone: zone })).not.toThrow();
    const zoneOf = (code: string) => regions.find((row) => row.code === code)?.zone;
    expect([zoneOf('00'), zoneOf('42'), zoneOf('61')]).toEqual(['Europe/Moscow', 'Asia/Novokuznetsk', 'Europe/Moscow']);
  });
});

describe('legal acts', () => {
  it('warn about Р-76, which the memo cites and Р-174 repealed', () => {
    expect(repealedActs(['r-76', 'r-174', 'no-such-act'])).toEqual([
      expect.objectContaining({ id: 'r-76', number: 'Р-76', repealedBy: 'r-174' }),
    ]);
    expect(readLegalActs().filter((act) => repealedBy(act) !== null)).toHaveLength(1);
  });
});

describe('policies', () => {
  const file = () => structuredClone(readData<PolicyFile>('policies', 'dpp-certification', 'fed-1.json'));

  it('start from the default parameters of the process', () => {
    expect(readPolicies().map((policy) => policy.id)).toContain('dpp-certification-fed-1');
    expect(file().parameters).toEqual(JSON.parse(JSON.stringify(DEFAULT_POLICY)));
    expect(readPolicies().flatMap(policyWarnings)).toEqual([]);
  });

  it('are refused with the name of the parameter at fault', () => {
    const negative = file();
    (negative.parameters as typeof DEFAULT_POLICY).terms.decision.amount = 0;
    expect(() => acceptPolicy(negative)).toThrow(/dpp-certification-fed-1[\s\S]*\/terms\/decision: .*«decision»/);
    const missing = file();
    delete (missing.parameters as Record<string, unknown>).criteria;
    expect(() => acceptPolicy(missing)).toThrow(/«criteria»/);
    expect(() => acceptPolicy({ ...file(), process: 'no-such-process' })).toThrow(PolicyRefused);
  });

  it('are loaded with a warning when the act they rest on is repealed', () => {
    const policy = acceptPolicy({ ...file(), act: { ...file().act, cites: ['r-76'] } });
    expect(policyWarnings(policy)).toEqual([
      'Политика dpp-certification-fed-1 ссылается на утративший силу акт Р-76 (отменён актом r-174).',
    ]);
  });
});
