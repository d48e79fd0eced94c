/** Stories of the demonstration: one for each stage a case can rest in, with texts a methodist would believe. */
import { demoConclusions, demoTexts, getProgramme, type DemoConclusion } from '../../data/index.ts';
import { uuidV5 } from '../../platform/crypto/ids.ts';
import { addDays } from '../../processes/kit/dates.ts';
import { type Staff, Teller, type TellerDeps } from './teller.ts';

interface Story {
  title: string;
  /** Follows from the title, so that a second demonstration finds the case of the first. */
  caseId: string;
  tell(): Promise<Teller>;
}

const texts = demoTexts();
const conclusions = demoConclusions();
const reason = (type: string, n = 0): string =>
  texts.reasons[type]?.[n % (texts.reasons[type]?.length ?? 1)] ?? 'По решению координатора.';
/** The date is that of the day on which it is carried out. */
const order = (n: number) => ({ number: texts.orders[n % texts.orders.length]?.number ?? '1-с' });

/** The n-th conclusion with this verdict that an expert may give. */
function says(verdict: DemoConclusion['verdict'], n = 0): DemoConclusion {
  const fitting = conclusions.filter((c) => c.verdict === verdict && !c.arbiter);
  return fitting[n % fitting.length] as DemoConclusion;
}
const approved = [says('approve', 0), says('approve', 1), says('approve', 2)];
const rejected = [says('reject', 0), says('reject', 1), says('reject', 2)];

const today = new Date().toISOString().slice(0, 10);
const caseIdOf = (title: string): string => uuidV5('6f0c1b7a-5d6e-4c39-9c55-0d6a3c1f2a10', title);

/** Every story, ready to be told. People come from the seed; the Academy's own programmes are led by people employed elsewhere. */
export async function stories(deps: TellerDeps): Promise<Story[]> {
  const { pool } = deps;
  const person = async (email: string): Promise<string> => {
    const [row] = await pool<Array<{ id: string }>>`select id from person where email = ${`${email}@example.org`}`;
    if (!row) throw new Error(`В базе нет учебной записи ${email}: сначала загрузите данные (npm run seed).`);
    return row.id;
  };
  const headOf = async (organisationId: string): Promise<string> => {
    const [row] = await pool<Array<{ id: string }>>`
      select person_id as id from role_assignment where role = 'provider_head' and scope_kind = 'organisation' and scope_id = ${organisationId} limit 1`;
    if (!row) throw new Error(`У организации ${organisationId} нет руководителя.`);
    return row.id;
  };
  const usual: Staff = {
    operator: await person('belova.ap'),
    coordinator: await person('koroleva.is'),
    appeals: await person('saveleva.nr'),
  };
  const outside: Staff = {
    operator: await person('tarasov.id'),
    coordinator: await person('yakovleva.dm'),
    appeals: usual.appeals,
  };

  let telling = '';
  const begin = async (key: string, daysAgo: number): Promise<Teller> => {
    const programme = getProgramme(key);
    const staff = key === 'shkola-sovremennogo-uchitelya' ? outside : usual;
    return new Teller(
      deps,
      caseIdOf(telling),
      programme,
      await headOf(programme.provider.organisationId),
      staff,
      daysAgo,
    ).submit();
  };
  const checked = async (key: string, daysAgo: number) =>
    (await (await begin(key, daysAgo)).wait(2)).operator('completeTechnicalCheck');
  const examined = async (key: string, daysAgo: number) => (await (await checked(key, daysAgo)).wait(1)).accept();
  const reviewed = async (key: string, daysAgo: number, verdicts: DemoConclusion[]) =>
    (await (await examined(key, daysAgo)).wait(6)).review(...verdicts);
  const certified = async (key: string, daysAgo: number, n = 0) =>
    (await (await reviewed(key, daysAgo, approved)).wait(2)).coordinator('certify', { order: order(n) }, 'decision');
  const refused = async (key: string, daysAgo: number) =>
    (await (await reviewed(key, daysAgo, rejected)).wait(2)).coordinator(
      'refuse',
      { order: order(4), reasonCodes: ['mandatory_failed'], reason: reason('refuse') },
      'decision',
    );

  const list: Story[] = [];
  const story = (title: string, tell: () => Promise<Teller>) =>
    list.push({ title, caseId: caseIdOf(title), tell: () => ((telling = title), tell()) });

  story('отозвана заявителем', async () =>
    (await checked('proektnye-komandy', 120)).provider('withdraw', { reason: reason('withdraw') }),
  );
  story('прекращена: недостатки не устранены', async () => {
    const t = await (await begin('smyslovoe-chtenie', 150)).wait(2);
    return (await t.operator('reportDefects', { defects: texts.defects.slice(0, 3) })).wait(40);
  });
  story('срок действия истёк', async () => (await certified('nastavnik-pervyy-god', 1_150, 1)).wait(1_120));
  story('аннулирована', async () => {
    const t = await (await certified('skorochtenie', 420, 2)).wait(60);
    await t.coordinator('openAnnulment', { ground: 'false_documents', reason: reason('openAnnulment') });
    await t.wait(20);
    return t.coordinator(
      'decideAnnulment',
      { annul: true, order: order(3), reason: reason('decideAnnulment') },
      'annulment_decision',
    );
  });
  story('исключена: причины не устранены', async () => {
    const t = await (await certified('tsifrovye-instrumenty-kolledzha', 400, 3)).wait(90);
    await t.fact('complaint_upheld', { on: addDays(today, -300), act: 'акт проверки № 7' });
    await t.wait(45);
    await t.provider('familiarise', {});
    return t.wait(45);
  });
  story('действует', async () => (await certified('funktsionalnaya-gramotnost', 260, 0)).wait(200));
  story('действует, подано незначительное изменение', async () => {
    const t = await (await certified('veroyatnost-i-statistika', 320, 5)).wait(300);
    const { source: _source, ...programme } = getProgramme('veroyatnost-i-statistika');
    const staff = [...programme.staff, { name: 'Преподаватель по договору', post: 'доцент' }];
    return t.provider('requestMinorChange', {
      programme: { ...programme, staff },
      reason: 'Добавлен преподаватель практикума.',
    });
  });
  story('срок истекает', async () => (await certified('formiruyushchee-otsenivanie', 1_000, 4)).wait(980));
  story('действие приостановлено', async () => {
    const t = await (await certified('klassnyy-rukovoditel', 200, 6)).wait(185);
    return t.coordinator('suspend', { cause: 'poor_monitoring', order: order(7), reason: reason('suspend') });
  });
  story('отказано, ждёт ознакомления', async () => (await refused('upravlenie-organizatsiey', 40)).wait(20));
  story('рассматривается апелляция', async () => {
    const t = await (await refused('issledovaniya-poberezhya', 45)).wait(4);
    await t.provider('familiarise', {});
    await t.wait(15);
    return t.provider('appeal', { grounds: reason('appeal') });
  });
  story('ждёт решения', async () => reviewed('inklyuzivnyy-klass', 16, approved));
  story('решение просрочено', async () => (await reviewed('shkola-sovremennogo-uchitelya', 40, approved)).wait(25));
  story('доработка', async () =>
    (
      await reviewed('metodicheskoe-soprovozhdenie', 30, [says('revise', 0), says('revise', 1), says('revise', 2)])
    ).wait(3),
  );
  story('второй круг экспертизы', async () => {
    const t = await (
      await reviewed('skorochtenie', 45, [says('approve', 0), says('revise', 1), says('revise', 2)])
    ).wait(12);
    await t.resubmit((p) => (p.modules[0].content += ' Добавлен практикум с разбором работ слушателей.'));
    return (await t.wait(1)).accept(2);
  });
  story('арбитраж', async () =>
    (
      await (
        await reviewed('proektnye-komandy', 25, [says('approve', 1), says('approve', 2), says('reject', 0)])
      ).wait(1)
    ).accept(1, 'arbitration'),
  );
  story('экспертиза: двое ответили, третий просрочил', async () =>
    (await (await examined('shkolnyy-fizicheskiy-eksperiment', 24)).wait(7))
      .review(...approved.slice(0, 2))
      .then((t) => t.wait(12)),
  );
  story('экспертиза идёт', async () =>
    (await (await examined('nastavnik-pervyy-god', 8)).wait(4)).review(says('approve', 1)),
  );
  story('собирается группа экспертов', async () =>
    (await (await checked('tsifrovye-instrumenty-kolledzha', 3)).wait(1)).accept(1),
  );
  story('подходящих экспертов не хватает', async () => (await checked('prototip-na-uroke-truda', 9)).wait(5));
  story('возвращена с недостатками', async () =>
    (await (await begin('smyslovoe-chtenie', 6)).wait(2)).operator('reportDefects', {
      defects: texts.defects.slice(3, 5),
    }),
  );
  return list;
}
