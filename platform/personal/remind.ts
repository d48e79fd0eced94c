/**
 * Requests about personal data and their terms (152-ФЗ): the office is reminded before the term ends, told that it has ended, and an
 * administrator hears of what is overdue or has nobody who may decide it.
 *
 * A look reads what is open and writes what is due by now, each letter under a key of its own: a look that dies is made again, two at once
 * write the same, and after an outage the next one writes what is still of use. Nothing is remembered outside the rows.
 */
import type { ProductionCalendar } from '../../processes/kit/calendar.ts';
import { formatDateRu } from '../../processes/kit/dates.ts';
import { reminderOn } from '../../processes/kit/deadlines.ts';
import { defaultDigestTime, nextSendAt } from '../../processes/kit/notices.ts';
import { instantAt, localDate } from '../../processes/kit/zones.ts';
import type { PersonalDataPolicy, RequestKind } from '../../processes/personal-data/policy.ts';
import type { Pool, Sql } from '../db/pool.ts';
import { sendAccountLetter } from '../identity/links.ts';
import { reportIncident, resolveIncident } from '../incidents.ts';

/** Days of requests are those of Moscow. */
export const REQUEST_ZONE = 'Europe/Moscow';
export const REQUEST_WORDS: Record<string, string> = { correction: 'исправить данные', erasure: 'удалить данные' };
const OFFICE_WORDS: Record<string, string> = { dpo: 'ответственный за персональные данные' };

const incidents = ['request_overdue', 'request_without_office'] as const;
const incidentKey = (kind: (typeof incidents)[number], id: string) => `${kind}:${id}`;

interface OpenRequest {
  id: string;
  person_id: string;
  kind: RequestKind;
  office: string;
  created_at: Date;
  due_on: string;
  due_at: Date;
  policy: PersonalDataPolicy;
  calendar: ProductionCalendar;
}

/** One look at every open request; answers how many letters it wrote. A request that is being decided at this moment is left alone. */
export async function remindOfRequests(pool: Pool, now: Date): Promise<number> {
  const open = await pool<
    Array<{ id: string }>
  >`select id from personal_request where state = 'open' order by due_at, id`;
  let written = 0;
  for (const { id } of open) written += (await pool.begin((tx) => remindOf(tx as unknown as Sql, id, now))) as number;
  return written;
}

async function remindOf(sql: Sql, id: string, now: Date): Promise<number> {
  const [request] = await sql<OpenRequest[]>`
    select r.id, r.person_id, r.kind, r.office, r.created_at, r.due_on, r.due_at, p.parameters as policy,
      (select data from calendar_version order by loaded_at desc, version desc limit 1) as calendar
    from personal_request r join policy_version p on p.id = r.policy_version_id
    where r.id = ${id}::uuid and r.state = 'open' for update of r skip locked`;
  if (!request) return 0;
  const holders = await holdersOf(sql, request.office, now, request.person_id);
  const admins = await holdersOf(sql, 'admin', now, request.person_id);
  let written = 0;
  for (const step of stepsBy(request, now, holders.length > 0)) {
    if (step.incident) await open(sql, step.incident, request);
    for (const holder of step.to === 'office' ? holders : admins)
      written += Number(
        await sendAccountLetter(sql, {
          personId: holder.id,
          template: step.template,
          now: new Date(step.at),
          dueAt: nextSendAt(now.toISOString(), holder.zone),
          once: `request:${id}:${step.key}:${holder.id}`,
          params: {
            kind: REQUEST_WORDS[request.kind] ?? request.kind,
            on: formatDateRu(localDate(request.created_at.toISOString(), REQUEST_ZONE)),
            until: formatDateRu(request.due_on),
            office: OFFICE_WORDS[request.office] ?? request.office,
          },
        }),
      );
  }
  if (holders.length > 0) await resolveIncident(sql, incidentKey('request_without_office', id));
  return written;
}

/** An incident that stands is not counted again by every look. */
async function open(sql: Sql, kind: (typeof incidents)[number], { id, due_on: dueOn, kind: what }: OpenRequest) {
  const key = incidentKey(kind, id);
  const standing = await sql`select 1 from incident where key = ${key} and resolved_at is null`;
  if (standing.length > 0) return;
  const message =
    kind === 'request_overdue'
      ? `Обращение «${REQUEST_WORDS[what] ?? what}» не решено: срок истёк ${formatDateRu(dueOn)}.`
      : `Обращение «${REQUEST_WORDS[what] ?? what}» со сроком ${formatDateRu(dueOn)} никто не вправе решить: назначьте ответственного.`;
  await reportIncident(sql, { kind, key, message, details: { requestId: id } });
}

/** The decision ends what administrators were told of. In the caller's transaction. */
export async function settleRequest(sql: Sql, id: string): Promise<void> {
  for (const kind of incidents) await resolveIncident(sql, incidentKey(kind, id));
}

interface Step {
  key: string;
  at: string;
  template: string;
  to: 'office' | 'admin';
  incident?: (typeof incidents)[number];
}

/**
 * What has come due by now. Reminders are of the morning of their day; one that lies before the request is skipped (3.2), of several that were
 * missed the last one is sent, and none once the term is over.
 */
export function stepsBy(
  request: Pick<OpenRequest, 'created_at' | 'due_on' | 'due_at' | 'policy' | 'calendar'>,
  now: Date,
  someoneMayDecide: boolean,
): Step[] {
  const { created_at: createdAt, due_on: dueOn, due_at: dueAt, policy, calendar } = request;
  const morning = (offset: { amount: number; unit: 'wd' | 'cd' }) =>
    instantAt(reminderOn(calendar, dueOn, offset), defaultDigestTime, REQUEST_ZONE);
  const steps: Step[] = [];
  if (!someoneMayDecide)
    steps.push({
      key: 'nobody',
      at: createdAt.toISOString(),
      template: 'data-request-nobody',
      to: 'admin',
      incident: 'request_without_office',
    });
  const reminders = policy.reminders
    .map((offset) => ({ key: `before:${-offset.amount}${offset.unit}`, at: morning(offset) }))
    .filter(({ at }) => at > createdAt.toISOString() && at <= now.toISOString())
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const last = reminders.at(-1);
  const late = dueAt <= now;
  if (last && !late) steps.push({ ...last, template: 'data-request-soon', to: 'office' });
  if (late)
    steps.push({
      key: 'overdue',
      at: dueAt.toISOString(),
      template: 'data-request-overdue',
      to: 'office',
      incident: 'request_overdue',
    });
  const escalateAt = morning(policy.escalation);
  if (escalateAt <= now.toISOString())
    steps.push({ key: 'escalated', at: escalateAt, template: 'data-request-escalated', to: 'admin' });
  return steps;
}

/** Who holds an office of the whole platform today; the person himself never decides his own. */
export async function holdersOf(
  sql: Sql,
  office: string,
  now: Date,
  exceptId: string,
): Promise<Array<{ id: string; zone: string }>> {
  const today = localDate(now.toISOString(), REQUEST_ZONE);
  return sql<Array<{ id: string; zone: string }>>`
    select distinct p.id, p.zone from role_assignment a join person p on p.id = a.person_id left join account k on k.person_id = p.id
    where a.role = ${office} and a.scope_kind = 'country' and a.on_behalf_of is null and a.person_id <> ${exceptId}::uuid
      and a.from_on <= ${today} and (a.to_on is null or a.to_on >= ${today}) and p.died_on is null and k.disabled_at is null order by p.id`;
}
