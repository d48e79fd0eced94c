// npm run admin:invite -- --email a@b.ru --family Иванов --given Иван [--patronymic Иванович] [--act "Приказ № 1 от 01.09.2026"] [--show-link]
// The first administrator of an installation: makes the person, the role and the invitation. Safe to repeat: somebody who is there gets
// another invitation. Needs the settings of the API (DATABASE_URL, SESSION_SECRET and the others of platform/config.ts).
import { parseArgs } from 'node:util';
import { loadConfig } from '../platform/config.ts';
import { createPool } from '../platform/db/pool.ts';
import { addPerson, grant, invite } from '../platform/identity/people.ts';
import { createIdentityKeys, linkToken } from '../platform/identity/secrets.ts';

const { values } = parseArgs({
  options: {
    email: { type: 'string' },
    family: { type: 'string' },
    given: { type: 'string' },
    patronymic: { type: 'string' },
    act: { type: 'string' },
    'show-link': { type: 'boolean', default: false },
  },
});
const { email, family, given, patronymic } = values;
if (!email || !/^\S+@\S+$/.test(email) || !family || !given) {
  console.error(
    'Нужны адрес и имя: npm run admin:invite -- --email a@b.ru --family Иванов --given Иван [--patronymic Иванович] [--act "Приказ № 1 от 01.09.2026"] [--show-link]',
  );
  process.exit(2);
}

const config = loadConfig();
const keys = createIdentityKeys(config.sessionSecret);
const sql = createPool(config.databaseUrl, { max: 2, name: 'traektoria-admin-invite' });
const now = new Date();
const today = now.toISOString().slice(0, 10);
try {
  const linkId = await sql.begin(async (tx) => {
    const [known] = await tx<Array<{ person_id: string; closed: boolean }>>`
      select person_id, disabled_at is not null as closed from account where login = ${email.trim().toLowerCase()}`;
    if (known?.closed) throw new Error('учётная запись с этим адресом закрыта; откройте её в разделе «Люди и доступ»');
    const personId =
      known?.person_id ??
      (await addPerson(tx, { familyName: family, givenName: given, email, ...(patronymic ? { patronymic } : {}) }));
    const held = await tx`
      select 1 from role_assignment where person_id = ${personId}::uuid and role = 'admin' and scope_kind = 'country'
        and from_on <= ${today} and (to_on is null or to_on >= ${today}) and on_behalf_of is null`;
    if (held.length === 0)
      await grant(tx, {
        personId,
        role: 'admin',
        scopeKind: 'country',
        // Somewhere it is already tomorrow: the role holds from the date of every zone of the country.
        from: new Date(now.getTime() - 86_400_000).toISOString().slice(0, 10),
        act: values.act ?? 'Команда admin:invite',
        grantedBy: null,
      });
    await invite(tx, keys, { personId, createdBy: null, now, lifeMs: config.account.invitationMs });
    await tx`
      insert into audit_record (id, row, kind, subject_id, facts)
      values (gen_random_uuid(), 'ADMIN-19', 'admin.invited', ${personId}, ${tx.json({ act: values.act ?? null })})`;
    const [link] = await tx<Array<{ id: string }>>`
      select id from account_link where person_id = ${personId}::uuid and purpose = 'invitation' order by created_at desc, id limit 1`;
    return link?.id;
  });
  console.log(`Приглашение для ${email} поставлено в очередь писем: его отправит исполнитель.`);
  if (values['show-link'] && linkId) console.log(`Ссылка: ${config.api.publicUrl}/link#${linkToken(keys, linkId)}`);
} catch (error) {
  console.error(`Не получилось: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await sql.end({ timeout: 5 });
}
