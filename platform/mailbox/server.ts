import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import type { Logger } from '../log.ts';

export type Mailbox = { host: string; port: number; smtpUrl: string; stop(): Promise<void> };

export type MailboxOptions = { databaseUrl: string; host: string; port: number; log: Logger };

/** Larger letters are refused: documents travel as links, never as attachments. */
const maxLetterBytes = 5 * 1024 * 1024;

/**
 * The mail server of a machine without one. Every letter is taken, whoever it is for, and kept in `dev_mail`, where a page of the
 * application shows it; nothing ever leaves the machine. A letter counts as delivered once its row is written: while the database
 * is away the sender hears "try again later", which is what real mail servers say.
 */
export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const { log } = options;
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 4, application_name: 'mailbox' });
  pool.on('error', (error) => log.warn({ err: error }, 'lost a database connection'));
  const server = new SMTPServer({
    name: 'traektoria-mailbox',
    size: maxLetterBytes,
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => {
        // The rest of a letter that is too large is read and thrown away, so that the sender gets to hear the refusal.
        if (!stream.sizeExceeded) chunks.push(chunk);
      });
      stream.on('end', () => {
        if (stream.sizeExceeded) return callback(smtpError(552, 'letter too large'));
        const envelope = {
          from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
          to: session.envelope.rcptTo.map(({ address }) => address),
        };
        store(pool, Buffer.concat(chunks), envelope).then(
          (messageId) => {
            log.info({ messageId, recipients: envelope.to.length }, 'letter kept');
            callback();
          },
          (error: unknown) => {
            log.warn({ err: error }, 'letter not kept');
            callback(smtpError(451, 'the mailbox has no database right now'));
          },
        );
      });
    },
  });
  server.on('error', (error: Error) => log.warn({ err: error }, 'mail connection failed'));
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(options.port, options.host, () => resolve());
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    host: options.host,
    port,
    smtpUrl: `smtp://${options.host}:${port}`,
    stop: async () => {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await pool.end();
    },
  };
}

async function store(pool: pg.Pool, raw: Buffer, envelope: { from: string; to: string[] }): Promise<string> {
  const letter = await PostalMime.parse(raw);
  const messageId = letter.messageId ?? `<${randomUUID()}@traektoria.invalid>`;
  await pool.query(
    `INSERT INTO dev_mail (id, message_id, mail_from, mail_to, subject, text, html, headers) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      randomUUID(),
      messageId,
      envelope.from,
      envelope.to,
      letter.subject ?? '',
      letter.text ?? '',
      letter.html ?? '',
      headersOf(letter),
    ],
  );
  return messageId;
}

/** Names in lower case; a header that occurs several times keeps all its values. */
function headersOf(letter: Email): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const { key, value } of letter.headers) {
    const before = headers[key];
    headers[key] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}

function smtpError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
