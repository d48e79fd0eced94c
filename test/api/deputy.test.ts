/** Deputies and acting posts from the order to the record: who acts, for whom, by which act, and when it is refused. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendNotification } from '../../activities/send-notification.ts';
import { noteReadings } from '../../api/reading-log.ts';
import { verifyCaseFile } from '../../platform/audit/case-file.ts';
import { findChainBreak, readHistory } from '../../platform/cases/history.ts';
import { createLogger } from '../../platform/log.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import { personId } from '../../prisma/seed/people.ts';
import { createDirectWorld, type DirectWorld } from './direct-world.ts';
import { must } from './fixture-case.ts';
import { programmeOf } from './world.ts';
import { dayIn, MOSCOW } from '../support/days.ts';

let world: DirectWorld;
const ORDER = 'Приказ № 5 от 20.11.2026';
const office = { role: 'fed_operator', scopeKind: 'jurisdiction', scopeId: 'fed' };
const day = (offset: number) => dayIn(MOSCOW, offset);
const forBelova = { 'x-on-behalf-of': personId('belova') };

beforeAll(async () => {
  world = await createDirectWorld();
  await world.pool`update person set zone = 'Europe/Moscow' where id in (${personId('kim')}, ${personId('belova')})`;
  await order('kim');
});
afterAll(() => world?.stop());

/** Enters an order as the administrator; answers the id of the assignment. */
async function order(deputy: string, body: object = {}): Promise<string> {
  const { status, body: card } = await (await world.as('sokolov'))(
    'POST',
    `/api/admin/people/${personId(deputy)}/assignments`,
    { ...office, from: day(-1), to: day(5), act: ORDER, onBehalfOf: personId('belova'), ...body },
    { 'idempotency-key': randomUUID() },
  );
  expect(status, JSON.stringify(card)).toBe(201);
  return card.assignments.find((row: { onBehalfOf: unknown; current: boolean }) => row.onBehalfOf && row.current)?.id;
}

const refused = async (deputy: string, body: object) => {
  const answer = await (await world.as('sokolov'))('POST', `/api/admin/people/${personId(deputy)}/assignments`, {
    ...office,
    from: day(-1),
    to: day(5),
    act: ORDER,
    onBehalfOf: personId('belova'),
    ...body,
  });
  return [answer.status, answer.body.errors?.[0]?.pointer];
};

let nth = 0;
/** A programme submitted by Rostov's centre; its technical check waits for an operator. */
async function checkToDo(): Promise<{ caseId: string; taskId: string }> {
  const source = programmeOf('smyslovoe-chtenie', `Чтение ${(nth += 1)}`) as { provider: object };
  const provider = { ...source.provider, organisationId: seedId('organisation', 'cnppm-rostov') };
  const answer = await (await world.as('goncharov'))(
    'POST',
    '/api/cases',
    { process: 'dpp-certification', body: { programme: { ...source, provider } } },
    { 'idempotency-key': randomUUID() },
  );
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  const { caseId } = answer.body;
  const [task] = await world.pool<Array<{ id: string }>>`
    select id from task where case_id = ${caseId} and kind = 'technical_check' and open`;
  return { caseId, taskId: task!.id };
}

const act = async (who: string, caseId: string, type: string, body: object, headers = {}) =>
  (await world.as(who))('POST', `/api/cases/${caseId}/actions/${type}`, body, {
    'idempotency-key': randomUUID(),
    ...headers,
  });

const lastOf = async (caseId: string, type: string, who = 'sokolov') => {
  const { items } = await must(world, who, 'GET', `/api/cases/${caseId}/events?limit=100`);
  return items.findLast((event: { type: string }) => event.type === type);
};

describe('an order of deputising', () => {
  it('is for an office that the person replaced holds himself, not for personal duties', async () => {
    expect(await refused('kim', { onBehalfOf: personId('frolov'), role: 'expert', scopeKind: 'country' })).toEqual([
      422,
      '/role',
    ]);
    expect(await refused('kim', { role: 'commission_member' })).toEqual([422, '/role']);
    expect(await refused('kim', { role: 'head', scopeKind: 'self', scopeId: undefined })).toEqual([422, '/role']);
    // Somebody who is replaced by a deputy is not replaced by the deputy of that deputy.
    expect(await refused('danilova', { onBehalfOf: personId('kim') })).toEqual([422, '/onBehalfOf']);
  });
});

describe('a deputy', () => {
  it('sees what waits for the office, takes it for the person replaced, and is recorded with the order everywhere', async () => {
    const { caseId, taskId } = await checkToDo();
    const kim = await world.as('kim');
    const waits = async (headers = {}) =>
      (await kim('GET', '/api/inbox', undefined, headers)).body.items.filter((row: any) => row.caseId === caseId);
    expect(await waits()).toEqual([]);
    expect(await waits(forBelova)).toMatchObject([{ kind: 'office', taskId }]);
    expect((await kim('GET', '/api/session', undefined, forBelova)).body.mayActFor).toEqual([
      { id: personId('belova'), displayName: 'Белова Анна Павловна', act: ORDER, until: day(5) },
    ]);
    expect((await act('kim', caseId, 'acceptTask', { taskId, noConflict: true })).status).toBe(404);
    expect((await act('kim', caseId, 'acceptTask', { taskId, noConflict: true }, forBelova)).status).toBe(200);
    // The task is in the hands of the person replaced: both see it as theirs, and either may finish it.
    expect(await waits(forBelova)).toMatchObject([{ kind: 'task', taskId }]);
    const own = (await (await world.as('belova'))('GET', '/api/inbox')).body.items;
    expect(own.find((row: any) => row.taskId === taskId)).toMatchObject({ kind: 'task' });
    const task = await must(world, 'belova', 'GET', `/api/tasks/${taskId}`);
    expect(task.task).toMatchObject({ mine: true, assigneeId: personId('belova') });
    expect((await kim('GET', `/api/tasks/${taskId}`, undefined, forBelova)).body.task.mine).toBe(true);

    const done = await act('kim', caseId, 'completeTechnicalCheck', { taskId }, forBelova);
    expect(done.status, JSON.stringify(done.body)).toBe(200);
    expect(await lastOf(caseId, 'task.submitted')).toMatchObject({
      actorRu: expect.stringContaining('Ким'),
      actorId: personId('kim'),
      onBehalfOfRu: `Белова Анна Павловна, ${ORDER}`,
      actingRu: null,
    });
    // Outside the staff: that it was so, and not who.
    expect(await lastOf(caseId, 'task.submitted', 'goncharov')).toMatchObject({
      actorRu: 'Участник дела',
      actorId: null,
      onBehalfOfRu: 'по замещению',
    });
    const history = await must(world, 'sokolov', 'GET', `/api/cases/${caseId}/history`);
    expect(history.entries.find((row: any) => row.type === 'task.submitted').detailRu).toMatch(
      /^Ким .+ за: Белова Анна Павловна, Приказ № 5 от 20\.11\.2026, строка /,
    );
    const stored = await readHistory(world.pool, caseId);
    expect(stored.find(({ type }) => type === 'task.submitted')?.actor).toEqual({
      kind: 'person',
      personId: personId('kim'),
      onBehalfOf: { personId: personId('belova'), actId: ORDER },
    });
    expect(findChainBreak(caseId, stored)).toBeUndefined();
    // And in the file of the case, where a check without a database sees that the order is the one on record.
    const file = await must(world, 'sokolov', 'GET', `/api/cases/${caseId}/audit`);
    const told = file.events.find(({ type }: { type: string }) => type === 'task.submitted');
    expect(told).toMatchObject({
      actorRu: expect.stringContaining('Ким'),
      roleRu: 'оператор портала',
      onBehalfOfRu: `Белова Анна Павловна, ${ORDER}`,
    });
    expect(verifyCaseFile(file)).toMatchObject({ faults: [], linked: file.events.length });
    told.onBehalfOfRu = 'Белова Анна Павловна, Приказ № 6 от 20.11.2026';
    expect(verifyCaseFile(file).faults).toMatchObject([{ kind: 'words_differ', sequence: told.sequence }]);
    const outside = await must(world, 'goncharov', 'GET', `/api/cases/${caseId}/audit`);
    expect(JSON.stringify(outside)).not.toContain(ORDER);
    expect(outside.events.find(({ type }: { type: string }) => type === 'task.submitted')).toMatchObject({
      actorRu: 'Участник дела',
      onBehalfOfRu: 'по замещению',
      link: null,
    });
  });

  it('is written to as a deputy, in the portal and in the letter; whoever holds the office himself as its holder', async () => {
    const { caseId } = await checkToDo();
    const rows = await world.pool<Array<{ addressee_id: string; on_behalf_of: unknown }>>`
      select addressee_id, on_behalf_of from notice where case_id = ${caseId} and addressee_role = 'fed_operator'`;
    const to = new Map(rows.map((row) => [row.addressee_id, row.on_behalf_of]));
    expect(to.get(personId('belova'))).toBeNull();
    expect(to.get(personId('kim'))).toEqual({ personId: personId('belova'), actId: ORDER });
    const { items } = await must(world, 'kim', 'GET', '/api/notices?limit=50');
    const notice = items.find((row: { caseId: string }) => row.caseId === caseId);
    expect(notice.onBehalfOfRu).toBe(`Белова Анна Павловна, ${ORDER}`);
    await world.pool`update notice set state = 'sent' where case_id is distinct from ${caseId}`;
    const sent: Array<{ to: unknown; text: unknown }> = [];
    const transport = { sendMail: async (mail: any) => sent.push(mail) };
    await sendNotification(
      {
        pool: world.pool,
        transport: transport as never,
        from: 'a@b.test',
        publicUrl: 'http://x.test',
        log: createLogger('worker', 'silent'),
        now: () => new Date(Date.now() + 86_400_000),
        window: { from: '00:00', to: '24:00' },
      },
      { shard: 0, shards: 1, limit: 50 },
    );
    const [{ email }] = (await world.pool`select email from person where id = ${personId('kim')}`) as any;
    const text = String(sent.find((mail) => JSON.stringify(mail.to).includes(email))?.text);
    expect(text).toContain(`Письмо пришло вам, потому что вы замещаете: Белова Анна Павловна, ${ORDER}.`);
    expect(sent.map(({ text: other }) => String(other)).filter((other) => other.includes('замещаете'))).toHaveLength(1);
  });

  it('acts until the last day of the order and as long as it stands; then he is told so and nothing is recorded', async () => {
    const { caseId, taskId } = await checkToDo();
    const real = world.clock.now;
    world.clock.now = new Date(Date.now() + 7 * 86_400_000).toISOString();
    const late = await act('kim', caseId, 'completeTechnicalCheck', { taskId }, forBelova);
    expect([late.status, late.body.code]).toEqual([403, 'not_a_deputy']);
    expect(late.body.detail).toContain('Приказ о замещении не действует');
    world.clock.now = new Date(Date.parse(`${day(5)}T20:30:00Z`)).toISOString();
    expect(
      (await act('kim', caseId, 'acceptTask', { taskId, noConflict: true }, forBelova)).status,
      'in the evening',
    ).toBe(200);
    world.clock.now = new Date(Date.parse(`${day(5)}T21:30:00Z`)).toISOString();
    expect((await act('kim', caseId, 'completeTechnicalCheck', { taskId }, forBelova)).body.code, 'at night').toBe(
      'not_a_deputy',
    );
    world.clock.now = real;
  });

  it('whose order is revoked in the middle of his work stops at the next request; the task stays with the person replaced', async () => {
    const id = await order('danilova', { act: 'Приказ № 8 от 21.11.2026' });
    const { caseId, taskId } = await checkToDo();
    expect((await act('danilova', caseId, 'acceptTask', { taskId, noConflict: true }, forBelova)).status).toBe(200);
    await must(world, 'sokolov', 'POST', `/api/admin/assignments/${id}/end`, {
      to: day(-1),
      act: 'Приказ № 9 от 22.11.2026',
    });
    const stopped = await act('danilova', caseId, 'completeTechnicalCheck', { taskId }, forBelova);
    expect([stopped.status, stopped.body.code]).toEqual([403, 'not_a_deputy']);
    expect((await act('belova', caseId, 'completeTechnicalCheck', { taskId })).status).toBe(200);
  });

  it('by two orders is recorded with the one that was needed', async () => {
    const second = 'Приказ № 4 от 19.11.2026';
    await world.pool`
      insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on, act)
      values (gen_random_uuid(), ${personId('belova')}, 'observer', 'country', null, '2026-01-01', 'Приказ № 1')`;
    await order('kim', { role: 'observer', scopeKind: 'country', scopeId: undefined, act: second });
    const { caseId, taskId } = await checkToDo();
    expect((await act('kim', caseId, 'completeTechnicalCheck', { taskId }, forBelova)).status).toBe(200);
    expect((await lastOf(caseId, 'task.submitted')).onBehalfOfRu).toBe(`Белова Анна Павловна, ${ORDER}`);
    await world.pool`delete from role_assignment where act = ${second} or (person_id = ${personId('belova')} and role = 'observer')`;
  });

  it.each([
    ['his own organisation', 'kim'],
    ['the organisation of the person replaced', 'belova'],
  ])('does not decide the case of %s', async (_of, employed) => {
    const { caseId, taskId } = await checkToDo();
    const id = randomUUID();
    await world.pool`
      insert into employment (id, person_id, organisation_id, post_ru, main, from_on)
      values (${id}, ${personId(employed)}, ${seedId('organisation', 'cnppm-rostov')}, 'методист', false, '2026-01-01')`;
    const answer = await act('kim', caseId, 'completeTechnicalCheck', { taskId }, forBelova);
    expect([answer.status, answer.body.code]).toEqual([403, 'segregation']);
    expect(answer.body.detail).toContain('кого вы замещаете');
    await world.pool`delete from employment where id = ${id}`;
    expect((await act('kim', caseId, 'completeTechnicalCheck', { taskId }, forBelova)).status).toBe(200);
  });

  it.each(['kim', 'belova'])('does not decide the case of a relative of %s', async (whose) => {
    const { caseId, taskId } = await checkToDo();
    await world.pool`
      insert into relation (person_a, person_b, kind) values (${personId(whose)}, ${personId('goncharov')}, 'relative')`;
    expect((await act('kim', caseId, 'completeTechnicalCheck', { taskId }, forBelova)).body.code).toBe('segregation');
    await world.pool`delete from relation where person_b = ${personId('goncharov')}`;
  });

  it('does nothing personal for another: his own account, data and letters are his, personal tasks nobody else’s', async () => {
    const kim = await world.as('kim');
    for (const [method, path, body] of [
      ['POST', '/api/tokens', { nameRu: 'Мой', scopes: ['read:cases'], days: 1 }],
      ['POST', '/api/password', { current: 'нет такого пароля 1', password: 'очень длинный пароль 17' }],
      ['PUT', '/api/me/consents/digest', {}],
      ['POST', `/api/notices/${randomUUID()}/familiarise`, undefined],
      ['PATCH', '/api/profile', { muteDigests: true }],
    ] as const) {
      const answer = await kim(method, path, body, { 'idempotency-key': randomUUID(), ...forBelova });
      expect([answer.status, answer.body.code], path).toEqual([403, 'own_name_only']);
    }
    const { caseId, taskId } = await checkToDo();
    expect((await act('kim', caseId, 'completeTechnicalCheck', { taskId }, forBelova)).status).toBe(200);
    const [seat] = await world.pool<Array<{ id: string; assignee_id: string }>>`
      select id, assignee_id from task where case_id = ${caseId} and kind = 'review' and open limit 1`;
    // An order for an expert, written past the form, changes nothing.
    await world.pool`
      insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on, act, on_behalf_of)
      select gen_random_uuid(), ${personId('kim')}, 'expert', scope_kind, scope_id, '2026-01-01', 'Приказ № 6', person_id
      from role_assignment where person_id = ${seat!.assignee_id} and role = 'expert' limit 1`;
    const behalf = { 'x-on-behalf-of': seat!.assignee_id };
    const answer = await act('kim', caseId, 'acceptTask', { taskId: seat!.id, noConflict: true }, behalf);
    expect([answer.status, answer.body.code]).toEqual([404, 'not_found']);
    expect((await kim('GET', '/api/inbox', undefined, behalf)).body.items).toEqual([]);
    await world.pool`delete from role_assignment where act = 'Приказ № 6'`;
  });

  it('is in the audit of what happens outside cases too, and in the log of who read a personal file', async () => {
    const order6 = 'Приказ № 16 от 20.11.2026';
    await world.pool`
      insert into role_assignment (id, person_id, role, scope_kind, from_on, to_on, act, on_behalf_of)
      values (gen_random_uuid(), ${personId('kim')}, 'admin', 'country', ${day(-1)}, ${day(3)}, ${order6}, ${personId('sokolov')})`;
    const behalf = { 'x-on-behalf-of': personId('sokolov') };
    const kim = await world.as('kim');
    const { caseId } = await checkToDo();
    const asked = await kim('POST', `/api/cases/${caseId}/reconcile`, undefined, {
      'idempotency-key': randomUUID(),
      ...behalf,
    });
    expect(asked.status, JSON.stringify(asked.body)).toBeLessThan(300);
    const [row] = await world.pool<Array<{ actor_id: string; facts: object }>>`
      select actor_id, facts from audit_record where kind = 'case.reconciled' and subject_id = ${caseId}`;
    expect(row).toMatchObject({
      actor_id: personId('kim'),
      facts: { onBehalfOf: { personId: personId('sokolov'), actId: order6 } },
    });
    await world.pool`delete from role_assignment where act = ${order6}`;
    const actor = { personId: personId('kim'), onBehalfOf: { personId: personId('belova'), actId: ORDER } };
    await noteReadings(world.deps, { actor }, [{ personId: personId('goncharov'), what: 'case', as: 'staff' }]);
    const { items: readings } = await must(world, 'goncharov', 'GET', '/api/me/readings');
    expect(readings[0].whoRu).toMatch(/^Ким .+, за: Белова Анна Павловна$/);
  });
});

describe('an acting post (и. о.)', () => {
  it('is said of the act that needed it, with its act, and not where one’s own post sufficed', async () => {
    const appointment = 'Приказ № 31 от 18.11.2026';
    await must(
      world,
      'sokolov',
      'POST',
      `/api/admin/people/${personId('chepkasov')}/assignments`,
      { ...office, from: day(-1), to: day(20), act: appointment, acting: true },
      201,
    );
    const first = await checkToDo();
    expect((await act('chepkasov', first.caseId, 'completeTechnicalCheck', { taskId: first.taskId })).status).toBe(200);
    expect(await lastOf(first.caseId, 'task.submitted')).toMatchObject({
      onBehalfOfRu: null,
      actingRu: `и. о., ${appointment}`,
    });
    expect((await lastOf(first.caseId, 'task.submitted', 'goncharov')).actingRu).toBe('и. о.');
    const stored = await readHistory(world.pool, first.caseId);
    expect(stored.find(({ type }) => type === 'task.submitted')?.actor).toEqual({
      kind: 'person',
      personId: personId('chepkasov'),
      acting: { actId: appointment },
    });
    expect(findChainBreak(first.caseId, stored)).toBeUndefined();
    // With a post of his own he needs no other.
    await world.pool`
      insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on, act)
      values (gen_random_uuid(), ${personId('chepkasov')}, 'fed_operator', 'jurisdiction', 'fed', '2026-01-01', 'Приказ № 2')`;
    const second = await checkToDo();
    expect((await act('chepkasov', second.caseId, 'completeTechnicalCheck', { taskId: second.taskId })).status).toBe(
      200,
    );
    expect((await lastOf(second.caseId, 'task.submitted')).actingRu).toBeNull();
  });
});
