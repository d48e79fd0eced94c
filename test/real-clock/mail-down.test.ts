/** Acceptance scenario 26 on the clock of the wall, with every wait of the delivery a thousand times shorter. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import nodemailer from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mailTransportOptions } from '../../activities/mail-transport.ts';
import { createDeliveryActivities } from '../../activities/send-notification.ts';
import { createLogger } from '../../platform/log.ts';
import { sleep } from '../../platform/stack/process.ts';
import { startOutboxRelay } from '../../worker/outbox-relay.ts';
import { buildCommand, createDriver, type Driver, runWorker } from '../driver.ts';
import { MailCatcher } from '../kill/mail-catcher.ts';
import '../kill/programs/fixtures.ts';
import { createReviewWorld, type ReviewWorld } from '../kill/review-world.ts';
import { createTestDatabase, createTestNamespace, testConfig } from '../stack/stack-info.ts';

const workflowsPath = fileURLToPath(new URL('../fixtures/workflows.ts', import.meta.url));
/** An hour of the story lasts 3.6 s. */
const hour = 3_600;
const mail = new MailCatcher();
let driver: Driver;
let world: ReviewWorld;
let stop: () => Promise<void>;

beforeAll(async () => {
  // The port of a server that is not there yet.
  await mail.start();
  await mail.stop();
  const database = await createTestDatabase();
  const config = testConfig({
    databaseUrl: database.url,
    namespace: await createTestNamespace(),
    environment: { SMTP_URL: mail.url, MAIL_LEASE_MS: '1000', MAIL_FIRST_WAIT_MS: '15', MAIL_LONGEST_WAIT_MS: '1800' },
  });
  driver = await createDriver(config, { withoutWorker: true });
  const { client, pool, keys } = driver;
  world = await createReviewWorld(pool);
  const log = createLogger('delivery', 'error');
  const transport = nodemailer.createTransport({ ...mailTransportOptions(config.mail.smtpUrl), greetingTimeout: 500 });
  const { from, pace } = config.mail;
  const delivery = createDeliveryActivities({ pool, transport, from, pace, publicUrl: config.api.publicUrl, log });
  const stopWorker = await runWorker(config, client, pool, keys, { delivery, workflowsPath });
  const relay = await startOutboxRelay({ pool, client, taskQueue: config.temporal.taskQueue, log });
  stop = async () => {
    await relay.stop();
    await stopWorker();
    transport.close();
    await driver.close();
    await database.drop();
    await mail.stop();
  };
});

afterAll(() => stop?.());

test('26. the mail server is down for six hours: no case waits for it, and every notice arrives later, once', async () => {
  const began = Date.now();
  // For three hours nobody listens.
  const slowest = [await live(0, 4)];
  await sleep(Math.max(0, began + 3 * hour - Date.now()));
  // For three more somebody takes the call and says nothing.
  const mute = await startMute(Number(new URL(mail.url).port));
  slowest.push(await live(4, 4));
  await sleep(Math.max(0, began + 6 * hour - Date.now()));

  const waiting = await notices();
  expect(waiting).toHaveLength(8 * 4);
  expect(waiting.every(({ state }) => state === 'queued')).toBe(true);
  expect(Math.max(...waiting.map(({ attempts }) => attempts))).toBeGreaterThanOrEqual(5);
  const closed = await driver.pool`select 1 from "case" where closed and stage = 'granted'`;
  expect(closed).toHaveLength(8);

  await mute.stop();
  await mail.start();
  await untilAllSent();
  const sent = await notices();
  const ids = mail.letters.map(({ messageId }) => messageId.replace(/^<|@.*$/g, ''));
  // Each once, under its own Message-ID, and to its own addressee.
  expect(ids.toSorted()).toEqual(sent.map(({ id }) => id).toSorted());
  const addressees = new Map(sent.map(({ id, email }) => [id, email]));
  for (const { messageId, to } of mail.letters) expect(to).toEqual([addressees.get(messageId.replace(/^<|@.*$/g, ''))]);
  // Nobody hears again of what was delivered.
  await sleep(hour);
  expect(mail.letters).toHaveLength(ids.length);
  console.log(
    `[mail-down] ${ids.length} letters after the outage; the slowest act of a person took ${Math.max(...slowest)} ms meanwhile`,
  );
});

/** Carries so many cases from the submission to the decision, at once; answers with the longest a person waited for an answer. */
async function live(from: number, count: number): Promise<number> {
  const waits: number[] = [];
  const timed = async <T>(act: Promise<T>): Promise<T> => {
    const asked = Date.now();
    const answer = await act;
    waits.push(Date.now() - asked);
    return answer;
  };
  const story = async (nr: number) => {
    const { jurisdiction, organisationId, people } = world;
    const reviewers = world.reviewersOf(nr);
    const payload = { topic: `Тема ${nr}`, reviewers, organisationId };
    const command = buildCommand({ personId: people.methodist, type: 'submit', payload });
    const request = { process: 'review-pair', caseId: randomUUID(), jurisdiction, command };
    const opened = await timed(driver.cases.startCase(request));
    if (opened.kind !== 'recorded') throw new Error(JSON.stringify(opened));
    const { caseId } = opened.reply;
    for (const personId of reviewers)
      await timed(driver.act(caseId, { personId, type: 'review', payload: { verdict: 'да' } }));
    await timed(driver.act(caseId, { personId: people.coordinator, type: 'decide', payload: { granted: true } }));
  };
  await Promise.all(Array.from({ length: count }, (_, index) => story(from + index)));
  return Math.max(...waits);
}

async function notices() {
  return driver.pool<Array<{ id: string; state: string; attempts: number; email: string }>>`
    select n.id, n.state, n.attempts, p.email from notice n join person p on p.id = n.addressee_id`;
}

async function untilAllSent(): Promise<void> {
  const end = Date.now() + 60_000;
  while ((await notices()).some(({ state }) => state !== 'sent')) {
    if (Date.now() > end) throw new Error(`letters are still waiting: ${JSON.stringify(await notices())}`);
    await sleep(100);
  }
}

/** A server that takes connections and never says a word. */
async function startMute(port: number): Promise<{ stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
