import { connect } from 'node:net';
import type { Readable } from 'node:stream';

/** What is known of a stored file: nothing where no scanner is configured. */
export type ScanState = 'unscanned' | 'pending' | 'clean' | 'infected';

export type Verdict = { verdict: 'clean' } | { verdict: 'infected'; signature: string };

/** Looks into a file for malicious content. Throws when it cannot tell: then nothing is known and the file stays where it is. */
export interface Scanner {
  scan(content: Readable): Promise<Verdict>;
}

/**
 * clamd over TCP by its INSTREAM command: chunks with their length before them, a zero length at the end, one line back. An answer
 * that is neither «OK» nor «FOUND», a closed connection and silence for `timeoutMs` are errors.
 */
export function clamdScanner(at: { host: string; port: number }, timeoutMs = 30_000): Scanner {
  return {
    scan: (content) =>
      new Promise((resolve, reject) => {
        const socket = connect({ host: at.host, port: at.port });
        let answer = '';
        let settled = false;
        const settle = (work: () => void) => {
          if (settled) return;
          settled = true;
          content.destroy();
          socket.destroy();
          work();
        };
        const fail = (error: Error) => settle(() => reject(error));
        socket.setTimeout(timeoutMs, () => fail(new Error('clamd does not answer')));
        socket.on('error', fail);
        content.on('error', fail);
        socket.on('data', (chunk: Buffer) => {
          answer += chunk.toString('utf8');
          if (answer.includes('\0')) settle(() => finish(answer, resolve, reject));
        });
        socket.on('close', () => settle(() => finish(answer, resolve, reject)));
        socket.on('connect', () => {
          socket.write('zINSTREAM\0');
          content.on('data', (chunk: Buffer) => {
            const length = Buffer.alloc(4);
            length.writeUInt32BE(chunk.length);
            socket.write(length);
            if (socket.write(chunk)) return;
            content.pause();
            socket.once('drain', () => content.resume());
          });
          content.on('end', () => {
            if (!settled) socket.write(Buffer.alloc(4));
          });
        });
      }),
  };
}

function finish(answer: string, resolve: (verdict: Verdict) => void, reject: (error: Error) => void): void {
  const line = answer.replaceAll('\0', '').trim();
  const found = /^stream: (.+) FOUND$/.exec(line);
  if (found) resolve({ verdict: 'infected', signature: found[1] as string });
  else if (line === 'stream: OK') resolve({ verdict: 'clean' });
  else reject(new Error(`clamd answered: ${line.slice(0, 200) || 'nothing'}`));
}
