/** Reports as a coordinator, an observer and a head read them: a number opens to its list, the address keeps it, the workbook comes. */
import { describe, expect, it } from 'vitest';
import { personId } from '../../prisma/seed/people.ts';
import { REPORTS } from '../../processes/reports.ts';
import { tellAttestations, tellCycles } from '../api/report-world.ts';
import { createApiWorld } from '../api/world.ts';
import { hasBrowser } from './drive.ts';
import { useStage } from './stage.ts';

describe.skipIf(!hasBrowser)('reports in a browser', () => {
  const { visit, look } = useStage(
    (over) => createApiWorld({ worker: false, over }),
    async ({ deps }) => {
      await tellCycles(deps.sql);
      await tellAttestations(deps.sql);
    },
  );

  it('opens a number to its list and the list to its case; the address holds filter and list; the workbook is saved', async () => {
    const visitor = await visit();
    const { page } = visitor;
    await visitor.signInAs(personId('sokolov'));
    await visitor.goto('/reports');
    await page.getByRole('link', { name: 'Охват наставничеством' }).click();
    await page.getByRole('heading', { level: 1, name: 'Охват наставничеством' }).waitFor();
    await page.getByRole('button', { name: /педагогов в программе/ }).click();
    const list = page.getByRole('dialog');
    await list.getByText('6 строк').waitFor();
    expect(await list.getByRole('link').count()).toBe(6);
    expect(page.url()).toContain('cell=');
    await page.reload();
    await page.getByRole('dialog').getByText('6 строк').waitFor();
    await page.getByRole('dialog').getByRole('link').first().click();
    await page.waitForURL(/\/cases\//);
    await visitor.goto('/reports/mentoring-cycle-coverage?on=2026-01-14');
    await page.getByRole('button', { name: /^7\s*педагогов в программе/ }).waitFor();
    const saved = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Книга XLSX' }).click();
    expect((await saved).suggestedFilename()).toBe('mentoring-cycle-coverage-2026-01-14.xlsx');
    // From the keyboard: a number of a table is a button with its words.
    await page.getByRole('button', { name: 'Кемерово, В программе: 6' }).press('Enter');
    await page.getByRole('dialog').getByText('6 строк').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('cell=');
  }, 120_000);

  it('every report is free of serious faults of accessibility, on a desk and on a phone, light and dark', async () => {
    for (const [scheme, width] of [
      ['light', 1360],
      ['dark', 390],
    ] as const) {
      const visitor = await visit({ scheme, width });
      await visitor.signInAs(personId('sokolov'));
      const reports = REPORTS.filter((_, n) => process.env.SHOTS || scheme === 'light' || n % 3 === 0);
      for (const path of ['/reports', ...reports.map(({ id }) => `/reports/${id}`)]) {
        await visitor.goto(path);
        await look(visitor, `${path}, ${scheme}`);
      }
    }
  }, 180_000);

  it('is offered to who has reports, and to nobody else', async () => {
    const visitor = await visit();
    const offered = async (who: string) => {
      await visitor.signInAs(personId(who));
      await visitor.goto('/inbox');
      await visitor.page.waitForLoadState('networkidle');
      return visitor.page.getByRole('link', { name: 'Отчёты' }).count();
    };
    expect(await offered('orlov')).toBe(1);
    expect(await offered('bashtannik')).toBe(0);
  }, 60_000);
});
