/**
 * An assessment through the API: the road of a person from the application to the certificate, two people at the last seat, and that an
 * employer learns nothing he has no right to, byte for byte.
 */
import { verifyCaseFile } from '../../platform/audit/case-file.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personId } from '../../prisma/seed/people.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import { readData } from '../../prisma/seed/files.ts';
import { nextWorkingDay } from '../../processes/kit/calendar.ts';
import { addDays } from '../../processes/kit/dates.ts';
import { type ApiWorld, createApiWorld, until } from './world.ts';
import { dayIn, MOSCOW } from '../support/days.ts';

const calendar = readData<Parameters<typeof nextWorkingDay>[0]>('calendars', 'ru.json');
const today = dayIn(MOSCOW);
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
const session = (heldOn: string, capacity: number) => ({
  qualification: QUALIFICATION,
  heldOn,
  startsAt: '10:00',
  placeRu: 'Ростов-на-Дону, Гвардейский пер., 2, каб. 5',
  centreId: CENTRE,
  capacity,
  examiners: EXAMINERS,
});
const examDay = async (heldOn: string, capacity: number, over: Record<string, unknown> = {}): Promise<string> => {
  const answer = await start('yushkova', 'exam-session', 'scheduleSession', { ...session(heldOn, capacity), ...over });
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
    '/api/exam-sessions',
    '/api/reports',
    '/api/reports/indicators',
    '/api/hr-events',
  ];
  const answers: string[] = [];
  for (const path of paths) {
    const { status, body } = await get(who, path);
    answers.push(`${path} ${status} ${JSON.stringify(body)}`);
  }
  // What his dismissal would do names every case an office of HR may know of.
  const leaving = { personId: personId('dvornikova'), event: 'dismissed', on: day(0) };
  answers.push(JSON.stringify((await post(who, '/api/hr-events/preview', leaving)).body));
  return answers.join('\n').replaceAll(/"(requestId|expiresAt|lastSeenAt|at|asOf)":"[^"]*"/g, '"$1":"…"');
}

/** Who employs: the office of employer, the head of the school, its HR, its deputy for mentoring, HR of the region. */
const EMPLOYERS = ['barsukov', 'gayvoronskiy', 'yashchenko', 'litvinenko', 'danilova'];

describe('the employer', () => {
  let own: string;

  it('answers to the employer are the same, byte for byte, with a case of his worker and without', async () => {
    const before = await Promise.all(EMPLOYERS.map(everything));
    own = await applied('dvornikova');
    for (const [i, who] of EMPLOYERS.entries()) {
      expect(await everything(who), who).toBe(before[i]);
      for (const path of ['', '/events', '/history', '/assessment'])
        expect((await get(who, `/api/cases/${own}${path}`)).status, `${who} ${path}`).toBe(404);
      expect((await act(who, own, 'withdraw')).status, who).toBe(404);
    }
    await admit(own);
    for (const [i, who] of EMPLOYERS.entries()) expect(await everything(who), who).toBe(before[i]);
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

describe('a centre', () => {
  it('is an organisation that assesses here: another, an unknown one and a forged kind are refused at the field', async () => {
    const [known] = await world.deps.sql<Array<{ id: string }>>`
      select id from organisation where kind = 'cnppm' and region_code <> '61' order by id limit 1`;
    const foreign = String(known?.id);
    for (const centreId of [SCHOOL, foreign, seedId('organisation', 'no-such-centre')]) {
      const forged = { centreKind: 'cnppm', centreRegion: '61' };
      const answers = [
        await start('polyanskaya', 'qualification-assessment', 'apply', { ...application, centreId, ...forged }),
        await start('barsukov', 'qualification-assessment', 'refer', {
          personId: personId('polyanskaya'),
          organisationId: SCHOOL,
          qualification: 'teacher-primary-6',
          payer: 'budget',
          centreId,
        }),
        await start('yushkova', 'exam-session', 'scheduleSession', { ...session(day(14), 2), centreId, ...forged }),
      ];
      for (const { status, body } of answers)
        expect([status, body.errors?.[0]?.pointer], centreId).toEqual([422, '/centreId']);
    }
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
    expect(lost?.body.errors).toEqual([{ pointer: '/sessionCaseId', detail: 'Выберите другую дату.' }]);
    expect(lost?.body.alternatives).toEqual([{ id: free, labelRu: expect.stringContaining('10:00'), free: 3 }]);
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

/** Cases started meanwhile live on a clock the test turns; everything else goes through the API. */
async function onSkippedClock<T>(tell: () => Promise<T>): Promise<T> {
  const { cases } = world.deps;
  world.deps.cases = { ...cases, startCase: (start) => cases.startCase({ ...start, clock: 'skipped' }) };
  try {
    return await tell();
  } finally {
    world.deps.cases = cases;
  }
}

describe('the exam over HTTP', { timeout: 120_000 }, () => {
  const heldOn = day(17);
  const turn = (caseId: string, date: string, utc: string) =>
    world.driver.fastForwardTo(caseId, `${date}T${utc}:00.000Z`);
  const stageOf = async (who: string, caseId: string) => (await get(who, `/api/cases/${caseId}`)).body.stage;
  const journal = async (who: string, caseId: string) =>
    (await get(who, `/api/cases/${caseId}/events?limit=100`)).body.items as Array<{
      type: string;
      facts: any;
      hash: string | null;
    }>;
  const RUBRIC = ['goal', 'methods', 'feedback', 'reflection'];
  const sheet = (mark: number) => ({
    marks: Object.fromEntries(RUBRIC.map((code) => [code, mark])),
    comments: mark < 5 ? Object.fromEntries(RUBRIC.map((code) => [code, 'Замысел занятия не раскрыт.'])) : {},
  });
  const office = async (who: string, caseId: string, kind: string, type: string, body: unknown = {}) =>
    done(who, caseId, type, { taskId: await taskOf(who, caseId, kind), ...(body as object) });
  const seatsOf = (caseId: string, n: number) =>
    until('invitations', async () => {
      const { body } = await get('yushkova', `/api/tasks?caseId=${caseId}&kind=marks&state=assigned`);
      return body.items.length === n && (body.items as Array<{ id: string; assigneeId: string }>);
    });
  const others = [...EMPLOYERS, 'azarova', 'orlov', 'belova', 'zavyalov', ''];
  const closedTo = async (people: string[], caseId: string) => {
    for (const who of people)
      for (const path of ['', '/events', '/assessment'])
        expect((await get(who, `/api/cases/${caseId}${path}`)).status, `${who} ${path}`).toBe(who === '' ? 401 : 404);
  };

  it('goes from a referral and an application to a certificate, a conclusion and the last day of a complaint', async () => {
    // ── Two people on one day: one sent by the employer who pays, one by herself ──
    const { sent, own, exam } = await onSkippedClock(async () => {
      const referral = await start('barsukov', 'qualification-assessment', 'refer', {
        personId: personId('dvornikova'),
        organisationId: SCHOOL,
        qualification: 'teacher-primary-6',
        centreId: CENTRE,
        payer: 'employer',
      });
      expect(referral.status, JSON.stringify(referral.body)).toBe(201);
      return {
        sent: referral.body.caseId as string,
        own: await start('polyanskaya', 'qualification-assessment', 'apply', {
          ...application,
          qualification: 'teacher-primary-6',
        }).then(({ body }) => body.caseId as string),
        exam: await examDay(heldOn, 2, {
          qualification: 'teacher-primary-6',
          examiners: [...EXAMINERS, personId('examiner-ryazantsev')],
        }),
      };
    });
    const referred = async () =>
      (await get('barsukov', '/api/referrals')).body.items.find((r: { id: string }) => r.id === sent);
    expect(await referred()).toMatchObject({ statusRu: 'Не подано', result: null });
    await done('dvornikova', sent, 'acceptReferral', { education: TEXT, tellsPayer: true, consent: true, rules: true });
    for (const caseId of [sent, own]) await admit(caseId);
    const unpaid = await act('dvornikova', sent, 'bookSeat', { sessionCaseId: exam });
    expect([unpaid.status, unpaid.body.detail]).toEqual([409, expect.stringContaining('оплату')]);
    await done('yushkova', sent, 'recordPayment', { contract: '15-Д' });
    for (const [who, caseId] of [
      ['dvornikova', sent],
      ['polyanskaya', own],
    ] as const) {
      await until('sessions', async () => (await assessment(who, caseId)).own.sessions.length === 1);
      await done(who, caseId, 'bookSeat', { sessionCaseId: exam });
      await until('the seat', async () => (await assessment(who, caseId)).own.booking?.confirmed);
    }

    // ── The day of the exam: the colleague of the applicants examines neither ──
    for (const caseId of [exam, sent, own]) await turn(caseId, heldOn, '06:00');
    await until('examiners', async () => (await assessment('yushkova', sent)).centre.examiners.length === 4);
    expect((await assessment('yushkova', sent)).centre.excluded).toEqual([
      { nameRu: expect.stringContaining('Рязанцев'), whyRu: 'работал вместе с соискателем' },
    ]);
    expect((await assessment('dvornikova', sent)).centre).toBeNull();
    const early = await act('yushkova', sent, 'checkIdentity', { identified: true });
    expect([early.status, early.body.detail]).toEqual([409, expect.stringContaining('Экзамен ещё не открыт')]);
    await done('yushkova', exam, 'openSession', { present: EXAMINERS });
    for (const caseId of [sent, own]) {
      await until('the session is open', async () =>
        (await assessment('yushkova', caseId)).centre.examiners.every((e: { present: boolean }) => e.present),
      );
      await done('yushkova', caseId, 'checkIdentity', { identified: true });
    }
    await done('yushkova', own, 'recordTheory', { score: 69 });
    expect(await stageOf('polyanskaya', own)).toBe('graded');
    await done('yushkova', sent, 'recordTheory', { score: 82 });
    expect(await stageOf('dvornikova', sent)).toBe('in_practice');

    // ── Three examiners, far apart; nobody reads a mark before all are in ──
    const seats = await seatsOf(sent, 3);
    const [first, second, third] = seats as [(typeof seats)[0], (typeof seats)[0], (typeof seats)[0]];
    const mark = async ({ id, assigneeId }: { id: string; assigneeId: string }, given: number) => {
      await done(assigneeId, sent, 'acceptTask', { taskId: id, noConflict: true });
      await done(assigneeId, sent, 'submitMarks', { taskId: id, ...sheet(given) });
    };
    const sealed = async () => {
      for (const who of ['yushkova', 'arsenyeva', 'sokolov']) {
        const events = await journal(who, sent);
        // That the first two have marked stays in sight, beside the check of the documents.
        expect(events.filter(({ type }) => type === 'task.submitted').length, who).toBeGreaterThan(2);
        expect(JSON.stringify(events), who).not.toMatch(/"marks":|"total":|"totals":/);
        const { body } = await get(who, `/api/cases/${sent}`);
        expect(
          body.documents.map((d: { label: string }) => d.label),
          who,
        ).not.toContain('Пояснения экзаменатора');
        expect((await assessment(who, sent)).centre.totals, who).toEqual([]);
      }
      const history = await get('sokolov', `/api/cases/${sent}/history`);
      expect(JSON.stringify(history.body)).not.toMatch(/"marks":|"total":|"totals":/);
      // Nor in the file of the case: a link over a mark would let who knows all the rest try marks against it.
      const { body: file } = await get('yushkova', `/api/cases/${sent}/audit`);
      expect(JSON.stringify(file)).not.toMatch(/"marks":|"total":|"totals":/);
      const { faults, linked } = verifyCaseFile(file);
      expect([faults, linked]).toEqual([[], file.proof.linkedTo]);
      const links = (await journal('yushkova', sent)).map(({ hash }) => hash !== null);
      expect([links.indexOf(false), links.includes(true, links.indexOf(false))]).toEqual([file.proof.linkedTo, false]);
    };
    const vague = await act(first.assigneeId, sent, 'submitMarks', { taskId: first.id, ...sheet(9) });
    expect([vague.status, vague.body.detail]).toEqual([409, expect.stringMatching(/[А-Яа-я]/)]);
    await mark(first, 9);
    await mark(second, 9);
    await sealed();
    const blind = await get(third.assigneeId, `/api/tasks/${third.id}`);
    expect(JSON.stringify(blind.body)).not.toContain('Дворников');
    for (const path of ['', '/events'])
      expect((await get(third.assigneeId, `/api/cases/${sent}${path}`)).status, path).toBe(404);
    expect(await assessment(third.assigneeId, sent)).toMatchObject({ own: null, centre: null });
    const silent = await act(third.assigneeId, sent, 'acceptTask', { taskId: third.id, noConflict: true });
    expect(silent.status).toBe(200);
    const bare = await act(third.assigneeId, sent, 'submitMarks', { taskId: third.id, ...sheet(4), comments: {} });
    expect([bare.status, bare.body.errors.map((e: { pointer: string }) => e.pointer)]).toEqual([
      422,
      RUBRIC.map((code) => `/comments/${code}`),
    ]);
    await done(third.assigneeId, sent, 'submitMarks', { taskId: third.id, ...sheet(4) });
    expect((await journal('yushkova', sent)).map(({ type }) => type)).toContain('practice.disputed');
    await sealed();
    const [fourth] = await seatsOf(sent, 1);
    expect(seats.map((s) => s.assigneeId)).not.toContain(fourth?.assigneeId);
    await mark(fourth as (typeof seats)[0], 8);
    expect(await stageOf('dvornikova', sent)).toBe('graded');
    // All are in: the centre reads them, the applicant the mean alone.
    const { totals } = (await assessment('yushkova', sent)).centre;
    expect(totals.toSorted((a: number, b: number) => a - b)).toEqual([40, 80, 90, 90]);
    const opened = (await journal('yushkova', sent)).filter(({ type }) => type === 'task.submitted');
    expect(opened.filter(({ facts }) => facts.result?.total !== undefined)).toHaveLength(4);
    const mine = await assessment('dvornikova', sent);
    expect([mine.own.result, mine.centre]).toEqual([
      { passed: true, examOn: heldOn, partRu: 'практическая часть', mean: 75 },
      null,
    ]);
    expect(JSON.stringify(await journal('dvornikova', sent))).not.toMatch(/"marks":|"total/);
    await closedTo(others, sent);
    await closedTo([...others, 'dvornikova'], own);

    // ── The session is closed and its protocol signed; a person of it reads the day and the place alone ──
    await office('yushkova', exam, 'session', 'closeSession');
    await office('yushkova', exam, 'sign_protocol', 'signProtocol', { signedBy: EXAMINERS });
    expect(await stageOf('yushkova', exam)).toBe('closed');
    expect((await get('dvornikova', `/api/cases/${exam}`)).status).toBe(404);

    // ── Protocol, council, document ──
    for (const caseId of [sent, own]) {
      await office('yushkova', caseId, 'protocol', 'sendProtocol', { protocol: '14-Э' });
      const decision = { number: '7-СПК', date: heldOn };
      const foreign = await act('yushkova', caseId, 'recognise', {
        taskId: await taskOf('arsenyeva', caseId, 'verify'),
        decision,
      });
      expect(foreign.status).toBe(403);
      await office('arsenyeva', caseId, 'verify', 'recognise', { decision });
    }
    await office('yushkova', sent, 'document', 'issueCertificate');
    await office('yushkova', own, 'document', 'issueConclusion', { recommendations: 'Курсы по оцениванию, 72 часа.' });
    expect(await referred()).toMatchObject({ result: null, mayComplain: false });
    for (const [who, caseId] of [
      ['dvornikova', sent],
      ['polyanskaya', own],
    ] as const)
      await done(who, caseId, 'familiarise');
    const certificate = (await assessment('dvornikova', sent)).own;
    expect(certificate.document).toMatchObject({ number: expect.stringMatching(/^SK-61-/), reissues: 0 });
    expect(certificate.document.validUntil.slice(0, 4)).toBe(String(Number(heldOn.slice(0, 4)) + 3));
    // The payer learns the fact by the person's consent: no document, no mark, no page.
    expect(await referred()).toMatchObject({
      statusRu: 'Подано',
      result: { passed: true, factRu: 'квалификация подтверждена', documentNumber: null },
      mayComplain: true,
    });
    await closedTo(EMPLOYERS, sent);
    // Nor the entry, its number or its holder, to whoever employs him.
    const { number } = certificate.document;
    for (const who of EMPLOYERS) {
      expect(await everything(who), who).not.toContain(number);
      for (const register of ['assessment_certificates', 'assessment_protocols', 'assessment_applications'])
        expect((await get(who, `/api/registers/${register}`)).body, `${who} ${register}`).toMatchObject({
          items: [],
          total: 0,
        });
      expect((await get(who, `/api/registers/assessment_certificates/${number}`)).status, who).toBe(404);
    }
    expect((await world.app.request(`/registry/${number}`)).status).toBe(404);
    expect(JSON.stringify((await get('barsukov', '/api/referrals')).body)).not.toMatch(/SK-61-|"mean"/);

    // ── The last day: at 23:50 a complaint is taken, ten minutes into the next day it is not ──
    const { complaintUntil } = (await assessment('polyanskaya', own)).own;
    expect(complaintUntil >= addDays(heldOn, 30)).toBe(true);
    await turn(own, complaintUntil, '20:50');
    await done('polyanskaya', own, 'complain', { grounds: 'В тесте были вопросы не по программе.' });
    expect(await stageOf('polyanskaya', own)).toBe('appeal');
    await turn(sent, complaintUntil, '21:10');
    const late = await act('dvornikova', sent, 'complain', { grounds: TEXT });
    expect([late.status, late.body.detail]).toEqual([409, expect.stringContaining('Жалобу принимали до')]);
    const latePayer = await post('barsukov', `/api/referrals/${sent}/complaint`, { grounds: TEXT });
    expect([latePayer.status, latePayer.body.detail]).toEqual([409, expect.stringContaining('Жалобу принимали до')]);
    const decision = { outcome: 'upheld', number: '3-А', reason: 'Вопросы соответствуют программе экзамена.' };
    await office('karpukhin', own, 'appeal_decision', 'decideAppeal', decision);
    expect(await stageOf('polyanskaya', own)).toBe('finished');
    expect(await stageOf('dvornikova', sent)).toBe('certified');
  });
});
