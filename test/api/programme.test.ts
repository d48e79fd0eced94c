import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptAll, type ApiWorld, conclusionFor, createApiWorld, invite, programmeOf, until } from './world.ts';

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
