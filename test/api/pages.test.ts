/** Pages without a login in a real browser: readable by everybody, whole under the content policy, nothing from elsewhere. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openBrowser, Visitor } from '../browser/drive.ts';
import { type ApiWorld, createApiWorld, listen } from './world.ts';

let world: ApiWorld;
let server: Awaited<ReturnType<typeof listen>>;
let browser: Browser;

beforeAll(async () => {
  if (!hasBrowser) return;
  world = await createApiWorld({ worker: false });
  server = await listen(world.app);
  browser = await openBrowser();
  const { sql } = world.deps;
  await sql`insert into register_entry (id, register, number, status, version, title_ru, organisation_id, facts, valid_from, valid_until, public, keeper_case_id, updated_at)
    select gen_random_uuid(), 'federal_programmes', 'FR-0000' || n, (array['certified', 'expiring', 'suspended', 'annulled'])[n], n, 'Современный урок: проектирование и оценивание, выпуск ' || n,
      (select id from organisation where kind = 'cnppm' order by id limit 1), '{"kind":"ПК","hours":72,"form":"очная","distanceShare":30,"free":true,"deficits":["assessment","digital"],"order":{"number":"12-р","date":"2026-11-20"}}', '2026-11-20', '2029-11-20', true, gen_random_uuid(), now()
    from generate_series(1, 4) n`;
  await sql`insert into register_history (entry_id, n, status, version, facts, valid_from, valid_until, case_id, sequence, at)
    select id, 1, status, 1, '{}', valid_from, valid_until, keeper_case_id, 1, now() from register_entry`;
  await sql`insert into study_group (id, entry_id, entry_version, organisation_id, size, started_on) select gen_random_uuid(), id, 1, organisation_id, 25, '2026-11-21' from register_entry`;
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  await world?.stop();
});

describe.runIf(hasBrowser)('pages without a login', () => {
  it.each([
    ['light', 1360],
    ['dark', 1360],
    ['light', 360],
  ] as const)('the register is accessible: %s, %i wide, and fits', async (scheme, width) => {
    const visitor = await Visitor.open(browser, server.url, { scheme, width });
    // Every page once, and the two that differ by scheme and width everywhere.
    const rest =
      scheme === 'light' && width > 400 ? ['/registry?q=ничего', '/registry/FR-00004', '/registry/FR-77777'] : [];
    for (const path of ['/registry', '/registry/FR-00001', ...rest]) {
      await visitor.page.goto(`${server.url}${path}`);
      expect(await visitor.serious(`${path} ${scheme} ${width}`)).toEqual([]);
      expect(
        await visitor.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
        path,
      ).toBeLessThanOrEqual(0);
      if (process.env.SHOTS)
        await visitor.page.screenshot({
          path: `${process.env.SHOTS}/${path.replaceAll(/\W+/g, '-')}-${scheme}-${width}.png`,
          fullPage: true,
        });
    }
    expect(visitor.errors).toEqual([]);
    await visitor.close();
  });

  it('the register works without scripts: search by the form, open a card, come back', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${server.url}/registry`);
    await page.getByLabel('Название, номер или организация').fill('выпуск 3');
    await page.getByRole('button', { name: 'Найти' }).click();
    await page.getByRole('link', { name: 'Современный урок: проектирование и оценивание, выпуск 3' }).click();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('выпуск 3');
    expect(await page.getByText('Не действует: приостановлена').count()).toBe(1);
    await page.getByRole('navigation', { name: 'Путь' }).getByRole('link').click();
    expect(await page.getByText('Найдено 4 записи').count()).toBe(1);
    await context.close();
  });

  it('the description of the API draws itself from this host alone', async () => {
    const visitor = await Visitor.open(browser, server.url);
    const elsewhere: string[] = [];
    visitor.page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !/^(data|blob):/.test(request.url())) elsewhere.push(request.url());
    });
    await visitor.page.goto(`${server.url}/api/reference`);
    await visitor.page.getByText('Idempotency-Key').first().waitFor();
    await visitor.page.waitForTimeout(500);
    expect(elsewhere).toEqual([]);
    expect(visitor.errors).toEqual([]);
    await visitor.close();
  });
});
