/** The attestation of a head through the API: its road from the schedule to the act, who sees what of it, and what is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personId } from '../../prisma/seed/people.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import { addDays } from '../../processes/kit/dates.ts';
import { nextWorkingDay } from '../../processes/kit/calendar.ts';
import { readData } from '../../prisma/seed/files.ts';
import { type ApiWorld, createApiWorld, until } from './world.ts';
import { dayIn, KEMEROVO } from '../support/days.ts';

const calendar = readData<Parameters<typeof nextWorkingDay>[0]>('calendars', 'ru.json');
const today = dayIn(KEMEROVO);
/** A working day the whole notice away. */
const PLANNED = nextWorkingDay(calendar, addDays(today, 59));
const school = (key: string) => seedId('organisation', key);
const ORDER = { number: '714', date: today };
const TEXT = 'Организация выполняет муниципальное задание, нарушений по проверкам нет.';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world?.stop());

const get = async (who: string, path: string) => (await world.as(who))('GET', path);
const act = async (who: string, caseId: string, type: string, body: unknown = {}) =>
  (await world.as(who))('POST', `/api/cases/${caseId}/actions/${type}`, body);
/** An act that is expected to be recorded. */
async function done(who: string, caseId: string, type: string, body: unknown = {}): Promise<void> {
  const answer = await act(who, caseId, type, body);
  if (answer.status !== 200) throw new Error(`${type} by ${who}: ${answer.status} ${JSON.stringify(answer.body)}`);
}
const start = async (who: string, action: string, body: Record<string, unknown>, jurisdiction = 'region-42') =>
  (await world.as(who))('POST', '/api/cases', { process: 'head-attestation', action, jurisdiction, body });
const taskOf = async (who: string, caseId: string, kind: string): Promise<string> => {
  const { body } = await get(who, `/api/cases/${caseId}`);
  return body.tasks.find((t: { kind: string; open: boolean }) => t.kind === kind && t.open).id;
};
const stageOf = async (caseId: string) => (await get('astakhova', `/api/cases/${caseId}`)).body.stage as string;
const untilStage = (caseId: string, stage: string) =>
  until(`${caseId} at ${stage}`, async () => (await stageOf(caseId)) === stage);

const planned = (over: Record<string, unknown> = {}) => ({
  organisationId: school('school-42-12'),
  personId: personId('sychugova'),
  post: 'директор гимназии',
  variant: 'planned',
  plannedOn: PLANNED,
  order: ORDER,
  ...over,
});
const application = (over: Record<string, unknown> = {}) => ({
  organisationId: school('school-42-12'),
  post: 'директор гимназии',
  consent: true,
  programme: TEXT,
  questionnaire: 'Образование высшее, стаж на руководящих должностях девять лет.',
  ...over,
});
const MEMBERS = [
  ['vereshchagin', 'chair'],
  ['lukyanova', 'deputy'],
  ['astakhova', 'secretary'],
  ['obukhova', 'public'],
  ['babushkin', 'member'],
  ['demchenko', 'member'],
  ['kapustina', 'member'],
] as const;

describe('the year of a founder', () => {
  const read = async (who: string, path: string) => get(who, `/api/attestation-years/${path}`);
  const next = Number(today.slice(0, 4)) + 1;

  it('drafts who is due and why, and is read by the offices of this founder alone', async () => {
    const { status, body } = await read('ryabinina', String(next));
    expect([status, body.mayApprove, body.jurisdiction.id]).toEqual([200, true, 'region-42']);
    const due = body.due.find((d: any) => d.personId === personId('terekhov'));
    expect(due).toMatchObject({ reasonRu: 'аттестации ещё не было', organisationRu: 'СОШ № 913, Белово' });
    expect(due.plannedOn >= body.earliestOn && due.plannedOn.startsWith(`${next}-`)).toBe(true);
    expect(body.leftOut.find((d: any) => d.personId === personId('shestakov'))?.reasonRu).toMatch(/как кандидат/);
    expect((await read('astakhova', String(next))).body.mayApprove).toBe(false);
    expect(JSON.stringify((await read('azarova', String(next))).body)).not.toContain('Терехов');
    for (const who of ['orlov', 'terekhov', 'shestakova']) expect((await read(who, String(next))).status).toBe(403);
    expect((await read('azarova', `${next}?jurisdiction=region-42`)).status).toBe(403);
  });

  it('wants a reason for another date than drafted, keeps it, and shows the place in the year', async () => {
    const { body } = await read('ryabinina', String(next));
    const head = body.due.find((d: any) => d.personId === personId('gulyaev'));
    const other = nextWorkingDay(calendar, addDays(head.plannedOn, 30));
    const entered = (more: Record<string, unknown> = {}) =>
      start('ryabinina', 'scheduleAttestation', {
        organisationId: head.organisationId,
        personId: head.personId,
        post: head.post,
        variant: 'planned',
        plannedOn: other,
        draftedOn: head.plannedOn,
        order: ORDER,
        ...more,
      });
    const silent = await entered();
    expect([silent.status, silent.body.code]).toEqual([422, 'move_reason']);
    const told = await entered({ moveReason: 'Капитальный ремонт школы до февраля.' });
    expect(told.status).toBe(201);
    const view = (await get('gulyaev', `/api/cases/${told.body.caseId}`)).body;
    expect(view.documents.map((d: any) => d.label)).toContain('Почему дата иная, чем в проекте графика');
    const after = (await read('ryabinina', String(next))).body;
    expect(after.due.map((d: any) => d.personId)).not.toContain(head.personId);
    expect(after.placed.find((d: any) => d.personId === head.personId)).toMatchObject({ plannedOn: other });
  });
});

describe('the beginning', () => {
  it('is offered to whom the table lets begin, where a policy is in force', async () => {
    const starts = async (who: string) =>
      (await get(who, '/api/processes')).body.items.flatMap((p: any) =>
        p.starts.map((s: any) => `${s.action}@${s.jurisdictions.map((j: any) => j.id)}`),
      );
    expect(await starts('ryabinina')).toEqual(['scheduleAttestation@region-42']);
    expect(await starts('azarova')).toEqual(['scheduleAttestation@region-61']);
    expect(await starts('chistyakova')).toEqual(['apply@region-42']);
    expect(await starts('astakhova')).toEqual(['scheduleSitting@region-42']);
    expect(await starts('orlov')).toEqual([]);
  });

  it('takes region and kind of the school from the records, not from the form', async () => {
    const first = await start(
      'ryabinina',
      'scheduleAttestation',
      planned({ region: '61', organisationKind: 'factory' }),
    );
    expect([first.status, first.body.stage]).toEqual([201, 'registered']);
    const [row] = await world.deps.sql<Array<{ state: any }>>`select state from "case" where id = ${first.body.caseId}`;
    expect(row?.state).toMatchObject({ region: '42', initiatorId: personId('sychugova') });
    const again = await start('ryabinina', 'scheduleAttestation', planned());
    expect([again.status, again.body.caseId]).toEqual([201, first.body.caseId]);
    const other = await start(
      'ryabinina',
      'scheduleAttestation',
      planned({ organisationId: school('school-42-13'), personId: personId('terekhov') }),
    );
    expect(other.status).toBe(201);
    expect(other.body.caseId).not.toBe(first.body.caseId);
  });

  it.each([
    ['a school of another founder', { organisationId: school('school-61-11') }, '/organisationId'],
    ['somebody who does not work there', { personId: personId('mayorov') }, '/personId'],
    ['a date that leaves no notice', { plannedOn: addDays(today, 20) }, '/plannedOn'],
    ['an order without a number', { order: { number: '', date: today } }, '/order/number'],
    ['a school nobody knows', { organisationId: personId('nobody') }, '/organisationId'],
  ])('is refused for %s, beside its field', async (_what, over, pointer) => {
    const answer = await start(
      'ryabinina',
      'scheduleAttestation',
      planned({ personId: personId('usoltseva'), organisationId: school('school-42-14'), ...over }),
    );
    expect([answer.status, answer.body.errors?.map((e: { pointer: string }) => e.pointer)]).toEqual([422, [pointer]]);
  });

  it('is not for another founder, another role, or without a consent', async () => {
    const free = planned({ personId: personId('usoltseva'), organisationId: school('school-42-14') });
    expect((await start('azarova', 'scheduleAttestation', free)).status).toBe(403);
    expect((await start('astakhova', 'scheduleAttestation', free)).status).toBe(403);
    const answer = await start('chistyakova', 'apply', application({ consent: false }));
    expect(answer.body.errors.map((e: { pointer: string }) => e.pointer)).toEqual(['/consent']);
  });

  it('may be prepared as a draft that colleagues do not see', async () => {
    const candidate = await world.as('chistyakova');
    const draft = await candidate('POST', '/api/drafts', {
      process: 'head-attestation',
      jurisdiction: 'region-42',
      body: application(),
    });
    expect([draft.status, draft.body.organisationId, draft.body.titleRu]).toEqual([
      201,
      null,
      'Аттестация: директор гимназии',
    ]);
    expect((await get('sychugova', `/api/drafts/${draft.body.id}`)).status).toBe(404);
    const sent = await candidate('POST', `/api/drafts/${draft.body.id}/submit`, { action: 'apply' });
    expect([sent.status, sent.body.stage]).toEqual([201, 'registered']);
    const { caseId } = sent.body;
    const seen = await Promise.all(
      [
        'chistyakova',
        'ryabinina',
        'astakhova',
        'gorelova',
        'sokolov',
        'chepkasov',
        'sychugova',
        'azarova',
        'vereshchagin',
        'shestakov',
        'belova',
      ].map(async (who) => (await get(who, `/api/cases/${caseId}`)).status),
    );
    expect(seen).toEqual([200, 200, 200, 200, 200, 200, 404, 404, 404, 404, 404]);
    // An observer learns where the case stands, and of whom it is only from those who may know.
    const observer = JSON.stringify((await get('chepkasov', `/api/cases/${caseId}`)).body);
    expect(observer).not.toContain(personId('chistyakova'));
    expect(observer).not.toContain('Чистякова');
    expect((await get('chistyakova', `/api/cases?q=${sent.body.number}`)).body.items).toHaveLength(1);
    expect((await get('sychugova', `/api/cases?q=${sent.body.number}`)).body.items).toEqual([]);
    // The personnel office reads the papers it checks; the observer none.
    const papers = async (who: string) =>
      (await get(who, `/api/cases/${caseId}`)).body.documents.map((d: { label: string }) => d.label).sort();
    expect(await papers('gorelova')).toEqual(['Анкета кандидата', 'Программа развития']);
    expect(await papers('chepkasov')).toEqual([]);
    expect((await get('chistyakova', '/api/inbox')).body.items.filter((i: any) => i.caseId === caseId)).toEqual([]);
  });
});

describe('the road of a head', { timeout: 180_000 }, () => {
  it('goes from the schedule through the vote to the act, each step by its own person', async () => {
    const { driver } = world;
    const { caseId } = await driver.startCaseSkipped({
      process: 'head-attestation',
      jurisdiction: 'region-42',
      personId: personId('ryabinina'),
      type: 'scheduleAttestation',
      payload: {
        ...planned({ organisationId: school('school-42-11'), personId: personId('ryzhova'), post: 'директор школы' }),
        organisationKind: 'school',
        region: '42',
        conflictIds: [],
      },
    });
    const office = (await get('gorelova', '/api/inbox?kind=office')).body.items;
    const checks = office.find((i: { caseId: string }) => i.caseId === caseId);
    expect((await get('gorelova', `/api/tasks/${checks.id}`)).status).toBe(200);
    expect((await get('galkin', `/api/tasks/${checks.id}`)).status).toBe(404);
    await done('gorelova', caseId, 'confirmChecks', { taskId: checks.id });
    await done('astakhova', caseId, 'completeDocuments', { taskId: await taskOf('astakhova', caseId, 'documents') });

    await done('ryabinina', caseId, 'fileSubmission', { text: TEXT });
    // The button of the letter is the same act as the button of the case.
    const letter = await until('the letter', async () =>
      (await get('ryzhova', '/api/notices')).body.items.find(
        (n: any) => n.caseId === caseId && n.template === 'submission',
      ),
    );
    const read = await (await world.as('ryzhova'))('POST', `/api/notices/${letter.id}/familiarise`);
    expect(read.status).toBe(200);
    expect((await get('ryzhova', `/api/cases/${caseId}`)).body.details.submission.familiarisedOn).toBe(today);
    await done('ryzhova', caseId, 'addOwnData', { text: 'Самоотчёт: открыт инженерный класс.' });

    const bad = await act('astakhova', caseId, 'recordTest', {
      taskId: await taskOf('astakhova', caseId, 'test'),
      score: 120,
      testedOn: today,
    });
    expect([bad.status, bad.body.errors.map((e: { pointer: string }) => e.pointer)]).toEqual([422, ['/score']]);
    expect((await act('ryzhova', caseId, 'recordTest', { taskId: letter.id, score: 99, testedOn: today })).status).toBe(
      404,
    );
    await done('zimina', caseId, 'recordTest', {
      taskId: await taskOf('zimina', caseId, 'test'),
      score: 82,
      testedOn: today,
    });

    const seats = await until('invitations', async () => {
      const { body } = await get('astakhova', `/api/tasks?caseId=${caseId}&kind=review&state=assigned`);
      return body.items.length === 2 && (body.items as Array<{ id: string; assigneeId: string }>);
    });
    for (const { id, assigneeId } of seats) {
      await done(assigneeId, caseId, 'acceptTask', { taskId: id, noConflict: true });
      const task = (await get(assigneeId, `/api/tasks/${id}`)).body;
      expect(task.documents.map((d: { label: string }) => d.label)).toEqual([
        'Представление учредителя',
        'Собственные сведения аттестуемого',
      ]);
      expect((await get(assigneeId, task.documents[0].href)).status).toBe(200);
      await done(assigneeId, caseId, 'submitReview', {
        taskId: id,
        scores: Object.fromEntries(task.criteria.map((c: { code: string }) => [c.code, 2])),
        verdict: 'approve',
        remarks: [],
        deficits: [],
        summary: 'Программа развития обоснована, результаты устойчивы.',
      });
    }
    expect(await stageOf(caseId)).toBe('evaluated');
    const own = (await get('ryzhova', `/api/cases/${caseId}`)).body;
    expect(own.panel.members.map((m: { nameRu: string }) => m.nameRu)).toEqual(['Эксперт 1', 'Эксперт 2']);
    expect(own.conclusions).toHaveLength(2);
    for (const { assigneeId } of seats) expect(JSON.stringify(own)).not.toContain(assigneeId);

    const { caseId: sitting } = await driver.startCaseSkipped({
      process: 'commission-sitting',
      jurisdiction: 'region-42',
      personId: personId('astakhova'),
      type: 'scheduleSitting',
      payload: {
        heldOn: PLANNED,
        order: ORDER,
        members: MEMBERS.map(([key, place]) => ({ personId: personId(key), office: place, organisationIds: [] })),
      },
    });
    await done('astakhova', caseId, 'fixSitting', { sittingCaseId: sitting, heldOn: PLANNED });
    await until(
      'the item',
      async () => (await get('astakhova', `/api/cases/${sitting}`)).body.details.items.length === 1,
    );
    await until(
      'the date',
      async () => (await get('astakhova', `/api/cases/${caseId}`)).body.details.booking?.accepted,
    );

    // A member opens the sitting at once, and the materials of an item when the agenda is closed.
    expect((await get('vereshchagin', `/api/cases/${sitting}`)).status).toBe(200);
    expect((await get('ilchenko', `/api/cases/${sitting}`)).status).toBe(404);
    expect((await get('vereshchagin', `/api/cases/${caseId}`)).status).toBe(404);
    // The public representative knows of the sitting, and of whom it hears when the agenda is closed.
    const forPublic = async () => (await get('obukhova', `/api/cases/${sitting}`)).body.details;
    expect(await forPublic()).toMatchObject({ items: [], agendaClosedToYou: true });
    await driver.fastForwardTo(caseId, `${PLANNED}T03:00:00.000Z`);
    await driver.fastForwardTo(sitting, `${PLANNED}T03:00:00.000Z`);
    const agenda = (await get('vereshchagin', `/api/cases/${sitting}`)).body;
    expect(agenda.stage).toBe('agenda_frozen');
    const [item] = agenda.details.items;
    expect((await forPublic()).items).toHaveLength(1);
    expect(agenda.people[item.subjectId]).toBe('Рыжова Августа Семёновна');
    expect(agenda.cases[caseId]).toMatchObject({ open: true });
    expect(agenda.cases[caseId].linesRu).toContain('Тестирование: 82 %');
    const materials = (await get('vereshchagin', `/api/cases/${caseId}`)).body;
    expect(materials.viewer).toEqual(['member']);
    expect(materials.conclusions).toHaveLength(2);
    for (const { assigneeId } of seats) expect(JSON.stringify(materials)).not.toContain(assigneeId);
    expect((await get('ilchenko', `/api/cases/${caseId}`)).status).toBe(404);
    expect((await get('vereshchagin', '/api/inbox')).body.items.map((i: any) => i.caseId)).toContain(sitting);

    // Lists name the person to whom the case page names him; who only watches finds nobody by name.
    const listed = async (who: string, q = '') =>
      (await get(who, `/api/cases?process=head-attestation${q && `&q=${encodeURIComponent(q)}`}`)).body.items
        .filter((i: any) => i.id === caseId)
        .map((i: any) => i.personRu);
    for (const who of ['ryabinina', 'vereshchagin', 'ryzhova'])
      expect([who, await listed(who), await listed(who, 'рыжова')]).toEqual([
        who,
        ['Рыжова Августа Семёновна'],
        ['Рыжова Августа Семёновна'],
      ]);
    expect([await listed('orlov'), await listed('orlov', 'рыжова')]).toEqual([[null], []]);

    const present = MEMBERS.map(([key]) => personId(key));
    await done('astakhova', sitting, 'openSession', { present });
    await done('demchenko', sitting, 'recuse', {
      itemKey: item.itemKey,
      ground: 'relative',
      reason: 'Двоюродная сестра.',
    });
    expect((await get('demchenko', `/api/cases/${caseId}`)).status).toBe(404);
    await done('astakhova', sitting, 'noteDiscussion', {
      itemKey: item.itemKey,
      text: 'О наборе в профильные классы: ответ дан.',
    });
    const early = await act('babushkin', sitting, 'castVote', { itemKey: item.itemKey, voice: 'for' });
    expect(early.status).toBe(409);
    await done('astakhova', sitting, 'putToVote', { itemKey: item.itemKey, proposal: 'conform', attesteeOut: true });
    for (const who of ['vereshchagin', 'lukyanova', 'babushkin', 'kapustina'])
      await done(who, sitting, 'castVote', { itemKey: item.itemKey, voice: who === 'kapustina' ? 'against' : 'for' });
    const twice = await act('babushkin', sitting, 'castVote', { itemKey: item.itemKey, voice: 'against' });
    expect([twice.status, twice.body.code]).toEqual([409, 'voted_already']);
    expect((await act('demchenko', sitting, 'castVote', { itemKey: item.itemKey, voice: 'for' })).body.code).toBe(
      'recused',
    );
    expect((await act('ryzhova', sitting, 'castVote', { itemKey: item.itemKey, voice: 'for' })).status).toBe(404);
    await done('astakhova', sitting, 'recordVote', {
      itemKey: item.itemKey,
      personId: personId('obukhova'),
      voice: 'for',
    });
    await done('astakhova', sitting, 'closeVote', { itemKey: item.itemKey });
    await done('kapustina', sitting, 'dissent', {
      itemKey: item.itemKey,
      opinion: 'Программа развития не подкреплена бюджетом.',
    });
    const told = (await get('vereshchagin', `/api/cases/${sitting}`)).body.details.items[0];
    // Six may vote; the secretary is silent, and a silence counts as an abstention.
    expect(told).toMatchObject({ state: 'decided', result: 'conform', count: { for: 4, against: 1, abstained: 1 } });
    await untilStage(caseId, 'voted');
    await done('astakhova', sitting, 'closeSession', { taskId: await taskOf('astakhova', sitting, 'session') });
    await done('astakhova', sitting, 'signMinutes', {
      taskId: await taskOf('astakhova', sitting, 'sign_minutes'),
      signedBy: present,
    });
    expect(await stageOf(sitting)).toBe('closed');

    await done('astakhova', caseId, 'issueExtract', {
      taskId: await taskOf('astakhova', caseId, 'extract'),
      number: '12-в',
    });
    const order = { number: '99-к', date: PLANNED };
    await done('ryabinina', caseId, 'issueAct', { taskId: await taskOf('ryabinina', caseId, 'act'), order });
    const mine = (await get('ryzhova', '/api/inbox')).body.items.map((i: any) => i.caseId);
    expect(mine).toContain(caseId);
    for (const paper of ['extract', 'act']) await done('ryzhova', caseId, 'familiarise', { paper });
    const end = (await get('ryzhova', `/api/cases/${caseId}`)).body;
    expect([end.stage, end.details.entryNumber]).toEqual(['conform', expect.stringMatching(/^AR-42-/)]);
    expect(end.details.validUntil.slice(0, 4)).toBe(String(Number(PLANNED.slice(0, 4)) + 5));
    expect((await get('ryzhova', '/api/inbox')).body.items.map((i: any) => i.caseId)).not.toContain(caseId);
  });
});
