/** Reports as a coordinator, an observer and a head read them: a number opens to its list, the address keeps it, the workbook comes. */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../platform/config.ts';
import { buildWeb } from '../../platform/stack/web-build.ts';
import { personId } from '../../prisma/seed/people.ts';
import { REPORTS } from '../../processes/reports.ts';
import { tellAttestations, tellCycles } from '../api/report-world.ts';
import { type ApiWorld, createApiWorld, listen } from '../api/world.ts';
import { hasBrowser, openBrowser, Visitor } from './drive.ts';

/** A folder for pictures of the screens; without it none are taken. */
const pictures = process.env.SCREENSHOTS;

describe.skipIf(!hasBrowser)('reports in a browser', () => {
  let world: ApiWorld;
  let server: Awaited<ReturnType<typeof listen>>;
  let browser: Browser;

  beforeAll(async () => {
    await buildWeb();
    world = await createApiWorld({ worker: false, over: { webRoot: join(projectRoot, 'dist/web') } });
    await tellCycles(world.deps.sql);
    await tellAttestations(world.deps.sql);
    server = await listen(world.app);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await world?.stop();
  });

  it('opens a number to its list and the list to its case; the address holds filter and list; the workbook is saved', async () => {
    const visitor = await Visitor.open(browser, server.url);
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
    expect(visitor.errors).toEqual([]);
    await visitor.close();
  }, 120_000);

  it('every report is free of serious faults of accessibility, on a desk and on a phone, light and dark', async () => {
    const found: string[] = [];
    for (const [scheme, width] of [
      ['light', 1360],
      ['dark', 390],
    ] as const) {
      const visitor = await Visitor.open(browser, server.url, { scheme, width });
      await visitor.signInAs(personId('sokolov'));
      const reports = REPORTS.filter((_, n) => pictures || scheme === 'light' || n % 3 === 0);
      for (const path of ['/reports', ...reports.map(({ id }) => `/reports/${id}`)]) {
        await visitor.goto(path);
        found.push(...(await visitor.serious(`${path}, ${scheme}`)));
        const wide = await visitor.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (wide > 0) found.push(`${path}, ${width}: the page is wider than the screen by ${wide}`);
        if (pictures)
          await visitor.page.screenshot({
            path: join(pictures, `${path.replaceAll('/', '_')}-${scheme}.png`),
            fullPage: true,
          });
      }
      found.push(...visitor.errors);
      await visitor.close();
    }
    expect(found).toEqual([]);
  }, 180_000);

  it('is offered to who has reports, and to nobody else', async () => {
    const visitor = await Visitor.open(browser, server.url);
    const offered = async (who: string) => {
      await visitor.signInAs(personId(who));
      await visitor.goto('/inbox');
      await visitor.page.waitForLoadState('networkidle');
      return visitor.page.getByRole('link', { name: 'Отчёты' }).count();
    };
    expect(await offered('orlov')).toBe(1);
    expect(await offered('bashtannik')).toBe(0);
    await visitor.close();
  }, 60_000);
});
