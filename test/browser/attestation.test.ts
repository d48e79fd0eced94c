/** The attestation of a head as its people do it: the founder's form, the candidate's, the sitting of the commission, the act. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../processes/kit/dates.ts';
import { isWorkingDay, nextWorkingDay, type ProductionCalendar } from '../../processes/kit/calendar.ts';
import { readData } from '../../prisma/seed/files.ts';
import { agendaOf } from '../../scripts/demo/attestation.ts';
import { createApiWorld } from '../api/world.ts';
import { decide, hasBrowser, openTask, untilStage } from './drive.ts';
import { useStage } from './stage.ts';
import { dayIn, KEMEROVO, typed } from '../support/days.ts';

const calendar = readData<ProductionCalendar>('calendars', 'ru.json');
const today = dayIn(KEMEROVO);
const later = addDays(today, 60);
const PLANNED = isWorkingDay(calendar, later) ? later : nextWorkingDay(calendar, later);

describe.skipIf(!hasBrowser)('the attestation of heads in a browser', () => {
  const [terekhov, kapustina, chistyakova, sitting] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];

  const stage = useStage(
    (over) => createApiWorld({ over }),
    async ({ deps, driver: { pool, keys } }) => {
      const { references, log, documents } = deps;
      const ids: [string, string, string, string] = [terekhov, kapustina, chistyakova, sitting];
      await agendaOf({ pool, keys, references, log, documents, isLocalWork: () => true }, ids, today);
      for (const id of ids) await deps.cases.reconcileCase(id);
    },
  );
  const { visit, look } = stage;

  it('begins with a form that says what is wrong beside the field and keeps the draft', {
    timeout: 300_000,
  }, async () => {
    const who = await visit();
    const { page } = who;
    await who.signIn('Рябинина Тамара');
    await who.goto('/start');
    await look(who, 'founder start');
    await page.locator('[data-start="scheduleAttestation"]').click();
    await page.waitForURL(/\/drafts\//);
    await page.getByRole('combobox', { name: 'Организация' }).fill('911');
    await page.getByRole('option', { name: /СОШ № 911/ }).click();
    await page.getByRole('combobox', { name: 'Руководитель' }).fill('Рыжова');
    await page.getByRole('option', { name: /Рыжова/ }).click();
    await page.getByLabel('Должность').fill('директор школы');
    await page.getByRole('textbox', { name: 'Дата заседания по графику' }).fill(typed(addDays(today, 10)));
    await page.keyboard.press('Tab');
    await page
      .getByText(/аттестуемого извещают заранее\.$/)
      .first()
      .waitFor();
    await look(who, 'founder form');
    await page.getByRole('textbox', { name: 'Дата заседания по графику' }).fill(typed(PLANNED));
    await page.getByLabel('Номер приказа').fill('118-г');
    await page.getByTestId('save-state').filter({ hasText: 'сохранено' }).waitFor();
    await page.reload();
    await who.settled();
    expect(await page.getByLabel('Номер приказа').inputValue()).toBe('118-г');
    await page.getByRole('button', { name: 'Подать…' }).click();
    await page.getByRole('dialog').getByText('Укажите дату приказа.').waitFor();
    await page.getByRole('button', { name: 'Вернуться к форме' }).click();
    await page.getByRole('textbox', { name: 'Дата приказа' }).fill(typed(today));
    await page.keyboard.press('Tab');
    await page.getByTestId('save-state').filter({ hasText: 'сохранено' }).waitFor();
    await page.getByRole('button', { name: 'Подать…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Подать', exact: true }).click();
    const number = (await page.getByTestId('case-number').first().innerText()).trim();
    expect(number).toMatch(/^ATT-42-\d{4}-\d{5}$/);
    await page.getByRole('link', { name: 'Открыть дело' }).click();
    await who.settled();
    await page.getByRole('heading', { name: 'Рыжова Августа Семёновна' }).waitFor();
    await look(who, 'founder case');
    await decide(who, 'fileSubmission', async (dialog) => {
      await dialog.getByLabel('Текст').fill('Школа выполняет муниципальное задание, нарушений нет.');
    });

    await who.signIn('Рыжова Августа');
    await look(who, 'attestee inbox');
    await who.goto('/cases');
    await page.getByRole('link').filter({ hasText: number }).first().click();
    await who.settled();
    await decide(who, 'familiariseSubmission');
    await page.getByText(/с этого дня считают, когда возможно заседание/).waitFor();
    await look(who, 'attestee case');

    await who.signIn('Горелова Инесса');
    await openTask(who, number);
    await look(who, 'personnel task');
    await decide(who, 'confirmChecks');
    await page.getByText('Проверка документов кадровой службой записана').first().waitFor();
  });

  it('is decided in a sitting: roll call, two clicks of a member, the count, the minutes, the act', {
    timeout: 300_000,
  }, async () => {
    const desk = await visit();
    const { page } = desk;
    await desk.signIn('Астахова Нелли');
    await desk.goto(`/cases/${sitting}`);
    await page.getByRole('heading', { name: 'Повестка' }).waitFor();
    await page.getByText('Капустина Фаина Давыдовна (вопрос о нём самом)').waitFor();
    await look(desk, 'sitting before');
    await page.getByLabel('Верещагин').check();
    await page.getByTestId('quorum').getByText('кворума нет').waitFor();
    await page.getByRole('button', { name: 'Отметить всех' }).click();
    await page.getByLabel('Мохов').uncheck();
    await page.getByTestId('quorum').getByText('отмечены 8 из 9, нужно 6').waitFor();
    await look(desk, 'sitting roll call');
    await page.locator('[data-action="openSession"]').click();
    await page.locator('[data-confirm="openSession"]').click();
    await page.getByTestId('case-stage').filter({ hasText: 'Идёт заседание' }).waitFor();

    const first = page.locator('[data-item]').filter({ hasText: 'Терехов' });
    await first.locator('[data-open="note"]').click();
    await first.getByLabel('О чём спрашивали').fill('О второй смене: пристройка в плане 2027 года.');
    await first.locator('[data-action="noteDiscussion"]').click();
    await first.getByText('Вопросы и ответы (1)').waitFor();
    await first.getByLabel('Аттестуемый вышел').check();
    await look(desk, 'sitting in session');
    await first.locator('[data-action="putToVote"]').click();
    await first.getByText('идёт голосование').waitFor();

    // A member at a phone: the sitting is in his list, and the vote is two clicks.
    const phone = await visit({ width: 390, height: 844 });
    await phone.signIn('Бабушкин Эдуард');
    await look(phone, 'member inbox phone');
    await phone.page.getByRole('link').filter({ hasText: 'Заседание комиссии' }).first().click();
    await phone.page.waitForURL(/\/cases\//);
    const ballot = phone.page.getByTestId('ballot');
    await ballot.waitFor();
    await look(phone, 'member ballot phone');
    await ballot.locator('[data-voice="for"]').click();
    await ballot.locator('[data-confirm="castVote"]').click();
    await phone.page.getByText('Ваш голос принят: за.').waitFor();

    // The secretary sees it at once, and records the voices given in the room.
    await first.getByText('Бабушкин Эдуард Семёнович: за').waitFor();
    for (const name of ['Верещагин', 'Лукьянова', 'Астахова', 'Обухова', 'Ильченко'])
      await first.getByRole('button', { name: new RegExp(`^${name}.*: за$`) }).click();
    await first.getByRole('button', { name: /^Демченко.*: против$/ }).click();
    await first.getByText('ещё не голосовали 1').waitFor();
    await look(desk, 'sitting voting');
    await first.locator('[data-action="closeVote"]').click();
    await first.getByText(/Решение принимается: за 6, против 1; молчание \(1\)/).waitFor();
    await first.locator('[data-confirm="closeVote"]').click();
    await first.getByText('воздержались 1').waitFor();

    await phone.page.locator('[data-open="dissent"]').click();
    await phone.page.getByLabel('Особое мнение').fill('Бюджет программы развития не рассчитан по годам.');
    await phone.page.locator('[data-action="dissent"]').click();
    await first.getByText('Особое мнение: Бабушкин').waitFor();

    await page.locator('[data-action="closeSession"]').click();
    await page.getByText('Не рассмотрено: 2 вопроса').waitFor();
    await page.locator('[data-confirm="closeSession"]').click();
    await page.getByTestId('case-stage').filter({ hasText: 'Оформляется протокол' }).waitFor();
    await page.locator('[data-action="signMinutes"]').click();
    await page.locator('[data-confirm="signMinutes"]').click();
    await page.getByTestId('case-stage').filter({ hasText: 'Протокол подписан' }).waitFor();
    await page.getByRole('button', { name: 'Протокол', exact: true }).click();
    await page.getByText('пристройка в плане 2027 года').waitFor();
    await look(desk, 'sitting minutes');
    await page.keyboard.press('Escape');

    await desk.goto(`/cases/${terekhov}`);
    await untilStage(desk, terekhov, 'Комиссия решила');
    await decide(desk, 'issueExtract', async (dialog) => dialog.getByLabel('Номер').fill('12-в'));
    await page.getByText('Выписка № 12-в выдана').waitFor();
    await desk.signIn('Рябинина Тамара');
    await desk.goto(`/cases/${terekhov}`);
    await decide(desk, 'issueAct', async (dialog) => {
      await dialog.getByLabel('Номер').fill('305-к');
      await dialog.getByRole('textbox', { name: 'Дата' }).fill(typed(today));
      await dialog.getByLabel('Номер').click();
    });
    await untilStage(desk, terekhov, 'Соответствует');
    await look(desk, 'case with an act');

    // What was not reached goes back to its case, and the delay is seen there.
    await desk.signIn('Чистякова Лидия');
    await desk.goto(`/cases/${chistyakova}`);
    await page.getByText('Вопрос переносили').waitFor();
    await look(desk, 'candidate moved');
  });

  it('the year of a founder: a draft with reasons, another date with a reason, an order, the year as a picture', {
    timeout: 300_000,
  }, async () => {
    const who = await visit();
    const { page } = who;
    await who.signIn('Рябинина Тамара');
    await page.getByRole('link', { name: 'График аттестации' }).click();
    await page.getByRole('heading', { name: 'Проект графика' }).waitFor();
    // Late in a year its own days are too near for a notice: then the next one is drafted.
    await who.goto(`/desk/head-attestation?year=${addDays(today, 45).slice(0, 4)}`);
    const draft = page.getByRole('table').filter({ has: page.getByRole('checkbox') });
    await draft.waitFor();
    const [chosen, left] = (await draft.getByRole('checkbox').all()).slice(0, 2);
    const name = (await chosen!.getAttribute('aria-label'))!.replace('Внести: ', '');
    for (const box of (await draft.getByRole('checkbox').all()).slice(1)) await box.uncheck();
    if (left) expect(await left.isChecked()).toBe(false);

    const date = page.getByRole('textbox', { name: `Дата: ${name}` });
    const offered = (await date.inputValue()).split('.').reverse().join('-');
    const holiday = addDays(offered, 7 - new Date(offered).getUTCDay());
    await date.fill(typed(holiday));
    await page.keyboard.press('Tab');
    await page.getByText('Это выходной день.').waitFor();
    await date.fill(typed(nextWorkingDay(calendar, holiday)));
    await page.keyboard.press('Tab');
    await page.getByLabel('Номер приказа о графике').fill('7-г');
    await page.getByRole('textbox', { name: 'Дата приказа' }).fill(typed(today));
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: /^Утвердить график: 1 руководитель/ }).click();
    await page.getByText('Напишите причину.').waitFor();
    await page.getByLabel(/^Почему не/).fill('Директор в отпуске до этого дня');
    await look(who, 'founder year draft');
    await page.getByRole('button', { name: /^Утвердить график: 1 руководитель/ }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Утвердить/ })
      .click();
    const picture = page
      .locator('section')
      .filter({ has: page.getByRole('heading', { name: 'Год на одной картине' }) });
    await picture.getByText(name).waitFor({ timeout: 30_000 });
    expect(await draft.getByText(name).count()).toBe(0);
    await look(who, 'founder year');
  });

  it('reads well in the dark and on a phone', { timeout: 300_000 }, async () => {
    const dark = await visit({ scheme: 'dark' });
    await dark.signIn('Астахова Нелли');
    for (const [path, name] of [
      [`/cases/${sitting}`, 'dark sitting'],
      [`/cases/${terekhov}`, 'dark case'],
      ['/start', 'dark start'],
    ] as const) {
      await dark.goto(path);
      await look(dark, name);
    }
    const phone = await visit({ width: 390, height: 844 });
    await phone.signIn('Астахова Нелли');
    for (const [path, name] of [
      [`/cases/${sitting}`, 'phone sitting'],
      [`/cases/${kapustina}`, 'phone case'],
    ] as const) {
      await phone.goto(path);
      await look(phone, name);
      const { scroll, width } = await phone.page.evaluate(() => ({
        scroll: document.documentElement.scrollWidth,
        width: document.documentElement.clientWidth,
      }));
      expect(scroll, name).toBeLessThanOrEqual(width);
    }
  });
});
