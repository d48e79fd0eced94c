import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedId } from '../../prisma/seed/ids.ts';
import { personId } from '../../prisma/seed/people.ts';
import { type ApiWorld, createApiWorld, invite, submit, until } from './world.ts';
import { dayIn, MOSCOW } from '../support/days.ts';
import { contradictions, historiesOf, keepWhereAsked } from '../replay/replay.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world?.stop());

const day = (ago: number) => dayIn(MOSCOW, -ago);
const school = seedId('organisation', 'school-42');

async function must(who: string, method: string, path: string, body?: unknown, status = 200) {
  const answer = await (await world.as(who))(method, path, body);
  if (answer.status !== status)
    throw new Error(`${who} ${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Cyrillic of Windows-1251, as an accounting system of a school writes it. */
const windows1251 = (text: string): Uint8Array =>
  Uint8Array.from(text, (c) => {
    const code = c.charCodeAt(0);
    if (c === 'ё') return 0xb8;
    if (c === 'Ё') return 0xa8;
    if (c === '№') return 0xb9;
    return code >= 0x410 && code <= 0x44f ? code - 0x410 + 0xc0 : code;
  });

async function upload(who: string, bytes: Uint8Array, name: string, status = 201) {
  const response = await world.app.request('/api/files', {
    method: 'PUT',
    headers: { authorization: `Bearer ${await world.tokenOf(who)}`, 'content-type': 'application/octet-stream' },
    body: bytes as never,
  });
  const { sha256 } = (await response.json()) as { sha256: string };
  return must(who, 'POST', '/api/hr-imports', { sha256, name }, status);
}
const rowsOf = async (who: string, id: string) =>
  (await must(who, 'GET', `/api/hr-imports/${id}/rows?limit=100`)).items;
const told = (who: string, id: string) =>
  until('the batch', async () => {
    const batch = await must(who, 'GET', `/api/hr-imports/${id}`);
    return batch.state === 'done' ? batch : undefined;
  });

describe('employment events', () => {
  const HEAD =
    'Сотрудник;Событие;Дата;Вид отпуска;Плановое окончание;Школа;Должность;Стаж, месяцев;Дата рождения;Почта;Табельный номер';
  const file = [
    HEAD,
    `Лосев Кирилл Андреевич;принят на работу;${day(30)};;;Лицей № 942, Кемерово;учитель;14;12.04.2000;;17`,
    `Лосев Кирилл Андреевич;начался отпуск;${day(5)};длительный отпуск до года;${day(-200)};;;;;;17`,
    `Новикова Мария Ильинична;принят на работу;${day(20)};;;Лицей № 942, Кемерово;учитель;0;03.03.2002;novikova.mi@example.org;18`,
    `Колесник Артём Игоревич;уволен;${day(3)};;;;;;;;19`,
    `Панова Людмила Сергеевна;улетела;${day(3)};;;;;;;;20`,
    `Панова Людмила Сергеевна;уволен;${day(-40)};;;;;;;;20`,
  ].join('\r\n');
  let batchId = '';

  it('come in a file that is read in Windows-1251 and looked at before anything happens', async () => {
    const batch = await upload('kuzmina', windows1251(file), 'кадры.csv');
    batchId = batch.id;
    expect(batch).toMatchObject({
      state: 'preview',
      encoding: 'windows-1251',
      separator: ';',
      ignored: ['Табельный номер'],
      counts: { rows: 6, bad: 2, ready: 4, told: 0 },
    });
    const rows = await rowsOf('kuzmina', batchId);
    expect(rows.map((r: any) => [r.line, r.state])).toEqual([
      [2, 'ready'],
      [3, 'ready'],
      [4, 'ready'],
      [5, 'bad'],
      [6, 'bad'],
      [7, 'ready'],
    ]);
    expect(rows[0].effects[0]).toMatchObject({ kind: 'open', stageAfterRu: 'Начало цикла: наставник и программа' });
    expect(rows[2]).toMatchObject({
      personRu: 'Новикова Мария Ильинична',
      effects: expect.arrayContaining([
        expect.objectContaining({ kind: 'person', ru: expect.stringContaining('новый человек') }),
      ]),
    });
    // Somebody of another region is nobody here, and the line is kept as it came.
    expect(rows[3]).toMatchObject({ faults: [{ columnRu: 'Педагог' }], raw: expect.stringContaining('Колесник') });
    expect(rows[4].faults[0].detail).toContain('улетела');
    const [none] = await world.deps.sql`select count(*)::int as n from "case"`;
    expect(none).toEqual({ n: 0 });
    expect((await must('kuzmina', 'GET', '/api/hr-events')).items).toEqual([]);
  });

  it('are applied as they were seen, once, each row with what the cases answered; a row of the future waits for its day', async () => {
    expect(
      (await (await world.as('kuzmina'))('POST', `/api/hr-imports/${batchId}/apply`, { expected: 3 })).status,
    ).toBe(409);
    await must('kuzmina', 'POST', `/api/hr-imports/${batchId}/apply`, { expected: 4 }, 202);
    await must('kuzmina', 'POST', `/api/hr-imports/${batchId}/apply`, { expected: 4 }, 202);
    const rows = await until('three rows', async () => {
      const now = await rowsOf('kuzmina', batchId);
      return now.filter((r: any) => r.state === 'told' && r.outcomes.every((o: any) => o.state !== 'sent')).length === 3
        ? now
        : undefined;
    });
    expect(rows.at(-1)).toMatchObject({ line: 7, state: 'waiting' });
    expect(rows[0].outcomes).toMatchObject([{ state: 'delivered', number: expect.stringMatching(/^MEN-42-/) }]);
    expect(rows[1].outcomes).toMatchObject([{ state: 'delivered', ru: expect.stringContaining('приостановлен') }]);
    const cases = (await must('rudneva', 'GET', '/api/cases?process=mentoring-cycle')).items;
    expect(cases.map((c: any) => c.stage).sort()).toEqual(['intake', 'paused']);
    const paused = cases.find((c: any) => c.stage === 'paused');
    expect((await must('losev', 'GET', `/api/cases/${paused.id}`)).details).toMatchObject({
      year: 2,
      leave: { kindRu: 'длительный отпуск до года' },
    });
    const [work] = await world.deps
      .sql`select o.id from employment e join organisation o on o.id = e.organisation_id join person p on p.id = e.person_id where p.email = 'novikova.mi@example.org'`;
    expect(work).toEqual({ id: school });
  });

  it('of the same file again, in another encoding, change nothing', async () => {
    const before = await world.deps.sql`select count(*)::int as n from case_event`;
    const again = await upload('kuzmina', new TextEncoder().encode(`\uFEFF${file}`), 'кадры ещё раз.csv');
    expect(again).toMatchObject({ encoding: 'utf-8', counts: { rows: 6, bad: 2, known: 4, ready: 0 } });
    const done = await must('kuzmina', 'POST', `/api/hr-imports/${again.id}/apply`, { expected: 0 }, 202);
    expect(done.state).toBe('done');
    expect(await world.deps.sql`select count(*)::int as n from case_event`).toEqual(before);
  });

  it('which say something else than before are not taken silently', async () => {
    const other = file.replace(`${day(-200)}`, `${day(-100)}`);
    const batch = await upload('kuzmina', new TextEncoder().encode(other), 'кадры иначе.csv');
    const row = (await rowsOf('kuzmina', batch.id)).find((r: any) => r.line === 3);
    expect(row).toMatchObject({ state: 'bad', faults: [{ detail: expect.stringContaining('с другими сведениями') }] });
  });

  it('typed one by one are previewed with the dates that move, and react through the same path', async () => {
    const cells = { personId: 'Лосев Кирилл Андреевич', event: 'leave_ended', on: day(0) };
    const preview = await must('kuzmina', 'POST', '/api/hr-events/preview', cells);
    expect(preview.effects[0]).toMatchObject({ kind: 'case', stageAfterRu: 'Возобновление после перерыва' });
    expect(preview.effects[0].dates.length).toBeGreaterThan(1);
    const bad = await (await world.as('kuzmina'))('POST', '/api/hr-events', { ...cells, on: '31.02.2026' });
    expect([bad.status, bad.body.errors[0].pointer]).toEqual([422, '/on']);
    const batch = await must('kuzmina', 'POST', '/api/hr-events', cells, 201);
    await told('kuzmina', batch.id);
    await until(
      'the return',
      async () =>
        (await must('rudneva', 'GET', '/api/cases?process=mentoring-cycle&stage=resuming')).items.length === 1,
    );
    const twice = await must('kuzmina', 'POST', '/api/hr-events', cells, 201);
    expect(twice).toMatchObject({ state: 'done', counts: { known: 1, told: 0 } });
  });

  it('are corrected with a reason: the former record stays, the cases hear the opposite, an untold one is simply taken back', async () => {
    const list = (await must('kuzmina', 'GET', '/api/hr-events')).items;
    const ended = list.find((e: any) => e.event === 'leave_ended');
    expect(
      (await (await world.as('kuzmina'))('POST', `/api/hr-events/${ended.id}/correction`, { reason: '-' })).status,
    ).toBe(422);
    const plan = await must('kuzmina', 'POST', `/api/hr-events/${ended.id}/correction/preview`, {
      reason: 'ошибка в дате выхода',
    });
    expect(plan.effects[0]).toMatchObject({ stageAfterRu: 'Приостановлен: отпуск или служба' });
    const batch = await must(
      'kuzmina',
      'POST',
      `/api/hr-events/${ended.id}/correction`,
      { reason: 'ошибка в дате выхода' },
      201,
    );
    await told('kuzmina', batch.id);
    await until(
      'the pause',
      async () => (await must('rudneva', 'GET', '/api/cases?process=mentoring-cycle&stage=paused')).items.length === 1,
    );
    expect(await must('kuzmina', 'GET', `/api/hr-events/${ended.id}`)).toMatchObject({
      state: 'replaced',
      reason: 'ошибка в дате выхода',
    });
    expect(
      (await (await world.as('kuzmina'))('POST', `/api/hr-events/${ended.id}/correction`, { reason: 'ещё раз то же' }))
        .status,
    ).toBe(409);
    const later = list.find((e: any) => e.state === 'waiting');
    await must('kuzmina', 'POST', `/api/hr-events/${later.id}/correction`, { reason: 'увольнение отменено' }, 201);
    expect((await must('kuzmina', 'GET', `/api/hr-imports/${batchId}`)).counts).toMatchObject({ waiting: 0 });
    await told('kuzmina', batchId);
  });

  it('end the roles of somebody who leaves, and replace him where he works for others', async () => {
    const batch = await must(
      'grishin',
      'POST',
      '/api/hr-events',
      { personId: personId('rudneva'), event: 'dismissed', on: day(1), act: 'приказ 9-к' },
      201,
    );
    await told('grishin', batch.id);
    const [role] = await world.deps
      .sql`select to_on from role_assignment where person_id = ${personId('rudneva')} and role = 'curator'`;
    expect(role).toEqual({ to_on: day(1) });
    expect((await must('rudneva', 'GET', '/api/cases?process=mentoring-cycle')).items).toEqual([]);
  });

  it('are the business of HR of that organisation, authority or region and of an administrator', async () => {
    const status = async (who: string, body: unknown) =>
      (await (await world.as(who))('POST', '/api/hr-events/preview', body)).status;
    const faults = async (who: string, body: unknown) =>
      (await must(who, 'POST', '/api/hr-events/preview', body)).faults.length;
    const panova = { personId: personId('panova'), event: 'dismissed', on: day(0) };
    for (const who of ['larionova', 'malakhova', 'panova', 'chepkasov', 'belova'])
      expect([who, await status(who, panova)]).toEqual([who, 403]);
    for (const who of ['kuzmina', 'grishin', 'kamenskaya', 'sokolov'])
      expect([who, await faults(who, panova)]).toEqual([who, 0]);
    // Another office hears the same of somebody else's employee as of nobody.
    const strange = await must('yashchenko', 'POST', '/api/hr-events/preview', panova);
    const nobody = await must('yashchenko', 'POST', '/api/hr-events/preview', {
      ...panova,
      personId: '00000000-0000-4000-8000-000000000001',
    });
    expect(strange).toEqual(nobody);
    expect((await must('yashchenko', 'GET', '/api/hr-events')).items).toEqual([]);
    expect((await (await world.as('yashchenko'))('GET', `/api/hr-imports/${batchId}`)).status).toBe(404);
    expect((await must('kamenskaya', 'GET', '/api/hr-events')).items.length).toBeGreaterThan(3);
  });

  it('are not said by an office about whom it has no main place of work of, about itself or its relatives', async () => {
    const { sql } = world.deps;
    const id = personId('sokolov');
    const [{ email } = { email: '' }] = await sql<
      Array<{ email: string }>
    >`select email from person where id = ${id}::uuid`;
    const faults = async (who: string, cells: Record<string, unknown>): Promise<string[]> =>
      (await must(who, 'POST', '/api/hr-events/preview', { on: day(0), ...cells })).faults.map(
        (fault: { detail: string }) => fault.detail,
      );
    const hired = { personId: email, event: 'hired', organisationId: school, post: 'учитель' };
    // Whoever is known by his address alone is taken over by nobody; a second job is another thing.
    expect(await faults('kuzmina', hired)).toEqual([expect.stringContaining('Такого человека')]);
    expect(await faults('kuzmina', { ...hired, event: 'transferred' })).toEqual([
      expect.stringContaining('Такого человека'),
    ]);
    expect(await faults('kuzmina', { ...hired, main: 'нет' })).toEqual([]);
    await sql`insert into employment (id, person_id, organisation_id, post_ru, from_on, main)
      values (gen_random_uuid(), ${id}::uuid, ${school}::uuid, 'учитель', ${day(1)}, false)`;
    for (const cells of [
      { event: 'died' },
      { event: 'died', main: 'нет' },
      { event: 'surname_changed', surname: 'Чужих', main: 'нет' },
      { event: 'dismissed' },
      { event: 'leave_started', leave: 'sick' },
      { event: 'transferred', organisationId: school },
    ])
      expect(await faults('kuzmina', { personId: id, ...cells }), JSON.stringify(cells)).toEqual([
        expect.stringContaining('Основное место работы'),
      ]);
    expect(await faults('kuzmina', { personId: id, event: 'dismissed', main: 'нет' })).toEqual([]);
    // A second job is recorded without asking the other office, and never behind the person's back.
    await sql`delete from employment where person_id = ${id}::uuid and organisation_id = ${school}::uuid`;
    const second = await must('kuzmina', 'POST', '/api/hr-events', { ...hired, main: 'нет', on: day(1) }, 201);
    await told('kuzmina', second.id);
    const letters = await sql<Array<{ params: { what: string } }>>`
      select params from notice where template = 'work-recorded' and addressee_id = ${id}::uuid`;
    expect(letters.map(({ params }) => params.what)).toEqual(['приём на работу по совместительству']);
    await sql`delete from employment where person_id = ${id}::uuid and organisation_id = ${school}::uuid`;

    const own = { personId: personId('kuzmina'), event: 'surname_changed', surname: 'Новая' };
    expect(await faults('kuzmina', own)).toEqual([expect.stringContaining('О себе')]);
    expect(await faults('sokolov', own)).toEqual([]);
    const panova = { personId: personId('panova'), event: 'dismissed' };
    expect(await faults('kuzmina', panova)).toEqual([]);
    await sql`insert into relation (kind, person_a, person_b) values ('relative', ${personId('panova')}, ${personId('kuzmina')})`;
    expect(await faults('kuzmina', panova)).toEqual([expect.stringContaining('О себе')]);
    await sql`delete from relation where person_b = ${personId('kuzmina')}::uuid`;
  });

  it('that are taken back give back what they ended, and no role that ended by another order', async () => {
    const { sql } = world.deps;
    const id = personId('chernysheva');
    const role = (name: string, to: string | null, more: Record<string, unknown> = {}) => sql`
      insert into role_assignment ${sql({ id: crypto.randomUUID(), person_id: id, role: name, scope_kind: 'organisation', scope_id: seedId('organisation', 'school-42'), from_on: '2020-01-01', to_on: to, ...more } as never)}`;
    await sql`update employment set to_on = null where person_id = ${id}::uuid`;
    const [work] = await sql<Array<{ organisation_id: string }>>`
      select organisation_id from employment where person_id = ${id}::uuid and main and to_on is null`;
    const at = { scope_id: work!.organisation_id };
    await role('methodist', null, at);
    await role('curator', day(-30), { ...at, acting: true });
    // Ended by an administrator, on the very day.
    await role('provider_head', day(1), { ...at, end_act: 'Приказ № 9', ended_by: personId('sokolov') });
    const ends = async () =>
      Object.fromEntries(
        (
          await sql<Array<{ role: string; to_on: string | null }>>`
            select role, to_on from role_assignment where person_id = ${id}::uuid and from_on = '2020-01-01' and scope_id = ${work!.organisation_id}`
        ).map(({ role: name, to_on }) => [name, to_on]),
      );
    const batch = await must(
      'sokolov',
      'POST',
      '/api/hr-events',
      { personId: id, event: 'dismissed', on: day(1) },
      201,
    );
    await told('sokolov', batch.id);
    expect(await ends()).toEqual({ methodist: day(1), curator: day(1), provider_head: day(1) });
    const [event] = await sql<Array<{ id: string }>>`select id from hr_event where batch_id = ${batch.id}::uuid`;
    const back = await must(
      'sokolov',
      'POST',
      `/api/hr-events/${event!.id}/correction`,
      { reason: 'не увольнялась' },
      201,
    );
    await told('sokolov', back.id);
    expect(await ends()).toEqual({ methodist: null, curator: day(-30), provider_head: day(1) });
  });

  it('come in a file of whoever sends it: the digest of somebody else’s opens nothing, nor does one in quarantine', async () => {
    const put = async (who: string, text: string) => {
      const response = await world.app.request('/api/files', {
        method: 'PUT',
        headers: { authorization: `Bearer ${await world.tokenOf(who)}` },
        body: text,
      });
      return ((await response.json()) as { sha256: string }).sha256;
    };
    const send = async (sha256: string) => {
      const { status, body } = await (await world.as('kuzmina'))('POST', '/api/hr-imports', { sha256, name: 'x.csv' });
      return [status, body.errors?.[0]?.detail];
    };
    const foreign = await put('goncharov', 'Внутренняя записка: не для чужих глаз');
    const none = await send('a'.repeat(64));
    expect(none[0]).toBe(422);
    expect(await send(foreign)).toEqual(none);
    const own = await put('kuzmina', 'Сотрудник;Событие;Дата');
    await world.deps.sql`update document set scan = 'pending' where sha256 = ${own}`;
    expect(await send(own)).toEqual([422, expect.stringContaining('проверяется')]);
    await world.deps.sql`update document set scan = 'clean', erased_at = now() where sha256 = ${own}`;
    expect(await send(own)).toEqual([422, expect.stringContaining('уничтожено')]);
  });

  it('of a file are looked at once more when it is applied: the office may be smaller by then', async () => {
    const { sql } = world.deps;
    const lines = `Сотрудник;Событие;Дата\r\nПанова Людмила Сергеевна;сменил должность;${day(0)}`;
    const batch = await upload(
      'kamenskaya',
      new TextEncoder().encode(lines.replace('Дата', 'Дата;Должность').replace(/$/, ';воспитатель')),
      'кадры региона.csv',
    );
    expect(batch.counts).toMatchObject({ ready: 1 });
    await sql`update role_assignment set scope_kind = 'organisation', scope_id = ${seedId('organisation', 'cnppm-rostov')} where person_id = ${personId('kamenskaya')}::uuid and role = 'hr_officer'`;
    const answer = await (await world.as('kamenskaya'))('POST', `/api/hr-imports/${batch.id}/apply`, { expected: 1 });
    expect([answer.status, answer.body.code]).toEqual([409, 'not_yours_now']);
    await sql`update role_assignment set scope_kind = 'region', scope_id = '42' where person_id = ${personId('kamenskaya')}::uuid and role = 'hr_officer'`;
    await must('kamenskaya', 'POST', `/api/hr-imports/${batch.id}/apply`, { expected: 1 }, 202);
  });

  it('reach an expert’s case of another jurisdiction, and that case is named to nobody of his HR', async () => {
    const { caseId } = await submit(world, 'Программа для кадрового события');
    await invite(world, caseId);
    const [task] = await world.deps.sql<Array<{ assignee_id: string; email: string }>>`
      select t.assignee_id, p.email from task t join person p on p.id = t.assignee_id where t.case_id = ${caseId} and t.kind = 'review' and t.open limit 1`;
    const cells = { personId: task!.email, event: 'dismissed', on: day(0) };
    const [region] = await world.deps.sql<Array<{ code: string }>>`
      select o.region_code as code from employment e join organisation o on o.id = e.organisation_id where e.person_id = ${task!.assignee_id} and e.main and e.to_on is null`;
    // An office of that region, made for this test.
    await world.deps
      .sql`insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on) values (gen_random_uuid(), ${personId('yashchenko')}, 'hr_officer', 'region', ${region!.code}, '2020-01-01')`;
    const preview = await must('yashchenko', 'POST', '/api/hr-events/preview', cells);
    expect(preview.effects.filter((e: any) => e.caseId !== null)).toEqual([]);
    const batch = await must('yashchenko', 'POST', '/api/hr-events', cells, 201);
    await told('yashchenko', batch.id);
    await until('another expert', async () => {
      const rows = await world.deps
        .sql`select 1 from task where case_id = ${caseId} and assignee_id = ${task!.assignee_id} and open`;
      return rows.length === 0;
    });
    expect((await rowsOf('yashchenko', batch.id))[0].outcomes).toEqual([]);
    const own = (await must('yashchenko', 'GET', '/api/hr-events')).items[0];
    expect(own.outcomes).toEqual([]);
    const admin = (await must('sokolov', 'GET', '/api/hr-events')).items.find((e: any) => e.id === own.id);
    expect(admin.outcomes).toMatchObject([{ caseId, state: 'delivered' }]);
  });

  it('leave runs behind, of broadcasts too, that the code which told them replays', async () => {
    const { client, keys } = world.driver;
    const told = await historiesOf(client, keys);
    const kinds = new Set(told.map(({ workflowId }) => workflowId.split(':')[0]));
    expect([...kinds]).toEqual(expect.arrayContaining(['employment-broadcast', 'mentoring-cycle']));
    expect(await contradictions(told)).toEqual([]);
    await keepWhereAsked('employment', told);
  });
});
