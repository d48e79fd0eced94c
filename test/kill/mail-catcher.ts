import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** One letter that was taken: the server has said 250 to it. */
export interface CaughtLetter {
  messageId: string;
  to: string[];
  /** Moments at which the text began to arrive and at which it was answered. */
  began: number;
  at: number;
}

/**
 * A mail server on loopback that remembers what it took. It can be down (nobody listens), and it can answer late, so that a kill
 * may fall between its answer and the record of it.
 */
export class MailCatcher {
  readonly letters: CaughtLetter[] = [];
  #server: SMTPServer | undefined;
  #port = 0;

  /** The same port after every pause, as a mail server that was repaired. */
  async start(): Promise<void> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      logger: false,
      onData: (stream, session, callback) => {
        const began = Date.now();
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          this.letters.push({ messageId: messageIdOf(Buffer.concat(chunks)), to, began, at: Date.now() });
          callback();
        });
      },
    });
    // A sender that was killed cuts its connection off.
    server.on('error', () => undefined);
    await new Promise<void>((resolve, reject) => {
      server.server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', () => resolve());
    });
    this.#port = (server.server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.#port}`;
  }
}

function messageIdOf(letter: Buffer): string {
  const headers = letter.subarray(0, letter.indexOf('\r\n\r\n')).toString('latin1');
  return /^message-id:\s*(<[^>]*>)/im.exec(headers)?.[1] ?? '';
}
