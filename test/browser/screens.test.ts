import { describe, expect, it } from 'vitest';
import { createApiWorld } from '../api/world.ts';
import {
  acceptInvitation,
  decide,
  hasBrowser,
  openTask,
  programmeFile,
  type Scheme,
  submitProgramme,
  untilStage,
  type Visitor,
  writeReview,
} from './drive.ts';
import { useStage } from './stage.ts';
import { dayIn, MOSCOW, typed } from '../support/days.ts';

interface Panelist {
  kind: string;
  assigneeId: string;
}

describe.skipIf(!hasBrowser)(
  'the screens, driven in a browser against the real API, worker, engine and database',
  () => {
    const stage = useStage((over) => createApiWorld({ over }));
    const { visit, look } = stage;

    let caseId = '';
    let number = '';
    let register = '';

    it('carries a programme from a draft to the public card by the hands of six people', {
      timeout: 300_000,
    }, async () => {
      const who = await visit();

      await who.page.goto(`${stage.url}/inbox`);
      await who.page.getByRole('heading', { name: 'Кем войти?' }).waitFor();
      await look(who, 'sign-in');

      await who.signIn('Литвинова Оксана');
      ({ caseId, number } = await submitProgramme(who, programmeFile('proektnye-komandy'), async () =>
        look(who, 'submission dialog'),
      ));
      expect(number).toMatch(/^DPP-\d\d-\d{4}-\d{5}$/);
      await who.page.getByTestId('case-stage').filter({ hasText: 'Техническая проверка' }).waitFor();
      await who.page.getByRole('button', { name: 'Почему эта дата?' }).first().click();
      await who.page.getByText('Производственный календарь').first().waitFor();
      await look(who, 'case, explanation open');

      await who.signIn('Белова Анна');
      await openTask(who, number);
      await decide(who, 'completeTechnicalCheck', async () => look(who, 'technical check dialog'));
      await untilStage(who, caseId, 'Формируется группа экспертов');
      await expect.poll(async () => (await panelOf(who)).length, { timeout: 30_000 }).toBe(3);
      const panel = await panelOf(who);

      for (const [i, { assigneeId }] of panel.entries()) {
        await who.signInAs(assigneeId);
        await openTask(who, number);
        if (i === 0) await look(who, 'invitation');
        await acceptInvitation(who);
        await who.page.getByRole('checkbox', { name: /конфликта интересов нет/ }).waitFor({ state: 'detached' });
      }
      for (const [i, { assigneeId }] of panel.entries()) {
        await who.signInAs(assigneeId);
        await openTask(who, number);
        const check = async (where: string) => {
          if (i === 0) await look(who, where);
        };
        await who.page.getByRole('heading', { name: 'Заключение эксперта' }).waitFor();
        await check('review');
        await writeReview(who, 'Программа отвечает заявленным дефицитам; практика и оценивание продуманы.', () =>
          check('review dialog'),
        );
      }

      await who.signIn('Королёва Ирина');
      await openTask(who, number);
      await who.page.getByText('Предложено сертифицировать: по заключениям').first().waitFor();
      await decide(who, 'certify', async (dialog) => {
        await dialog.getByLabel('Номер').fill('17-р');
        const date = dialog.getByRole('textbox', { name: 'Дата' });
        await date.fill(typed(dayIn(MOSCOW)));
        await look(who, 'certification dialog, date popup open');
        await date.press('Tab');
      });
      await untilStage(who, caseId, 'Сертифицирована');
      register = (await who.page.getByTestId('register-number').innerText()).trim();
      expect(register).toMatch(/^FR-\d+$/);

      await who.page.goto(`${stage.url}/registry/${register}`);
      await who.page.getByText('Проектные команды в образовательной системе').first().waitFor();
      await look(who, 'public card');
    });

    it.each<[Scheme]>([['light'], ['dark']])(
      'has no serious fault for a person who cannot see or use a mouse: every screen, %s',
      { timeout: 300_000 },
      async (scheme) => {
        const tour: Array<[string, string[]]> = [
          [
            'Литвинова Оксана',
            [
              '/inbox',
              '/start',
              '/drafts',
              `/cases/${caseId}`,
              `/cases/${caseId}?tab=documents`,
              `/cases/${caseId}?tab=history`,
              '/notices',
              '/mailbox',
              '/processes?tab=table',
            ],
          ],
          [
            'Королёва Ирина',
            [
              '/cases',
              `/cases/${caseId}`,
              '/registers',
              `/registers/federal_programmes/${register}`,
              '/reports',
              '/processes?tab=terms',
            ],
          ],
          ['Соколов Денис', ['/admin', '/admin/incidents', `/cases/${caseId}/history`, '/tasks']],
        ];
        for (const [name, paths] of tour) {
          const who = await visit({ scheme });
          await who.signIn(name);
          for (const path of paths) {
            await who.goto(path);
            await look(who, `${name} ${path}`);
          }
          if (name.startsWith('Соколов')) {
            await who.goto(`/cases/${caseId}/history`);
            await who.page.getByRole('button', { name: 'Записать факт извне…' }).click();
            await who.page.getByRole('dialog').waitFor();
            await look(who, 'fact dialog');
          }
        }
      },
    );

    it('keeps what was typed when the session ends, and goes on after signing in again', async () => {
      const who = await visit();
      await who.signIn('Литвинова Оксана');
      await who.goto('/start');
      await who.page.getByRole('button', { name: 'Начать с чистого листа' }).click();
      await who.page.waitForURL(/\/drafts\//);
      await who.page.getByRole('textbox', { name: 'Номер лицензии' }).fill('Л035-1');
      await who.page.getByTestId('save-state').filter({ hasText: 'сохранено' }).waitFor();
      await who.context.clearCookies();
      await who.page.getByRole('textbox', { name: 'Номер лицензии' }).fill('Л035-12345');
      await who.page.getByRole('dialog').getByText('Сессия закончилась').waitFor();
      expect(await who.serious('session dialog')).toEqual([]);
      await who.page.getByRole('button', { name: /Войти снова/ }).click();
      await who.page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await who.page.getByRole('textbox', { name: 'Номер лицензии' }).inputValue()).toBe('Л035-12345');
      await who.page.reload();
      await who.settled();
      await expect
        .poll(() => who.page.getByRole('textbox', { name: 'Номер лицензии' }).inputValue())
        .toBe('Л035-12345');
    });

    it('shows every error of a section in its table of contents, and what may be done about a refusal', async () => {
      const who = await visit({ width: 390 });
      await who.signIn('Литвинова Оксана');
      await who.goto('/start');
      await who.page.getByRole('button', { name: 'Начать с чистого листа' }).click();
      await who.page.waitForURL(/\/drafts\//);
      await who.page.getByRole('button', { name: 'Подать…' }).click();
      const dialog = who.page.getByRole('dialog');
      await dialog.getByText(/Осталось исправить/).waitFor();
      expect(await dialog.getByRole('button', { name: 'Подать', exact: true }).isDisabled()).toBe(true);
      expect(await who.serious('phone, refused submission')).toEqual([]);
      const width = await who.page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(390);
    });

    async function panelOf(who: Visitor): Promise<Panelist[]> {
      const view = await who.getJson<{ tasks: Panelist[] }>(`/api/cases/${caseId}`);
      return view.tasks.filter((task) => task.kind === 'review' && task.assigneeId);
    }
  },
);
