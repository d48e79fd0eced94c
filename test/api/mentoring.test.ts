import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedId } from '../../prisma/seed/ids.ts';
import { personId } from '../../prisma/seed/people.ts';
import { type ApiWorld, createApiWorld, until } from './world.ts';
import { dayIn, KEMEROVO } from '../support/days.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world?.stop());

const day = (ago: number) => dayIn(KEMEROVO, -ago);
const school = seedId('organisation', 'school-42');
const rural = seedId('organisation', 'school-42-2');
const FIT = {
  tenureYears: 12,
  category: true,
  trained: true,
  sameSubject: true,
  superior: false,
  relative: false,
  external: false,
};

async function must(who: string, method: string, path: string, body?: unknown, status = 200) {
  const answer = await (await world.as(who))(method, path, body);
  if (answer.status !== status)
    throw new Error(`${who} ${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const act = (who: string, caseId: string, type: string, body: unknown = {}) =>
  must(who, 'POST', `/api/cases/${caseId}/actions/${type}`, body);
const view = (who: string, caseId: string) => must(who, 'GET', `/api/cases/${caseId}`);
const task = async (who: string, caseId: string, kind: string): Promise<string> => {
  const found = (await view(who, caseId)).tasks.find((t: { kind: string; open: boolean }) => t.kind === kind && t.open);
  if (!found) throw new Error(`no open task ${kind}`);
  return found.id;
};

async function open(who: string, teacher: string, over: Record<string, unknown> = {}): Promise<string> {
  const body = {
    menteeId: personId(teacher),
    place: { organisationId: school },
    post: 'teacher',
    hiredOn: day(10),
    tenureMonths: 0,
    bornOn: '2001-04-12',
    ...over,
  };
  return (await must(who, 'POST', '/api/cases', { process: 'mentoring-cycle', action: 'start', body }, 201)).caseId;
}

async function pair(caseId: string, mentor: string, curator = 'rudneva', head = 'larionova'): Promise<void> {
  await act(curator, caseId, 'proposeMentor', {
    taskId: await task(curator, caseId, 'find_mentor'),
    mentorId: personId(mentor),
    ...FIT,
  });
  await act(mentor, caseId, 'acceptTask', { taskId: await task(mentor, caseId, 'mentoring'), noConflict: true });
  await act(head, caseId, 'issueOrder', {
    taskId: await task(head, caseId, 'appoint'),
    order: { number: '7-н', date: day(1) },
    pay: true,
  });
}

async function programme(caseId: string, teacher: string, mentor: string, curator = 'rudneva'): Promise<void> {
  await act(curator, caseId, 'proposePpn', {
    taskId: await task(curator, caseId, 'ppn'),
    programme: 'Программа первого года: уроки, адаптация, родители.',
  });
  await act(teacher, caseId, 'signPpn', { agree: true });
  await act(mentor, caseId, 'signPpn', { agree: true });
}

describe('the three-year cycle over HTTP', () => {
  let caseId = '';
  let note = '';

  it('opens for a school of the municipality: the platform fills the bodies above it, and asking twice finds the first', async () => {
    caseId = await open('malakhova', 'snegireva');
    const kase = await view('rudneva', caseId);
    expect(kase).toMatchObject({ stage: 'intake', jurisdiction: { id: 'region-42' }, viewer: ['applicant'] });
    expect(kase.number).toMatch(/^MEN-42-\d{4}-00001$/);
    expect(kase.details).toMatchObject({
      mentee: { nameRu: 'Снегирёва Анна Дмитриевна' },
      place: { schoolRu: 'Лицей № 942, Кемерово', authorityRu: 'УО Притомского округа', cnppmRu: 'ЦНППМ «Притомье»' },
      steps: expect.arrayContaining([expect.objectContaining({ code: 'mentor', done: false })]),
    });
    const again = await must(
      'rudneva',
      'POST',
      '/api/cases',
      {
        process: 'mentoring-cycle',
        action: 'start',
        body: {
          menteeId: personId('snegireva'),
          place: { organisationId: school },
          post: 'teacher',
          hiredOn: day(10),
          tenureMonths: 0,
        },
      },
      201,
    );
    expect(again).toMatchObject({ caseId, existing: true });
  });

  it('refuses a stranger, another municipality, a long tenure and a body with faults, each in words', async () => {
    const ask = async (who: string, over: Record<string, unknown>) => {
      const body = {
        menteeId: personId('akimov'),
        place: { organisationId: school },
        post: 'teacher',
        hiredOn: day(10),
        tenureMonths: 0,
        ...over,
      };
      const { status, body: answer } = await (await world.as(who))('POST', '/api/cases', {
        process: 'mentoring-cycle',
        action: 'start',
        body,
      });
      return [status, answer.errors?.[0]?.pointer ?? answer.code];
    };
    expect(await ask('chernysheva', {})).toEqual([403, 'role_missing']);
    expect(await ask('zinchenko', {})).toEqual([403, 'role_missing']);
    expect(await ask('malakhova', { tenureMonths: 40 })).toEqual([422, '/tenureMonths']);
    expect(await ask('malakhova', { place: { organisationId: seedId('organisation', 'kripkipro') } })).toEqual([
      422,
      '/place/organisationId',
    ]);
    expect(await ask('malakhova', { hiredOn: 'вчера' })).toEqual([422, '/hiredOn']);
  });

  it('goes from the mentor and the order to the first year, and the pair confirms its log', async () => {
    await pair(caseId, 'chernysheva');
    await programme(caseId, 'snegireva', 'chernysheva');
    expect(await view('snegireva', caseId)).toMatchObject({
      stage: 'year_1',
      details: { side: 'mentee', mentor: { nameRu: 'Чернышёва Галина Ивановна' } },
    });
    await act('chernysheva', caseId, 'logWork', {
      entries: [
        { kind: 'meeting', on: day(1) },
        { kind: 'observation', on: day(1) },
      ],
      note: 'Разобрали урок о дробях, договорились о следующем.',
    });
    const waiting = (await view('snegireva', caseId)).details;
    expect(waiting.waitingForMe).toHaveLength(1);
    expect(waiting.norms.find((n: { kind: string }) => n.kind === 'meeting')).toMatchObject({
      min: 2,
      done: 0,
      waiting: 1,
    });
    await act('snegireva', caseId, 'confirmLog', {});
    const { details } = await view('chernysheva', caseId);
    expect(details.norms.find((n: { kind: string }) => n.kind === 'meeting')).toMatchObject({ done: 1, waiting: 0 });
    expect(details.log[0]).toMatchObject({ side: 'mentor', confirmedOn: expect.any(String), note: expect.any(String) });
    note = details.log[0].note;
  });

  it('shows each role what is his: the pair and the school all, offices above dates and counts without the texts, others nothing', async () => {
    const get = async (who: string, path: string) => (await (await world.as(who))('GET', path)).status;
    const document = `/api/cases/${caseId}/documents/${note}`;
    for (const who of ['snegireva', 'chernysheva', 'rudneva', 'larionova'])
      expect([who, await get(who, document)]).toEqual([who, 200]);
    for (const who of [
      'shestakova',
      'malakhova',
      'grishin',
      'kuzmina',
      'kalashnikova',
      'ushakova',
      'kamenskaya',
      'eremina',
    ]) {
      const kase = await view(who, caseId);
      expect([who, kase.viewer.includes('staff'), kase.details.log, kase.details.mentee.nameRu]).toEqual([
        who,
        false,
        [],
        'Снегирёва Анна Дмитриевна',
      ]);
      expect([who, await get(who, document)]).toEqual([who, 404]);
    }
    for (const who of ['savinova', 'zinchenko', 'danilova', 'panova', 'losev', 'litvinova'])
      expect([who, await get(who, `/api/cases/${caseId}`), await get(who, document)]).toEqual([who, 404, 404]);
    const lists = async (who: string) => (await must(who, 'GET', '/api/cases?process=mentoring-cycle')).items.length;
    expect(
      await Promise.all(['snegireva', 'chernysheva', 'malakhova', 'losev', 'zinchenko', 'savinova'].map(lists)),
    ).toEqual([1, 1, 1, 0, 0, 0]);
    // An observer of the region sees the course of the case and no names.
    const observed = await view('chepkasov', caseId);
    expect([observed.details.mentee, observed.details.log]).toEqual([null, []]);
  });

  it('lets the curator choose among the people of his school only', async () => {
    const names = async (who: string) =>
      (await must(who, 'GET', '/api/people?limit=100')).items.map((p: { displayName: string }) => p.displayName);
    const mine = await names('rudneva');
    expect(mine).toContain('Панова Людмила Сергеевна');
    expect(mine).not.toContain('Дроздова Елена Аркадьевна');
    expect(await names('malakhova')).toContain('Дроздова Елена Аркадьевна');
    expect(await names('chernysheva')).toEqual(['Чернышёва Галина Ивановна']);
  });

  it('keeps the former school’s history from the new one until the person consents', async () => {
    const sent = await must(
      'kuzmina',
      'POST',
      '/api/hr-events',
      { personId: personId('snegireva'), event: 'transferred', on: day(0), organisationId: rural, act: 'приказ 5-к' },
      201,
    );
    expect(sent.kind).toBe('event');
    await until('the transfer', async () => (await view('snegireva', caseId)).stage === 'transfer');
    const get = async (who: string) => (await (await world.as(who))('GET', `/api/cases/${caseId}`)).status;
    expect([await get('rudneva'), await get('savinova')]).toEqual([404, 200]);
    const before = await view('savinova', caseId);
    expect(before.details).toMatchObject({ historyHidden: true, log: [], phases: [{ year: 1, totals: null }] });
    expect(before.documents).toEqual([]);
    const events = async (who: string) => (await must(who, 'GET', `/api/cases/${caseId}/events?limit=100`)).items;
    expect((await events('savinova'))[0].type).toBe('transfer.opened');
    expect((await (await world.as('savinova'))('GET', `/api/cases/${caseId}/documents/${note}`)).status).toBe(404);
    await act('snegireva', caseId, 'shareHistory', { consent: true });
    const after = await view('savinova', caseId);
    expect(after.details).toMatchObject({ historyHidden: false, log: [{ side: 'mentor' }] });
    expect((await events('savinova'))[0].type).toBe('cycle.opened');
    await act('pozdnyakov', caseId, 'acceptTransfer', {});
    await pair(caseId, 'drozdova', 'savinova', 'pozdnyakov');
    expect((await view('drozdova', caseId)).stage).toBe('year_1');
    expect(await get('chernysheva')).toBe(200);
  });
});
