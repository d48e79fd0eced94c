/**
 * Every read of a personal file is on record before the answer leaves, and shown to whose file it is (specification 3.10).
 * Which route notes what stands in `test/api/reading-table.ts`.
 */
import type { Pool } from '../platform/db/pool.ts';
import type { PersonActor } from '../processes/kit/types.ts';
import type { ViewerKind } from './visibility.ts';

/** What can be read of a person, with the words of his own page: what a reader did. */
export const READINGS = {
  case: 'открытие дела',
  document: 'получение документа дела',
  list: 'имя в списке дел',
  task: 'имя в списке задач',
  agenda: 'имя в повестке комиссии или в списке экзамена',
  register: 'запись реестра',
  report: 'имя в отчёте',
  export: 'выгрузка в файл',
  year: 'имя в графике аттестации',
  search: 'имя в списке людей',
  account: 'учётная запись и роли',
  hr: 'кадровые сведения',
  referral: 'имя в списке направленных на оценку',
  request: 'обращение о персональных данных',
} as const;
export type ReadingOf = keyof typeof READINGS;

/** As whom somebody reads, with the words of the same page. */
export const READERS: Record<ViewerKind | 'dpo' | 'hr' | 'employer' | 'chooser', string> = {
  staff: 'служба, которая ведёт дело',
  admin: 'администратор',
  applicant: 'участник дела',
  observer: 'наблюдатель',
  expert: 'эксперт (имя не раскрывается)',
  office: 'служба, у которой есть задача по делу',
  overseer: 'организация, которой подведомственна школа',
  member: 'член комиссии',
  dpo: 'ответственный за персональные данные',
  hr: 'кадровая служба',
  employer: 'работодатель',
  chooser: 'сотрудник, который подбирает людей',
};
export type ReaderKind = keyof typeof READERS;

export interface Reading {
  /** Whose file. */
  personId: string;
  what: ReadingOf;
  caseId?: string | null | undefined;
  /** As whom it was read. */
  as: ReaderKind;
}

/** Where readings are noted; without `noted` the table is asked every time. */
export interface ReadingLog {
  sql: Pool;
  noted?: NotedToday;
}

/** Who reads, and for whom, where he is a deputy. */
interface Reader {
  actor: Pick<PersonActor, 'personId' | 'onBehalfOf'>;
}

/** Noted every time. Anything else is a name among others: once a day for each reader, case and kind of reading. */
const EACH_TIME: readonly ReadingOf[] = ['case', 'document', 'export'];

/** So many are remembered; a process that is asked for more names a day asks the table again. */
const mostRemembered = 200_000;

/** What this process has noted today, so that a page that renews its list every minute does not ask the table each time. */
export class NotedToday {
  #day = '';
  #keys = new Set<string>();

  /** Those that are not known to stand in the log of this day already. */
  unknown<T extends Reading>(reader: Reader, readings: readonly T[], day: string): T[] {
    return this.#day === day ? readings.filter((one) => !this.#keys.has(keyOf(reader, one))) : [...readings];
  }

  /** Only after they have been written. */
  remember(reader: Reader, readings: readonly Reading[], day: string): void {
    if (this.#day !== day || this.#keys.size > mostRemembered) this.#keys.clear();
    this.#day = day;
    for (const one of readings) if (!EACH_TIME.includes(one.what)) this.#keys.add(keyOf(reader, one));
  }
}

const keyOf = ({ actor }: Reader, { personId, what, caseId, as }: Reading) =>
  `${actor.personId}|${actor.onBehalfOf?.personId ?? ''}|${personId}|${what}|${caseId ?? ''}|${as}`;

/** Days of this log end at midnight in Moscow, wherever the people are. */
const dayIn = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Moscow' });

/** Notes what one look has read, in one statement. Reading one's own file is nobody's business. */
export async function noteReadings(
  { sql, noted }: ReadingLog,
  reader: Reader,
  readings: readonly Reading[],
): Promise<void> {
  const { personId: readerId, onBehalfOf } = reader.actor;
  const others = readings.filter(({ personId }) => personId !== readerId);
  const day = noted ? dayIn.format(new Date()) : '';
  const rows = noted?.unknown(reader, others, day) ?? others;
  if (rows.length === 0) return;
  const behalf = onBehalfOf?.personId ?? null;
  await sql`
    insert into access_log (id, reader_id, reader_as, on_behalf_of, person_id, what, case_id, once)
    select gen_random_uuid(), ${readerId}::uuid, n."as", ${behalf}::uuid, n."personId", n.what, n."caseId",
      case when n.what = any(${[...EACH_TIME]}::text[]) then null else md5(concat_ws('|', ${readerId}::text,
        coalesce(${behalf}::text, ''), n."as", n.what, n."caseId", (now() at time zone 'Europe/Moscow')::date))::uuid end
    from (select distinct "personId", what, "caseId", "as"
      from jsonb_to_recordset(${sql.json(rows as never)}) as x("personId" uuid, what text, "caseId" uuid, "as" text)) n
    on conflict (person_id, once) do nothing`;
  noted?.remember(reader, rows, day);
}
