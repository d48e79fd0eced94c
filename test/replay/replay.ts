/**
 * Histories of runs: those that a test has just told on the real engine, and those that former versions of the workflow code have left
 * behind. A version that cannot replay them would leave running cases at a stop when it is deployed without worker versioning.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { EncryptionCodec } from '../../platform/crypto/payload-codec.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import { failureConverterPath } from '../../platform/temporal/data-converter.ts';
import { workflowBundle } from '../../worker/bundle.ts';

type History = ReturnType<typeof historyFromJSON>;

export interface Told {
  workflowId: string;
  history: History;
}

const folder = fileURLToPath(new URL('../../workflows/histories', import.meta.url));
/** A history of more events than this is left out of a record: it says the same again. */
const longestKept = 400;

/** Every run of the namespace of this client, ended or not, in plain text. */
export async function historiesOf(client: Client, keys: Keyring): Promise<Told[]> {
  const codec = new EncryptionCodec(keys.payload);
  const told: Told[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    await decodeIn(history, codec);
    told.push({ workflowId, history: history as History });
  }
  return told;
}

/** What cannot be replayed by the workflow code of today, in words; an empty list is what one hopes for. */
export async function contradictions(told: Iterable<Told>, workflowsPath?: string): Promise<string[]> {
  const { codePath } = await workflowBundle(workflowsPath ? { workflowsPath } : {});
  const results = Worker.runReplayHistories(
    { workflowBundle: { codePath }, dataConverter: { failureConverterPath } },
    told,
  );
  const found: string[] = [];
  for await (const { workflowId, error } of results) if (error) found.push(`${workflowId}: ${error.message}`);
  return found;
}

/**
 * Keeps histories beside those of former versions where asked: `RECORD_HISTORIES=0.2.0 npm test -- workflows/case-loop test/api/hr-events`.
 * `part` names what tells them.
 */
export async function keepWhereAsked(part: string, told: Told[]): Promise<void> {
  const { RECORD_HISTORIES: version } = process.env;
  if (!version) return;
  const kept = told.filter(({ history }) => (history.events?.length ?? 0) <= longestKept);
  const lines = kept.map(({ workflowId, history }) =>
    JSON.stringify({ workflowId, history: JSON.parse(historyToJSON(history), withoutMachine) as unknown }),
  );
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${version}-${part}.jsonl.gz`), gzipSync(`${lines.join('\n')}\n`, { level: 9 }));
}

/** Who polled is of no use to a replay and names a machine. */
const withoutMachine = (name: string, value: unknown): unknown => (name === 'identity' ? undefined : value);

/** Names of the records there are, oldest first. */
export async function records(): Promise<string[]> {
  const files = await readdir(folder);
  return files
    .filter((file) => file.endsWith('.jsonl.gz'))
    .map((file) => file.replace('.jsonl.gz', ''))
    .toSorted();
}

export async function readRecord(name: string): Promise<Told[]> {
  const text = gunzipSync(await readFile(join(folder, `${name}.jsonl.gz`))).toString('utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { workflowId, history } = JSON.parse(line) as { workflowId: string; history: unknown };
      return { workflowId, history: historyFromJSON(history) };
    });
}

/** Payloads lie at any depth of an event: in inputs, answers, markers, headers, memos and failures. */
async function decodeIn(node: unknown, codec: EncryptionCodec): Promise<void> {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return;
  for (const [name, value] of Object.entries(node)) {
    if (isPayload(value)) {
      const [plain] = await codec.decode([value]);
      (node as Record<string, unknown>)[name] = plain;
    } else await decodeIn(value, codec);
  }
}

function isPayload(value: unknown): value is Payload {
  return (
    typeof value === 'object' &&
    value !== null &&
    'metadata' in value &&
    'data' in value &&
    value.data instanceof Uint8Array
  );
}
