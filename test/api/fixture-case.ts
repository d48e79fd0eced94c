/** One certification case of Rostov in the middle of its expertise, with what hangs on it: what the tests of attacks and of blindness look at. */
import { seedId } from '../../prisma/seed/ids.ts';
import type { DirectWorld } from './direct-world.ts';
import { conclusionFor, programmeOf } from './world.ts';

/** Stands in the title of the case and nowhere else. */
export const MARK = 'Меткаростова';

export interface FixtureCase {
  caseId: string;
  number: string;
  programmeSha: string;
  checkTaskId: string;
  /** Experts who accepted, in the order of their seats, each with his task. */
  panel: Array<{ personId: string; taskId: string }>;
}

/** Asks and demands the status. */
export async function must(
  world: DirectWorld,
  who: string,
  method: string,
  path: string,
  body?: unknown,
  status = 200,
): Promise<any> {
  const answer = await (await world.as(who))(method, path, body, {
    'idempotency-key': `${method}-${path}-${who}`.slice(0, 200),
  });
  if (answer.status !== status)
    throw new Error(`${who} ${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Submits, checks, invites, accepts; the first `reviewed` experts have sent their conclusions. */
export async function openFixtureCase(world: DirectWorld, reviewed: number): Promise<FixtureCase> {
  const source = programmeOf('smyslovoe-chtenie', `Смысловое чтение: ${MARK}`) as { provider: object };
  const provider = { ...source.provider, organisationId: seedId('organisation', 'cnppm-rostov') };
  const body = { process: 'dpp-certification', body: { programme: { ...source, provider } } };
  const { caseId, number } = await must(world, 'goncharov', 'POST', '/api/cases', body, 201);
  const act = (who: string, type: string, payload: unknown) =>
    must(world, who, 'POST', `/api/cases/${caseId}/actions/${type}`, payload);
  const tasks = (kind: string) => world.pool<Array<{ id: string; assignee_id: string }>>`
    select id, assignee_id from task where case_id = ${caseId} and kind = ${kind} and open order by id`;
  const [check] = await tasks('technical_check');
  await act('belova', 'completeTechnicalCheck', { taskId: check!.id });
  const panel = (await tasks('review')).map(({ id, assignee_id }) => ({ taskId: id, personId: assignee_id }));
  for (const { personId, taskId } of panel) await act(personId, 'acceptTask', { taskId, noConflict: true });
  for (const { personId, taskId } of panel.slice(0, reviewed))
    await act(personId, 'submitReview', conclusionFor(taskId, 'approve'));
  const kase = await must(world, 'belova', 'GET', `/api/cases/${caseId}`);
  const programmeSha = kase.documents.find(({ kind }: { kind: string }) => kind === 'programme').sha256;
  return { caseId, number, programmeSha, checkTaskId: check!.id, panel };
}
