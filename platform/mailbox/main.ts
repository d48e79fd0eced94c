// The mailbox as a process of its own: started by `npm start`, and by the compose file for a trial installation.
import { loadConfig } from '../config.ts';
import { createLogger } from '../log.ts';
import { startMailbox } from './server.ts';

const config = loadConfig();
const log = createLogger('mailbox', config.logLevel);
const { hostname, port } = new URL(config.mail.smtpUrl);
// Inside a container the address of the URL is the container's name, and the listening address is every interface.
const host = process.env.MAILBOX_HOST ?? hostname;
const mailbox = await startMailbox({ databaseUrl: config.databaseUrl, host, port: Number(port || 25), log });
log.info({ host, port: mailbox.port }, 'mailbox is ready');

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    log.info({ signal }, 'mailbox stops');
    void mailbox.stop().then(() => process.exit(0));
  });
}
