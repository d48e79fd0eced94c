/** What leaves the platform by itself: letters as a mail server takes them, and the event stream as a browser reads it. */
import type { AddressInfo } from 'node:net';
import nodemailer from 'nodemailer';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { mailTransportOptions } from '../../activities/mail-transport.ts';
import { sendNotification } from '../../activities/send-notification.ts';
import { findViewer } from '../../api/viewer.ts';
import { createLogger } from '../../platform/log.ts';
import { personId } from '../../prisma/seed/people.ts';
import type { DirectWorld } from './direct-world.ts';

export interface Post {
  /** Sends whatever is due, and what falls due in the days after; answers with the letters as they came, by address. */
  deliver(world: DirectWorld, publicUrl?: string): Promise<Map<string, string[]>>;
  stop(): Promise<void>;
}

/** A mail server on loopback that takes every letter. */
export async function startPost(): Promise<Post> {
  let taken: Array<{ to: string; raw: Buffer }> = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        for (const { address } of session.envelope.rcptTo) taken.push({ to: address, raw: Buffer.concat(chunks) });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return {
    async deliver(world, publicUrl = 'https://portal.test') {
      taken = [];
      await sendAll(world, port, publicUrl);
      const letters = new Map<string, string[]>();
      for (const { to, raw } of taken)
        letters.set(to, [...(letters.get(to) ?? []), `${raw.toString('latin1')}\n${await readable(raw)}`]);
      return letters;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** What the letter says, beside the bytes it says it in. */
async function readable(raw: Buffer): Promise<string> {
  const { subject, text, html } = await PostalMime.parse(raw);
  return [subject, text, html].join('\n');
}

/** Nights and digests make letters wait; nothing waits for longer than this. */
const mostRounds = 20;

async function sendAll(world: DirectWorld, port: number, publicUrl: string): Promise<void> {
  const transport = nodemailer.createTransport({
    ...mailTransportOptions(`smtp://127.0.0.1:${port}`),
    maxConnections: 1,
  });
  let at = new Date(world.clock.now);
  const deps = {
    pool: world.pool,
    transport,
    from: 'Траектория <no-reply@test.invalid>',
    publicUrl,
    log: createLogger('api', 'silent'),
    identity: world.deps.identity,
    now: () => at,
  };
  try {
    for (let round = 0; round < mostRounds; round += 1) {
      const { nextDueAt } = await sendNotification(deps, { shard: 0, shards: 1, limit: 500 });
      if (nextDueAt === null) return;
      if (nextDueAt > at.toISOString()) at = new Date(nextDueAt);
    }
    throw new Error('letters are still waiting');
  } finally {
    transport.close();
  }
}

export interface Streams {
  /** Waits until every reader has what this record told. */
  settle(caseId: string, sequence: number): Promise<void>;
  /** Ends them; what each reader got. */
  close(): Promise<Map<string, string>>;
}

const longestWaitMs = 10_000;

/** Opens the event stream for each viewer, and beside them for an administrator, who is told of everything. */
export async function openStreams(world: DirectWorld, viewers: Map<string, string>): Promise<Streams> {
  const { changes } = world.deps;
  await changes.start();
  const got = new Map<string, string>();
  const readers: Array<{ cancel(): Promise<void> }> = [];
  for (const [viewer, who] of viewers) readers.push(await readStream(world, who, viewer, got));
  const admin = (await findViewer(world.deps, personId('sokolov')))!;
  const witness = changes.subscribe({ personId: admin.personId, reach: admin.reach, roles: admin.roles });
  const before = await world.pool<Array<{ id: string; sequence: number }>>`select id, sequence from "case"`;
  const told = new Map(before.map(({ id, sequence }) => [id, sequence]));
  return {
    async settle(caseId, sequence) {
      while ((told.get(caseId) ?? 0) < sequence) {
        const messages = await witness.next(longestWaitMs);
        if (!Array.isArray(messages) || messages.length === 0) throw new Error(`nobody told of ${caseId} ${sequence}`);
        for (const { message } of messages) if (message.kind === 'case') told.set(message.caseId, message.sequence);
      }
      // Readers take what they were offered in the same moment; writing it down is a matter of turns of the loop.
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    },
    async close() {
      witness.close();
      for (const reader of readers) await reader.cancel();
      await changes.stop();
      return got;
    },
  };
}

async function readStream(world: DirectWorld, who: string, viewer: string, got: Map<string, string>) {
  const response = await world.app.request('/api/stream', {
    headers: { authorization: `Bearer ${await world.tokenOf(who)}`, 'x-request-id': 'request-of-the-test' },
  });
  got.set(viewer, `${response.status} ${JSON.stringify([...response.headers])}\n`);
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  void (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      got.set(viewer, got.get(viewer)! + decoder.decode(value, { stream: true }));
    }
  })().catch(() => undefined);
  return reader;
}
