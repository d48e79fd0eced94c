/** The extract from the record as people take it: printed, and as the file that is checked without the platform. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verifyCaseFile } from '../../platform/audit/case-file.ts';
import { writeDailyRoots } from '../../platform/audit/daily-root.ts';
import { personId } from '../../prisma/seed/people.ts';
import { createDirectWorld } from '../api/direct-world.ts';
import { type FixtureCase, openFixtureCase } from '../api/fixture-case.ts';
import { hasBrowser, type Scheme, type Visitor } from './drive.ts';
import { useStage } from './stage.ts';

describe.skipIf(!hasBrowser)('the extract from the record of a case in a browser', () => {
  let kase: FixtureCase;
  const { visit, look } = useStage(
    (over) => createDirectWorld({ over }),
    async (world) => {
      kase = await openFixtureCase(world, 1);
      await writeDailyRoots(world.pool, new Date(Date.now() + 2 * 86_400_000));
    },
  );

  /** Opens the dialog on the page where this person finds it. */
  const open = async (who: string, path: string, scheme: Scheme, width: number): Promise<Visitor> => {
    const visitor = await visit({ scheme, width });
    await visitor.signInAs(personId(who));
    await visitor.goto(path);
    await visitor.page.getByRole('button', { name: 'Выписка из журнала…' }).click();
    await visitor.page.getByRole('dialog').getByText('Просмотр для печати').waitFor();
    await look(visitor, `${who} ${scheme} dialog`);
    return visitor;
  };
  /** The printed page in its own tab. */
  const print = async ({ context, page }: Visitor): Promise<string> => {
    const opening = context.waitForEvent('page');
    await page.getByRole('button', { name: 'Сделать выписку' }).click();
    const paper = await opening;
    await paper.getByRole('heading', { level: 1, name: 'Выписка из журнала дела' }).waitFor();
    expect(await paper.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    return paper.locator('body').innerText();
  };

  it('is read on paper by the coordinator, and the file that the administrator saves proves itself', async () => {
    const coordinator = await open('koroleva', `/cases/${kase.caseId}?tab=history`, 'light', 1360);
    const text = await print(coordinator);
    expect(text).toContain(kase.number);
    expect(text).toContain('Хэши событий');

    const admin = await open('sokolov', `/cases/${kase.caseId}/history`, 'dark', 1360);
    await admin.page.getByRole('radio', { name: 'JSON для проверки' }).check();
    const saving = admin.page.waitForEvent('download');
    await admin.page.getByRole('button', { name: 'Сделать выписку' }).click();
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe(`Выписка из журнала ${kase.number}.json`);
    const file = JSON.parse(readFileSync(await saved.path(), 'utf8'));
    expect(verifyCaseFile(file)).toMatchObject({ faults: [], linked: file.events.length });
    expect(file.readings.records.map((r: { whatRu: string }) => r.whatRu)).toContain('Сделана выписка из журнала');
    await admin.page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('names to an applicant on a phone nobody who is hidden from him; an expert has no such page', async () => {
    const applicant = await open('goncharov', `/cases/${kase.caseId}?tab=history`, 'dark', 390);
    const text = await print(applicant);
    expect(text).toContain('Участник дела');
    expect(text).not.toContain('Хэши событий');

    const expert = await visit();
    await expert.signInAs(kase.panel[0]!.personId);
    await expert.goto(`/cases/${kase.caseId}?tab=history`);
    await expert.page.waitForURL(/\/tasks\//);
    expect(await expert.page.getByRole('button', { name: 'Выписка из журнала…' }).count()).toBe(0);
  });
});
