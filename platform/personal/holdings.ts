import type { Keyring } from '../crypto/keyring.ts';
import { findPersonKey, PersonErased, taskDraftPlace, unsealOwn, unsealPersonal } from '../crypto/person-keys.ts';
import type { Sql } from '../db/pool.ts';

interface Holding {
  /** Columns that hold the id of the person. */
  person: string[];
  /** Those by which a row is about him; absent: all of them. Whom he gave a role is that person's data. */
  about?: string[];
  /** What the person is told of a row; absent: every column. Never what is hidden from him, never secrets. */
  show?: string[];
  titleRu: string;
}

/**
 * Every table that holds a person, and what he is told of his rows. A table or a column that is missing here fails
 * test/evidence/rights.test.ts: what is not declared would be neither shown to the person nor erased.
 */
export const HOLDINGS: Record<string, Holding> = {
  person: { person: ['id'], titleRu: 'Учётная карточка' },
  person_key: { person: ['person_id'], show: ['created_at', 'destroyed_at'], titleRu: 'Ключ шифрования' },
  account: { person: ['person_id'], show: ['created_at', 'password_set_at', 'disabled_at'], titleRu: 'Учётная запись' },
  account_link: {
    person: ['person_id', 'created_by'],
    about: ['person_id'],
    show: ['created_at', 'expires_at', 'used_at'],
    titleRu: 'Приглашения и сбросы пароля',
  },
  api_token: {
    person: ['person_id', 'created_by', 'revoked_by'],
    about: ['person_id'],
    show: ['name_ru', 'created_at', 'expires_at', 'last_used_at'],
    titleRu: 'Токены',
  },
  identity_link: {
    person: ['person_id', 'created_by'],
    about: ['person_id'],
    show: ['created_at', 'last_used_at'],
    titleRu: 'Внешние входы',
  },
  known_device: { person: ['person_id'], show: ['created_at', 'last_used_at'], titleRu: 'Знакомые устройства' },
  second_factor: { person: ['person_id'], show: ['created_at', 'confirmed_at'], titleRu: 'Второй фактор' },
  oidc_flow: { person: ['person_id'], show: ['expires_at'], titleRu: 'Начатые внешние входы' },
  session: { person: ['person_id'], show: ['created_at', 'expires_at', 'user_agent'], titleRu: 'Сеансы' },
  employment: { person: ['person_id'], titleRu: 'Места работы' },
  role_assignment: {
    person: ['person_id', 'on_behalf_of', 'granted_by', 'ended_by'],
    about: ['person_id'],
    titleRu: 'Роли',
  },
  relation: { person: ['person_a', 'person_b'], titleRu: 'Связи для проверки конфликта интересов' },
  expert: { person: ['person_id'], titleRu: 'Карточка эксперта' },
  expert_record: {
    person: ['person_id'],
    show: ['task_id', 'outcome', 'late', 'assigned_on', 'finished_on', 'working_days'],
    titleRu: 'Выполненные экспертизы',
  },
  draft: { person: ['owner_id'], titleRu: 'Черновики' },
  case: {
    person: ['initiator_id', 'subject_id'],
    show: ['id', 'process', 'number', 'title_ru', 'started_at', 'closed', 'outcome'],
    titleRu: 'Дела',
  },
  case_participant: { person: ['person_id'], show: ['case_id', 'role'], titleRu: 'Участие в делах' },
  case_event: {
    person: ['actor_id', 'personal_owner'],
    show: ['case_id', 'sequence', 'type', 'row', 'at', 'personal'],
    titleRu: 'Мои действия и тексты в делах',
  },
  case_document: {
    person: ['owner_id'],
    show: ['case_id', 'sha256', 'kind', 'label', 'added_at'],
    titleRu: 'Документы',
  },
  document_upload: { person: ['person_id'], titleRu: 'Загруженные файлы' },
  task: {
    person: ['assignee_id'],
    show: ['id', 'case_id', 'title_ru', 'state', 'due_on', 'late', 'created_at'],
    titleRu: 'Задачи',
  },
  task_draft: { person: ['person_id'], titleRu: 'Черновики заключений' },
  task_note: { person: ['person_id'], show: ['task_id', 'at'], titleRu: 'Опоздавшие ответы' },
  notice: {
    person: ['addressee_id'],
    show: ['template', 'case_id', 'params', 'created_at', 'sent_at', 'read_at', 'familiarised_at'],
    titleRu: 'Уведомления',
  },
  hr_event: {
    person: ['person_id', 'reported_by'],
    about: ['person_id'],
    show: ['kind', 'on_day', 'reported_at', 'state'],
    titleRu: 'Кадровые события',
  },
  hr_batch: {
    person: ['reported_by'],
    show: ['kind', 'name', 'created_at', 'state'],
    titleRu: 'Переданные кадровые сведения',
  },
  consent: { person: ['person_id'], titleRu: 'Согласия' },
  personal_request: {
    person: ['person_id', 'decided_by_id'],
    about: ['person_id'],
    show: ['kind', 'state', 'created_at', 'due_on', 'decided_at', 'body', 'answer'],
    titleRu: 'Обращения о данных',
  },
  access_log: {
    person: ['person_id', 'reader_id', 'on_behalf_of'],
    about: ['person_id', 'reader_id'],
    show: ['at', 'what', 'reader_as', 'reader', 'on_behalf', 'case_id'],
    titleRu: 'Кто и что читал',
  },
  audit_record: { person: ['actor_id'], show: ['at', 'row', 'kind'], titleRu: 'Действия вне дел' },
};

/** UUID columns that name things, not people; anything else has to be declared above. */
export const NOT_PEOPLE = new Set([
  'id',
  'case_id',
  'task_id',
  'entry_id',
  'organisation_id',
  'applicant_organisation_id',
  'parent_case_id',
  'keeper_case_id',
  'for_case_id',
  'submitted_case_id',
  'successor_id',
  'authority_id',
  'digest_id',
  'batch_id',
  'place_id',
  'link_id',
  'corrects',
  'once',
]);

/** A person's own data, table by table; texts under his key are opened. Rows that only name him as somebody's reader are his too. */
export async function collectOwn(
  sql: Sql,
  keys: Keyring,
  personId: string,
): Promise<Record<string, Array<Record<string, unknown>>>> {
  const key = await findPersonKey(sql, keys, personId).catch((error: unknown) => {
    if (error instanceof PersonErased) return undefined;
    throw error;
  });
  const all: Record<string, Array<Record<string, unknown>>> = {};
  for (const [table, { person, about = person, show }] of Object.entries(HOLDINGS)) {
    const mine = about.map((column) => sql`${sql(column)}::text = ${personId}`).reduce((a, b) => sql`${a} or ${b}`);
    // Whoever evaluates has no name here either.
    const nameOf = (column: string) =>
      sql`case when x.reader_as <> 'expert' then (select p.display_name from person p where p.id = x.${sql(column)}) end`;
    const named =
      table === 'access_log' ? sql`, ${nameOf('reader_id')} as reader, ${nameOf('on_behalf_of')} as on_behalf` : sql``;
    // In one order always: a copy asked for twice is the same copy.
    const rows = await sql<
      Array<Record<string, unknown>>
    >`select x.*${named} from ${sql(table)} x where ${mine} order by x::text`;
    all[table] = rows.map((row) => {
      const opened = open(table, row, key, personId);
      return show ? Object.fromEntries(show.map((column) => [column, opened[column] ?? null])) : opened;
    });
  }
  return all;
}

function open(
  table: string,
  row: Record<string, unknown>,
  key: Buffer | undefined,
  personId: string,
): Record<string, unknown> {
  const unsealed = (column: string, read: (sealed: Buffer) => unknown) => {
    const sealed = row[column];
    if (!(sealed instanceof Uint8Array)) return null;
    try {
      return key ? read(Buffer.from(sealed)) : null;
    } catch {
      return null;
    }
  };
  if (table === 'case_event')
    return {
      ...row,
      personal:
        row.personal_owner === personId
          ? unsealed('personal', (sealed) =>
              unsealPersonal(key as Buffer, sealed, String(row.case_id), Number(row.sequence)),
            )
          : null,
    };
  if (table === 'task_draft')
    return {
      ...row,
      body: unsealed('body', (sealed) =>
        unsealOwn(key as Buffer, sealed, taskDraftPlace(String(row.task_id), personId)),
      ),
    };
  if (table === 'personal_request') {
    const own = row.person_id === personId;
    const read = (column: string) =>
      own ? unsealed(column, (sealed) => unsealOwn(key as Buffer, sealed, `request:${row.id}:${column}`)) : null;
    return { ...row, body: read('body'), answer: read('answer') };
  }
  return row;
}
