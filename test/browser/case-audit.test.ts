/** The extract from the record as people take it: printed, as a table, and as the file that is checked without the platform. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyCaseFile } from '../../platform/audit/case-file.ts';
import { writeDailyRoots } from '../../platform/audit/daily-root.ts';
import { projectRoot } from '../../platform/config.ts';
import { buildWeb } from '../../platform/stack/web-build.ts';
import { personId } from '../../prisma/seed/people.ts';
import { createDirectWorld, type DirectWorld } from '../api/direct-world.ts';
import { type FixtureCase, openFixtureCase } from '../api/fixture-case.ts';
import { listen } from '../api/world.ts';
import { hasBrowser, openBrowser, type Scheme, Visitor } from './drive.ts';

/** `SHOTS=folder` keeps a picture of every step, for whoever looks at the screens. */
const shots = process.env.SHOTS;

describe.skipIf(!hasBrowser)('the extract from the record of a case in a browser', () => {
  let world: DirectWorld;
  let kase: FixtureCase;
  let server: Awaited<ReturnType<typeof listen>>;
  let browser: Browser;
  const found: string[] = [];

  beforeAll(async () => {
    await buildWeb();
    world = await createDirectWorld({ over: { webRoot: join(projectRoot, 'dist/web') } });
    kase = await openFixtureCase(world, 1);
    await writeDailyRoots(world.pool, new Date(Date.now() + 2 * 86_400_000));
    server = await listen(world.app);
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await world?.stop();
  });

  const picture = async (page: Visitor['page'], name: string) => {
    if (!shots) return;
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  };
  /** Opens the dialog on the page where this person finds it. */
  const visit = async (who: string, path: string, scheme: Scheme, width: number): Promise<Visitor> => {
    const visitor = await Visitor.open(browser, server.url, { scheme, width });
    await visitor.signInAs(personId(who));
    await visitor.goto(path);
    await visitor.page.getByRole('button', { name: 'Выписка из журнала…' }).click();
    await visitor.page.getByRole('dialog').getByText('Просмотр для печати').waitFor();
    found.push(...(await visitor.serious(`${who} ${scheme}`)));
    await picture(visitor.page, `${who}-${scheme}-dialog`);
    return visitor;
  };
  /** The printed page in its own tab. */
  const print = async (visitor: Visitor, name: string): Promise<string> => {
    const opening = visitor.context.waitForEvent('page');
    await visitor.page.getByRole('button', { name: 'Сделать выписку' }).click();
    const paper = await opening;
    await paper.getByRole('heading', { level: 1, name: 'Выписка из журнала дела' }).waitFor();
    await picture(paper, name);
    expect(await paper.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), name).toBe(true);
    return paper.locator('body').innerText();
  };

  it('is read on paper by the coordinator, and the file that the administrator saves proves itself', async () => {
    const coordinator = await visit('koroleva', `/cases/${kase.caseId}?tab=history`, 'light', 1360);
    const text = await print(coordinator, 'koroleva-paper');
    expect(text).toContain(kase.number);
    expect(text).toContain('Хэши событий');
    expect(coordinator.errors).toEqual([]);
    await coordinator.close();

    const admin = await visit('sokolov', `/cases/${kase.caseId}/history`, 'dark', 1360);
    await admin.page.getByRole('radio', { name: 'JSON для проверки' }).check();
    const saving = admin.page.waitForEvent('download');
    await admin.page.getByRole('button', { name: 'Сделать выписку' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe(`Выписка из журнала ${kase.number}.json`);
    const file = JSON.parse(readFileSync(await saved.path(), 'utf8'));
    expect(verifyCaseFile(file)).toMatchObject({ faults: [], linked: file.events.length });
    expect(file.readings.records.map((r: { whatRu: string }) => r.whatRu)).toContain('Сделана выписка из журнала');
    await admin.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(admin.errors).toEqual([]);
    await admin.close();
  });

  it('names to an applicant on a phone nobody who is hidden from him; an expert has no such page', async () => {
    const applicant = await visit('goncharov', `/cases/${kase.caseId}?tab=history`, 'dark', 390);
    const text = await print(applicant, 'goncharov-paper-phone');
    expect(text).toContain('Участник дела');
    expect(text).not.toContain('Хэши событий');
    expect(applicant.errors).toEqual([]);
    await applicant.close();

    const expert = await Visitor.open(browser, server.url);
    await expert.signInAs(kase.panel[0]!.personId);
    await expert.goto(`/cases/${kase.caseId}?tab=history`);
    await expert.page.waitForURL(/\/tasks\//);
    expect(await expert.page.getByRole('button', { name: 'Выписка из журнала…' }).count()).toBe(0);
    await picture(expert.page, 'expert-task');
    await expert.close();
    expect(found).toEqual([]);
  });
});
