/** Stories of the attestation of heads: two founders, sittings behind and ahead, every kind of decision. */
import { readData } from '../../prisma/seed/files.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import { personId as key } from '../../prisma/seed/people.ts';
import { uuidV5 } from '../../platform/crypto/ids.ts';
import { isWorkingDay, nextWorkingDay, type ProductionCalendar } from '../../processes/kit/calendar.ts';
import { addDays, addMonths } from '../../processes/kit/dates.ts';
import { DEFAULT_POLICY } from '../../processes/head-attestation/policy.ts';
import type { Verdict } from '../../processes/kit/panel.ts';
import type { SittingState } from '../../processes/commission-sitting/state.ts';
import type { TellerDeps } from './teller.ts';
import { Town } from './town.ts';

export interface TownStory {
  title: string;
  caseIds: string[];
  tell(): Promise<void>;
}

const calendar = readData<ProductionCalendar>('calendars', 'ru.json');
const today = new Date().toISOString().slice(0, 10);
const day = (n: number): string => addDays(today, n);
/** The date, or the working day after it. */
const workingAfter = (date: string): string => (isWorkingDay(calendar, date) ? date : nextWorkingDay(calendar, date));
const working = (n: number): string => workingAfter(day(n));
const idOf = (title: string): string => uuidV5('0f0a7c1e-53d1-4b3c-9a63-2b3f6f1f7a02', title);
const school = (name: string): string => seedId('organisation', name);
const order = (number: string, date: string) => ({ number, date });

const TEXTS = {
  submission: (post: string) =>
    `Представление на ${post}. Организация выполняет муниципальное задание, доля выпускников, поступивших по профилю, выросла за три года с 41 до 58 %. Проверки прошлого года нарушений не выявили, предписаний нет. Финансово-хозяйственная деятельность ведётся без просроченной задолженности. Рекомендации прошлой аттестации исполнены.`,
  own: 'Самоотчёт: открыт инженерный класс, запущена школьная система оценки качества, обновлён управленческий резерв. Что не удалось: вторая смена сохраняется.',
  programme:
    'Проект программы развития. Цель: школа полного дня к 2029 году. Задачи: вторая смена, инженерные классы, наставничество, внутренняя оценка качества. Ресурсы: муниципальная программа, партнёры, внебюджетные средства. Риски и показатели по годам приложены.',
  questionnaire:
    'Образование\nВысшее педагогическое; переподготовка «Менеджмент в образовании», 2023 год.\n\nСтаж и работа\nДевять лет заместителем директора по учебной работе.',
  opinion: 'Управляющий совет поддерживает: школа открыта для родителей, решения обсуждаются заранее.',
  question:
    'Вопрос: как закроете вторую смену? Ответ: пристройка в плане 2027 года, до того – смещение расписания 5–6 классов.',
};

/** What an expert says; a criterion of the list gets the lowest mark and a remark. */
function conclusion(taskId: string, verdict: Verdict, weak: string[] = []) {
  return {
    taskId,
    scores: Object.fromEntries(DEFAULT_POLICY.criteria.map(({ code }) => [code, weak.includes(code) ? 0 : 2])),
    verdict,
    remarks: weak.map((criterion, i) => ({
      id: `r${i + 1}`,
      criterion,
      place: 'раздел «Ресурсы»',
      text: 'Нет расчёта по годам и источников; показатели не связаны с бюджетом.',
    })),
    deficits: verdict === 'approve' ? [] : ['D-SCH-2'],
    summary:
      verdict === 'approve'
        ? 'Программа развития обоснована, результаты организации устойчивы, управленческие решения опираются на данные.'
        : 'Программа развития требует доработки в части ресурсов; по остальным критериям уровень соответствует должности.',
  };
}

interface Office {
  founder: string;
  secretary: string;
  tester: string;
  hr: string;
  members: Array<{ personId: string; office: 'chair' | 'deputy' | 'secretary' | 'member' | 'public' }>;
}
const seat = (name: string, office: Office['members'][number]['office']) => ({ personId: key(name), office });
const KUZBASS: Office = {
  founder: key('ryabinina'),
  secretary: key('astakhova'),
  tester: key('zimina'),
  hr: key('gorelova'),
  members: [
    seat('vereshchagin', 'chair'),
    seat('lukyanova', 'deputy'),
    seat('astakhova', 'secretary'),
    seat('obukhova', 'public'),
    seat('babushkin', 'member'),
    seat('demchenko', 'member'),
    seat('ilchenko', 'member'),
    seat('kapustina', 'member'),
    seat('mokhov', 'member'),
  ],
};
const DON: Office = {
  founder: key('azarova'),
  secretary: key('voloshina'),
  tester: key('voloshina'),
  hr: key('galkin'),
  members: [
    seat('dolgopolova', 'chair'),
    seat('voloshina', 'secretary'),
    seat('kovtun', 'public'),
    seat('eliseev', 'member'),
    seat('zhirnova', 'member'),
    seat('isaenko', 'member'),
  ],
};

/** The steps of the stories; each reads as one sentence. */
class Road {
  constructor(
    readonly town: Town,
    private readonly office: Office,
    readonly id: string,
    private readonly attestee: string,
    private readonly post: string,
  ) {}

  schedule(organisation: string, plannedOn: string, on: string) {
    return this.town.start('head-attestation', this.id, this.office.founder, 'scheduleAttestation', {
      organisationId: school(organisation),
      personId: this.attestee,
      post: this.post,
      variant: 'planned',
      plannedOn,
      order: order('118-г', on),
    });
  }
  apply(organisation: string) {
    return this.town.start('head-attestation', this.id, this.attestee, 'apply', {
      organisationId: school(organisation),
      post: this.post,
      consent: true,
      programme: TEXTS.programme,
      questionnaire: TEXTS.questionnaire,
    });
  }
  async documents(): Promise<this> {
    await this.town.task(this.id, this.office.hr, 'checks', 'confirmChecks');
    await this.town.task(this.id, this.office.secretary, 'documents', 'completeDocuments');
    return this;
  }
  async submission(familiarised = true): Promise<this> {
    await this.town.act(this.id, this.office.founder, 'fileSubmission', { text: TEXTS.submission(this.post) });
    if (!familiarised) return this;
    await this.town.act(this.id, this.attestee, 'familiariseSubmission');
    await this.town.act(this.id, this.attestee, 'addOwnData', { text: TEXTS.own });
    return this;
  }
  async test(score: number, testedOn: string): Promise<this> {
    await this.town.task(this.id, this.office.tester, 'test', 'recordTest', { score, testedOn });
    return this;
  }
  async experts(): Promise<this> {
    for (const t of await this.town.open(this.id, 'review'))
      await this.town.act(this.id, t.assigneeId as string, 'acceptTask', { taskId: t.id, noConflict: true });
    return this;
  }
  async reviews(...verdicts: Verdict[]): Promise<this> {
    const open = await this.town.open(this.id, 'review');
    for (const [i, verdict] of verdicts.entries()) {
      const task = open[i];
      const weak = verdict === 'approve' ? [] : ['finance'];
      if (task)
        await this.town.act(this.id, task.assigneeId as string, 'submitReview', conclusion(task.id, verdict, weak));
    }
    return this;
  }
  async opinion(): Promise<this> {
    await this.town.act(this.id, this.office.secretary, 'attachPublicOpinion', {
      body: 'Управляющий совет',
      text: TEXTS.opinion,
    });
    return this;
  }
  book(sittingCaseId: string, heldOn: string) {
    return this.town.act(this.id, this.office.secretary, 'fixSitting', { sittingCaseId, heldOn });
  }
  async papers(date: string, number: string): Promise<this> {
    await this.town.task(this.id, this.office.secretary, 'extract', 'issueExtract', { number: `${number}-в` });
    await this.town.task(this.id, this.office.founder, 'act', 'issueAct', { order: order(number, date) });
    return this;
  }
  async read(): Promise<this> {
    for (const paper of ['extract', 'act']) await this.town.act(this.id, this.attestee, 'familiarise', { paper });
    return this;
  }
}

/** A vote on the item of a person: who says no, who is silent; the rest are in favour. */
async function vote(
  town: Town,
  sitting: string,
  subjectId: string,
  say: { against?: string[]; silent?: string[]; proposal?: string; secretary?: string },
): Promise<string> {
  const { secretary = KUZBASS.secretary } = say;
  const state = await town.state<SittingState>(sitting);
  const item = state.items.find((i) => i.subjectId === subjectId && i.state === 'listed');
  if (!item) throw new Error('no such item');
  const { itemKey } = item;
  await town.act(sitting, secretary, 'noteDiscussion', { itemKey, text: TEXTS.question });
  await town.act(sitting, secretary, 'putToVote', {
    itemKey,
    attesteeOut: true,
    ...(say.proposal ? { proposal: say.proposal } : {}),
  });
  const voters = state.present.filter((id) => !item.recused.some((r) => r.personId === id));
  for (const id of voters.filter((v) => !(say.silent ?? []).includes(v)))
    await town.act(sitting, id, 'castVote', { itemKey, voice: (say.against ?? []).includes(id) ? 'against' : 'for' });
  await town.act(sitting, secretary, 'closeVote', { itemKey });
  return itemKey;
}

const schedule = (town: Town, id: string, heldOn: string, office: Office = KUZBASS, ordered = '2026-01-12') =>
  town.start('commission-sitting', id, office.secretary, 'scheduleSitting', {
    heldOn,
    order: order('17-а', ordered),
    members: office.members,
  });

async function minutes(town: Town, sitting: string, signed: boolean, secretary = KUZBASS.secretary): Promise<void> {
  await town.task(sitting, secretary, 'session', 'closeSession');
  if (!signed) return;
  const { present } = await town.state<SittingState>(sitting);
  await town.task(sitting, secretary, 'sign_minutes', 'signMinutes', { signedBy: present });
}

/** Two heads and a candidate on the closed agenda of a sitting; one of the heads is a member of the commission. */
export async function agendaOf(deps: TellerDeps, ids: [string, string, string, string], held: string): Promise<Town> {
  const [a, b, c, sitting] = ids;
  const town = new Town(deps, 'region-42', 'Asia/Novokuznetsk');
  const terekhov = new Road(town, KUZBASS, a!, key('terekhov'), 'директор школы');
  const kapustina = new Road(town, KUZBASS, b!, key('kapustina'), 'директор лицея');
  const chistyakova = new Road(town, KUZBASS, c!, key('chistyakova'), 'директор гимназии');
  await town.on(working(-84));
  await terekhov.schedule('school-42-13', held, working(-84));
  await kapustina.schedule('school-42', held, working(-84));
  await chistyakova.apply('school-42-12');
  await town.on(working(-78));
  for (const r of [terekhov, kapustina, chistyakova]) await r.documents();
  for (const r of [terekhov, kapustina]) await r.submission();
  const tested = working(-70);
  await town.on(tested);
  await terekhov.test(77, tested);
  await kapustina.test(95, tested);
  await chistyakova.test(88, tested);
  await town.on(working(-68));
  for (const r of [terekhov, kapustina, chistyakova]) await r.experts();
  await town.on(working(-60));
  await terekhov.reviews('revise', 'approve');
  await kapustina.reviews('approve', 'approve');
  await chistyakova.reviews('approve', 'approve');
  for (const task of await town.open(a!, 'arbitration')) {
    await town.act(a!, task.assigneeId as string, 'acceptTask', { taskId: task.id, noConflict: true });
    const weak = conclusion(task.id, 'approve');
    await town.act(a!, task.assigneeId as string, 'submitArbitration', weak);
  }
  await kapustina.opinion();
  await town.on(working(-45));
  await schedule(town, sitting!, held);
  for (const r of [terekhov, kapustina, chistyakova]) await r.book(sitting!, held);
  await town.on(day(0), '09:00');
  return town;
}

/** Every story of P02, ready to be told. */
export function attestationStories(deps: TellerDeps): TownStory[] {
  const kuzbass = () => new Town(deps, 'region-42', 'Asia/Novokuznetsk');
  const all = KUZBASS.members.map((m) => m.personId);
  const list: TownStory[] = [];
  const story = (title: string, names: string[], tell: (ids: string[]) => Promise<unknown>) => {
    const caseIds = names.map((name) => idOf(`${title}: ${name}`));
    list.push({ title, caseIds, tell: async () => void (await tell(caseIds)) });
  };

  story(
    'аттестация: заседание проведено, акт издан; условное соответствие; кандидат ждёт назначения',
    ['усольцева', 'хлебников', 'юровская', 'заседание'],
    async ([a, b, c, sitting]) => {
      const town = kuzbass();
      const held = working(-20);
      const usoltseva = new Road(town, KUZBASS, a!, key('usoltseva'), 'директор основной школы');
      const khlebnikov = new Road(town, KUZBASS, b!, key('khlebnikov'), 'директор школы');
      const yurovskaya = new Road(town, KUZBASS, c!, key('yurovskaya'), 'директор школы');
      await town.on(working(-105));
      await usoltseva.schedule('school-42-14', held, working(-105));
      await khlebnikov.schedule('school-42-15', held, working(-105));
      await yurovskaya.apply('school-42-13');
      await town.on(working(-98));
      for (const r of [usoltseva, khlebnikov, yurovskaya]) await r.documents();
      for (const r of [usoltseva, khlebnikov]) await r.submission();
      const tested = working(-90);
      await town.on(tested);
      await usoltseva.test(91, tested);
      await khlebnikov.test(68, tested);
      await yurovskaya.test(84, tested);
      await town.on(working(-88));
      for (const r of [usoltseva, khlebnikov, yurovskaya]) await r.experts();
      await town.on(working(-80));
      await usoltseva.reviews('approve', 'approve');
      await khlebnikov.reviews('revise', 'revise');
      await yurovskaya.reviews('approve', 'approve');
      await usoltseva.opinion();
      await town.on(working(-62));
      await schedule(town, sitting!, held);
      for (const r of [usoltseva, khlebnikov, yurovskaya]) await r.book(sitting!, held);
      await town.on(held, '10:00');
      await town.act(sitting!, KUZBASS.secretary, 'openSession', { present: all.slice(0, 8) });
      await vote(town, sitting!, key('usoltseva'), {});
      const itemKey = await vote(town, sitting!, key('khlebnikov'), {
        proposal: 'conform_conditional',
        against: [key('babushkin'), key('demchenko')],
      });
      await town.act(sitting!, key('babushkin'), 'dissent', {
        itemKey,
        opinion:
          'Результат тестирования ниже порога, а программа развития не подкреплена бюджетом: рекомендаций недостаточно.',
      });
      await vote(town, sitting!, key('yurovskaya'), { silent: [key('obukhova')] });
      await minutes(town, sitting!, true);
      const acted = working(-16);
      await town.on(acted);
      for (const [i, r] of [usoltseva, khlebnikov, yurovskaya].entries()) await r.papers(acted, `${301 + i}-к`);
      await town.on(working(-14));
      for (const r of [usoltseva, khlebnikov, yurovskaya]) await r.read();
      await town.act(b!, KUZBASS.founder, 'setPlan', {
        items: 4,
        text: 'Финансовое планирование (36 часов); управление на основе данных (72 часа); стажировка в лицее № 942; проект бюджета развития.',
      });
    },
  );

  story('аттестация: повестка закрыта, заседание на днях', ['терехов', 'капустина', 'чистякова', 'заседание'], (ids) =>
    agendaOf(deps, ids as [string, string, string, string], working(2)),
  );

  story(
    'аттестация: кворум нарушен отводом, вопрос перенесён; протокол оформляется',
    ['царёва', 'заседание', 'следующее заседание'],
    async ([a, sitting, next]) => {
      const town = kuzbass();
      const held = working(-3);
      const tsaryova = new Road(town, KUZBASS, a!, key('tsaryova'), 'директор дома творчества');
      await town.on(working(-90));
      await tsaryova.schedule('house-42', held, working(-90));
      await town.on(working(-82));
      await tsaryova.documents();
      await tsaryova.submission();
      await town.on(working(-74));
      await tsaryova.test(73, working(-74));
      await town.on(working(-72));
      await tsaryova.experts();
      await town.on(working(-66));
      await tsaryova.reviews('approve', 'approve');
      await town.on(working(-45));
      await schedule(town, sitting!, held);
      await tsaryova.book(sitting!, held);
      await town.on(held, '10:00');
      await town.act(sitting!, KUZBASS.secretary, 'openSession', { present: all.slice(0, 6) });
      const [item] = (await town.state<SittingState>(sitting!)).items;
      await town.act(sitting!, key('demchenko'), 'recuse', { itemKey: item!.itemKey, ground: 'relative' });
      await town.act(sitting!, KUZBASS.secretary, 'putToVote', { itemKey: item!.itemKey, attesteeOut: true });
      await minutes(town, sitting!, false);
      await schedule(town, next!, working(40));
    },
  );

  story('аттестация: тестирование не пройдено, дело кандидата закрыто', ['шестаков'], async ([a]) => {
    const town = kuzbass();
    const r = new Road(town, KUZBASS, a!, key('shestakov'), 'директор школы');
    await town.on(working(-30));
    await r.apply('school-42-13');
    await town.on(working(-26));
    await r.documents();
    await town.on(working(-20));
    await r.test(54, working(-20));
    await town.task(a!, KUZBASS.founder, 'act', 'issueAct', { order: order('298-к', working(-20)) });
    await town.act(a!, key('shestakov'), 'familiarise', { paper: 'act' });
  });

  story('аттестация: документы проверяются, представления ещё нет', ['рыжова'], async ([a]) => {
    const town = kuzbass();
    const r = new Road(town, KUZBASS, a!, key('ryzhova'), 'директор школы');
    await town.on(working(-3));
    await r.schedule('school-42-11', working(60), working(-3));
  });

  story('аттестация: тестирование перенесено, представление просрочено', ['сычугова'], async ([a]) => {
    const town = kuzbass();
    const r = new Road(town, KUZBASS, a!, key('sychugova'), 'директор гимназии');
    await town.on(working(-40));
    await r.schedule('school-42-12', working(38), working(-40));
    await town.on(working(-34));
    await r.documents();
    await town.on(working(-8));
    await town.act(a!, KUZBASS.tester, 'recordNoShow', { missedOn: working(-8) });
    await town.on(working(-6));
    await town.act(a!, key('sychugova'), 'showReason', { reason: 'Больничный лист, дни подтверждены.' });
    await town.act(a!, KUZBASS.tester, 'acceptReason', { testOn: working(7) });
    await town.on(day(0), '09:00');
  });

  story('аттестация: экспертная оценка идёт', ['майоров'], async ([a]) => {
    const town = new Town(deps, 'region-61', 'Europe/Moscow');
    const r = new Road(town, DON, a!, key('mayorov'), 'директор школы');
    await town.on(working(-30));
    await r.schedule('school-61-11', working(50), working(-30));
    await town.on(working(-24));
    await r.documents();
    await r.submission(false);
    await town.on(working(-7));
    await r.test(79, working(-7));
    await town.on(working(-6));
    await r.experts();
    await town.on(working(-2));
    await r.reviews('approve');
  });

  story('аттестация: отложена, отпуск по уходу за ребёнком', ['нагорная'], async ([a]) => {
    const town = new Town(deps, 'region-61', 'Europe/Moscow');
    const r = new Road(town, DON, a!, key('nagornaya'), 'директор школы');
    await town.on(working(-50));
    await r.schedule('school-61-12', working(40), working(-50));
    await town.on(working(-20));
    await town.fact(a!, 'exemption', {
      kind: 'childcare_leave',
      untilOn: day(500),
      act: 'приказ № 44-о (учебная запись)',
    });
  });

  story(
    'аттестация: не соответствуют трое — апелляция, повторная аттестация, учредитель молчит; кандидат в резерве',
    ['беляков', 'вдовина', 'гуляев', 'жарова', 'заседание'],
    async ([a, b, c, d, sitting]) => {
      const town = kuzbass();
      const held = working(-48);
      const belyakov = new Road(town, KUZBASS, a!, key('belyakov'), 'директор школы');
      const vdovina = new Road(town, KUZBASS, b!, key('vdovina'), 'директор гимназии');
      const gulyaev = new Road(town, KUZBASS, c!, key('gulyaev'), 'директор школы');
      const zharova = new Road(town, KUZBASS, d!, key('zharova'), 'директор школы');
      const heads = [belyakov, vdovina, gulyaev];
      const everybody = [...heads, zharova];
      await town.on(working(-133));
      await belyakov.schedule('school-42-16', held, working(-133));
      await vdovina.schedule('school-42-17', held, working(-133));
      await gulyaev.schedule('school-42-18', held, working(-133));
      await zharova.apply('school-42-15');
      await town.on(working(-126));
      for (const r of everybody) await r.documents();
      for (const r of heads) await r.submission();
      const tested = working(-118);
      await town.on(tested);
      for (const [i, r] of heads.entries()) await r.test(58 - i, tested);
      await zharova.test(93, tested);
      await town.on(working(-116));
      for (const r of everybody) await r.experts();
      await town.on(working(-108));
      for (const r of heads) await r.reviews('reject', 'reject');
      await zharova.reviews('approve', 'approve');
      await town.on(working(-90));
      await schedule(town, sitting!, held);
      for (const r of everybody) await r.book(sitting!, held);
      await town.on(held, '10:00');
      await town.act(sitting!, KUZBASS.secretary, 'openSession', { present: all.slice(0, 8) });
      for (const who of ['belyakov', 'vdovina', 'gulyaev'])
        await vote(town, sitting!, key(who), { against: all.slice(0, 7) });
      await vote(town, sitting!, key('zharova'), {});
      await minutes(town, sitting!, true);
      const acted = working(-44);
      await town.on(acted);
      for (const [i, r] of everybody.entries()) await r.papers(acted, `${271 + i}-к`);
      await town.on(working(-42));
      for (const r of [vdovina, gulyaev, zharova]) await r.read();
      await town.on(working(-27));
      for (const paper of ['extract', 'act'])
        await town.act(a!, KUZBASS.secretary, 'recordService', {
          paper,
          on: working(-27),
          refusedToSign: true,
          witnesses: ['Зимина Р. И.', 'Горелова И. М.'],
          act: 'акт об отказе от подписи № 3 (учебная запись)',
        });
      await town.on(working(-26));
      await town.task(b!, KUZBASS.founder, 'founder_choice', 'setRetake', {
        plannedOn: working(85),
        training: 'Управление финансами школы, 72 часа; стажировка в лицее № 942.',
        order: order('280-к', working(-26)),
      });
      await town.on(working(-12));
      await town.act(d!, key('zharova'), 'acceptReserve');
      await town.on(working(-10));
      await town.task(d!, KUZBASS.founder, 'reserve_order', 'enterReserve', { order: order('291-к', working(-10)) });
      await town.on(working(-6));
      await town.act(a!, key('belyakov'), 'appeal', {
        reason:
          'Прошу отменить решение: экспертам не передали отчёт о выполнении муниципального задания, вопросы о закупках решены до заседания.',
      });
      await town.on(day(0), '09:00');
    },
  );

  story('аттестация: документы кандидата возвращены, срок исправления идёт', ['остапенко'], async ([a]) => {
    const town = new Town(deps, 'region-61', 'Europe/Moscow');
    const r = new Road(town, DON, a!, key('ostapenko'), 'директор школы');
    await town.on(working(-9));
    await r.apply('school-61-13');
    await town.on(working(-5));
    await town.task(a!, DON.secretary, 'documents', 'reportDefects', {
      count: 2,
      reason: 'Нет согласия на проверку сведений о судимости. Не приложен диплом о переподготовке.',
    });
  });

  story(
    'аттестация: срок действия истекает, дело следующего графика',
    ['рыбалко', 'заседание'],
    async ([a, sitting]) => {
      const town = new Town(deps, 'region-61', 'Europe/Moscow');
      const years = (n: number) => addMonths(today, 12 * n);
      const from = (n: number) => workingAfter(addDays(years(-3), n));
      const held = from(140);
      const r = new Road(town, DON, a!, key('rybalko'), 'директор школы');
      await town.on(from(20));
      await r.schedule('school-61-13', held, from(20));
      await town.on(from(55));
      await r.documents();
      await r.submission();
      await town.on(from(62));
      await r.test(81, from(62));
      await town.on(from(66));
      await r.experts();
      await town.on(from(74));
      await r.reviews('approve', 'approve');
      await r.opinion();
      await town.on(from(88));
      await schedule(town, sitting!, held, DON, from(1));
      await r.book(sitting!, held);
      await town.on(held, '10:00');
      await town.act(sitting!, DON.secretary, 'openSession', { present: DON.members.map((m) => m.personId) });
      await vote(town, sitting!, key('rybalko'), { secretary: DON.secretary });
      await minutes(town, sitting!, true, DON.secretary);
      const acted = from(143);
      await town.on(acted);
      await r.papers(acted, '77-к');
      await town.on(from(145));
      await r.read();
    },
  );
  return list;
}
