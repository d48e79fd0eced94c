import { describe, expect, it } from 'vitest';
import { codeAt } from '../../platform/identity/second-factor.ts';
import { hashPassword } from '../../platform/identity/passwords.ts';
import { linkToken } from '../../platform/identity/secrets.ts';
import { personId } from '../../prisma/seed/people.ts';
import { createApiWorld } from '../api/world.ts';
import { hasBrowser } from './drive.ts';
import { useStage } from './stage.ts';

const strong = 'Длинная фраза про лес 7';
/** Its label, with the star of a field that must be filled. */
const passwordField = /^Пароль(\s\*)?$/;

describe.skipIf(!hasBrowser)('the door, the profile and the rights, outside the embedded mode', () => {
  const stage = useStage(
    (over) => createApiWorld({ worker: false, environment: { TRAEKTORIA_EMBEDDED: 'false' }, over }),
    async ({ deps }) => {
      await deps.sql`
        insert into account (person_id, login, password_hash, password_set_at) values (${personId('sokolov')}::uuid, 'sokolov@people.test', ${await hashPassword(strong)}, now())`;
    },
  );
  const { visit, look } = stage;

  it('an administrator invites, a newcomer sets a password, gets a role, makes a token and ends his other sessions', {
    timeout: 180_000,
  }, async () => {
    const admin = await visit();
    const { page } = admin;
    await page.goto(`${stage.url}/cases`);
    await page.getByRole('heading', { level: 1, name: 'Вход' }).waitFor();
    await page.getByLabel('Адрес электронной почты').fill('sokolov@people.test');
    // The other language is at the door, and what was typed stays.
    await page.getByText('English', { exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect(await page.getByLabel('E-mail address').inputValue()).toBe('sokolov@people.test');
    await page.getByText('Русский', { exact: true }).click();
    await page.getByLabel(passwordField).fill('не тот пароль');
    await page.getByRole('button', { name: 'Войти', exact: true }).click();
    await page.getByText('Адрес почты или пароль не подходят').waitFor();
    await look(admin, 'door');
    await page.getByRole('button', { name: 'Забыли пароль?' }).click();
    await page.getByLabel('Адрес электронной почты').fill('nobody@people.test');
    await page.getByRole('button', { name: 'Прислать ссылку' }).click();
    await page.getByText('Если такая учётная запись есть').waitFor();
    await look(admin, 'forgotten');
    await page.getByRole('button', { name: 'Вернуться ко входу' }).click();
    await page.getByLabel('Адрес электронной почты').fill('sokolov@people.test');
    await page.getByLabel(passwordField).fill(strong);
    await page.getByRole('button', { name: 'Войти', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'Дела' }).waitFor();

    await page.getByRole('link', { name: 'Люди и доступ' }).click();
    await page.getByRole('heading', { level: 1, name: 'Люди и доступ' }).waitFor();
    await look(admin, 'people');
    await page.getByRole('button', { name: 'Пригласить' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Фамилия').fill('Зимина');
    await dialog.getByLabel('Имя').fill('Анна');
    await dialog.getByLabel('Адрес электронной почты').fill('zimina@school.test');
    await look(admin, 'invite');
    await dialog.getByRole('button', { name: 'Пригласить' }).click();
    await dialog.waitFor({ state: 'detached' });

    const [link] = await stage.world.deps.sql<Array<{ id: string; person: string }>>`
      select l.id, l.person_id as person from account_link l join account k on k.person_id = l.person_id where k.login = 'zimina@school.test'`;
    const guest = await visit();
    await guest.page.goto(`${stage.url}/link#${linkToken(stage.world.deps.identity, link?.id ?? '')}`);
    await guest.page.getByRole('heading', { level: 1, name: 'Добро пожаловать' }).waitFor();
    expect(guest.page.url()).not.toContain('#');
    await guest.page.getByLabel(passwordField).fill('qwerty123456');
    await guest.page.getByLabel('Пароль ещё раз').fill('qwerty123456');
    await guest.page.getByRole('button', { name: 'Задать пароль и войти' }).click();
    await guest.page.getByText('Такой пароль есть в списках частых').waitFor();
    await look(guest, 'invitation');
    await guest.page.getByLabel(passwordField).fill(strong);
    await guest.page.getByLabel('Пароль ещё раз').fill(strong);
    await guest.page.getByRole('button', { name: 'Задать пароль и войти' }).click();
    await guest.page.getByRole('heading', { level: 1, name: 'Что требует меня' }).waitFor();

    await admin.goto(`/admin/people/${link?.person}`);
    await page.getByRole('button', { name: 'Назначить роль…' }).click();
    await dialog.getByRole('combobox', { name: 'Роль' }).fill('оператор портала');
    await page.getByRole('option', { name: 'оператор портала' }).click();
    await dialog.getByRole('combobox', { name: 'Где' }).click();
    await page.getByRole('option', { name: 'орган, который ведёт дела' }).click();
    await dialog.getByRole('combobox', { name: 'Орган' }).click();
    await page.getByRole('option').first().click();
    await dialog.getByLabel('Акт: вид, номер, дата').fill('Приказ № 12 от 20.11.2026');
    await look(admin, 'grant');
    await dialog.getByRole('button', { name: 'Назначить', exact: true }).click();
    await page.locator('[data-assignment="fed_operator"]').waitFor();
    await look(admin, 'card');

    await guest.goto('/profile');
    await guest.page.getByText('оператор портала').first().waitFor();
    await guest.page.getByRole('button', { name: 'Создать токен' }).click();
    const form = guest.page.getByRole('dialog');
    await form.getByLabel('Для чего').fill('Обмен с кадровой системой');
    await look(guest, 'new token');
    await form.getByRole('button', { name: 'Создать', exact: true }).click();
    expect(await guest.page.getByTestId('token').innerText()).toMatch(/^trk_/);
    await form.getByRole('button', { name: 'Готово' }).click();
    await guest.page.getByText('ещё не использован').waitFor();

    const phone = await visit({ width: 390 });
    await phone.page.goto(`${stage.url}/profile`);
    await phone.page.getByLabel('Адрес электронной почты').fill('zimina@school.test');
    await phone.page.getByLabel(passwordField).fill(strong);
    await phone.page.getByRole('button', { name: 'Войти', exact: true }).click();
    await phone.page.getByRole('heading', { level: 1, name: 'Зимина Анна' }).waitFor();
    await look(phone, 'profile phone');
    await guest.goto('/profile');
    await guest.page.getByRole('button', { name: 'Завершить все, кроме этого' }).click();
    await guest.page.getByText('Завершено: 1 вход.').waitFor();
    await look(guest, 'profile');
    await phone.page.goto(`${stage.url}/inbox`);
    await phone.page.getByRole('heading', { level: 1, name: 'Вход' }).waitFor();

    for (const who of [admin, guest, phone]) expect(who.errors).toEqual([]);
    for (const who of [admin, guest, phone]) await who.close();
  });

  it('a deputy chooses in whose name he acts, in the header, and a reload keeps the choice', {
    timeout: 60_000,
  }, async () => {
    await stage.world.deps.sql`
      insert into account (person_id, login, password_hash, password_set_at) values (${personId('kim')}::uuid, 'kim@people.test', ${await hashPassword(strong)}, now())`;
    await stage.world.deps.sql`
      insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on, act, on_behalf_of)
      values (gen_random_uuid(), ${personId('kim')}::uuid, 'fed_operator', 'jurisdiction', 'fed', '2026-01-01', 'Приказ № 5', ${personId('belova')}::uuid)`;
    const who = await visit({ expecting: /status of 403/ });
    await who.page.goto(`${stage.url}/inbox`);
    await who.page.getByLabel('Адрес электронной почты').fill('kim@people.test');
    await who.page.getByLabel(passwordField).fill(strong);
    await who.page.getByRole('button', { name: 'Войти', exact: true }).click();
    await who.page.getByLabel('Действовать за').selectOption({ label: 'за: Белова Анна Павловна' });
    await who.page.getByText('Вы действуете за: Белова Анна Павловна (Приказ № 5)').waitFor();
    await who.page.reload();
    await who.page.getByText('Вы действуете за: Белова Анна Павловна (Приказ № 5)').waitFor();
    await look(who, 'deputy');
    // The order ends: the page goes on in one's own name.
    await stage.world.deps
      .sql`update role_assignment set to_on = '2026-01-02' where person_id = ${personId('kim')}::uuid and on_behalf_of is not null`;
    // He is told so by the first thing he asks for, and goes on as himself.
    await who.page.getByRole('link', { name: 'Дела', exact: true }).click();
    await who.page.getByText('Приказ о замещении не действует').first().waitFor();
    await who.page.getByText('Вы действуете за').waitFor({ state: 'detached' });
    await who.page.getByRole('heading', { level: 1, name: 'Дела' }).waitFor();
    expect(await who.page.evaluate(() => sessionStorage.getItem('traektoria.acting-for'))).toBeNull();
    await look(who, 'deputy over');
  });

  it('a second factor is set up from the picture, asked at the next sign-in, and a sensitive act asks again who it is', {
    timeout: 90_000,
  }, async () => {
    await stage.world.deps.sql`
      insert into account (person_id, login, password_hash, password_set_at) values (${personId('belova')}::uuid, 'belova@people.test', ${await hashPassword(strong)}, now())`;
    const who = await visit({ width: 390, height: 844, expecting: /status of 403/ });
    const { page } = who;
    const enter = async () => {
      await page.goto(`${stage.url}/profile`);
      await page.getByLabel('Адрес электронной почты').fill('belova@people.test');
      await page.getByLabel(passwordField).fill(strong);
      await page.getByRole('button', { name: 'Войти', exact: true }).click();
    };
    await enter();
    await page.getByRole('button', { name: 'Подключить…' }).click();
    await page.getByRole('img', { name: 'QR-код для приложения с одноразовыми кодами' }).waitFor();
    await look(who, 'factor-picture');
    const secret = (await page.getByRole('dialog').locator('code').innerText()).replace(/\s/g, '');
    await page.getByRole('textbox', { name: /^Код/ }).fill('000000');
    await page.getByRole('button', { name: 'Подключить', exact: true }).click();
    await page.getByText('Код не подходит. Проверьте время на телефоне').waitFor();
    await page.getByRole('textbox', { name: /^Код/ }).fill(codeAt(secret, new Date()));
    await page.getByRole('button', { name: 'Подключить', exact: true }).click();
    await page.getByText('Сохраните запасные коды').waitFor();
    const codes = await page.getByRole('list', { name: 'Запасные коды' }).getByRole('listitem').allInnerTexts();
    expect(codes).toHaveLength(10);
    await look(who, 'factor-codes');
    await page.getByRole('button', { name: 'Я сохранил(а) коды' }).click();
    await page.getByText('Осталось 10 запасных кодов').waitFor();

    // The next sign-in asks for a code; nothing of the platform is seen before it.
    await who.context.clearCookies();
    await enter();
    await page.getByRole('heading', { level: 1, name: 'Код из приложения' }).waitFor();
    await look(who, 'factor-code');
    await page.getByRole('textbox', { name: /^Код/ }).fill(codes[0]!);
    await page.getByRole('button', { name: 'Войти', exact: true }).click();
    await page.getByText('Осталось 9 запасных кодов').waitFor();

    // Long after the sign-in a change of access asks again, and goes on by itself.
    await stage.world.deps
      .sql`update session set proved_at = now() - interval '20 minutes' where person_id = ${personId('belova')}::uuid`;
    await page.getByRole('button', { name: 'Новые запасные коды' }).click();
    await page.getByText('Подтвердите, что это вы').waitFor();
    await look(who, 'factor-proof');
    await page.getByRole('dialog').getByLabel(passwordField).fill(strong);
    await page.getByRole('button', { name: 'Подтвердить' }).click();
    await page.getByText('Сохраните запасные коды').waitFor();
  });
});
