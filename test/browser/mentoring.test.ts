import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../platform/log.ts';
import { createKeyring } from '../../platform/crypto/keyring.ts';
import { cycleStories } from '../../scripts/demo/cycle-stories.ts';
import { type ApiWorld, createApiWorld } from '../api/world.ts';
import { decide, hasBrowser, openTask, type Scheme } from './drive.ts';
import { useStage } from './stage.ts';
import { dayIn, KEMEROVO, typed } from '../support/days.ts';

describe.skipIf(!hasBrowser)('the three-year cycle in a browser', () => {
  const cases = new Map<string, { id: string; number: string }>();

  /** Tells a story of the demonstration and lets the engine take it over. */
  const tell = async ({ deps, driver, config }: ApiWorld, part: string): Promise<void> => {
    const tellers = {
      pool: driver.pool,
      keys: createKeyring(config),
      references: deps.references,
      log: createLogger('demo', 'silent'),
      documents: deps.documents as never,
      isLocalWork: () => true,
    };
    const story = cycleStories(tellers).find(({ title }) => title.includes(part));
    if (!story) throw new Error(`no story ${part}`);
    await story.tell();
    await driver.cases.reconcileCase(story.caseId);
    const [row] = await driver.pool<Array<{ number: string }>>`select number from "case" where id = ${story.caseId}`;
    cases.set(part, { id: story.caseId, number: row?.number ?? '' });
  };

  const stage = useStage(
    (over) => createApiWorld({ over }),
    async (world) => {
      await tell(world, 'первый год');
      await tell(world, 'второй год');
    },
  );
  const { visit, look } = stage;
  const kase = (part: string) => cases.get(part) ?? { id: '', number: '' };

  it('lets a mentor log a meeting on a phone by touches alone, the teacher confirm it, the curator check the quarter', async () => {
    const mentor = await visit({ width: 390, height: 844 });
    await mentor.signIn('Чернышёва Галина');
    await openTask(mentor, kase('первый год').number);
    await mentor.page.getByTestId('log-send').waitFor();
    await look(mentor, 'log, phone');
    // The page must not scroll sideways under a thumb.
    expect(await mentor.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await mentor.page.locator('[data-kind="visit"]').click();
    await mentor.page.getByRole('button', { name: 'Вчера' }).click();
    await mentor.page.getByTestId('log-send').click();
    await mentor.page.getByText('Записано. Засчитается').waitFor();
    await mentor.page.getByText('Ждут подтверждения другой стороны: 2 записи').waitFor();

    const teacher = await visit({ width: 390, height: 844 });
    await teacher.signIn('Снегирёва Анна');
    await teacher.goto(`/cases/${kase('первый год').id}`);
    await teacher.page.getByText('Подтвердить все (2)').waitFor();
    await look(teacher, 'confirm, phone');
    await teacher.page.getByTestId('log-confirm').click();
    await teacher.page.getByText('Подтверждено: записи засчитаны').waitFor();
    await teacher.page.getByTestId('log-confirm').waitFor({ state: 'detached' });

    const curator = await visit();
    await curator.signIn('Руднева Ольга');
    await openTask(curator, kase('второй год').number);
    await curator.page.getByText('Зона риска').waitFor();
    await look(curator, 'quarter check');
    await decide(curator, 'completeQuarterCheck', async (dialog) => {
      await dialog.getByRole('radio', { name: 'Есть замечания' }).check();
      await dialog.getByLabel('Итог проверки').fill('Встреч не было с мая; договорились о графике на четверть.');
      await look(curator, 'quarter check dialog');
    });
    await curator.page
      .getByRole('heading', { name: 'Проверка куратора проведена' })
      .or(curator.page.getByText('Проверка куратора проведена'))
      .first()
      .waitFor();
    await curator.goto(`/cases/${kase('второй год').id}?tab=history`);
    await curator.page.getByText('Проверка куратора проведена').first().waitFor();
    expect([...mentor.errors, ...teacher.errors, ...curator.errors]).toEqual([]);
  }, 180_000);

  it('lets a methodist open a cycle: who, which school, since when; the platform knows the rest', async () => {
    const who = await visit();
    await who.signIn('Малахова Светлана');
    await who.goto('/start');
    await who.page.locator('[data-start="start"]').click();
    await who.page.waitForURL(/\/drafts\//);
    await who.page.getByRole('heading', { name: 'Стаж и возраст' }).waitFor();
    await look(who, 'start form');
    const choose = async (label: string, text: string, option: RegExp) => {
      const box = who.page
        .getByRole('combobox', { name: label })
        .or(who.page.getByRole('textbox', { name: label }))
        .first();
      await box.click();
      await box.fill(text);
      await who.page.getByRole('option', { name: option }).first().click();
    };
    await choose('Педагог', 'Акимов', /Акимов Степан/);
    await choose('Школа', 'Лицей № 942', /942/);
    await who.page
      .getByRole('combobox', { name: 'Должность' })
      .or(who.page.getByRole('textbox', { name: 'Должность' }))
      .first()
      .click();
    await who.page.getByRole('option', { name: 'учитель', exact: true }).click();
    const date = who.page.getByRole('textbox', { name: 'Принят на работу' });
    await date.fill(typed(dayIn(KEMEROVO, -9)));
    await date.press('Tab');
    await who.page.getByTestId('save-state').filter({ hasText: 'сохранено' }).waitFor();
    await who.page.getByRole('button', { name: /…$/ }).last().click();
    const dialog = who.page.getByRole('dialog');
    await dialog.getByText('Циклу будет присвоен номер').waitFor();
    await look(who, 'start dialog');
    await dialog
      .locator('button')
      .filter({ hasText: /Открыть цикл|Подать/ })
      .last()
      .click();
    await who.page.getByTestId('case-number').first().waitFor();
    await who.page.getByRole('dialog').getByRole('link', { name: 'Открыть дело' }).click();
    await who.page.getByText('Что нужно, чтобы год пошёл').waitFor();
  }, 120_000);

  it('shows an HR office what a file will do before anything happens, then applies it and says what the cases answered', async () => {
    const who = await visit();
    await who.signIn('Кузьмина Ирина');
    await who.goto('/hr');
    await look(who, 'hr');
    const file = join(tmpdir(), `kadry-${Date.now()}.csv`);
    const day = dayIn(KEMEROVO);
    await writeFile(
      file,
      `Педагог;Событие;Дата;Вид отпуска;Плановое окончание\nСнегирёва Анна Дмитриевна;начался отпуск;${day};по уходу за ребёнком;2031-09-01\nНикто Неизвестный;уволен;${day};;\n`,
    );
    const [chooser] = await Promise.all([
      who.page.waitForEvent('filechooser'),
      who.page.getByRole('button', { name: 'Выбрать файл' }).click(),
    ]);
    await chooser.setFiles(file);
    await who.page.getByText('Строки с ошибками не применяются').waitFor();
    await who.page.getByText('«Первый год: адаптация» → «Приостановлен').waitFor();
    await look(who, 'hr preview');
    await who.page.getByRole('button', { name: 'Применить…' }).click();
    await who.page.getByRole('dialog').getByRole('button', { name: 'Применить', exact: true }).click();
    await who.page.getByText('Цикл приостановлен').first().waitFor();
    await who.page.getByText('принято').first().waitFor();
    await look(who, 'hr result');
    await who.goto('/hr?tab=journal');
    await who.page.getByText('Снегирёва Анна Дмитриевна').first().waitFor();
    await look(who, 'hr journal');
  }, 120_000);

  it.each<[Scheme]>([['light'], ['dark']])(
    'has no serious fault for a person who cannot see or use a mouse, %s',
    async (scheme) => {
      const tour: Array<[string, string[]]> = [
        [
          'Руднева Ольга',
          [`/cases/${kase('второй год').id}`, `/cases/${kase('первый год').id}?tab=history`, '/inbox', '/start'],
        ],
        ['Шестакова Инна', ['/cases', `/cases/${kase('второй год').id}`]],
        ['Кузьмина Ирина', ['/hr?tab=one', '/hr']],
      ];
      for (const [name, paths] of tour) {
        const who = await visit({ scheme });
        await who.signIn(name);
        for (const path of paths) {
          await who.goto(path);
          await look(who, `${name} ${path} ${scheme}`);
        }
      }
    },
    180_000,
  );
});
