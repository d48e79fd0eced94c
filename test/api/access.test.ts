/** Who may read what, area by area: the same id opens for one person and does not exist for another. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personId } from '../../prisma/seed/people.ts';
import { acceptAll, type ApiWorld, conclusionFor, createApiWorld, invite, submit, until } from './world.ts';

let world: ApiWorld;
let caseId: string;
let number: string;
let invited: Array<{ personId: string; taskId: string }>;
let programmeSha: string;
let contact: string;

beforeAll(async () => {
  world = await createApiWorld();
  ({ caseId, number } = await submit(world, 'Кто что видит'));
  invited = await invite(world, caseId);
  await acceptAll(world, caseId, invited);
  const { body } = await (await world.as('belova'))('GET', `/api/cases/${caseId}`);
  programmeSha = body.documents.find((document: { kind: string }) => document.kind === 'programme').sha256;
  contact = JSON.stringify(
    (await (await world.as('belova'))('GET', `/api/cases/${caseId}/documents/${programmeSha}`)).body.contact.email,
  );
});
afterAll(() => world?.stop());

const get = async (who: string, path: string) => (await world.as(who))('GET', path);
const unknown = '00000000-0000-4000-8000-000000000000';

describe('a case', () => {
  it.each([
    ['belova', 200, 'operator of the jurisdiction'],
    ['koroleva', 200, 'coordinator'],
    ['frolov', 200, 'keeper of the register'],
    ['sokolov', 200, 'administrator'],
    ['orlov', 200, 'observer of the country'],
    ['goncharov', 200, 'head of the applicant'],
    ['litvinova', 200, 'representative of the applicant'],
    ['sidorenko', 200, 'methodist employed by the applicant'],
    ['kalinin', 404, 'head of another provider'],
    ['eremina', 404, 'methodist of another region'],
    ['bashtannik', 404, 'teacher'],
    ['danilova', 404, 'personnel office of a region'],
    ['', 401, 'nobody'],
  ])('%s gets %i: %s', async (who, status) => {
    expect((await get(who, `/api/cases/${caseId}`)).status).toBe(status);
  });

  it('that is foreign answers exactly as one that does not exist', async () => {
    const strip = ({ requestId: _requestId, instance: _instance, ...rest }: Record<string, unknown>) => rest;
    const foreign = await get('kalinin', `/api/cases/${caseId}`);
    const absent = await get('kalinin', `/api/cases/${unknown}`);
    const malformed = await get('kalinin', '/api/cases/not-an-id');
    expect(strip(foreign.body)).toEqual(strip(absent.body));
    expect(strip(malformed.body)).toEqual(strip(absent.body));
  });

  it('is not betrayed by asking to begin it again: a stranger hears the same of a title that was applied with and of one that was not', async () => {
    const [row] = await world.deps.sql<Array<{ json: Record<string, unknown> }>>`
      select convert_from(inline, 'UTF8')::jsonb as json from document where sha256 = ${programmeSha}`;
    const begin = async (title: unknown) => {
      const programme = { ...row!.json, title };
      const answer = await (await world.as('kalinin'))('POST', '/api/cases', {
        process: 'dpp-certification',
        body: { programme },
      });
      return [answer.status, answer.body.code, answer.body.detail];
    };
    const taken = await begin(row!.json.title);
    expect(taken).toEqual([403, 'role_missing', expect.any(String)]);
    expect(await begin('Такой заявки никто не подавал')).toEqual(taken);
  });

  it('shows the applicant no name and no id of an expert, anywhere', async () => {
    const names = await world.deps.sql<
      Array<{ family_name: string }>
    >`select family_name from person where id = any(${invited.map(({ personId: id }) => id)}::uuid[])`;
    for (const path of [
      `/api/cases/${caseId}`,
      `/api/cases/${caseId}/events?limit=100`,
      `/api/tasks?caseId=${caseId}`,
      '/api/notices',
      '/api/inbox',
      '/api/people',
    ]) {
      const text = JSON.stringify((await get('goncharov', path)).body);
      for (const { family_name } of names) expect(text, path).not.toContain(family_name);
      for (const { personId: id } of invited) expect(text, path).not.toContain(id);
    }
    const { body } = await get('goncharov', `/api/cases/${caseId}`);
    expect(body.panel.members.map((member: { nameRu: string }) => member.nameRu).sort()).toEqual([
      'Эксперт 1',
      'Эксперт 2',
      'Эксперт 3',
    ]);
    expect(body.panel.selection).toBeNull();
  });

  it('shows the operator names, and the observer none', async () => {
    const staff = await get('belova', `/api/cases/${caseId}`);
    expect(staff.body.panel.members.map((member: { personId: string }) => member.personId).sort()).toEqual(
      invited.map(({ personId: id }) => id).sort(),
    );
    expect(staff.body.panel.selection.seed).toBeTruthy();
    const observer = JSON.stringify((await get('orlov', `/api/cases/${caseId}`)).body);
    for (const { personId: id } of invited) expect(observer).not.toContain(id);
    expect(observer).not.toContain(programmeSha);
  });

  it('is in the lists of those who see it and in no other', async () => {
    const listed = async (who: string) => (await get(who, `/api/cases?q=${number}`)).body.items.length;
    expect(
      await Promise.all(['belova', 'orlov', 'goncharov', 'sidorenko', 'kalinin', 'bashtannik'].map(listed)),
    ).toEqual([1, 1, 1, 1, 0, 0]);
    expect((await get(invited[0]!.personId, '/api/cases')).body.items).toEqual([]);
  });

  it('lets the history of the engine be read by administrators alone', async () => {
    expect((await get('sokolov', `/api/cases/${caseId}/history`)).status).toBe(200);
    for (const who of ['belova', 'koroleva', 'goncharov', 'orlov'])
      expect((await get(who, `/api/cases/${caseId}/history`)).status, who).toBe(404);
  });
});

/** Where an expert reads the programme of his task. */
const programmeOf = (task: { documents: Array<{ kind: string; href: string }> }): string =>
  task.documents.find(({ kind }) => kind === 'programme')!.href;

describe('a task', () => {
  it('opens for its expert and for staff, not for the other expert or the applicant', async () => {
    const [first, second] = invited;
    expect((await get(first!.personId, `/api/tasks/${first!.taskId}`)).status).toBe(200);
    expect((await get('belova', `/api/tasks/${first!.taskId}`)).status).toBe(200);
    for (const who of [second!.personId, 'goncharov', 'kalinin'])
      expect((await get(who, `/api/tasks/${first!.taskId}`)).status, who).toBe(404);
  });

  it('gives the expert the programme without contacts, as a page and as a document', async () => {
    const [first] = invited;
    const task = await get(first!.personId, `/api/tasks/${first!.taskId}`);
    expect(task.body.programme.body.contact).toBeUndefined();
    expect(JSON.stringify(task.body)).not.toContain(contact);
    const document = await get(first!.personId, programmeOf(task.body));
    expect(document.status).toBe(200);
    expect(document.body.contact).toBeUndefined();
    expect((await get('goncharov', `/api/cases/${caseId}/documents/${programmeSha}`)).body.contact).toBeTruthy();
    for (const who of ['kalinin', 'orlov'])
      for (const path of [`/api/cases/${caseId}/documents/${programmeSha}`, programmeOf(task.body)])
        expect((await get(who, path)).status).toBe(404);
  });

  it('keeps a draft private: the other expert, staff and the administrator do not find it', async () => {
    const [first, second] = invited;
    const mine = await world.as(first!.personId);
    expect((await mine('PUT', `/api/tasks/${first!.taskId}/draft`, { summary: 'тайна черновика' })).status).toBe(200);
    expect((await mine('GET', `/api/tasks/${first!.taskId}/draft`)).body.body).toEqual({ summary: 'тайна черновика' });
    for (const who of [second!.personId, 'belova', 'sokolov', 'goncharov'])
      expect((await get(who, `/api/tasks/${first!.taskId}/draft`)).status, who).toBe(404);
    const [row] = await world.deps.sql<
      Array<{ body: Buffer }>
    >`select body from task_draft where task_id = ${first!.taskId}::uuid`;
    expect(row?.body.toString('utf8')).not.toContain('тайна');
  });

  it('of another person cannot be done, and the refusal says what is possible', async () => {
    const [first, second] = invited;
    const answer = await (await world.as(second!.personId))(
      'POST',
      `/api/cases/${caseId}/actions/submitReview`,
      conclusionFor(first!.taskId, 'approve'),
    );
    expect(answer.status).toBe(403);
    expect(answer.body.code).toBe('not_assignee');
    expect(answer.body.possible.map((offer: { type: string }) => offer.type)).toContain('submitReview');
    expect(
      (await (await world.as('kalinin'))('POST', `/api/cases/${caseId}/actions/withdraw`, { reason: 'чужое дело' }))
        .status,
    ).toBe(404);
  });

  it('of an expert who has declined closes the programme to him, and only the coordinator reads why', async () => {
    const [first] = invited;
    const leaving = await world.as(first!.personId);
    const programme = programmeOf((await leaving('GET', `/api/tasks/${first!.taskId}`)).body);
    expect((await leaving('GET', programme)).status).toBe(200);
    const declared = await leaving('POST', `/api/cases/${caseId}/actions/declareConflict`, {
      taskId: first!.taskId,
      reason: 'Соавтор программы, секретная причина',
    });
    expect(declared.status, JSON.stringify(declared.body)).toBe(200);
    expect((await leaving('GET', programme)).status).toBe(404);
    expect((await leaving('GET', `/api/tasks/${first!.taskId}`)).body.programme).toBeNull();
    const journal = async (who: string) =>
      JSON.stringify((await get(who, `/api/cases/${caseId}/events?limit=100`)).body);
    expect(await journal('koroleva')).toContain('секретная причина');
    for (const who of ['belova', 'orlov', 'goncharov'])
      expect(await journal(who), who).not.toContain('секретная причина');
    const [read] = await world.deps.sql<
      Array<{ n: number }>
    >`select count(*)::int as n from audit_record where kind = 'personal.read' and actor_id = ${personId('koroleva')}::uuid`;
    expect(read?.n).toBeGreaterThan(0);
  });
});

describe('conclusions', () => {
  it('are hidden from the applicant and from the other experts until all are in, then shown without names', async () => {
    const replaced = await until('a replacement', async () => {
      const { body } = await get('belova', `/api/tasks?caseId=${caseId}&kind=review&state=assigned`);
      return body.items[0] as { id: string; assigneeId: string } | undefined;
    });
    await acceptAll(world, caseId, [{ personId: replaced.assigneeId, taskId: replaced.id }]);
    const panel = [...invited.slice(1), { personId: replaced.assigneeId, taskId: replaced.id }];
    for (const [i, expert] of panel.entries()) {
      const before = (await get('goncharov', `/api/cases/${caseId}`)).body;
      expect(before.conclusions).toEqual([]);
      expect(before.panel.members.every((member: { verdict: string | null }) => member.verdict === null)).toBe(true);
      if (i > 0) {
        const [done] = (await get('belova', `/api/cases/${caseId}`)).body.conclusions;
        expect((await get(expert.personId, `/api/cases/${caseId}/documents/${done.sha256}`)).status).toBe(404);
        expect((await get('goncharov', `/api/cases/${caseId}/documents/${done.sha256}`)).status).toBe(404);
      }
      const sent = await (await world.as(expert.personId))(
        'POST',
        `/api/cases/${caseId}/actions/submitReview`,
        conclusionFor(expert.taskId, 'approve'),
      );
      expect(sent.status, JSON.stringify(sent.body)).toBe(200);
    }
    const after = (await get('goncharov', `/api/cases/${caseId}`)).body;
    expect(after.conclusions.map((conclusion: { authorRu: string }) => conclusion.authorRu).sort()).toEqual([
      'Эксперт 1',
      'Эксперт 2',
      'Эксперт 3',
    ]);
    expect(after.conclusions[0].summary.length).toBeGreaterThan(10);
    expect((await get('goncharov', `/api/cases/${caseId}/documents/${after.conclusions[0].sha256}`)).status).toBe(200);
  });
});

describe('drafts, people, notices, administration', () => {
  it('a draft belongs to its organisation', async () => {
    const head = await world.as('goncharov');
    const { body: draft } = await head('POST', '/api/drafts', { process: 'dpp-certification', body: {} });
    expect((await get('litvinova', `/api/drafts/${draft.id}`)).status).toBe(200);
    for (const who of ['kalinin', 'belova', 'sokolov'])
      expect((await get(who, `/api/drafts/${draft.id}`)).status, who).toBe(404);
    expect(
      (await (await world.as('kalinin'))('PUT', `/api/drafts/${draft.id}`, {}, { 'if-match': '"1"' })).status,
    ).toBe(404);
    expect((await (await world.as('belova'))('POST', '/api/drafts', { process: 'dpp-certification' })).status).toBe(
      403,
    );
  });

  it('people are listed for staff; others find themselves', async () => {
    expect((await get('belova', '/api/people?role=expert')).body.items.length).toBeGreaterThan(20);
    expect((await get('goncharov', '/api/people?role=expert')).body.items).toEqual([]);
    expect((await get('goncharov', '/api/people')).body.items.map((row: { id: string }) => row.id)).toEqual([
      personId('goncharov'),
    ]);
  });

  it('a notice is for its addressee', async () => {
    const { body } = await get('goncharov', '/api/notices');
    const [notice] = body.items;
    expect(notice.subject).toContain(number);
    expect((await (await world.as('kalinin'))('POST', `/api/notices/${notice.id}/read`)).status).toBe(404);
    const read = await (await world.as('goncharov'))('POST', `/api/notices/${notice.id}/read`);
    expect([read.status, typeof read.body.readAt]).toEqual([200, 'string']);
  });

  it('incidents, the overview and reconciliation are for administrators', async () => {
    for (const path of ['/api/incidents', '/api/admin/overview']) {
      expect((await get('sokolov', path)).status).toBe(200);
      for (const who of ['belova', 'goncharov', invited[1]!.personId])
        expect((await get(who, path)).status, `${who} ${path}`).toBe(403);
    }
    expect((await (await world.as('sokolov'))('POST', `/api/cases/${caseId}/reconcile`)).status).toBe(202);
    expect((await (await world.as('belova'))('POST', `/api/cases/${caseId}/reconcile`)).status).toBe(404);
  });

  it('letters that stayed behind an incident are sent again by an administrator, and only those', async () => {
    const { sql } = world.deps;
    const notice = async (template: string, state: string, error: string | null, to = 'goncharov', legally = false) => {
      const id = randomUUID();
      await sql`insert into notice (id, dedupe_key, case_id, template, addressee_id, addressee_role, params, nominal_at, due_at, state, last_error, legally_significant)
        values (${id}, ${id}, ${caseId}, ${template}, ${personId(to)}::uuid, 'provider_rep', '{}', now(), now() + interval '9 days', ${state}, ${error}, ${legally})`;
      return id;
    };
    const stateOf = async (id: string) =>
      (await sql`select state, due_at <= now() as due from notice where id = ${id}`)[0] as {
        state: string;
        due: boolean;
      };
    const incident = async (kind: string, key: string) => {
      const id = randomUUID();
      await sql`insert into incident (id, kind, key, message) values (${id}, ${kind}, ${key}, 'Письмо не ушло')`;
      return id;
    };
    const broken = [await notice('broken', 'failed', 'x'), await notice('broken', 'queued', 'x')];
    const others = [await notice('broken', 'sent', null), await notice('sound', 'failed', 'x')];
    const bounced = [
      await notice('any', 'bounced', 'x', 'kalinin'),
      await notice('any', 'inbox_only', null, 'kalinin', true),
    ];
    others.push(await notice('any', 'inbox_only', null, 'kalinin'));
    await sql`update person set mail_bounced = true where id = ${personId('kalinin')}::uuid`;
    const template = await incident('template_failed', 'template_failed:dpp-certification:broken');
    const address = await incident('mail_bounced', `mail_bounced:${personId('kalinin')}`);
    const admin = await world.as('sokolov');
    const listed = (await admin('GET', '/api/incidents')).body.items as Array<{
      id: string;
      letters: number;
      kindRu: string;
    }>;
    const shown = listed.filter(({ id }) => id === template || id === address);
    expect(shown.map(({ letters }) => letters)).toEqual([2, 2]);
    expect(shown.every(({ kindRu }) => /[а-я]/.test(kindRu))).toBe(true);
    expect((await (await world.as('belova'))('POST', `/api/incidents/${template}/resend`)).status).toBe(403);
    for (const id of [template, address]) {
      const answer = await admin('POST', `/api/incidents/${id}/resend`);
      expect([answer.status, answer.body.letters, typeof answer.body.resolvedAt]).toEqual([200, 0, 'string']);
    }
    for (const id of [...broken, ...bounced]) expect(await stateOf(id)).toEqual({ state: 'queued', due: true });
    expect((await Promise.all(others.map(stateOf))).map(({ state }) => state)).toEqual([
      'sent',
      'failed',
      'inbox_only',
    ]);
    const sound = await sql`select 1 from person where id = ${personId('kalinin')}::uuid and not mail_bounced`;
    expect(sound).toHaveLength(1);
    expect((await admin('POST', `/api/incidents/${template}/resend`)).status).toBe(409);
    await sql`delete from notice where id = any(${[...broken, ...bounced, ...others]}::uuid[])`;
  });

  it('a report is for staff and observers, and each number opens its cases', async () => {
    expect((await get('goncharov', '/api/reports/dpp-certification')).status).toBe(403);
    const { body } = await get('koroleva', '/api/reports/dpp-certification');
    const ask = await world.as('koroleva');
    for (const total of [
      ...Object.values(body.totals),
      ...body.stages.map((stage: { open: unknown }) => stage.open),
      ...body.regions.map((row: { started: unknown }) => row.started),
    ] as Array<{ value: number; list: string }>)
      expect((await ask('GET', `${total.list}&limit=100`)).body.items.length, total.list).toBe(total.value);
    for (const expert of body.experts.filter((row: { open: { value: number } }) => row.open.value > 0))
      expect((await ask('GET', expert.open.list)).body.items.length).toBe(expert.open.value);
  });

  it('a fact from outside is written by staff, checked by its form', async () => {
    const fact = { factId: 'letter-17', kind: 'monitoring', body: { good: true, on: '2026-11-20' } };
    expect((await (await world.as('goncharov'))('POST', `/api/cases/${caseId}/facts`, fact)).status).toBe(403);
    expect(
      (
        await (
          await world.as('belova')
        )('POST', `/api/cases/${caseId}/facts`, { ...fact, body: { good: 'да' } })
      ).body.errors.map((error: { pointer: string }) => error.pointer),
    ).toEqual(['/body/good', '/body/on']);
    expect((await (await world.as('belova'))('POST', `/api/cases/${caseId}/facts`, fact)).status).toBe(202);
  });

  it('a role is held from one date to another: yesterday’s is none', async () => {
    await world.deps
      .sql`update role_assignment set to_on = '2026-01-01' where person_id = ${personId('tarasov')}::uuid`;
    expect((await get('tarasov', `/api/cases/${caseId}`)).status).toBe(404);
    await world.deps.sql`update role_assignment set to_on = null where person_id = ${personId('tarasov')}::uuid`;
    expect((await get('tarasov', `/api/cases/${caseId}`)).status).toBe(200);
  });

  it('a deputy sees and acts for the person he replaces, while the order holds', async () => {
    const behalf = { 'x-on-behalf-of': personId('belova') };
    const deputy = await world.as('mironova');
    expect((await deputy('GET', '/api/session', undefined, behalf)).status).toBe(403);
    await world.deps
      .sql`insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on, act, on_behalf_of)
      values (gen_random_uuid(), ${personId('kim')}::uuid, 'fed_operator', 'jurisdiction', 'fed', '2026-01-01', 'Приказ № 5', ${personId('belova')}::uuid)`;
    const kim = await world.as('kim');
    expect((await kim('GET', `/api/cases/${caseId}`)).status).toBe(404);
    expect((await kim('GET', `/api/cases/${caseId}`, undefined, behalf)).status).toBe(200);
    expect((await kim('GET', '/api/session')).body.mayActFor).toEqual([
      { id: personId('belova'), displayName: 'Белова Анна Павловна', act: 'Приказ № 5', until: null },
    ]);
  });

  it('a session that is closed opens nothing', async () => {
    const ask = await world.as('orlov');
    expect((await ask('DELETE', '/api/session')).status).toBe(204);
    expect((await ask('GET', '/api/session')).status).toBe(401);
  });
});
