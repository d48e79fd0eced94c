/** The assessment of a qualification as its people do it: a date with free seats is chosen, an examiner marks blindly, the centre holds the exam. */
import { describe, expect, it } from 'vitest';
import { personId } from '../../prisma/seed/people.ts';
import { assessmentStories } from '../../scripts/demo/assessment.ts';
import { createApiWorld } from '../api/world.ts';
import { hasBrowser, type Scheme, type Visitor } from './drive.ts';
import { useStage } from './stage.ts';

interface Listed {
  items: Array<{ id: string; stage: string; kind: string; state: string; open: boolean }>;
}

const EXAMINERS = ['examiner-lukin', 'examiner-vlasova', 'examiner-gordeev', 'examiner-sedova'];

describe.skipIf(!hasBrowser)('the independent assessment in a browser', () => {
  const stage = useStage(
    (over) => createApiWorld({ over }),
    async ({ deps, driver: { pool, keys } }) => {
      const { references, log, documents } = deps;
      const stories = assessmentStories({ pool, keys, references, log, documents, isLocalWork: () => true });
      for (const story of stories.filter(({ title }) => /экзаменаторы ставят|выбирает дату/.test(title))) {
        await story.tell();
        for (const id of story.caseIds) await deps.cases.reconcileCase(id);
      }
    },
  );
  const { look } = stage;
  const visit = async (person: string, scheme: Scheme = 'light'): Promise<Visitor> => {
    const visitor = await stage.visit({ scheme });
    await visitor.signInAs(personId(person));
    return visitor;
  };
  const caseOf = async (who: Visitor, process: string, stage: string): Promise<string> => {
    const { items } = await who.getJson<Listed>(`/api/cases?process=${process}`);
    return items.find((c) => c.stage === stage)?.id ?? `no case in ${stage}`;
  };
  it('lets a person choose among the dates that have room, and says when and where', async () => {
    const who = await visit('zavyalov');
    const { page } = who;
    await who.goto(`/cases/${await caseOf(who, 'qualification-assessment', 'admitted')}`);
    await look(who, 'assessment admitted');
    await page.locator('[data-action=bookSeat]').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Обновить список' }).click();
    await dialog.getByRole('radio').first().waitFor();
    await look(who, 'assessment dates');
    await dialog.getByRole('radio').first().click();
    await dialog.locator('[type=submit]').click();
    await page.getByTestId('exam-when').waitFor();
    await page.getByTestId('exam-where').getByText('Гвардейский').waitFor();
    await look(who, 'assessment booked');
  }, 120_000);

  it('lets an examiner accept, mark by the criteria and send, and shows nobody the marks of another', async () => {
    for (const examiner of EXAMINERS) {
      const who = await visit(examiner);
      const { page } = who;
      const tasks = await who.getJson<Listed>('/api/tasks?mine=true&process=qualification-assessment');
      const task = tasks.items.find(({ kind, open }) => kind === 'marks' && open);
      if (!task) continue;
      await who.goto(`/tasks/${task.id}`);
      await page.getByRole('checkbox').first().check();
      await page.locator('[type=submit]').first().click();
      const criteria = page.locator('[data-criterion]');
      await criteria.first().waitFor();
      await page.locator('[data-action=submitMarks]').click();
      await page.getByText('Чтобы отправить оценки').waitFor();
      await look(who, 'assessment marks missing');
      for (const criterion of await criteria.all()) await criterion.locator('label').filter({ hasText: /^8$/ }).click();
      await page.locator('[data-action=submitMarks]').click();
      await look(who, 'assessment marks dialog');
      await page.getByRole('dialog').getByRole('button', { name: 'Отправить', exact: true }).click();
      await page.getByText('Оценки отправлены').first().waitFor();
      return;
    }
    expect.fail('no examiner has a sheet to fill');
  }, 120_000);

  it.each<Scheme>(['light', 'dark'])(
    'has no serious fault on the pages of the person and the centre, %s',
    async (scheme) => {
      const person = await visit('polyanskaya', scheme);
      await person.goto(`/cases/${await caseOf(person, 'qualification-assessment', 'in_practice')}`);
      await look(person, `assessment person ${scheme}`);
      const centre = await visit('yushkova', scheme);
      await centre.goto(`/cases/${await caseOf(centre, 'exam-session', 'in_session')}`);
      await look(centre, `assessment session ${scheme}`);
      await centre.goto('/inbox');
      await look(centre, `assessment inbox ${scheme}`);
    },
    120_000,
  );
});
