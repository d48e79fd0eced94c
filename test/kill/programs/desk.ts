// The client's side of the API without its screens: HTTP in front of `createCases`, for the fixture process that has no forms.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import './fixtures.ts';
import { createCases, type StartRequest } from '../../../platform/cases/commands.ts';
import { loadConfig } from '../../../platform/config.ts';
import { createKeyring } from '../../../platform/crypto/keyring.ts';
import { createPool } from '../../../platform/db/pool.ts';
import { createEngine } from '../../../platform/temporal/client.ts';
import type { Command } from '../../../processes/kit/types.ts';
import type { FactMessage } from '../../../workflows/messages.ts';

export type DeskRequest =
  | { kind: 'start'; start: StartRequest }
  | { kind: 'act'; caseId: string; command: Command }
  | { kind: 'fact'; caseId: string; fact: FactMessage };

const config = loadConfig();
const keys = createKeyring(config);
const pool = createPool(config.databaseUrl);
const { client } = createEngine(config.temporal, keys);
const { taskQueue } = config.temporal;
const cases = createCases({ client, pool, keys, taskQueue, answerMs: config.timing.engineAnswerMs });

function answer(request: DeskRequest): Promise<unknown> {
  if (request.kind === 'start') return cases.startCase(request.start);
  if (request.kind === 'act') return cases.act(request.caseId, request.command);
  return cases.sendFact(request.caseId, request.fact);
}

const server = createServer((incoming, outgoing) => {
  void json(incoming)
    .then((request) => answer(request as DeskRequest))
    .then(
      (found) => outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found)),
      (error: unknown) => outgoing.writeHead(500).end(String(error)),
    );
});
server.listen(config.api.port, config.api.host);
