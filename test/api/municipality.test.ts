/**
 * A municipality is a territory between the region and the school: a methodist and an office of HR of the whole of it answer for its
 * schools, and for none of the neighbouring municipality of the same region. One case of mentoring, and two people of each role.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findViewer, withViewer } from '../../api/viewer.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import { personId } from '../../prisma/seed/people.ts';
import { createDirectWorld, type DirectWorld } from './direct-world.ts';
import { dayIn, MOSCOW } from '../support/days.ts';

const OWN = '61:Приморский округ';
const OTHER = '61:Новочеркасск';
const day = (ago: number) => dayIn(MOSCOW, -ago);

let world: DirectWorld;
let caseId: string;
let number: string;
const people: Record<string, string> = {};

beforeAll(async () => {
  world = await createDirectWorld();
  const admin = await world.as('sokolov');
  for (const [key, role, scopeId] of [
    ['methodist', 'methodist', OWN],
    ['methodist of another', 'methodist', OTHER],
    ['hr', 'hr_officer', OWN],
    ['hr of another', 'hr_officer', OTHER],
  ] as const) {
    const answer = await admin('POST', '/api/admin/people', {
      familyName: 'Округова',
      givenName: key === 'hr' ? 'Ирина' : 'Вера',
      email: `${key.replaceAll(' ', '-')}@example.invalid`,
      assignment: { role, scopeKind: 'municipality', scopeId, from: day(30), act: 'Приказ № 4 от 01.10.2026' },
    });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    people[key] = answer.body.id;
  }
  const opened = await (await world.as('zinchenko'))('POST', '/api/cases', {
    process: 'mentoring-cycle',
    action: 'start',
    jurisdiction: 'region-61',
    body: {
      menteeId: personId('kolesnik'),
      place: { organisationId: seedId('organisation', 'school-61') },
      post: 'teacher',
      hiredOn: day(10),
      tenureMonths: 0,
      bornOn: '2001-04-12',
    },
  });
  if (opened.status !== 201) throw new Error(JSON.stringify(opened.body));
  ({ caseId, number } = opened.body);
});
afterAll(() => world?.stop());

const get = async (who: string, path: string) => (await world.as(people[who]!))('GET', path);

/** Every reading of the description that needs no id, or the id of a case: which of them tell of the case. */
async function telling(who: string): Promise<string[]> {
  const { body: document } = await get(who, '/api/openapi.json');
  const told: string[] = [];
  for (const [path, methods] of Object.entries<any>(document.paths)) {
    const asked = path.replace(/^\/api\/cases\/\{id\}/, `/api/cases/${caseId}`);
    if (!methods.get || asked.includes('{') || path === '/api/stream' || path.startsWith('/api/mailbox')) continue;
    const { body } = await get(who, asked);
    const text = JSON.stringify(body).replaceAll(asked, '');
    if (text.includes(caseId) || text.includes(number)) told.push(path);
  }
  return told;
}

describe('a role of a municipality', () => {
  it('reads the cases of its schools, in lists and by address; the neighbour reads none of them anywhere', async () => {
    expect(await telling('methodist')).toEqual(
      expect.arrayContaining(['/api/tasks', '/api/cases', '/api/cases/{id}', '/api/cases/{id}/events']),
    );
    expect(await telling('methodist of another')).toEqual([]);
    expect((await get('methodist', `/api/cases/${caseId}`)).body.viewer).toEqual(['overseer']);
    const [own, foreign, absent] = await Promise.all([
      get('methodist', `/api/cases/${caseId}`),
      get('methodist of another', `/api/cases/${caseId}`),
      get('methodist of another', '/api/cases/00000000-0000-4000-8000-000000000000'),
    ]);
    expect([own.status, foreign.status, absent.status]).toEqual([200, 404, 404]);
    expect(foreign.body.detail).toBe(absent.body.detail);
  });

  it('is kept to its schools by the second wall, whatever a query forgets', async () => {
    const cases = async (who: string) => {
      const viewer = await findViewer(world.deps, people[who]!);
      return withViewer(world.deps, viewer!, ({ sql }) => sql<Array<{ id: string }>>`select id from "case"`.execute());
    };
    expect((await cases('methodist')).map(({ id }) => id)).toEqual([caseId]);
    expect(await cases('methodist of another')).toEqual([]);
  });

  it('acts by the same rules: its methodist may, the neighbour finds no case', async () => {
    const offers = async (who: string) => (await get(who, `/api/cases/${caseId}`)).body.offers;
    expect((await offers('methodist')).length).toBeGreaterThan(0);
    const annul = async (who: string) =>
      (await (await world.as(people[who]!))('POST', `/api/cases/${caseId}/actions/annul`, {})).status;
    expect([await annul('methodist of another'), await annul('methodist')]).toEqual([404, 422]);
  });

  it('chooses from the people of its schools, and finds nobody of the neighbour’s', async () => {
    const found = async (who: string) =>
      (await get(who, `/api/people?q=${encodeURIComponent('Колесник')}`)).body.items.map(
        ({ displayName }: { displayName: string }) => displayName.split(' ')[0],
      );
    expect([await found('methodist'), await found('methodist of another')]).toEqual([['Колесник'], []]);
  });

  it('of HR answers for people of its schools alone', async () => {
    const preview = async (who: string) =>
      (
        await (
          await world.as(people[who]!)
        )('POST', '/api/hr-events/preview', {
          personId: personId('kolesnik'),
          event: 'dismissed',
          on: day(1),
        })
      ).body;
    const [own, foreign] = [await preview('hr'), await preview('hr of another')];
    expect(JSON.stringify(own)).toContain(caseId);
    expect(JSON.stringify(foreign)).not.toMatch(new RegExp(`${caseId}|${number}|Колесник`));
  });

  it('covers no body that only sits in it, and follows a school that moves to another municipality', async () => {
    const viewer = await findViewer(world.deps, people.methodist!);
    expect(viewer!.reach.overseer.bodies).toContain(seedId('organisation', 'school-61'));
    expect(viewer!.reach.overseer.bodies).not.toContain(seedId('organisation', 'mouo-61'));
    await world.pool`update organisation set municipality = 'Новочеркасск' where id = ${seedId('organisation', 'school-61')}`;
    expect((await get('methodist', '/api/cases')).body.items).toEqual([]);
    expect((await get('methodist of another', '/api/cases')).body.items).toHaveLength(1);
  });

  it('is granted to a methodist and to HR only, at a municipality that exists, and is named in the session', async () => {
    const admin = await world.as('sokolov');
    const grant = (over: object) =>
      admin('POST', `/api/admin/people/${people.hr}/assignments`, {
        role: 'methodist',
        scopeKind: 'municipality',
        scopeId: OWN,
        from: day(1),
        act: 'Приказ № 5',
        ...over,
      });
    for (const [over, pointer] of [
      [{ role: 'secretary' }, '/scopeKind'],
      [{ role: 'head' }, '/scopeKind'],
      [{ scopeId: '61:Нет такого' }, '/scopeId'],
      [{ scopeId: '42:Приморский округ' }, '/scopeId'],
    ] as const) {
      const { status, body } = await grant(over);
      expect([status, body.errors?.[0]?.pointer], JSON.stringify(over)).toEqual([422, pointer]);
    }
    expect((await grant({})).status).toBe(201);
    const { body } = await get('hr', '/api/session');
    expect(body.roles.map(({ scopeRu }: { scopeRu: string }) => scopeRu)).toEqual([
      'Приморский округ',
      'Приморский округ',
    ]);
    const { body: choices } = await admin('GET', '/api/admin/roles');
    expect(choices.municipalities).toContainEqual({ id: OWN, nameRu: 'Приморский округ, Ростовская область' });
  });
});
