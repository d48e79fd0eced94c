import type SMTPPool from 'nodemailer/lib/smtp-pool/index.js';

/**
 * Options of the mail transport from `SMTP_URL`. Two connections are kept open. A server that says nothing for 10 s is taken for
 * down: the letters wait and the sender is free for the next look.
 */
export function mailTransportOptions(smtpUrl: string): SMTPPool.Options {
  return {
    url: smtpUrl,
    pool: true,
    maxConnections: 2,
    maxMessages: 500,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
