import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { Transporter } from 'nodemailer';
import { isOutage, type Pool } from '../platform/db/pool.ts';
import { ACCOUNT, ACCOUNT_TEMPLATES } from '../platform/identity/letters.ts';
import { type IdentityKeys, linkToken } from '../platform/identity/secrets.ts';
import type { Logger } from '../platform/log.ts';
import type { NoticeParams } from '../processes/kit/letter.ts';
import { digestAboveOpenTasks, nextDigestAt, nextSendAt, type SendWindow } from '../processes/kit/notices.ts';
import { localDate } from '../processes/kit/zones.ts';
import { reportIncident, resolveIncident } from '../platform/incidents.ts';
import { Lease } from './mail-lease.ts';
import {
  failureOf,
  type NoticeToRender,
  type RenderedLetter,
  renderDigest,
  renderNotice,
  settingsUrl,
  TemplateFailure,
} from './templates/render.ts';
import type { DeliveryActivities, DeliveryAnswer } from './types.ts';

export interface DeliveryDeps {
  pool: Pool;
  transport: Pick<Transporter, 'sendMail'>;
  from: string;
  publicUrl: string;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Makes the links of letters about accounts; without it such letters fail. */
  identity?: IdentityKeys;
  window?: SendWindow;
  pace?: Partial<DeliveryPace>;
  /** Test's clock. */
  now?: () => Date;
}

export interface DeliveryPace {
  /**
   * How long a letter that is being sent is nobody else's. A worker that died in between is waited for as long as this, then the
   * letter goes out again under the same Message-ID, which mail systems recognise.
   */
  leaseMs: number;
  /** The wait after the first failure; each one after it is twice as long. */
  firstWaitMs: number;
  longestWaitMs: number;
}

const usualPace: DeliveryPace = { leaseMs: 120_000, firstWaitMs: 15_000, longestWaitMs: 1_800_000 };

interface DueNotice {
  id: string;
  case_id: string | null;
  template: string;
  params: NoticeParams;
  legally_significant: boolean;
  nominal_at: Date;
  attempts: number;
  state: 'queued' | 'digest';
  digest_id: string | null;
  created_at: Date;
  addressee_id: string;
  /** Whom the addressee stands in for, and the order. */
  behalf_ru: string | null;
  process: string | null;
  clock: 'real' | 'skipped' | null;
  case_zone: string | null;
  email: string | null;
  zone: string | null;
  gone: boolean;
  mute_digests: boolean;
  open_tasks: number;
  last_error: string | null;
  /** It goes to an address that the card of the addressee no longer has: he was erased. */
  last_letter: boolean;
}

/** A letter that could not be delivered for so long stays in the portal inbox, and administrators hear of it. */
const giveUpAfterMs = 5 * 86_400_000;

type Outcome = 'sent' | 'later' | 'settled' | 'server_down';

/**
 * Sends what is due, at most `limit` letters, and answers when to come back.
 *
 * Idempotency key: the id of the notice, which is the left part of its Message-ID. A letter is taken by a lease, which its sender
 * renews, sent, and then marked: a crash in between repeats the same Message-ID. A sender that is told to stop finishes its letter
 * and gives the others back. A server that does not answer ends the batch and costs no letter; an
 * address that is refused for good is a bounce. A template that fails or a person without an address holds nobody up; the
 * letter waits until the template is mended.
 */
export async function sendNotification(
  deps: DeliveryDeps,
  { shard, shards, limit }: { shard: number; shards: number; limit: number },
  stop?: AbortSignal,
): Promise<DeliveryAnswer> {
  const takenAt = performance.now();
  const taken = await takeDue(deps, shard, shards, limit);
  const { leaseMs } = { ...usualPace, ...deps.pace };
  const lease = new Lease({ leaseMs, now: () => new Date(), ...deps }, taken, takenAt);
  try {
    const { sent, failed } = await sendTaken(deps, taken, lease, stop);
    if (stop?.aborted) await lease.giveBack(taken);
    return { nextDueAt: await nextDue(deps, shard, shards), sent, failed };
  } finally {
    lease.end();
  }
}

/** The letters of one batch, one after another; digests last. Ends early when it is told to stop. */
async function sendTaken(
  deps: DeliveryDeps,
  taken: DueNotice[],
  lease: Lease,
  stop?: AbortSignal,
): Promise<{ sent: number; failed: number }> {
  let sent = 0;
  let failed = 0;
  let serverDown = false;
  for (const notices of inLetters(taken)) {
    if (stop?.aborted) break;
    // Somebody else took them while this sender was asleep.
    if (!(await lease.holds(notices))) continue;
    if (serverDown) await postpone(deps, notices, 'the mail server does not answer', true);
    else {
      const outcome = await sendLetter(deps, notices);
      if (outcome === 'sent') sent += notices.length;
      if (outcome === 'server_down') serverDown = true;
      if (outcome === 'server_down' || outcome === 'later') failed += 1;
    }
    lease.settled(notices);
  }
  return { sent, failed };
}

/** A letter for each notice, and one for all those of one person that wait for a digest. */
function inLetters(taken: DueNotice[]): DueNotice[][] {
  const digests = new Map<string, DueNotice[]>();
  for (const notice of taken) {
    if (notice.state !== 'digest') continue;
    digests.set(notice.addressee_id, [...(digests.get(notice.addressee_id) ?? []), notice]);
  }
  return [...taken.filter(({ state }) => state !== 'digest').map((notice) => [notice]), ...digests.values()];
}

function sendLetter(deps: DeliveryDeps, notices: DueNotice[]): Promise<Outcome> {
  const [first] = notices as [DueNotice];
  return first.state === 'digest' ? sendDigest(deps, notices) : sendOne(deps, first);
}

/** Leases due rows. Rows that somebody else holds are skipped, so that no two senders ever wait for one another. */
async function takeDue(
  { pool, now, pace }: DeliveryDeps,
  shard: number,
  shards: number,
  limit: number,
): Promise<DueNotice[]> {
  const at = now?.() ?? new Date();
  const { leaseMs } = { ...usualPace, ...pace };
  return pool<DueNotice[]>`
    with taken as (
      update notice set due_at = ${at}::timestamptz + make_interval(secs => ${leaseMs / 1_000}), attempts = attempts + 1
      where id in (
        select id from notice where state in ('queued', 'digest') and due_at <= ${at}
          and abs(hashtext(addressee_id::text)) % ${shards} = ${shard}
        order by legally_significant desc, due_at, id limit ${limit} for update skip locked)
      returning *)
    select t.id, t.case_id, t.template, t.params, t.legally_significant, t.nominal_at, t.attempts, t.state, t.digest_id, t.created_at, t.last_error,
      t.addressee_id, (select concat_ws(', ', b.display_name, nullif(t.on_behalf_of->>'actId', '')) from person b
        where b.id = (t.on_behalf_of->>'personId')::uuid) as behalf_ru, case when t.case_id is null then ${ACCOUNT} else c.process end as process, c.clock, j.zone as case_zone, coalesce(t.address, p.email) as email,
      t.address is not null as last_letter, p.zone,
      coalesce(p.died_on is not null or (p.mail_bounced and t.case_id is not null), true) as gone, coalesce(p.mute_digests, false) as mute_digests,
      (select count(*)::int from task k where k.assignee_id = t.addressee_id and k.open) as open_tasks
    from taken t
    left join "case" c on c.id = t.case_id
    left join jurisdiction j on j.id = c.jurisdiction
    left join person p on p.id = t.addressee_id
    order by t.created_at, t.id`;
}

async function sendOne(deps: DeliveryDeps, notice: DueNotice): Promise<Outcome> {
  const { pool } = deps;
  if (notice.gone || !notice.email || !notice.process) return settle(deps, [notice], 'inbox_only');
  const at = (deps.now?.() ?? new Date()).toISOString();
  const zone = notice.zone ?? 'Europe/Moscow';
  // A letter about an account was asked for just now: it waits for no morning and for no digest.
  if (notice.clock !== 'skipped' && notice.process !== ACCOUNT) {
    if (!notice.legally_significant && notice.open_tasks > digestAboveOpenTasks) {
      if (notice.mute_digests) return settle(deps, [notice], 'inbox_only');
      await pool`update notice set state = 'digest', due_at = ${nextDigestAt(at, zone)}, attempts = 0 where id = ${notice.id}`;
      return 'settled';
    }
    const opensAt = nextSendAt(at, zone, deps.window);
    if (opensAt > at) {
      await pool`update notice set due_at = ${opensAt}, attempts = ${notice.attempts - 1} where id = ${notice.id}`;
      return 'settled';
    }
  }
  return deliver(deps, [notice], notice.id, () => renderNotice(toRender(notice, deps), deps.publicUrl), {});
}

/** The letters of one person and one day in one. Its id is stored before it is sent, so that a repetition has the same one. */
async function sendDigest(deps: DeliveryDeps, notices: DueNotice[]): Promise<Outcome> {
  const [first] = notices;
  if (!first) return 'settled';
  if (first.gone || !first.email || first.mute_digests) return settle(deps, notices, 'inbox_only');
  // What cannot be drawn holds up nothing else, and is not taken for sent with the rest.
  const drawn: DueNotice[] = [];
  for (const notice of notices) {
    const failure = failureOf(toRender(notice, deps), deps.publicUrl);
    if (failure) await onFailure(deps, [notice], failure);
    else drawn.push(notice);
  }
  return drawn.length > 0 ? deliverDigest(deps, drawn) : 'later';
}

async function deliverDigest(deps: DeliveryDeps, notices: DueNotice[]): Promise<Outcome> {
  const digestId = notices.find(({ digest_id }) => digest_id)?.digest_id ?? randomUUID();
  await deps.pool`update notice set digest_id = ${digestId} where id in ${deps.pool(notices.map(({ id }) => id))}`;
  const headers = { 'List-Unsubscribe': `<${settingsUrl(deps.publicUrl)}>` };
  const given = notices.map((notice) => toRender(notice, deps));
  return deliver(deps, notices, digestId, () => renderDigest(given, deps.publicUrl), headers);
}

/** Whatever else a text holds (a second address, a group, a line of SMTP), a letter goes to one person. */
const oneAddress = /^[^\s<>,;:"()[\]\\@\p{Cc}]+@[^\s<>,;:"()[\]\\@\p{Cc}]+$/u;

async function deliver(
  deps: DeliveryDeps,
  notices: DueNotice[],
  id: string,
  renderLetter: () => RenderedLetter,
  headers: Record<string, string>,
): Promise<Outcome> {
  const [first] = notices as [DueNotice];
  try {
    const { subject, html, text } = renderLetter();
    if (!oneAddress.test(first.email ?? '')) return settleBounced(deps, notices, 'not one address');
    await deps.transport.sendMail({
      from: deps.from,
      // As a text it would be read as a list.
      to: { name: '', address: first.email as string },
      subject,
      html,
      text,
      // Cyrillic letters take six bytes each as quoted-printable.
      textEncoding: 'base64',
      messageId: `<${id}@${mailDomain(deps.publicUrl)}>`,
      // A letter that leaves again is the same letter, to the byte.
      baseBoundary: id.replaceAll('-', ''),
      headers: { 'Auto-Submitted': 'auto-generated', ...headers },
    });
  } catch (error) {
    return onFailure(deps, notices, error);
  }
  const outcome = await settleSent(deps, notices);
  for (const notice of notices) if (notice.last_error !== null) await resolveIncident(deps.pool, templateKey(notice));
  return outcome;
}

const templateKey = ({ process, template }: DueNotice) => `template_failed:${process}:${template}`;

const firstPauseMs = 100;
const longestPauseMs = 2_000;

/** The letter has left: a database that is away is asked again for as long as a lease lasts, so that it does not leave once more. */
async function settleSent(deps: DeliveryDeps, notices: DueNotice[]): Promise<Outcome> {
  const until = performance.now() + (deps.pace?.leaseMs ?? usualPace.leaseMs);
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      return await settle(deps, notices, 'sent');
    } catch (error) {
      if (!isOutage(error) || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

async function onFailure(deps: DeliveryDeps, notices: DueNotice[], error: unknown): Promise<Outcome> {
  const [first] = notices as [DueNotice];
  const message = error instanceof Error ? error.message : String(error);
  const tooOld = Date.now() - first.created_at.getTime() > giveUpAfterMs;
  if (error instanceof TemplateFailure) {
    await reportIncident(deps.pool, {
      kind: 'template_failed',
      key: templateKey(first),
      message: `Письмо «${first.template}» не удалось составить. Оно ждёт исправления и уйдёт само; на портале уведомление уже видно.`,
      details: { error: message },
      ...(first.case_id ? { caseId: first.case_id } : {}),
    });
    // A template is mended by the next version of the platform: the letter waits for it.
    if (tooOld) return settle(deps, notices, 'failed', message);
    await postpone(deps, notices, message, false);
    return 'later';
  }
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  const refusedForGood = responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH';
  if (refusedForGood && code === 'EENVELOPE') {
    return settleBounced(deps, notices, message, responseCode);
  }
  deps.log.warn({ notice: first.id, code, responseCode, attempts: first.attempts }, 'a letter was not accepted');
  if (refusedForGood || tooOld) {
    await settle(deps, notices, 'failed', message);
    await reportIncident(deps.pool, {
      kind: 'mail_failed',
      key: `mail_failed:${first.id}`,
      message,
      ...(first.case_id ? { caseId: first.case_id } : {}),
    });
    return 'settled';
  }
  await postpone(deps, notices, message, false);
  // A single address that is asked to wait (4xx) says nothing about the server.
  return responseCode === undefined || code === 'EAUTH' ? 'server_down' : 'later';
}

/** An address that takes no letters: notices of this person stay on the portal, and administrators hear of it. */
async function settleBounced(
  deps: DeliveryDeps,
  notices: DueNotice[],
  message: string,
  responseCode?: number,
): Promise<'settled'> {
  const [first] = notices as [DueNotice];
  await settle(deps, notices, 'bounced', message);
  // There is no address any more that somebody could mend.
  if (first.last_letter) return 'settled';
  await deps.pool`update person set mail_bounced = true where id = ${first.addressee_id}`;
  await reportIncident(deps.pool, {
    kind: 'mail_bounced',
    key: `mail_bounced:${first.addressee_id}`,
    message: 'Адрес не принимает писем: уведомления этого человека остаются только на портале.',
    details: { personId: first.addressee_id, ...(responseCode === undefined ? {} : { responseCode }) },
  });
  return 'settled';
}

/** Waits grow by doubling; a letter that was never tried because the server was down keeps its count. */
async function postpone(
  { pool, now, pace }: DeliveryDeps,
  notices: DueNotice[],
  message: string,
  untried: boolean,
): Promise<void> {
  const at = now?.() ?? new Date();
  const { firstWaitMs, longestWaitMs } = { ...usualPace, ...pace };
  for (const { id, attempts } of notices) {
    const count = untried ? attempts - 1 : attempts;
    const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.max(0, count - 1));
    const dueAt = new Date(at.getTime() + wait);
    await pool`update notice set due_at = ${dueAt}, attempts = ${count}, last_error = ${message.slice(0, 500)} where id = ${id}`;
  }
}

async function settle(
  deps: DeliveryDeps,
  notices: DueNotice[],
  state: string,
  error?: string,
): Promise<'sent' | 'settled'> {
  const at = deps.now?.() ?? new Date();
  const sentAt = state === 'sent' ? at : null;
  const ids = notices.map(({ id }) => id);
  await deps.pool`
    update notice set state = ${state}, sent_at = ${sentAt}, last_error = ${error?.slice(0, 500) ?? null}, address = null,
      params = case when address is null then params else '{}' end where id in ${deps.pool(ids)}`;
  deps.log.info({ notices: ids, state }, 'notices settled');
  return state === 'sent' ? 'sent' : 'settled';
}

async function nextDue({ pool }: DeliveryDeps, shard: number, shards: number): Promise<string | null> {
  const [row] = await pool<Array<{ at: Date | null }>>`
    select min(due_at) as at from notice where state in ('queued', 'digest') and abs(hashtext(addressee_id::text)) % ${shards} = ${shard}`;
  return row?.at?.toISOString() ?? null;
}

function toRender(notice: DueNotice, deps: DeliveryDeps): NoticeToRender {
  if (notice.process === ACCOUNT) return accountLetter(notice, deps);
  return {
    process: notice.process as string,
    template: notice.template,
    params: notice.params,
    caseId: notice.case_id as string,
    legallySignificant: notice.legally_significant,
    ...(notice.behalf_ru ? { behalfRu: notice.behalf_ru } : {}),
    ...(notice.clock === 'skipped' && notice.case_zone
      ? { nominalOn: localDate(notice.nominal_at.toISOString(), notice.case_zone) }
      : {}),
  };
}

/** The token of a link is in no row: it is made here, from the id, after the letter has been taken for sending. */
function accountLetter(notice: DueNotice, { identity, publicUrl }: DeliveryDeps): NoticeToRender {
  const { linkId } = notice.params;
  if (typeof linkId === 'string' && !identity) throw new TemplateFailure('the secret of links is not known here');
  return {
    process: ACCOUNT,
    template: notice.template,
    params: notice.params,
    legallySignificant: false,
    url:
      typeof linkId === 'string' && identity
        ? `${publicUrl}/link#${linkToken(identity, linkId)}`
        : `${publicUrl}${ACCOUNT_TEMPLATES[notice.template]?.path ?? '/profile'}`,
  };
}

function mailDomain(publicUrl: string): string {
  const { hostname } = new URL(publicUrl);
  return /^[\d.]+$|^localhost$|:/.test(hostname) ? 'traektoria.local' : hostname;
}

/** Well within the heartbeat timeout that the workflow asks for. */
const heartbeatEveryMs = 3_000;
/** Letters that are written one after another are gathered for as long as this between two looks. */
const gatherMs = 200;
/** Well within the timeout of the activity, and short enough that a worker that is told to stop is not waited for. */
const longestStayMs = 60_000;

/** Batch after batch while something is due: a look costs two statements, an activity of its own some ten writes of the engine. */
async function sendWhileDue(
  deps: DeliveryDeps,
  batch: { shard: number; shards: number; limit: number },
  stop: AbortSignal,
): Promise<DeliveryAnswer> {
  const until = performance.now() + longestStayMs;
  let sent = 0;
  let failed = 0;
  for (;;) {
    const answer = await sendNotification(deps, batch, stop);
    sent += answer.sent;
    failed += answer.failed;
    const due = answer.nextDueAt !== null && Date.parse(answer.nextDueAt) <= Date.now();
    if (!due || answer.sent === 0 || stop.aborted || performance.now() > until) return { ...answer, sent, failed };
    if (answer.sent < batch.limit) await new Promise((resolve) => setTimeout(resolve, gatherMs));
  }
}

/** The activities of the delivery of notices, bound to what they touch. */
export function createDeliveryActivities(deps: DeliveryDeps): DeliveryActivities {
  return {
    async sendNotification(input) {
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), heartbeatEveryMs);
      try {
        return await sendWhileDue(deps, input, context.cancellationSignal);
      } finally {
        clearInterval(beat);
      }
    },
  };
}
