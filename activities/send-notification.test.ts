import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import nodemailer from 'nodemailer';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createPool, type Pool } from '../platform/db/pool.ts';
import type { NoticeTemplate } from '../processes/kit/letter.ts';
import { registerProcess } from '../processes/registry.ts';
import { reviewPair } from '../test/fixtures/review-pair.ts';
import { createTestDatabase } from '../test/stack/stack-info.ts';
import { createWorld, type World } from '../test/fixtures/world.ts';
import { mailTransportOptions } from './mail-transport.ts';
import { type DeliveryDeps, sendNotification } from './send-notification.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let pool: Pool;
let world: World;
let caseId: string;
let mailbox: Awaited<ReturnType<typeof startMailbox>>;
let clock: Date;
const log = { info: vi.fn<() => void>(), warn: vi.fn<() => void>(), error: vi.fn<() => void>() };
/** Noon in Kemerovo. */
const noon = new Date('2026-11-24T05:00:00.000Z');

const templates: Record<string, NoticeTemplate> = {
  news: {
    subjectRu: (p) => `Новость ${p.n}`,
    linesRu: (p) => [`Первая строка ${p.n}.`, 'Вторая строка.'],
    legallySignificant: false,
  },
  titled: {
    subjectRu: (p) => `Дело «${p.title}»`,
    linesRu: (p) => [`Название: ${p.title}.`],
    legallySignificant: false,
  },
  broken: {
    subjectRu: () => {
      throw new Error('no subject');
    },
    linesRu: () => [],
    legallySignificant: false,
  },
};

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url);
  world = await createWorld(pool);
  registerProcess({ ...reviewPair, templates });
  caseId = await insertCase('real');
});

afterAll(async () => {
  await mailbox?.stop();
  await pool?.end();
  await database?.drop();
});

beforeEach(async () => {
  await mailbox?.stop();
  mailbox = await startMailbox();
  clock = noon;
  await pool`delete from notice`;
  await pool`delete from task`;
  await pool`update person set mail_bounced = false, mute_digests = false`;
});

function deps(port = mailbox.port): DeliveryDeps {
  const transport = nodemailer.createTransport({ ...mailTransportOptions(`smtp://127.0.0.1:${port}`), pool: false });
  return {
    pool,
    transport,
    from: 'Траектория <no-reply@test.invalid>',
    publicUrl: 'https://portal.test',
    log,
    now: () => clock,
  };
}

const send = (with_ = deps()) => sendNotification(with_, { shard: 0, shards: 1, limit: 25 });

test('a letter arrives once, in Russian, in two forms, under the id of its notice', async () => {
  const id = await insertNotice({});
  expect(await send()).toMatchObject({ sent: 1, failed: 0, nextDueAt: null });
  expect(await send()).toMatchObject({ sent: 0 });
  const [letter] = mailbox.letters;
  expect(mailbox.letters).toHaveLength(1);
  expect(letter).toMatchObject({ subject: 'Новость 7', messageId: `<${id}@portal.test>` });
  expect(letter?.text).toContain('Первая строка 7.');
  expect(letter?.html).toContain(`https://portal.test/cases/${caseId}`);
  expect(header(letter, 'list-unsubscribe')).toBeUndefined();
});

test('a mail server that is down loses no letter and delays it only as long as it is down', async () => {
  const ids = await Promise.all([1, 2, 3].map((n) => insertNotice({ params: { n } })));
  await mailbox.stop();
  const answer = await send();
  expect(answer).toMatchObject({ sent: 0, failed: 1 });
  // Only the first letter found out; the others did not lose a try.
  const rows = await pool`select attempts, state from notice order by attempts`;
  expect(rows.map(({ attempts, state }) => [attempts, state])).toEqual([
    [0, 'queued'],
    [0, 'queued'],
    [1, 'queued'],
  ]);
  mailbox = await startMailbox();
  clock = new Date(noon.getTime() + 60_000);
  expect(await send()).toMatchObject({ sent: 3, nextDueAt: null });
  expect(new Set(mailbox.letters.map(({ messageId }) => messageId))).toEqual(
    new Set(ids.map((id) => `<${id}@portal.test>`)),
  );
});

test('a crash between the server answer and the record repeats the same Message-ID, after the lease', async () => {
  const id = await insertNotice({});
  const crashing = deps();
  const broken = new Proxy(pool, {
    apply: (target, self, args: unknown[]) => {
      const [strings] = args as [TemplateStringsArray];
      if (strings.raw?.join('').includes('set state =')) return Promise.reject(new Error('killed'));
      return Reflect.apply(target as never, self, args) as unknown;
    },
  });
  await expect(send({ ...crashing, pool: broken })).rejects.toThrow('killed');
  expect(await send()).toMatchObject({ sent: 0 });
  clock = new Date(noon.getTime() + 121_000);
  expect(await send()).toMatchObject({ sent: 1 });
  expect(mailbox.letters.map(({ messageId }) => messageId)).toEqual([`<${id}@portal.test>`, `<${id}@portal.test>`]);
});

test('an address that is refused for good bounces: the portal inbox only, and a flag', async () => {
  mailbox.refuse = world.reviewers[0];
  const id = await insertNotice({ to: world.reviewers[0] });
  await insertNotice({});
  expect(await send()).toMatchObject({ sent: 1 });
  expect(await stateOf(id)).toBe('bounced');
  const [incident] = await pool`select kind from incident where key = ${`mail_bounced:${world.reviewers[0]}`}`;
  expect(incident?.kind).toBe('mail_bounced');
  const next = await insertNotice({ to: world.reviewers[0] });
  await send();
  expect(await stateOf(next)).toBe('inbox_only');
});

test('a missing template, a broken one and a person without an address hold nobody up; their letters wait to be mended', async () => {
  const ids = [
    await insertNotice({ template: 'nobody-wrote-it' }),
    await insertNotice({ template: 'broken' }),
    await insertNotice({ to: randomUUID() }),
    await insertNotice({}),
  ];
  expect(await send()).toMatchObject({ sent: 1, failed: 2 });
  expect(await Promise.all(ids.map(stateOf))).toEqual(['queued', 'queued', 'inbox_only', 'sent']);
  const open = () => pool`select 1 from incident where kind = 'template_failed' and resolved_at is null`;
  expect(await open()).toHaveLength(2);
  const { broken: _, ...sound } = templates;
  registerProcess({
    ...reviewPair,
    templates: { ...sound, broken: templates.news!, 'nobody-wrote-it': templates.news! },
  });
  clock = new Date(noon.getTime() + 60_000);
  expect(await send()).toMatchObject({ sent: 2, nextDueAt: null });
  expect(await open()).toHaveLength(0);
  registerProcess({ ...reviewPair, templates });
});

test('no letter leaves at night in the zone of the addressee, a legally significant one neither; a skipped clock knows no night', async () => {
  clock = new Date('2026-11-24T16:30:00.000Z');
  const skipped = await insertCase('skipped');
  const night = await insertNotice({ legally: true });
  const rehearsal = await insertNotice({ caseId: skipped });
  expect(await send()).toMatchObject({ sent: 1, nextDueAt: '2026-11-25T01:00:00.000Z' });
  expect([await stateOf(night), await stateOf(rehearsal)]).toEqual(['queued', 'sent']);
  expect(mailbox.letters[0]?.text).toContain('Дата события: 22 ноября 2026 г.');
  clock = new Date('2026-11-25T01:00:00.000Z');
  expect(await send()).toMatchObject({ sent: 1 });
  const [row] = await pool`select attempts from notice where id = ${night}`;
  expect(row?.attempts).toBe(1);
});

test('a person with more than five open tasks gets one letter a day; what is legally significant comes at once', async () => {
  for (let n = 0; n < 6; n += 1) await insertTask(world.methodist);
  for (let n = 1; n <= 3; n += 1) await insertNotice({ params: { n } });
  await insertNotice({ legally: true, params: { n: 9 } });
  expect(await send()).toMatchObject({ sent: 1, nextDueAt: '2026-11-25T02:00:00.000Z' });
  expect(mailbox.letters.map(({ subject }) => subject)).toEqual(['Новость 9']);
  clock = new Date('2026-11-25T02:00:00.000Z');
  expect(await send()).toMatchObject({ sent: 3, nextDueAt: null });
  expect(mailbox.letters[1]?.subject).toBe('Сводка за день: 3');
  expect(mailbox.letters[1]?.text).toContain('Первая строка 2.');
  expect(header(mailbox.letters[1], 'list-unsubscribe')).toBe('<https://portal.test/profile>');
});

test('who muted digests finds the news on the portal, and still gets what is legally significant', async () => {
  await pool`update person set mute_digests = true where id = ${world.methodist}`;
  for (let n = 0; n < 6; n += 1) await insertTask(world.methodist);
  const news = await insertNotice({});
  await insertNotice({ legally: true });
  expect(await send()).toMatchObject({ sent: 1 });
  expect(await stateOf(news)).toBe('inbox_only');
});

test('two senders at once send every letter once', async () => {
  await Promise.all(Array.from({ length: 20 }, (_item, n) => insertNotice({ params: { n } })));
  const answers = await Promise.all([send(), send(), send()]);
  expect(answers.reduce((sum, { sent }) => sum + sent, 0)).toBe(20);
  expect(new Set(mailbox.letters.map(({ messageId }) => messageId)).size).toBe(20);
  expect(mailbox.letters).toHaveLength(20);
});

/** A clock that starts at noon and runs. */
function running(): () => Date {
  const began = performance.now();
  return () => new Date(noon.getTime() + performance.now() - began);
}

test('a lease is renewed while its sender lives: a mail server slower than the lease gets every letter once', async () => {
  // Seconds, not milliseconds: a busy machine may stop this process for as long as a short lease.
  mailbox.delayMs = 700;
  for (let n = 0; n < 6; n += 1) await insertNotice({ params: { n } });
  const with_ = { ...deps(), now: running(), pace: { leaseMs: 2_500 } };
  const first = send(with_);
  const taken = async () => (await pool`select 1 from notice where attempts > 0`).length;
  while ((await taken()) < 6) await new Promise((resolve) => setTimeout(resolve, 10));
  let others = 0;
  let done = false;
  void first.finally(() => (done = true));
  while (!done) {
    others += (await send(with_)).sent;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect([(await first).sent, others, mailbox.letters.length]).toEqual([6, 0, 6]);
});

test('a letter that left while the database was away is recorded when it is back, and does not leave again', async () => {
  const id = await insertNotice({});
  let away = 3;
  const shaky = new Proxy(pool, {
    apply: (target, self, args: unknown[]) => {
      const [strings] = args as [TemplateStringsArray];
      if (strings.raw?.join('').includes('set state =') && (away -= 1) >= 0)
        return Promise.reject(Object.assign(new Error('gone'), { code: 'CONNECTION_CLOSED' }));
      return Reflect.apply(target as never, self, args) as unknown;
    },
  });
  expect(await send({ ...deps(), pool: shaky })).toMatchObject({ sent: 1 });
  expect(await stateOf(id)).toBe('sent');
  expect(mailbox.letters).toHaveLength(1);
});

test('a sender that is told to stop finishes its letter and gives the others back, their tries uncounted', async () => {
  for (let n = 0; n < 3; n += 1) await insertNotice({ params: { n } });
  const stop = new AbortController();
  mailbox.onLetter = () => stop.abort();
  const answer = await sendNotification(deps(), { shard: 0, shards: 1, limit: 25 }, stop.signal);
  expect(answer).toEqual({ sent: 1, failed: 0, nextDueAt: noon.toISOString() });
  const rows = await pool`select attempts, state from notice order by state, attempts`;
  expect(rows.map(({ attempts, state }) => [attempts, state])).toEqual([
    [0, 'queued'],
    [0, 'queued'],
    [1, 'sent'],
  ]);
});

/** All headers a letter of a case has. */
const HEADERS = [
  'Auto-Submitted',
  'Content-Type',
  'Date',
  'From',
  'MIME-Version',
  'Message-ID',
  'Subject',
  'To',
].sort();
const LINES = ['\r\n', '\n', '\r', '\u2028', '\u0085', '\v', '\r\n '];

test('what people typed makes no header, no second addressee and no second letter of it', async () => {
  const named = (title: string) => insertNotice({ template: 'titled', params: { title } });
  for (const line of LINES)
    await named(`Чтение${line}Bcc: spy@evil.invalid${line}X-Evil: 1${line}${line}<script>alert(1)</script>`);
  await named(`Чтение\r\n.\r\nMAIL FROM:<spy@evil.invalid>\r\nRCPT TO:<spy@evil.invalid>\r\nDATA`);
  expect(await send()).toMatchObject({ failed: 0 });
  expect(mailbox.raw).toHaveLength(LINES.length + 1);
  const [{ email } = { email: '' }] = await pool<
    Array<{ email: string }>
  >`select email from person where id = ${world.methodist}`;
  for (const { text, to } of mailbox.raw) {
    expect(to).toEqual([email]);
    const [head = ''] = text.split('\r\n\r\n');
    const names = head.split('\r\n').flatMap((line) => (/^\s/.test(line) ? [] : [line.split(':')[0]!]));
    expect(names.sort()).toEqual(HEADERS);
    // Nothing but CRLF ends a line on the wire, so that no server in between sees more headers than this one.
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  }
  for (const { html } of mailbox.letters) expect(html).not.toContain('<script');
});

test.each([
  'methodist@example.invalid, spy@evil.invalid',
  'methodist@example.invalid\r\nBcc: spy@evil.invalid',
  'methodist@example.invalid>\r\nRCPT TO:<spy@evil.invalid',
  'Группа: methodist@example.invalid, spy@evil.invalid;',
  '"spy@evil.invalid" <methodist@example.invalid>, <spy@evil.invalid>',
])('an address that holds more than an address reaches nobody else: %j', async (email) => {
  const [before] = await pool<Array<{ email: string }>>`select email from person where id = ${world.methodist}`;
  await pool`update person set email = ${email} where id = ${world.methodist}`;
  try {
    const id = await insertNotice({});
    await send();
    expect(mailbox.raw.flatMap(({ to }) => to)).not.toContain('spy@evil.invalid');
    for (const { text } of mailbox.raw) expect(text).not.toMatch(/^(bcc|cc):/im);
    expect(await stateOf(id)).toBe('bounced');
  } finally {
    await pool`update person set email = ${before!.email} where id = ${world.methodist}`;
  }
});

interface NoticeOver {
  to?: string;
  template?: string;
  params?: Record<string, number | string>;
  legally?: boolean;
  caseId?: string;
}

async function insertNotice(over: NoticeOver): Promise<string> {
  const id = randomUUID();
  await pool`
    insert into notice (id, dedupe_key, case_id, sequence, template, addressee_id, addressee_role, params, legally_significant, nominal_at,
      due_at, created_at)
    values (${id}, ${id}, ${over.caseId ?? caseId}, 1, ${over.template ?? 'news'}, ${over.to ?? world.methodist}, 'methodist',
      ${pool.json(over.params ?? { n: 7 })}, ${over.legally ?? false}, '2026-11-22T03:00:00Z', '2026-11-22T03:00:00Z', clock_timestamp())`;
  return id;
}

async function insertTask(assignee: string): Promise<void> {
  await pool`
    insert into task (id, case_id, process, kind, title_ru, state, open, nature, role, scope_kind, assignee_id, created_at, updated_at)
    values (gen_random_uuid(), ${caseId}, 'review-pair', 'x', 'x', 'assigned', true, 'personal', 'expert', 'country', ${assignee}, now(), now())`;
}

async function insertCase(clockKind: string): Promise<string> {
  const id = randomUUID();
  await pool`
    insert into "case" (id, process, jurisdiction, title_ru, subject_kind, subject_id, policy_version_id, calendar_version, stage,
      waiting_for, sequence, last_hash, state, clock, started_at, updated_at)
    values (${id}, 'review-pair', ${world.jurisdiction}, 'x', 'x', 'x', 'review-pair-1', 'fixture-1', 'x', 'expert', 1, '', '{}',
      ${clockKind}, now(), now())`;
  return id;
}

async function stateOf(id: string): Promise<string> {
  const [row] = await pool<Array<{ state: string }>>`select state from notice where id = ${id}`;
  return row?.state ?? 'absent';
}

function header(letter: Email | undefined, key: string): string | undefined {
  return letter?.headers.find((candidate) => candidate.key === key)?.value;
}

async function startMailbox() {
  const box = {
    port: 0,
    letters: [] as Email[],
    /** Each letter as it came over the wire, with the addresses of its envelope. */
    raw: [] as Array<{ text: string; to: string[] }>,
    refuse: '',
    delayMs: 0,
    onLetter: () => undefined as void,
    stop: async () => undefined as void,
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onRcptTo({ address }, _session, callback) {
      const refused = box.refuse !== '' && address.startsWith(box.refuse);
      callback(refused ? Object.assign(new Error('no such mailbox'), { responseCode: 550 }) : undefined);
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        box.raw.push({ text: Buffer.concat(chunks).toString('latin1'), to });
        void PostalMime.parse(Buffer.concat(chunks)).then((letter) => {
          box.letters.push(letter);
          box.onLetter();
          setTimeout(callback, box.delayMs);
        });
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  server.on('error', () => undefined);
  box.port = (server.server.address() as AddressInfo).port;
  box.stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return box;
}
