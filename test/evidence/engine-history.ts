/** Looks for words in everything the engine keeps: every column of every table of its databases, in every form that is cheap to try. */
import { type Pool, createPool } from '../../platform/db/pool.ts';
import { stackInfo } from '../stack/stack-info.ts';

export interface Found {
  place: string;
  word: string;
}

const databases = ['temporal', 'temporal_visibility'];

/** Where the words stand; empty when nowhere. Also fails on compressed blobs, in which words could hide. */
export async function searchEngine(words: string[]): Promise<{ columns: number; found: Found[] }> {
  const found: Found[] = [];
  let columns = 0;
  for (const database of databases) {
    const url = new URL(stackInfo().adminUrl);
    url.pathname = `/${database}`;
    const pool = createPool(url.href, { max: 2 });
    try {
      for (const { table, column, type } of await columnsOf(pool)) {
        columns += 1;
        const bytes = type === 'bytea' ? `"${column}"` : `convert_to("${column}"::text, 'UTF8')`;
        const hits = await pool.unsafe<Array<{ word: string }>>(
          `select distinct n.word from "${table}" t, jsonb_to_recordset($1::jsonb) as n(word text, form text)
           where "${column}" is not null and position(decode(n.form, 'hex') in ${bytes}) > 0`,
          [words.flatMap((word) => formsOf(word).map((form) => ({ word, form: form.toString('hex') }))) as never],
        );
        found.push(...hits.map(({ word }) => ({ place: `${database}.${table}.${column}`, word })));
        if (type !== 'bytea') continue;
        const [packed] = await pool.unsafe<Array<{ n: number }>>(
          `select count(*)::int as n from "${table}" where substring("${column}" from 1 for 2) = '\\x1f8b' or substring("${column}" from 1 for 4) = '\\x28b52ffd'`,
        );
        if (packed && packed.n > 0) found.push({ place: `${database}.${table}.${column}`, word: '(compressed)' });
      }
    } finally {
      await pool.end();
    }
  }
  return { columns, found };
}

async function columnsOf(pool: Pool): Promise<Array<{ table: string; column: string; type: string }>> {
  return pool`
    select c.table_name as table, c.column_name as column, c.data_type as type from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
      and c.data_type in ('bytea', 'text', 'character varying', 'character', 'json', 'jsonb')`;
}

/** A word as it may lie there: UTF-8, escaped JSON, UTF-16, and base64 whatever stands before it. */
function formsOf(word: string): Buffer[] {
  const utf8 = Buffer.from(word, 'utf8');
  const escaped = [...word].map((sign) =>
    sign > '\x7f' ? `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}` : sign,
  );
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), utf8])
      .toString('base64')
      .replaceAll('=', '');
    // The first and the last signs depend on the neighbours.
    return Buffer.from(text.slice(shift === 0 ? 0 : shift + 1, -2), 'latin1');
  });
  return [utf8, Buffer.from(escaped.join(''), 'latin1'), Buffer.from(word, 'utf16le'), ...base64];
}
