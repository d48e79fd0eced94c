/** Stories of the independent assessment: an exam that goes on today, results that wait, documents given, dates still to choose. */
import { readData } from '../../prisma/seed/files.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import { personId as key } from '../../prisma/seed/people.ts';
import { uuidV5 } from '../../platform/crypto/ids.ts';
import { isWorkingDay, nextWorkingDay, type ProductionCalendar } from '../../processes/kit/calendar.ts';
import { addDays } from '../../processes/kit/dates.ts';
import { DEFAULT_POLICY } from '../../processes/qualification-assessment/policy.ts';
import type { TownStory } from './attestation.ts';
import type { TellerDeps } from './teller.ts';
import { Town } from './town.ts';

const calendar = readData<ProductionCalendar>('calendars', 'ru.json');
const today = new Date().toISOString().slice(0, 10);
/** The day, or the working day after it. */
const working = (n: number): string => {
  const on = addDays(today, n);
  return isWorkingDay(calendar, on) ? on : nextWorkingDay(calendar, on);
};
const idOf = (title: string): string => uuidV5('0f0a7c1e-53d1-4b3c-9a63-2b3f6f1f7a02', title);

const CENTRE = seedId('organisation', 'cnppm-rostov');
const OPERATOR = key('yushkova');
const EXAMINERS = ['examiner-lukin', 'examiner-vlasova', 'examiner-gordeev', 'examiner-sedova'].map(key);
const GENERAL = 'teacher-general-6';
const PRIMARY = 'teacher-primary-6';
const [{ rubric }] = DEFAULT_POLICY.qualifications as [(typeof DEFAULT_POLICY.qualifications)[number]];

const session = (town: Town, id: string, heldOn: string, qualification: string, capacity: number) =>
  town.start('exam-session', id, OPERATOR, 'scheduleSession', {
    qualification,
    heldOn,
    startsAt: '09:00',
    placeRu: 'Ростов-на-Дону, Гвардейский пер., 2, каб. 5',
    centreId: CENTRE,
    capacity,
    examiners: EXAMINERS,
  });

/** An application that the centre admits the day after. */
async function admitted(town: Town, id: string, who: string, qualification: string, on: number): Promise<void> {
  await town.on(working(on));
  await town.start('qualification-assessment', id, who, 'apply', {
    qualification,
    centreId: CENTRE,
    payer: 'budget',
    education: 'Высшее педагогическое образование, стаж двенадцать лет; курсы по оцениванию, 72 часа.',
    consent: true,
    rules: true,
  });
  await town.on(working(on + 1));
  await town.task(id, OPERATOR, 'check', 'admit');
}

/** The day of the exam: examiners are there, identity is checked, the theory is passed. */
async function theory(town: Town, id: string, session: string, heldOn: string, score: number): Promise<void> {
  await town.on(heldOn, '09:00');
  await town.act(session, OPERATOR, 'openSession', { present: EXAMINERS });
  await town.act(id, OPERATOR, 'checkIdentity', { identified: true });
  await town.act(id, OPERATOR, 'recordTheory', { score });
}

async function marks(town: Town, id: string, mark: number): Promise<void> {
  for (const task of await town.open(id, 'marks')) {
    const who = task.assigneeId as string;
    await town.act(id, who, 'acceptTask', { taskId: task.id, noConflict: true });
    await town.act(id, who, 'submitMarks', {
      taskId: task.id,
      marks: Object.fromEntries(rubric.map(({ code }) => [code, mark])),
      comments: Object.fromEntries(
        rubric.flatMap(({ code, remarkBelow }) =>
          mark < remarkBelow ? [[code, 'Приём назван, но на занятии не применён.']] : [],
        ),
      ),
    });
  }
}

async function document(town: Town, id: string, heldOn: string, passed: boolean): Promise<void> {
  await town.task(id, OPERATOR, 'protocol', 'sendProtocol', { protocol: '14-Э' });
  const decidedOn = nextWorkingDay(calendar, addDays(heldOn, 1));
  await town.on(decidedOn);
  await town.task(id, key('arsenyeva'), 'verify', 'recognise', {
    decision: { number: '27-СПК', date: decidedOn },
  });
  if (passed) await town.task(id, OPERATOR, 'document', 'issueCertificate');
  else
    await town.task(id, OPERATOR, 'document', 'issueConclusion', {
      recommendations: 'Повторить раздел «Оценивание и обратная связь», пройти стажировку на уроках наставника.',
    });
}

/** Every story of P03, ready to be told. */
export function assessmentStories(deps: TellerDeps): TownStory[] {
  const list: TownStory[] = [];
  const story = (title: string, names: string[], tell: (town: Town, ids: string[]) => Promise<unknown>) => {
    const caseIds = names.map((name) => idOf(`${title}: ${name}`));
    list.push({
      title,
      caseIds,
      tell: async () => void (await tell(new Town(deps, 'region-61', 'Europe/Moscow'), caseIds)),
    });
  };

  story('оценка: идёт практическая часть, экзаменаторы ставят оценки', ['сеанс', 'полянская'], async (town, ids) => {
    const [exam, a] = ids as [string, string];
    const heldOn = today;
    await town.on(working(-24));
    await session(town, exam, heldOn, GENERAL, 6);
    await admitted(town, a, key('polyanskaya'), GENERAL, -22);
    await town.act(a, key('polyanskaya'), 'bookSeat', { sessionCaseId: exam });
    await town.on(working(-2));
    await theory(town, a, exam, heldOn, 84);
  });

  story(
    'оценка: свидетельство выдано; заключение выдано, идёт срок жалобы',
    ['сеанс', 'завьялов', 'дворникова'],
    async (town, ids) => {
      const [exam, a, b] = ids as [string, string, string];
      const heldOn = working(-12);
      await town.on(working(-40));
      await session(town, exam, heldOn, PRIMARY, 4);
      await admitted(town, a, key('zavyalov'), PRIMARY, -38);
      await admitted(town, b, key('dvornikova'), PRIMARY, -36);
      for (const [id, who] of [
        [a, 'zavyalov'],
        [b, 'dvornikova'],
      ] as const)
        await town.act(id, key(who), 'bookSeat', { sessionCaseId: exam });
      await theory(town, a, exam, heldOn, 91);
      await town.act(b, OPERATOR, 'checkIdentity', { identified: true });
      await town.act(b, OPERATOR, 'recordTheory', { score: 74 });
      await marks(town, a, 9);
      await marks(town, b, 4);
      await document(town, a, heldOn, true);
      await document(town, b, heldOn, false);
      await town.act(b, key('dvornikova'), 'familiarise');
    },
  );

  story('оценка: совет проверяет результат', ['сеанс', 'дело'], async (town, ids) => {
    const [exam, a] = ids as [string, string];
    const heldOn = working(-4);
    await town.on(working(-30));
    await session(town, exam, heldOn, PRIMARY, 4);
    await admitted(town, a, key('polyanskaya'), PRIMARY, -28);
    await town.act(a, key('polyanskaya'), 'bookSeat', { sessionCaseId: exam });
    await theory(town, a, exam, heldOn, 88);
    await marks(town, a, 8);
    await town.task(a, OPERATOR, 'protocol', 'sendProtocol', { protocol: '15-Э' });
  });

  story('оценка: открыты сеансы, соискатель выбирает дату', ['сеанс 1', 'сеанс 2', 'дело'], async (town, ids) => {
    const [first, second, a] = ids as [string, string, string];
    await town.on(working(-3));
    await session(town, first, working(14), GENERAL, 2);
    await session(town, second, working(21), GENERAL, 8);
    await admitted(town, a, key('zavyalov'), GENERAL, -2);
  });
  return list;
}
