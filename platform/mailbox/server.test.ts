import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase } from '../../test/stack/stack-info.ts';
import { withClient } from '../db/schema-engine.ts';
import { createLogger } from '../log.ts';
import { type Mailbox, startMailbox } from './server.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let mailbox: Mailbox;

beforeAll(async () => {
  database = await createTestDatabase();
  mailbox = await startMailbox({
    databaseUrl: database.url,
    host: '127.0.0.1',
    port: 0,
    log: createLogger('test', 'silent'),
  });
});

afterAll(async () => {
  await mailbox.stop();
  await database.drop();
});

test('keeps a letter with its Russian subject, both bodies, every envelope recipient and its message id', async () => {
  const transport = createTransport(mailbox.smtpUrl);
  await transport.sendMail({
    from: 'Траектория <robot@traektoria.invalid>',
    to: 'Анна Петрова <anna@example.org>',
    bcc: 'archive@example.org',
    subject: 'Приглашение эксперту: заключение до 14 дней',
    text: 'Здравствуйте, Анна!',
    html: '<p>Здравствуйте, Анна!</p>',
    messageId: '<notice-1@traektoria.invalid>',
    headers: { 'Auto-Submitted': 'auto-generated' },
  });
  const { rows } = await withClient(database.url, (client) => client.query('SELECT * FROM dev_mail'));
  expect(rows).toMatchObject([
    {
      message_id: '<notice-1@traektoria.invalid>',
      mail_from: 'robot@traektoria.invalid',
      mail_to: ['anna@example.org', 'archive@example.org'],
      subject: 'Приглашение эксперту: заключение до 14 дней',
      text: expect.stringContaining('Здравствуйте, Анна!') as string,
      html: expect.stringContaining('<p>') as string,
      headers: { 'auto-submitted': 'auto-generated' },
    },
  ]);
});

test('refuses a letter that is too large and goes on serving', async () => {
  const transport = createTransport(mailbox.smtpUrl);
  const letter = { from: 'a@example.org', to: 'b@example.org', subject: 'large', text: 'x'.repeat(6 * 1024 * 1024) };
  await expect(transport.sendMail(letter)).rejects.toThrow(/552|size/i);
  await transport.sendMail({ ...letter, subject: 'small', text: 'x' });
  const { rows } = await withClient(database.url, (client) =>
    client.query("SELECT subject FROM dev_mail WHERE mail_from = 'a@example.org'"),
  );
  expect(rows).toEqual([{ subject: 'small' }]);
});

test('says "try again later" when the letter cannot be kept', async () => {
  const elsewhere = new URL(database.url);
  elsewhere.pathname = '/missing';
  const lost = await startMailbox({
    databaseUrl: elsewhere.href,
    host: '127.0.0.1',
    port: 0,
    log: createLogger('test', 'silent'),
  });
  const sending = createTransport(lost.smtpUrl).sendMail({ from: 'a@example.org', to: 'b@example.org', text: 'x' });
  await expect(sending).rejects.toMatchObject({ responseCode: 451 });
  await lost.stop();
});
