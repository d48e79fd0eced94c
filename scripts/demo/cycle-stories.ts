/** Mentoring cycles of the demonstration: one for each place where a cycle can stand. Dates of hiring are those of the seed. */
import { uuidV5 } from '../../platform/crypto/ids.ts';
import { addDays, type IsoDate } from '../../processes/kit/dates.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import { type Cast, CycleTeller } from './cycle-teller.ts';
import type { TellerDeps } from './teller.ts';

export interface CycleStory {
  title: string;
  caseId: string;
  tell(): Promise<unknown>;
}

const today = new Date().toISOString().slice(0, 10);
const ago = (days: number): IsoDate => addDays(today, -days);
const person = (key: string) => seedId('person', key);

const KUZBASS = {
  organisationId: seedId('organisation', 'school-42'),
  zone: 'Asia/Novokuznetsk',
  jurisdiction: 'region-42',
};
const SOLNECHNY = { ...KUZBASS, organisationId: seedId('organisation', 'school-42-2') };
const ROSTOV = {
  organisationId: seedId('organisation', 'school-61'),
  zone: 'Europe/Moscow',
  jurisdiction: 'region-61',
};

const kuzbass = (teacher: string, mentor: string): Cast => ({
  teacher: person(teacher),
  mentor: person(mentor),
  curator: person('rudneva'),
  head: person('larionova'),
  opener: person('malakhova'),
  tutor: person('kalashnikova'),
});
const rostov: Cast = {
  teacher: person('kolesnik'),
  mentor: person('bondarenko'),
  curator: person('litvinenko'),
  head: person('gayvoronskiy'),
  opener: person('zinchenko'),
  tutor: person('marchenko'),
};

/** Every story, ready to be told; the same title finds the case of an earlier telling. */
export function cycleStories(deps: TellerDeps): CycleStory[] {
  const list: CycleStory[] = [];
  const story = (
    title: string,
    cast: Cast,
    where: typeof KUZBASS,
    hiredOn: IsoDate,
    tell: (t: CycleTeller) => Promise<unknown>,
    over: Record<string, unknown> = {},
  ) => {
    const caseId = uuidV5('2d7c1b0e-5f3c-4a86-9a35-0f6f9a1c7b21', title);
    list.push({
      title: `наставничество: ${title}`,
      caseId,
      tell: async () => {
        const t = new CycleTeller(deps, caseId, cast, where, addDays(hiredOn, 1));
        await t.open(hiredOn, over);
        return tell(t);
      },
    });
  };

  story('завершён: три года и три рубежа', kuzbass('belkina', 'chernysheva'), KUZBASS, '2023-09-01', async (t) => {
    await t.begin('41-н');
    await t.year('pass');
    await t.year('pass');
    await t.year('conclude');
  });
  story('первые недели: ждут приказа', kuzbass('akimov', 'chernysheva'), KUZBASS, ago(12), async (t) => {
    await t.propose();
    await t.day(ago(9));
    await t.consent();
    await t.day(ago(1));
  });
  story('первый год, запись ждёт подтверждения', kuzbass('snegireva', 'chernysheva'), KUZBASS, ago(82), async (t) => {
    await t.begin('52-н');
    await t.month();
    await t.month();
    await t.day(ago(1), '15:00');
    await t.log([{ kind: 'meeting', on: ago(1) }]);
  });
  story(
    'второй год, квартал без нормы, проверка просрочена',
    kuzbass('losev', 'panova'),
    KUZBASS,
    ago(447),
    async (t) => {
      await t.begin('38-н');
      await t.year('pass');
      while (t.today < ago(95)) await t.month(false);
      await t.day(ago(1));
    },
    { tenureMonths: 6 },
  );
  story('отпуск по уходу за ребёнком', kuzbass('tikhomirova', 'panova'), KUZBASS, ago(447), async (t) => {
    await t.begin('39-н');
    for (let m = 0; m < 5; m++) {
      await t.month();
      await t.check();
    }
    await t.employment(t.cast.teacher, 'leave_started', { leave: 'child_care', until: addDays(today, 480) });
    await t.day(ago(1));
  });
  story(
    'третий год, наставник отказался',
    kuzbass('gorbunov', 'fadeeva'),
    KUZBASS,
    ago(420),
    async (t) => {
      await t.begin('12-н');
      await t.year('pass');
      await t.day(ago(5));
      await t.act(t.cast.mentor, 'resignMentor', {});
      await t.day(ago(1));
    },
    { tenureMonths: 14 },
  );
  story(
    'перевод в сельскую школу, согласия на историю пока нет',
    kuzbass('vershinina', 'panova'),
    KUZBASS,
    ago(300),
    async (t) => {
      await t.begin('22-н');
      for (let m = 0; m < 6; m++) {
        await t.month();
        await t.check();
      }
      await t.day(ago(4));
      const to = {
        organisationId: seedId('organisation', 'school-42-2'),
        authorityId: seedId('organisation', 'mouo-42'),
        cnppmId: seedId('organisation', 'cnppm-42'),
        region: '42',
        jurisdiction: 'region-42',
        municipality: 'Притомский округ',
        rural: true,
      };
      await t.employment(t.cast.teacher, 'transferred', { to });
      await t.day(ago(1));
    },
    { tenureMonths: 12, post: 'primary_teacher' },
  );
  story('рубеж первого года просрочен', rostov, ROSTOV, ago(447), async (t) => {
    await t.begin('17-н');
    for (let m = 0; m < 11; m++) {
      await t.month();
      await t.check();
    }
    await t.day(ago(1));
  });
  story(
    'переезд в другой регион: пакет передан, цикл продолжен',
    kuzbass('yakimova', 'fadeeva'),
    KUZBASS,
    ago(300),
    async (t) => {
      await t.begin('24-н');
      for (let m = 0; m < 7; m++) {
        await t.month();
        await t.check();
      }
      await t.day(ago(9));
      const to = {
        organisationId: ROSTOV.organisationId,
        authorityId: seedId('organisation', 'mouo-61'),
        cnppmId: seedId('organisation', 'cnppm-rostov'),
        region: '61',
        jurisdiction: ROSTOV.jurisdiction,
        municipality: 'Приморский городской округ',
      };
      await t.act(t.cast.teacher, 'shareHistory', { consent: true });
      await t.employment(t.cast.teacher, 'transferred', { to });
    },
  );
  story('первый год продлён на три месяца, рубеж скоро', kuzbass('demin', 'fadeeva'), KUZBASS, ago(447), async (t) => {
    await t.begin('36-н');
    await t.extendedYear(3);
    await t.day(ago(1));
  });
  story('педагог оставил профессию, причина не названа', kuzbass('lapina', 'panova'), KUZBASS, ago(400), async (t) => {
    await t.begin('31-н');
    for (let m = 0; m < 9; m++) {
      await t.month(m < 6);
      await t.check(m >= 6);
    }
    await t.day(ago(21));
    await t.employment(t.cast.teacher, 'dismissed');
    await t.day(ago(1));
  });
  story(
    'завершён досрочно: получена первая категория',
    kuzbass('kravets', 'fadeeva'),
    KUZBASS,
    ago(447),
    async (t) => {
      await t.begin('37-н');
      await t.year('pass');
      await t.month();
      await t.act(t.cast.teacher, 'requestEarly', { act: 'Приказ о первой категории № 214-к' });
      await t.act(t.cast.curator, 'completeEarly', {
        conclusion: 'Первая категория присвоена, нормы двух лет выполнены, педагог согласен завершить цикл досрочно.',
      });
    },
    { tenureMonths: 6 },
  );
  story(
    'наставника нет третью неделю, ищет орган управления',
    { ...kuzbass('orehova', 'drozdova'), curator: person('savinova'), head: person('pozdnyakov') },
    SOLNECHNY,
    ago(33),
    (t) => t.day(ago(1)),
  );
  story(
    'педагог отказался от программы, предложение вернуться',
    kuzbass('ryzhkov', 'panova'),
    KUZBASS,
    ago(360),
    async (t) => {
      await t.begin('33-н');
      for (let m = 0; m < 5; m++) {
        await t.month();
        await t.check();
      }
      await t.act(t.cast.teacher, 'declineProgramme', { reasonCode: 'no_time' });
      await t.day(ago(1));
    },
  );
  return list;
}
