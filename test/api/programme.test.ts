import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  acceptAll,
  type ApiWorld,
  conclusionFor,
  createApiWorld,
  invite,
  programmeOf,
  submit,
  until,
} from './world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world?.stop());

describe('a methodist carries a programme from the draft to the register through the API', () => {
  it('draft, check, submission, technical check, three experts, certificate, public page, study group', async () => {
    const head = await world.as('goncharov');
    const { body: me } = await head('GET', '/api/session');
    expect(me.roles.map((role: { role: string }) => role.role)).toContain('provider_head');
    const source = programmeOf('veroyatnost-i-statistika', 'Вероятность и статистика: путь через API') as {
      provider: object;
    };
    const programme = { ...source, provider: { ...source.provider, organisationId: me.organisations[0].id } };

    const created = await head('POST', '/api/drafts', {
      process: 'dpp-certification',
      body: { programme: { ...programme, title: '' } },
    });
    expect(created.status).toBe(201);
    const id = created.body.id as string;
    const checked = await head('POST', `/api/drafts/${id}/check`);
    expect(checked.body).toMatchObject({ ready: false, errors: [{ pointer: '/programme/title' }] });
    const saved = await head(
      'PUT',
      `/api/drafts/${id}`,
      { programme },
      { 'if-match': created.headers.get('etag') ?? '' },
    );
    expect([saved.status, saved.body.version]).toEqual([200, 2]);
    expect((await head('POST', `/api/drafts/${id}/check`)).body).toEqual({ ready: true, errors: [] });
    const submitted = await head('POST', `/api/drafts/${id}/submit`, {});
    expect(submitted.status, JSON.stringify(submitted.body)).toBe(201);
    expect(submitted.body.number).toMatch(/^DPP-00-\d{4}-\d{5}$/);
    const { caseId } = submitted.body;

    const invited = await invite(world, caseId);
    expect(new Set(invited.map(({ personId }) => personId)).size).toBe(3);
    await acceptAll(world, caseId, invited);
    for (const { personId, taskId } of invited) {
      const expert = await world.as(personId);
      const task = await expert('GET', `/api/tasks/${taskId}`);
      expect(task.body.programme.body.title).toBe('Вероятность и статистика: путь через API');
      expect(task.body.criteria.length).toBe(11);
      expect(task.body.due.explanationRu).toContain('Срок истекает');
      const sent = await expert('POST', `/api/cases/${caseId}/actions/submitReview`, conclusionFor(taskId, 'approve'));
      expect(sent.status, JSON.stringify(sent.body)).toBe(200);
    }

    const coordinator = await world.as('yakovleva');
    const { body: kase } = await coordinator('GET', `/api/cases/${caseId}`);
    expect(kase.stage).toBe('decision_pending');
    expect(kase.proposalRu).toBe('Предложено сертифицировать: по заключениям экспертов');
    expect(kase.conclusions).toHaveLength(3);
    const decision = kase.tasks.find((task: { kind: string }) => task.kind === 'decision');
    const certified = await coordinator('POST', `/api/cases/${caseId}/actions/certify`, {
      taskId: decision.id,
      order: { number: '12-р', date: '2026-11-20' },
    });
    expect(certified.status, JSON.stringify(certified.body)).toBe(200);

    const number = await until(
      'the register entry',
      async () => (await head('GET', `/api/cases/${caseId}`)).body.registerEntry?.number as string | undefined,
    );
    const card = await head('GET', `/api/registers/federal_programmes/${number}`);
    expect(card.body).toMatchObject({
      number,
      status: 'certified',
      mayOpenGroup: true,
      titleRu: programme && 'Вероятность и статистика: путь через API',
    });
    const group = await head('POST', `/api/registers/federal_programmes/${number}/groups`, {
      size: 25,
      startedOn: card.body.validFrom,
      organisationId: me.organisations[0].id,
    });
    expect(group.status, JSON.stringify(group.body)).toBe(201);
    const page = await (await world.as(''))('GET', `/registry/${number}`);
    expect(page.status).toBe(200);
    expect(page.body).toContain('Вероятность и статистика: путь через API');
    expect(page.body).toContain('Действует по');

    const { body: journal } = await coordinator('GET', `/api/cases/${caseId}/events?limit=100`);
    expect(journal.items.map((event: { sequence: number }) => event.sequence)).toEqual(
      journal.items.map((_: unknown, i: number) => i + 1),
    );
    const admin = await world.as('sokolov');
    const history = await admin('GET', `/api/cases/${caseId}/history`);
    expect(history.status, JSON.stringify(history.body)).toBe(200);
    expect(history.body.engineAvailable).toBe(true);
    expect(history.body.row.behind).toBe(false);
    const engine = history.body.entries.filter((entry: { source: string }) => entry.source === 'engine');
    expect(engine.map((entry: { detailRu: string }) => entry.detailRu)).toContain('действие submitReview');
    expect(JSON.stringify(history.body)).not.toContain('binary/encrypted');
  });
});

describe('a panel asks for a revision', () => {
  it('its head merges the remarks without losing one, the provider answers them, the same experts look again', async () => {
    const { caseId, title } = await submit(world, 'Вероятность и статистика: с доработкой');
    const invited = await invite(world, caseId);
    await acceptAll(world, caseId, invited);
    const act = async (who: string, type: string, body: object) => {
      const answer = await (await world.as(who))('POST', `/api/cases/${caseId}/actions/${type}`, body);
      return { status: answer.status, body: answer.body };
    };
    const read = async (who: string, path: string) => (await (await world.as(who))('GET', path)).body;
    for (const [i, { personId, taskId }] of invited.entries()) {
      expect((await read(personId, `/api/tasks/${taskId}`)).remarks).toBeNull();
      const conclusion = conclusionFor(taskId, 'revise');
      const sent = await act(personId, 'submitReview', conclusion);
      expect(sent.status, JSON.stringify(sent.body)).toBe(200);
      // Until all conclusions are in, nobody reads another's.
      if (i < 2) expect((await read(personId, `/api/tasks/${taskId}`)).remarks).toBeNull();
    }
    const tasks = await read('belova', `/api/tasks?caseId=${caseId}&kind=review`);
    expect(tasks.items).toHaveLength(3);
    const views = await Promise.all(
      invited.map(async ({ personId, taskId }) => ({
        personId,
        taskId,
        view: await read(personId, `/api/tasks/${taskId}`),
      })),
    );
    const merges = (view: any) => view.offers.filter((offer: { type: string }) => offer.type === 'mergeRemarks');
    const heads = views.filter(({ view }) => merges(view).length > 0);
    expect(heads).toHaveLength(1);
    const head = heads[0] as (typeof views)[number];
    expect(merges(head.view)[0]).toMatchObject({ allowed: true, customForm: 'merge', taskId: null });
    const text = JSON.stringify(head.view.remarks);
    for (const { personId } of invited) expect(text).not.toContain(personId);
    const ids: string[] = head.view.remarks.groups.flatMap((g: any) => g.remarks.map((r: { id: string }) => r.id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(2);
    expect(head.view.remarks.merged).toBe(false);

    const lost = await act(head.personId, 'mergeRemarks', { groups: [{ title: 'Всё', remarkIds: ids.slice(1) }] });
    expect([lost.status, lost.body.code]).toEqual([422, 'remarks_lost']);
    const other = views.find(({ personId }) => personId !== head.personId) as (typeof views)[number];
    expect((await act(other.personId, 'mergeRemarks', { groups: [{ title: 'Моё', remarkIds: ids }] })).status).toBe(
      409,
    );
    const groups = [
      { title: 'Измеримость результатов', remarkIds: ids.slice(2) },
      { title: 'Оценочные материалы', remarkIds: ids.slice(0, 2) },
    ];
    const merged = await act(head.personId, 'mergeRemarks', { groups });
    expect(merged.status, JSON.stringify(merged.body)).toBe(200);

    const kase = await read('goncharov', `/api/cases/${caseId}`);
    expect(kase.stage).toBe('revision');
    expect(kase.remarks.merged).toBe(true);
    expect(kase.remarks.groups.map((g: any) => [g.titleRu, g.remarks.map((r: { id: string }) => r.id)])).toEqual(
      groups.map((g) => [g.title, g.remarkIds]),
    );
    for (const { personId } of invited) expect(JSON.stringify(kase)).not.toContain(personId);

    const provider = await world.as('goncharov');
    const latest = kase.documents.find((d: { kind: string }) => d.kind === 'programme');
    const programme = JSON.parse(JSON.stringify((await provider('GET', latest.href)).body));
    const draft = await provider('POST', '/api/drafts', {
      process: 'dpp-certification',
      forCaseId: caseId,
      body: { programme: { ...programme, title } },
    });
    expect(draft.status, JSON.stringify(draft.body)).toBe(201);
    const again = await provider('POST', `/api/drafts/${draft.body.id}/submit`, {
      action: 'resubmit',
      answers: 'Результаты переписаны измеримо, добавлена шкала.',
    });
    expect(again.status, JSON.stringify(again.body)).toBe(201);
    expect((await read('goncharov', `/api/cases/${caseId}`)).remarks).toBeNull();
    const second = await until('the second round', async () => {
      const { items } = await read('belova', `/api/tasks?caseId=${caseId}&kind=review&state=assigned`);
      return items.length === 3 ? (items as Array<{ id: string; assigneeId: string }>) : undefined;
    });
    expect(second.map((t) => t.assigneeId).sort()).toEqual(invited.map((t) => t.personId).sort());
    const round = await read((second[0] as { assigneeId: string }).assigneeId, `/api/tasks/${second[0]?.id}`);
    expect(round.answersRu).toContain('добавлена шкала');
    expect(round.earlierRemarks).toHaveLength(ids.length);
  });
});
