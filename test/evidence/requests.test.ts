/**
 * Terms of requests about personal data, on the real engine, the real database and real SMTP, by a clock the test sets: who is written to
 * before the term, at its end and after it; and that a look that dies, is made twice or is made late loses and doubles nothing.
 */
import nodemailer from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mailTransportOptions } from '../../activities/mail-transport.ts';
import { createDeliveryActivities } from '../../activities/send-notification.ts';
import { createLogger } from '../../platform/log.ts';
import { remindOfRequests } from '../../platform/personal/remind.ts';
import { personId } from '../../prisma/seed/people.ts';
import { startOutboxRelay } from '../../worker/outbox-relay.ts';
import { startRequestReminders } from '../../worker/request-reminders.ts';
import { createDirectWorld, type DirectWorld } from '../api/direct-world.ts';
import { createDriver, runWorker } from '../driver.ts';
import { MailCatcher } from '../kill/mail-catcher.ts';
import { createTestNamespace, testConfig } from '../stack/stack-info.ts';

const mail = new MailCatcher();
let world: DirectWorld;
let stop: () => Promise<void>;

beforeAll(async () => {
  await mail.start();
  // A Monday; the correction is due in seven working days, on Wednesday the 25th.
  world = await createDirectWorld({ now: '2026-11-16T07:00:00.000Z' });
  const config = testConfig({
    databaseUrl: world.databaseUrl,
    namespace: await createTestNamespace(),
    environment: { SMTP_URL: mail.url },
  });
  const driver = await createDriver(config, { withoutWorker: true });
  const { client, pool, keys } = driver;
  const log = createLogger('delivery', 'error');
  const transport = nodemailer.createTransport(mailTransportOptions(config.mail.smtpUrl));
  const { from } = config.mail;
  const now = () => new Date(world.clock.now);
  const delivery = createDeliveryActivities({ pool, transport, from, publicUrl: config.api.publicUrl, log, now });
  const stopWorker = await runWorker(config, client, pool, keys, { delivery });
  const relay = await startOutboxRelay({ pool, client, taskQueue: config.temporal.taskQueue, log, restMs: 50 });
  stop = async () => {
    await relay.stop();
    await stopWorker();
    transport.close();
    await driver.close();
    await mail.stop();
    await world.stop();
  };
});
afterAll(() => stop?.());

const look = (at = world.clock.now) => {
  world.clock.now = at;
  return remindOfRequests(world.pool, new Date(at));
};
const wake = () => world.pool`select pg_notify('outbox', '')`;

/** Templates of the letters that have arrived at this address, in their order, once all that is due, or is being sent, has been sent. */
async function arrived(who: string): Promise<string[]> {
  await expect
    .poll(
      async () => {
        await wake();
        const [row] = await world.pool<Array<{ n: number }>>`
          select count(*)::int as n from notice where state = 'queued' and due_at <= ${world.clock.now}::timestamptz + interval '150 seconds'`;
        return row!.n;
      },
      { timeout: 30_000, interval: 200 },
    )
    .toBe(0);
  const ids = mail.letters.flatMap(({ messageId, to }) =>
    to.includes(who) ? [messageId.replace(/^<|@.*$/g, '')] : [],
  );
  const rows = await world.pool<Array<{ id: string; template: string }>>`
    select id, template from notice where id = any(${ids}::uuid[])`;
  return ids.map((id) => rows.find((row) => row.id === id)!.template);
}

const addressOf = async (key: string): Promise<string> =>
  (await world.pool<Array<{ email: string }>>`select email from person where id = ${personId(key)}`)[0]!.email;

async function ask(who: string, body: unknown): Promise<string> {
  const { status, body: made } = await (await world.as(who))('POST', '/api/me/requests', body);
  expect(status, JSON.stringify(made)).toBe(201);
  return made.id;
}

const incidents = async () =>
  (await (await world.as('sokolov'))('GET', '/api/incidents?resolved=false')).body.items.map(
    ({ kind }: { kind: string }) => kind,
  );

test('the office is reminded before the term and told of its end, an administrator hears of what is overdue, the person of the decision', async () => {
  const [owner, dpo, admin] = await Promise.all(['polyanskaya', 'mironova', 'sokolov'].map(addressOf));
  const correction = { kind: 'correction', field: 'patronymic', value: 'Олеговна', reason: 'Ошибка в карточке' };
  const id = await ask('polyanskaya', correction);
  expect([await arrived(owner!), await arrived(dpo!)]).toEqual([['data-request-registered'], ['data-request-office']]);

  // The third working day before the 25th is Friday the 20th, nine in the morning in Moscow.
  expect(await look('2026-11-20T05:59:00.000Z')).toBe(0);
  expect(await look('2026-11-20T06:00:00.000Z')).toBe(1);
  expect(await arrived(dpo!)).toEqual(['data-request-office', 'data-request-soon']);

  // Looks by several workers at once, and by one that was started again: the letter of a day is written once.
  world.clock.now = '2026-11-24T06:30:00.000Z';
  const log = createLogger('reminders', 'error');
  const at = { pool: world.pool, log, everyMs: 20, now: () => new Date(world.clock.now) };
  const workers = [startRequestReminders(at), startRequestReminders(at)];
  await expect.poll(async () => (await arrived(dpo!)).length, { timeout: 30_000 }).toBe(3);
  await Promise.all(workers.map((worker) => worker.stop()));
  const again = startRequestReminders(at);
  await again.stop();
  expect((await arrived(dpo!)).slice(1)).toEqual(['data-request-soon', 'data-request-soon']);

  // The term ends at midnight. A look that dies in the middle leaves nothing, the next one everything, once; at night nobody is woken.
  await world.pool.unsafe(`
    create function fail() returns trigger language plpgsql as $$ begin raise exception 'the power is gone'; end $$;
    create trigger fail before insert on notice for each row when (new.template = 'data-request-overdue') execute function fail()`);
  await expect(look('2026-11-25T21:30:00.000Z')).rejects.toThrow('the power is gone');
  expect(await incidents()).not.toContain('request_overdue');
  await world.pool`drop trigger fail on notice`;
  expect(await look()).toBe(1);
  expect(await look()).toBe(0);
  expect(await incidents()).toContain('request_overdue');
  expect(await arrived(dpo!)).toHaveLength(3);
  world.clock.now = '2026-11-26T05:00:00.000Z';
  expect((await arrived(dpo!)).at(-1)).toBe('data-request-overdue');
  expect(await arrived(admin!)).toEqual([]);
  const shown = await (await world.as('mironova'))('GET', '/api/personal-requests');
  expect(shown.body.items.find((item: { id: string }) => item.id === id).late).toBe(true);

  // The next working day it is told to the administrators of the platform.
  await look('2026-11-26T06:00:00.000Z');
  expect(await arrived(admin!)).toEqual(['data-request-escalated']);

  const decision = { decision: 'granted', answer: 'Исправлено.' };
  expect((await (await world.as('mironova'))('POST', `/api/personal-requests/${id}/decide`, decision)).status).toBe(
    200,
  );
  expect((await arrived(owner!)).at(-1)).toBe('data-request-decided');
  expect(await incidents()).not.toContain('request_overdue');
  expect(await look('2026-12-15T06:00:00.000Z')).toBe(0);
});

test('after an outage of a week the office gets the reminder that still helps, and no other', async () => {
  world.clock.now = '2027-02-01T07:00:00.000Z';
  await ask('zavyalov', { kind: 'correction', field: 'givenName', value: 'Иван', reason: 'Ошибка в карточке' });
  const before = (await arrived(await addressOf('mironova'))).length;
  // Due on the 10th: the mornings of the 5th and of the 9th have passed unseen.
  expect(await look('2027-02-09T12:00:00.000Z')).toBe(1);
  expect((await arrived(await addressOf('mironova'))).slice(before)).toEqual(['data-request-soon']);
});

test('a request that nobody may decide is told to the administrators at once, until somebody is appointed', async () => {
  world.clock.now = '2027-03-01T07:00:00.000Z';
  const admin = await addressOf('sokolov');
  const before = (await arrived(admin)).length;
  // The only one who decides asks herself.
  await ask('mironova', { kind: 'correction', field: 'email', value: 'new@example.invalid', reason: 'Новый адрес' });
  await look();
  await look();
  expect((await arrived(admin)).slice(before).filter((template) => template === 'data-request-nobody')).toHaveLength(1);
  expect(await incidents()).toContain('request_without_office');
  const grant = { role: 'dpo', scopeKind: 'country', from: '2027-03-01', act: 'Приказ № 9' };
  const granted = await (await world.as('sokolov'))(
    'POST',
    `/api/admin/people/${personId('frolov')}/assignments`,
    grant,
  );
  expect(granted.status).toBe(201);
  await look('2027-03-01T08:00:00.000Z');
  expect(await incidents()).not.toContain('request_without_office');
});

test('who is erased is told so at the address his card had, which is kept no longer than until the letter has left', async () => {
  world.clock.now = '2027-04-01T07:00:00.000Z';
  const address = await addressOf('kolesnichenko');
  const id = await ask('kolesnichenko', { kind: 'erasure', reason: 'Больше не работаю' });
  const decision = { decision: 'granted', answer: 'Удалено полностью.' };
  const { body } = await (await world.as('mironova'))('POST', `/api/personal-requests/${id}/decide`, decision);
  expect(body.state, JSON.stringify(body)).toBe('granted');
  expect((await arrived(address)).at(-1)).toBe('data-erased');
  const rows = await world.pool<
    Array<Record<string, unknown>>
  >`select * from notice where addressee_id = ${personId('kolesnichenko')}`;
  expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${address}|полностью`));
  expect(await incidents()).not.toContain('mail_bounced');
});
