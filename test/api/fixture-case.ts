/** One certification case of Rostov in the middle of its expertise, with what hangs on it: what the tests of attacks and of blindness look at. */
import { strToU8, zipSync } from 'fflate';
import { seedId } from '../../prisma/seed/ids.ts';
import type { DirectWorld } from './direct-world.ts';
import { conclusionFor, programmeOf } from './world.ts';

/** Where one telling of the case may differ from another. */
export interface CaseOptions {
  contact?: { name: string; email: string; phone: string };
  /** Who made the file that is attached; its name and its properties name him. */
  attachedBy?: string;
  verdict?: 'approve' | 'reject';
}

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
export async function openFixtureCase(
  world: DirectWorld,
  reviewed: number,
  { contact, attachedBy, verdict = 'approve' }: CaseOptions = {},
): Promise<FixtureCase> {
  const source = programmeOf('smyslovoe-chtenie', `Смысловое чтение: ${MARK}`) as { provider: object };
  const provider = { ...source.provider, organisationId: seedId('organisation', 'cnppm-rostov') };
  const attachments = attachedBy ? [await attach(world, attachedBy)] : [];
  const programme = { ...source, provider, attachments, ...(contact ? { contact } : {}) };
  const body = { process: 'dpp-certification', body: { programme } };
  const { caseId, number } = await must(world, 'goncharov', 'POST', '/api/cases', body, 201);
  const act = (who: string, type: string, payload: unknown) =>
    must(world, who, 'POST', `/api/cases/${caseId}/actions/${type}`, payload);
  const tasks = (kind: string) => world.pool<Array<{ id: string; assignee_id: string }>>`
    select id, assignee_id from task where case_id = ${caseId} and kind = ${kind} and open order by id`;
  const [check] = await tasks('technical_check');
  await act('belova', 'completeTechnicalCheck', { taskId: check!.id });
  const panel = await world.pool<FixtureCase['panel']>`
    select t->>'id' as "taskId", t->>'assigneeId' as "personId" from "case" c, jsonb_array_elements(c.state->'tasks') t
    where c.id = ${caseId} and t->>'kind' = 'review' order by (t->>'ordinal')::int`;
  for (const { personId, taskId } of panel) await act(personId, 'acceptTask', { taskId, noConflict: true });
  for (const { personId, taskId } of panel.slice(0, reviewed))
    await act(personId, 'submitReview', conclusionFor(taskId, verdict));
  const kase = await must(world, 'belova', 'GET', `/api/cases/${caseId}`);
  const programmeSha = kase.documents.find(({ kind }: { kind: string }) => kind === 'programme').sha256;
  return { caseId, number, programmeSha, checkTaskId: check!.id, panel: [...panel] };
}

/** Puts a document of Office with its author in it. */
async function attach(world: DirectWorld, author: string): Promise<{ sha256: string; name: string }> {
  const type = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';
  const types = 'http://schemas.openxmlformats.org/package/2006/content-types';
  const content = zipSync(
    {
      '[Content_Types].xml': strToU8(
        `<Types xmlns="${types}"><Override PartName="/word/document.xml" ContentType="${type}"/></Types>`,
      ),
      'docProps/core.xml': strToU8(`<cp:coreProperties><dc:creator>${author}</dc:creator></cp:coreProperties>`),
      'word/document.xml': strToU8('<w:document><w:t>Учебный план</w:t></w:document>'),
    },
    { mtime: '2026-01-01T00:00:00Z' },
  );
  const answer = await world.app.request('/api/files', {
    method: 'PUT',
    body: Buffer.from(content),
    headers: {
      authorization: `Bearer ${await world.tokenOf('goncharov')}`,
      'content-type': 'application/octet-stream',
      'x-file-name': encodeURIComponent(`${author}, план.docx`),
    },
  });
  const { sha256, name } = (await answer.json()) as { sha256: string; name: string };
  return { sha256, name };
}
