/**
 * An assessment through the API: the road of a person from the application to the certificate, two people at the last seat, and that an
 * employer learns nothing he has no right to, byte for byte.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personId } from '../../prisma/seed/people.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import { readData } from '../../prisma/seed/files.ts';
import { nextWorkingDay } from '../../processes/kit/calendar.ts';
import { addDays } from '../../processes/kit/dates.ts';
import { type ApiWorld, createApiWorld, until } from './world.ts';

const calendar = readData<Parameters<typeof nextWorkingDay>[0]>('calendars', 'ru.json');
const today = new Date().toISOString().slice(0, 10);
const day = (n: number) => nextWorkingDay(calendar, addDays(today, n));
const CENTRE = seedId('organisation', 'cnppm-rostov');
const SCHOOL = seedId('organisation', 'school-61');
const QUALIFICATION = 'teacher-general-6';
const TEXT = 'Высшее педагогическое образование, стаж двенадцать лет.';
const EXAMINERS = ['examiner-lukin', 'examiner-vlasova', 'examiner-gordeev', 'examiner-sedova'].map(personId);

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world?.stop());

const get = async (who: string, path: string) => (await world.as(who))('GET', path);
const post = async (who: string, path: string, body: unknown) => (await world.as(who))('POST', path, body);
const act = (who: string, caseId: string, type: string, body: unknown = {}) =>
  post(who, `/api/cases/${caseId}/actions/${type}`, body);
async function done(who: string, caseId: string, type: string, body: unknown = {}): Promise<void> {
  const answer = await act(who, caseId, type, body);
  if (answer.status !== 200) throw new Error(`${type} by ${who}: ${answer.status} ${JSON.stringify(answer.body)}`);
}
const start = (who: string, process: string, action: string, body: Record<string, unknown>) =>
  post(who, '/api/cases', { process, action, jurisdiction: 'region-61', body });
const taskOf = async (who: string, caseId: string, kind: string): Promise<string> => {
  const { body } = await get(who, `/api/cases/${caseId}`);
  return body.tasks.find((t: { kind: string; open: boolean }) => t.kind === kind && t.open).id;
};
const assessment = async (who: string, caseId: string) => (await get(who, `/api/cases/${caseId}/assessment`)).body;

const application = {
  qualification: QUALIFICATION,
  centreId: CENTRE,
  payer: 'budget',
  education: TEXT,
  consent: true,
  rules: true,
};
const examDay = async (heldOn: string, capacity: number): Promise<string> => {
  const answer = await start('yushkova', 'exam-session', 'scheduleSession', {
    qualification: QUALIFICATION,
    heldOn,
    startsAt: '10:00',
    placeRu: 'Ростов-на-Дону, Гвардейский пер., 2, каб. 5',
    centreId: CENTRE,
    capacity,
    examiners: EXAMINERS,
  });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body.caseId;
};
const applied = async (who: string): Promise<string> => {
  const answer = await start(who, 'qualification-assessment', 'apply', application);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return answer.body.caseId;
};
const admit = async (caseId: string) =>
  done('yushkova', caseId, 'admit', { taskId: await taskOf('yushkova', caseId, 'check') });

/** Everything an employer may ask; what differs by itself (clock, ids of requests) is left out. */
async function everything(who: string): Promise<string> {
  const paths = [
    '/api/cases',
    '/api/cases?process=qualification-assessment',
    '/api/cases?q=квалификац',
    `/api/cases?organisationId=${SCHOOL}`,
    '/api/cases?region=61&mine=true',
    '/api/tasks',
    '/api/inbox',
    '/api/notices',
    '/api/people',
    '/api/registers',
    '/api/registers/assessment_applications',
    '/api/registers/assessment_certificates',
    '/api/registers/assessment_protocols',
    '/api/processes',
    '/api/session',
    '/api/drafts',
    '/api/referrals',
    '/api/referrals/staff',
    '/api/organisations?mine=true',
  ];
  const answers: string[] = [];
  for (const path of paths) {
    const { status, body } = await get(who, path);
    const text = JSON.stringify(body).replaceAll(/"(requestId|expiresAt|lastSeenAt|at)":"[^"]*"/g, '"$1":"…"');
    answers.push(`${path} ${status} ${text}`);
  }
  return answers.join('\n');
}

describe('the employer', () => {
  let silent: string;
  let own: string;

  it('answers to the employer are the same, byte for byte, with a case of his worker and without', async () => {
    silent = await everything('barsukov');
    own = await applied('dvornikova');
    expect(await everything('barsukov')).toBe(silent);
    for (const path of ['', '/events', '/history', '/assessment'])
      expect((await get('barsukov', `/api/cases/${own}${path}`)).status, path).toBe(404);
    expect((await act('barsukov', own, 'withdraw')).status).toBe(404);
    await admit(own);
    expect(await everything('barsukov')).toBe(silent);
  });

  it('a referral of a person with a case of his own answers as one of a person without', async () => {
    const refer = (key: string) =>
      start('barsukov', 'qualification-assessment', 'refer', {
        personId: personId(key),
        organisationId: SCHOOL,
        qualification: QUALIFICATION,
        centreId: CENTRE,
        payer: 'budget',
      });
    const [withCase, without] = [await refer('dvornikova'), await refer('zavyalov')];
    const shape = ({ status, body }: { status: number; body: any }) =>
      JSON.stringify({ status, body })
        .replaceAll(body.caseId, 'case')
        .replaceAll(/"sequence":\d+/g, '"sequence":0');
    expect(shape(withCase)).toBe(shape(without));
    expect(withCase.status).toBe(201);
    expect((await refer('polyanskaya')).status).toBe(201);
    const stranger = await refer('bashtannik');
    expect([stranger.status, stranger.body.errors[0].pointer]).toEqual([422, '/personId']);
    // The page of the case is not his.
    expect((await get('barsukov', `/api/cases/${without.body.caseId}`)).status).toBe(404);
  });

  it('sees «не подано» before the answer, after a decline, and nothing else changes', async () => {
    const before = await everything('barsukov');
    const { body } = await get('barsukov', '/api/referrals');
    expect(body.items.map((r: { statusRu: string }) => r.statusRu)).toEqual(['Не подано', 'Не подано', 'Не подано']);
    const { body: mine } = await get('zavyalov', '/api/cases');
    const offered = mine.items.find((k: { stage: string }) => k.stage === 'offered');
    await done('zavyalov', offered.id, 'declineReferral');
    expect((await get('zavyalov', `/api/cases/${offered.id}`)).body.stage).toBe('lapsed');
    expect(await everything('barsukov')).toBe(before);
  });

  it('learns that an application was filed once the person accepts, and no more', async () => {
    const { body: mine } = await get('polyanskaya', '/api/cases');
    const offered = mine.items.find((k: { stage: string }) => k.stage === 'offered');
    await done('polyanskaya', offered.id, 'acceptReferral', {
      education: TEXT,
      tellsPayer: false,
      consent: true,
      rules: true,
    });
    const { body } = await get('barsukov', '/api/referrals');
    const row = body.items.find((r: { id: string }) => r.id === offered.id);
    expect(row).toMatchObject({ status: 'submitted', result: null, mayComplain: false });
    expect((await post('barsukov', `/api/referrals/${offered.id}/complaint`, { grounds: TEXT })).status).toBe(404);
    await done('polyanskaya', offered.id, 'withdraw');
    // The person's own case leaves the others alone.
    await done('dvornikova', own, 'withdraw');
  });

  it('nor do the founder, an observer, a methodist or the staff of other offices', async () => {
    const caseId = await applied('zavyalov');
    for (const who of ['azarova', 'orlov', 'belova', 'sidorenko', 'dvornikova']) {
      expect((await get(who, `/api/cases/${caseId}`)).status, who).toBe(404);
      const { body } = await get(who, '/api/cases?process=qualification-assessment');
      expect(JSON.stringify(body.items), who).not.toContain(caseId);
      const entries = await get(who, '/api/registers/assessment_applications');
      expect(entries.body.total ?? 0, who).toBe(0);
    }
    expect((await get('yushkova', `/api/cases/${caseId}`)).status).toBe(200);
    expect((await get('zavyalov', `/api/cases/${caseId}`)).status).toBe(200);
    await done('zavyalov', caseId, 'withdraw');
  });
});

describe('the road', () => {
  it('two people book the last seat at once: one gets it, the other hears which other sessions are free', async () => {
    const last = await examDay(day(14), 1);
    const free = await examDay(day(21), 3);
    const cases = [
      { who: 'polyanskaya', id: await applied('polyanskaya') },
      { who: 'zavyalov', id: await applied('zavyalov') },
    ];
    for (const { id } of cases) await admit(id);
    for (const { who, id } of cases)
      await until('sessions', async () => (await assessment(who, id)).own.sessions.length === 2);
    const answers = await Promise.all(cases.map(({ who, id }) => act(who, id, 'bookSeat', { sessionCaseId: last })));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 422]);
    const lost = answers.find(({ status }) => status === 422);
    expect(lost?.body.code).toBe('no_seat');
    expect(lost?.body.detail).toContain('мест: 3');
    const held = await world.deps.sql`select case_id from claim where scope = ${`exam-seat:${last}`}`;
    expect(held).toHaveLength(1);
    const loser = cases[answers.findIndex(({ status }) => status === 422)] as (typeof cases)[number];
    await done(loser.who, loser.id, 'bookSeat', { sessionCaseId: free });
    await until('the seat is confirmed', async () => (await assessment(loser.who, loser.id)).own.booking?.confirmed);
    const { body } = await get(loser.who, `/api/exam-sessions?jurisdiction=region-61&qualification=${QUALIFICATION}`);
    expect(body.items.map((s: { id: string; free: number }) => [s.id, s.free])).toEqual([
      [last, 0],
      [free, 2],
    ]);
    for (const { who, id } of cases) await done(who, id, 'withdraw');
  });
});
