/** Promises of the API that need a real database and a real connection: keys, versions, pages, streams, files, printed pages. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personId } from '../../prisma/seed/people.ts';
import { runWorker } from '../driver.ts';
import { type ApiWorld, ask, createApiWorld, invite, listen, programmeOf, submit, until } from './world.ts';

let world: ApiWorld;
let server: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  world = await createApiWorld();
  server = await listen(world.app);
});
afterAll(async () => {
  await server?.close();
  await world?.stop();
});

async function bodyOf(title: string): Promise<Record<string, unknown>> {
  const { body: me } = await (await world.as('kalinin'))('GET', '/api/session');
  const programme = programmeOf('veroyatnost-i-statistika', title) as { provider: object };
  return { programme: { ...programme, provider: { ...programme.provider, organisationId: me.organisations[0].id } } };
}

describe('a repeated request', () => {
  it('with one key starts one case, even when both leave at once', async () => {
    const head = await world.as('kalinin');
    const body = { process: 'dpp-certification', body: await bodyOf('Дважды нажатая кнопка') };
    const key = { 'idempotency-key': 'pressed-twice' };
    const answers = await Promise.all([1, 2, 3].map(() => head('POST', '/api/cases', body, key)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.body.number)).size).toBe(1);
    const again = await head('POST', '/api/cases', body, key);
    expect(again.body.caseId).toBe(answers[0]!.body.caseId);
  });

  it('with another key finds the first case and says so', async () => {
    const head = await world.as('kalinin');
    const body = { process: 'dpp-certification', body: await bodyOf('Вторая подача') };
    const first = await head('POST', '/api/cases', body);
    const second = await head('POST', '/api/cases', body);
    expect([second.status, second.body.existing, second.body.caseId]).toEqual([201, true, first.body.caseId]);
  });

  it('of an act gives the same answer; the key with another body is refused', async () => {
    const { caseId } = await submit(world, 'Ключ действия');
    const operator = await world.as('belova');
    const { body: kase } = await operator('GET', `/api/cases/${caseId}`);
    const [task] = kase.tasks;
    const path = `/api/cases/${caseId}/actions/reportDefects`;
    const key = { 'idempotency-key': 'defects-key' };
    const defects = { taskId: task.id, defects: [{ place: 'Раздел 1', text: 'Нет приложения' }] };
    const first = await operator('POST', path, defects, key);
    expect(first.status, JSON.stringify(first.body)).toBe(200);
    const second = await operator('POST', path, defects, key);
    expect(second.body).toEqual(first.body);
    const other = await operator(
      'POST',
      path,
      { ...defects, defects: [{ place: 'Раздел 2', text: 'Другое содержание' }] },
      key,
    );
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_conflict']);
    const [events] = await world.deps.sql<
      Array<{ n: number }>
    >`select count(*)::int as n from case_event where case_id = ${caseId}::uuid and type = 'technical.returned'`;
    expect(events?.n).toBe(1);
    const inbox = await (await world.as('goncharov'))('GET', '/api/inbox?kind=case');
    expect(inbox.body.items.map((item: { caseId: string }) => item.caseId)).toContain(caseId);
  });

  it('of a start and of a draft that is sent: the same answer, and never for another body', async () => {
    const head = await world.as('kalinin');
    const key = () => ({ 'idempotency-key': randomUUID() });
    const recorded = async () =>
      (
        await world.deps.sql`
        select (select count(*)::int from "case") as cases, (select count(*)::int from case_event) as events,
          (select count(*)::int from notice) as letters, (select count(*)::int from task) as tasks`
      )[0];
    const body = { process: 'dpp-certification', body: await bodyOf('Ключ начала') };
    const drafted = async (title: string) =>
      `/api/drafts/${(await head('POST', '/api/drafts', { ...body, body: await bodyOf(title) }, key())).body.id}/submit`;
    const sent = await drafted('Ключ отправки');
    for (const [path, given, other] of [
      ['/api/cases', body, { ...body, body: await bodyOf('Ключ начала, другое содержание') }],
      [sent, {}, undefined],
    ] as const) {
      const own = key();
      const first = await head('POST', path, given, own);
      expect(first.status, JSON.stringify(first.body)).toBe(201);
      const before = await recorded();
      const again = await head('POST', path, given, own);
      expect([again.status, again.body]).toEqual([201, { ...first.body, existing: again.body.existing }]);
      if (other) {
        const refused = await head('POST', path, other, own);
        expect([refused.status, refused.body.code]).toEqual([409, 'idempotency_conflict']);
      }
      expect(await recorded(), path).toEqual(before);
    }
    const twice = await drafted('Отправлен дважды сразу');
    const same = key();
    const both = await Promise.all([head('POST', twice, {}, same), head('POST', twice, {}, same)]);
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(both[0]!.body.caseId).toBe(both[1]!.body.caseId);
  });

  it('of a draft makes one draft', async () => {
    const head = await world.as('kalinin');
    const key = { 'idempotency-key': 'one-draft-key' };
    const [a, b] = await Promise.all(
      [1, 2].map(() => head('POST', '/api/drafts', { process: 'dpp-certification', body: {} }, key)),
    );
    expect(a!.body.id).toBe(b!.body.id);
  });

  it('carries its request id to the journal', async () => {
    const head = await world.as('kalinin');
    const answer = await head(
      'POST',
      '/api/cases',
      { process: 'dpp-certification', body: await bodyOf('Номер запроса') },
      { 'x-request-id': 'browser-request-0001' },
    );
    const { body } = await (await world.as('belova'))('GET', `/api/cases/${answer.body.caseId}/events`);
    expect(body.items[0].requestId).toBe('browser-request-0001');
  });
});

describe('an organisation', () => {
  it('is what the database says, whatever the request claims', async () => {
    const head = await world.as('kalinin');
    const body = (await bodyOf('Чужой регион')) as { programme: { provider: object } };
    const forged = {
      programme: { ...body.programme, provider: { ...body.programme.provider, regionCode: '99', inn: '1234567890' } },
    };
    const { body: started } = await head('POST', '/api/cases', { process: 'dpp-certification', body: forged });
    const [row] = await world.deps.sql<
      Array<{ region: string }>
    >`select applicant_region_code as region from "case" where id = ${started.caseId}::uuid`;
    expect(row?.region).toBe('54');
  });

  it('of somebody else cannot be spoken for', async () => {
    const answer = await (await world.as('goncharov'))('POST', '/api/cases', {
      process: 'dpp-certification',
      body: await bodyOf('От чужого имени'),
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'role_missing']);
  });

  it('with errors in its programme is told each field', async () => {
    const body = (await bodyOf('Ошибки')) as { programme: object };
    const answer = await (await world.as('kalinin'))('POST', '/api/cases', {
      process: 'dpp-certification',
      body: { programme: { ...body.programme, hours: 'много', title: '' } },
    });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pointer: '/programme/title' }),
        { pointer: '/programme/hours', detail: 'Укажите объём в часах.' },
      ]),
    );
  });
});

describe('two people at one draft', () => {
  it('never overwrite each other in silence', async () => {
    const one = await world.as('kalinin');
    const two = await world.as('melnikova');
    const { body: draft } = await one('POST', '/api/drafts', { process: 'dpp-certification', body: {} });
    const path = `/api/drafts/${draft.id}`;
    expect((await two('PUT', path, { programme: { title: 'от второй' } }, { 'if-match': '"1"' })).status).toBe(200);
    const late = await one('PUT', path, { programme: { title: 'от первого' } }, { 'if-match': '"1"' });
    expect([late.status, late.body.current.version, late.body.current.updatedBy]).toEqual([
      412,
      2,
      'Мельникова Софья Артёмовна',
    ]);
    expect((await one('PUT', path, {})).status).toBe(428);
    expect((await one('PUT', path, {}, { 'if-match': 'nonsense' })).status).toBe(412);
    const races = await Promise.all(
      [one, two].map((person) => person('PUT', path, { programme: { title: 'гонка' } }, { 'if-match': '"2"' })),
    );
    expect(races.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 412]);
    expect((await one('DELETE', path)).status).toBe(204);
    expect((await two('GET', path)).status).toBe(404);
  });
});

/** Rows of cases written straight into the table: lists need many, and nothing of their history. */
async function plant(count: number, title: string, startedAt: (n: number) => Date): Promise<void> {
  const { sql } = world.deps;
  const rows = Array.from({ length: count }, (_, n) => ({
    id: randomUUID(),
    title: `${title} ${n}`,
    at: startedAt(n).toISOString(),
  }));
  await sql`
    insert into "case" (id, process, jurisdiction, title_ru, subject_kind, subject_id, policy_version_id, calendar_version, stage, waiting_for, closed, sequence, last_hash, state, started_at, updated_at)
    select r.id, 'dpp-certification', 'fed', r.title, 'programme', r.id::text, 'p', 'c', 'technical_check', 'operator', false, 1, '\\x00', '{}', r.at, r.at
    from jsonb_to_recordset(${sql.json(rows as never)}) as r(id uuid, title text, at timestamptz)`;
}

describe('pages of a list', () => {
  it('lose nothing and repeat nothing while rows are added', async () => {
    await plant(95, 'Страницы', (n) => new Date(Date.UTC(2026, 0, 1 + Math.floor(n / 10))));
    const operator = await world.as('belova');
    const seen: string[] = [];
    let next: string | null = '';
    for (let page = 0; next !== null; page++) {
      const { body } = await operator(
        'GET',
        `/api/cases?q=${encodeURIComponent('Страницы')}&limit=10${next ? `&cursor=${next}` : ''}`,
      );
      seen.push(...body.items.map((item: { id: string }) => item.id));
      next = body.next;
      if (page === 2) await plant(7, 'Страницы поздние', () => new Date());
    }
    expect(seen.length).toBe(95);
    expect(new Set(seen).size).toBe(95);
  });

  it('refuse a cursor made by hand or of another list', async () => {
    const operator = await world.as('belova');
    const other = (await operator('GET', '/api/people?limit=1')).body.next;
    for (const cursor of [
      'garbage',
      other,
      Buffer.from('[1,2]').toString('base64url'),
      Buffer.from('["2026-99-99T00:00:00Z","x"]').toString('base64url'),
    ])
      expect((await operator('GET', `/api/cases?cursor=${cursor}`)).body.errors?.[0]?.pointer, cursor).toBe(
        '/query/cursor',
      );
  });

  it('take signs of a search literally', async () => {
    const operator = await world.as('belova');
    expect((await operator('GET', `/api/cases?q=${encodeURIComponent('%')}`)).body.items).toEqual([]);
    expect((await operator('GET', `/api/cases?q=${encodeURIComponent("' or 1=1 --")}`)).body.items).toEqual([]);
  });

  it('of an inbox of 20,000 open tasks cost what those of a small one cost, first and last (quiet machine: p95 under 50 ms)', async () => {
    const { sql } = world.deps;
    const expert = personId('expert-abramova');
    const [kase] = await sql<Array<{ id: string }>>`select id from "case" where title_ru like 'Страницы%' limit 1`;
    await sql`
      insert into task (id, case_id, process, kind, title_ru, state, open, nature, role, scope_kind, scope_id, assignee_id, due_on, due_at, created_at, updated_at)
      select gen_random_uuid(), ${kase!.id}::uuid, 'dpp-certification', 'review', 'Экспертиза ' || n, 'in_progress', true, 'personal', 'expert', 'case', ${kase!.id}, ${expert}::uuid,
        '2026-12-01', case when n % 100 = 0 then null else timestamptz '2026-10-01' + n * interval '7 minutes' end, now(), now()
      from generate_series(1, 20000) n`;
    const another = (await (await world.as('belova'))('GET', '/api/people?role=expert&limit=5')).body.items.find(
      (row: { id: string }) => row.id !== expert,
    ).id as string;
    await sql`
      insert into task (id, case_id, process, kind, title_ru, state, open, nature, role, scope_kind, scope_id, assignee_id, due_on, due_at, created_at, updated_at)
      select gen_random_uuid(), case_id, process, kind, title_ru, state, open, nature, role, scope_kind, scope_id, ${another}::uuid, due_on, due_at, now(), now() from task where assignee_id = ${expert}::uuid limit 60`;
    await sql`analyze task`;
    const person = await world.as('expert-abramova');
    const small = await world.as(another);
    const times: number[] = [];
    const ratios: number[] = [];
    const seen: string[] = [];
    let next: string | null = '';
    for (let page = 0; next !== null && page < 40; page++) {
      // In turns, so that whatever else the machine does weighs on both.
      const started = performance.now();
      await small('GET', '/api/inbox?limit=50');
      const between = performance.now();
      const { body } = await person('GET', `/api/inbox?limit=50${next ? `&cursor=${next}` : ''}`);
      times.push(performance.now() - between);
      ratios.push((performance.now() - between) / (between - started));
      seen.push(...body.items.map((item: { id: string }) => item.id));
      expect(body.counts).toMatchObject({ task: 1_000, capped: true });
      next = body.next;
    }
    expect([seen.length, new Set(seen).size]).toEqual([2_000, 2_000]);
    for (const list of [times, ratios]) list.sort((a, b) => a - b);
    console.log(
      `inbox of 20,000: p50 ${times[20]?.toFixed(1)} ms, p95 ${times[37]?.toFixed(1)} ms, ${ratios[20]?.toFixed(2)} of a small one`,
    );
    expect(ratios[20]).toBeLessThan(3);
    const undated = Buffer.from(JSON.stringify([null, '00000000-0000-0000-0000-000000000000'])).toString('base64url');
    const tail = await person('GET', `/api/inbox?limit=50&cursor=${undated}`);
    expect(tail.body.items.length).toBe(50);
    expect(tail.body.items.every((item: { dueAt: string | null }) => item.dueAt === null)).toBe(true);
    const plan = await sql<
      Array<{ 'QUERY PLAN': string }>
    >`explain select id from task t where t.assignee_id = ${expert}::uuid and t.state <> 'on_hold' and t.open and t.due_at is not null
      and (t.due_at, t.id) > (timestamptz '2026-10-20', ${expert}::uuid) order by t.due_at, t.id limit 51`;
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Index (Only )?Scan using task_assignee/);
  });
});

interface Message {
  id?: string;
  event?: string;
  data?: any;
}

/** A stream of events read by hand, as a browser does. */
async function openStream(who: string, headers: Record<string, string> = {}) {
  const control = new AbortController();
  const response = await fetch(`${server.url}/api/stream`, {
    headers: { authorization: `Bearer ${await world.tokenOf(who)}`, ...headers },
    signal: control.signal,
  });
  const messages: Message[] = [];
  void (async () => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const lines = text.slice(0, end).split('\n');
        text = text.slice(end + 2);
        const field = (name: string) =>
          lines
            .find((line) => line.startsWith(`${name}:`))
            ?.slice(name.length + 1)
            .trim();
        const data = field('data');
        if (data !== undefined)
          messages.push({
            ...(field('id') ? { id: field('id')! } : {}),
            ...(field('event') ? { event: field('event')! } : {}),
            data: JSON.parse(data),
          });
      }
    }
  })().catch(() => undefined);
  await until('hello', async () => messages.some(({ event }) => event === 'hello'));
  return {
    messages,
    close: () => control.abort(),
    of: (kind: string) => messages.filter(({ data }) => data?.kind === kind),
  };
}

describe('the stream', () => {
  it('tells each viewer what concerns him, continues after a break, and leaves nobody behind', async () => {
    const before = world.deps.changes.subscribers;
    const [staff, head, stranger] = await Promise.all([
      openStream('belova'),
      openStream('goncharov'),
      openStream('kalinin'),
    ]);
    expect(world.deps.changes.subscribers).toBe(before + 3);
    const { caseId } = await submit(world, 'Поток обновлений');
    await until('the case for staff', async () => staff.of('case').some(({ data }) => data.caseId === caseId));
    await until('the case for the head', async () => head.of('case').some(({ data }) => data.caseId === caseId));
    await until('the inbox of the office', async () => staff.of('inbox').length > 0);
    await until('the notice of the head', async () => head.of('notice').length > 0);
    const last = staff.of('case').at(-1)?.id as string;
    staff.close();
    await invite(world, caseId);
    const again = await openStream('belova', { 'last-event-id': last });
    await until('what was missed', async () =>
      again.of('case').some(({ data }) => data.caseId === caseId && data.sequence > 2),
    );
    expect(again.messages.some(({ event }) => event === 'reset')).toBe(false);
    const lost = await openStream('belova', { 'last-event-id': 'another-process-7' });
    await until('the request to read anew', async () => lost.messages.some(({ event }) => event === 'reset'));
    expect(stranger.messages.filter(({ event }) => event !== 'hello')).toEqual([]);
    for (const open of [again, lost, head, stranger]) open.close();
    await until('no subscriber is left', async () => world.deps.changes.subscribers === before);
  });

  it('tells an expert that his inbox changed, and nothing of the case', async () => {
    const { caseId } = await submit(world, 'Поток эксперта');
    const [first] = await invite(world, caseId);
    const expert = await openStream(first!.personId);
    await (await world.as(first!.personId))('POST', `/api/cases/${caseId}/actions/acceptTask`, {
      taskId: first!.taskId,
      noConflict: true,
    });
    await until('the inbox', async () => expert.of('inbox').length > 0);
    expect(expert.of('case')).toEqual([]);
    expert.close();
  });
});

describe('a file', () => {
  const put = async (body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/api/files`, {
      method: 'PUT',
      body,
      headers: {
        authorization: `Bearer ${await world.tokenOf('kalinin')}`,
        'content-type': 'application/pdf',
        'x-file-name': encodeURIComponent('Устав.pdf'),
        ...headers,
      },
      duplex: 'half',
    } as RequestInit);

  it('is stored by its content, once', async () => {
    const first = await put('%PDF-1.7 учебный файл');
    expect(first.status).toBe(201);
    const answer = (await first.json()) as { sha256: string; name: string; size: number };
    expect(answer).toMatchObject({ name: 'Устав.pdf', size: Buffer.byteLength('%PDF-1.7 учебный файл') });
    expect(((await (await put('%PDF-1.7 учебный файл')).json()) as { sha256: string }).sha256).toBe(answer.sha256);
  });

  it('that is too large is refused while it arrives', async () => {
    const small = await createAppWithLimit(1_000);
    const stream = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(400)) });
    const answer = await small.request('/api/files', {
      method: 'PUT',
      body: stream,
      headers: { authorization: `Bearer ${await world.tokenOf('kalinin')}` },
      duplex: 'half',
    } as RequestInit);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([413, 'too_large']);
  });

  it('is one too many when its owner has filled his day, told beforehand or not; another person is not held up', async () => {
    const small = await createAppWithLimit(1_000, 300);
    const of = async (who: string, body: BodyInit, headers: Record<string, string> = {}) =>
      small.request('/api/files', {
        method: 'PUT',
        body,
        headers: { authorization: `Bearer ${await world.tokenOf(who)}`, ...headers },
        duplex: 'half',
      } as RequestInit);
    const pdf = (text: string) => `%PDF-1.7 ${text.padEnd(150, ' ')}`;
    const streamed = (text: string) => new Blob([pdf(text)]).stream();
    expect((await of('litvinova', streamed('первый'))).status).toBe(201);
    const full = await of('litvinova', streamed('второй'));
    expect([full.status, ((await full.json()) as { code: string }).code]).toEqual([429, 'upload_quota']);
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(86_000);
    const told = await of('litvinova', pdf('третий'), { 'content-length': '290' });
    expect(told.status).toBe(429);
    expect((await of('goncharov', streamed('второй'))).status).toBe(201);
  });
});

async function createAppWithLimit(file: number, filesPerDay = 10_000_000) {
  const { createApp } = await import('../../api/app.ts');
  return createApp({ ...world.deps, limits: { file, filesPerDay, perMinute: 10_000 } });
}

describe('the public register', () => {
  beforeAll(async () => {
    const { sql } = world.deps;
    await sql`insert into register_entry (id, register, number, status, version, title_ru, organisation_id, facts, valid_from, valid_until, public, keeper_case_id, updated_at)
      select gen_random_uuid(), 'federal_programmes', 'FR-9' || n, case when n = 3 then 'annulled' else 'certified' end, 1,
        case when n = 1 then '<script>alert(1)</script> & "кавычки"' when n = 2 then '=cmd|'' /C calc''!A0' else 'Обычная программа ' || n end,
        (select id from organisation where kind = 'cnppm' limit 1), '{"kind":"ПК","hours":36,"deficits":["x<y"]}', '2026-01-01', '2029-01-01', n <> 4, gen_random_uuid(), now() from generate_series(1, 30) n`;
  });

  it('prints what was typed as text', async () => {
    const nobody = await world.as('');
    const card = await nobody('GET', '/registry/FR-91');
    expect(card.body).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;кавычки&quot;');
    expect(card.body).not.toContain('<script');
    const list = await nobody('GET', `/registry?q=${encodeURIComponent('"><script>alert(2)</script>')}`);
    expect(list.status).toBe(200);
    expect(list.body).not.toContain('<script');
  });

  it('is found by words, by status, page by page, with a permanent address, and shows nothing that is not public', async () => {
    const nobody = await world.as('');
    const list = (await nobody('GET', '/registry')).body as string;
    expect(list.match(/<li class="card">/g)?.length).toBe(20);
    const next = /rel="next" href="([^"]+)"/.exec(list)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect((await nobody('GET', next)).body).toContain('FR-99');
    expect((await nobody('GET', '/registry?status=annulled')).body).toContain('FR-93');
    expect((await nobody('GET', '/registry?cursor=broken')).status).toBe(200);
    expect((await nobody('GET', '/registry/FR-94')).status).toBe(404);
    const annulled = (await nobody('GET', '/registry/FR-93')).body;
    expect(annulled).toContain('Не действует: аннулирована');
    expect(annulled).toContain('<link rel="canonical" href="http');
    expect((await nobody('GET', '/api/registers/federal_programmes')).status).toBe(401);
  });

  it('is exported so that a spreadsheet runs nothing', async () => {
    const ask = await world.as('goncharov');
    const csv = (await ask('GET', '/api/registers/federal_programmes/export.csv')).body as string;
    expect(csv).toContain(`;'=cmd|' /C calc'!A0;`);
    expect(csv).not.toContain('FR-94');
    const xml = (await ask('GET', '/api/registers/federal_programmes/export.xml')).body as string;
    expect(xml).toContain('&lt;script&gt;');
  });
});

describe('a process', () => {
  it('is described by its table, forms and policy, and drawn as BPMN with a layout', async () => {
    const ask = await world.as('goncharov');
    const { body } = await ask('GET', '/api/processes/dpp-certification');
    expect(body.table.length).toBeGreaterThan(80);
    expect(
      body.actions.find((action: { type: string }) => action.type === 'submit').schema.properties.programme,
    ).toBeTruthy();
    expect(body.policy.criteria).toHaveLength(11);
    const diagram = await ask('GET', '/api/processes/dpp-certification/diagram');
    expect(diagram.headers.get('content-type')).toContain('application/xml');
    expect(diagram.body).toContain('id="Stage_technical_check"');
    expect(diagram.body).toContain('bpmndi:BPMNShape');
    expect(diagram.body).toContain('timerEventDefinition');
  });
});

describe('an engine that does not answer', () => {
  it('gives 503 with a time to come back, keeps the draft, and the same key is answered once it works again', async () => {
    const { createApp } = await import('../../api/app.ts');
    const { createCases } = await import('../../platform/cases/commands.ts');
    const impatient = createCases({
      client: world.driver.client,
      pool: world.deps.sql,
      keys: world.deps.keys,
      taskQueue: 'nobody-listens',
      answerMs: 700,
    });
    const deaf = createApp({ ...world.deps, cases: impatient });
    const token = await world.tokenOf('kalinin');
    const head = await world.as('kalinin');
    const { body: draft } = await head('POST', '/api/drafts', {
      process: 'dpp-certification',
      body: await bodyOf('Молчащий движок'),
    });
    const path = `/api/drafts/${draft.id}/submit`;
    const silent = await ask(deaf, token)('POST', path, {}, { 'idempotency-key': 'later-is-fine' });
    expect([silent.status, silent.body.code, silent.headers.get('retry-after')]).toEqual([
      503,
      'not_yet_recorded',
      '5',
    ]);
    expect((await head('GET', `/api/drafts/${draft.id}`)).body.submittedCaseId).toBeNull();
    const { temporal } = world.config;
    const stop = await runWorker(
      { ...world.config, temporal: { ...temporal, taskQueue: 'nobody-listens' } },
      world.driver.client,
      world.deps.sql,
      world.deps.keys,
      {},
    );
    try {
      const later = await until('the worker takes it', async () => {
        const answer = await ask(deaf, token)('POST', path, {}, { 'idempotency-key': 'later-is-fine' });
        return answer.status === 503 ? undefined : answer;
      });
      expect([later.status, later.body.existing, later.body.stage]).toEqual([201, false, 'technical_check']);
    } finally {
      await stop();
    }
  });
});
