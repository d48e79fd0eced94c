import { describe, expect, it } from 'vitest';
import { createApiWorld } from '../api/world.ts';
import { hasBrowser } from './drive.ts';
import { useStage } from './stage.ts';

describe.skipIf(!hasBrowser)('own data and files, driven in a browser', () => {
  const { visit, look } = useStage((over) => createApiWorld({ worker: false, over }));

  it('gives and withdraws a consent, asks for a correction, and the office decides it', async () => {
    const who = await visit();
    const { page } = who;
    await who.signIn('Гончаров');
    await page
      .getByRole('button', { name: /Гончаров/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Мои данные' }).click();
    await page.getByRole('heading', { level: 1, name: 'Мои данные' }).waitFor();
    await page.getByRole('button', { name: 'Дать согласие' }).click();
    await page.getByText('дано, действует по').waitFor();
    await page.getByRole('button', { name: 'Исправить данные…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Как должно быть').fill('Гончаров-Лесной');
    await dialog.getByLabel('Чем подтверждается').fill('Свидетельство о перемене имени');
    await look(who, 'request dialog');
    await dialog.getByRole('button', { name: 'Отправить' }).click();
    await page.getByText('рассматривается').waitFor();

    await who.signIn('Миронова');
    await page.getByRole('link', { name: 'Персональные данные' }).click();
    await page.getByRole('button', { name: 'Решить…' }).click();
    await dialog.getByLabel('Пояснение для человека').fill('Исправлено по свидетельству.');
    await look(who, 'decision dialog');
    await dialog.getByRole('button', { name: 'Удовлетворить' }).click();
    await page.getByText('удовлетворено').waitFor();

    await who.signIn('Гончаров');
    await who.goto('/my-data');
    await page.getByText('Ответ: Исправлено по свидетельству.').waitFor();
    await page.getByText('ответственный за персональные данные').waitFor();
    await look(who, 'my data');
    await page.getByRole('button', { name: 'Отозвать' }).click();
    await page.getByText('отозвано').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Выгрузить всё' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('Мои данные.zip');
  });

  it('attaches a file to a programme, and says why another one is not taken', async () => {
    const who = await visit();
    const { page } = who;
    await who.signIn('Литвинова Оксана');
    await who.goto('/start');
    await page.getByRole('button', { name: 'Начать с чистого листа' }).first().click();
    await page.waitForURL(/\/drafts\//);
    await page.getByRole('navigation', { name: 'Разделы заявки' }).getByText('Права и приложения').click();
    const attach = async (name: string, content: string) => {
      const [chooser] = await Promise.all([
        page.waitForEvent('filechooser'),
        page.getByRole('button', { name: 'Добавить файл' }).click(),
      ]);
      await chooser.setFiles({ name, mimeType: 'application/pdf', buffer: Buffer.from(content, 'latin1') });
    };
    await attach('Устав.pdf', '%PDF-1.7\n%test');
    await page.getByRole('button', { name: 'Убрать файл Устав.pdf' }).waitFor();
    await attach('Скан.pdf', '\x7fELF\x02\x01\x01\x00\x00\x00');
    await page.getByRole('alert').filter({ hasText: 'не принимается' }).waitFor();
    await page.getByTestId('save-state').filter({ hasText: 'сохранено' }).waitFor();
    await look(who, 'attached file');
  });
});
