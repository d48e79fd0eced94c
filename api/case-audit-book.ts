/** The file of a case as a workbook, for people who sort and filter. Every cell of words is a text and never a formula. */
import { momentRu } from '../processes/kit/event-words.ts';
import type { CaseAudit } from './contract/case-audit.ts';
import { bytesOf, head, number, text } from './reports/workbook.ts';
import { day, documentRu, linesOf, whoRu } from './case-audit-words.ts';

/** The bytes of the workbook: Дело, Ход, Задачи, Письма, Документы, Доказательство. */
export function caseAuditBook(file: CaseAudit): Promise<Uint8Array<ArrayBuffer>> {
  const cells = (values: Array<string | number | null>) =>
    values.map((value) => (typeof value === 'number' ? number(value, 0) : text(value ?? '', { wrap: true })));
  const table = (titles: string[], rows: Array<Array<string | number | null>>) => [
    titles.map(head),
    ...rows.map(cells),
  ];
  const { proof } = file;
  return bytesOf([
    {
      title: 'Дело',
      widths: [34, 96],
      data: [
        ...table(['Сведения', 'Значение'], linesOf(file)),
        ...(file.decisions.length > 0
          ? [
              [],
              ...table(
                ['Решения и заявления', 'Содержание'],
                file.decisions.toReversed().map((d) => [`${d.labelRu}, событие ${d.sequence}`, decisionRu(d)]),
              ),
            ]
          : []),
        ...(file.register.length > 0
          ? [
              [],
              ...table(
                ['Записи реестров', 'Редакции'],
                file.register.map((e) => [
                  `${e.registerRu}, № ${e.number}`,
                  `${e.edition}: ${e.statusRu}, ${e.atRu}, событие ${e.sequence}`,
                ]),
              ),
            ]
          : []),
        ...(file.readings
          ? [
              [],
              ...table(
                ['Кто читал дело', 'Что и сколько раз'],
                [
                  ...file.readings.people.map((r): [string, string] => [
                    `${day(r.day)}, ${r.whoRu ?? r.asRu}`,
                    [r.whatRu, r.whoRu ? r.asRu : null, r.ofRu ? `сведения: ${r.ofRu}` : null, `раз: ${r.times}`]
                      .filter(Boolean)
                      .join(', '),
                  ]),
                  ...file.readings.records.map((r): [string, string] => [
                    `${r.atRu}, ${r.whoRu ?? 'Платформа'}`,
                    r.whatRu,
                  ]),
                ],
              ),
            ]
          : []),
      ],
    },
    {
      title: 'Ход',
      widths: [7, 30, 40, 26, 44, 34, 44, 44, 14, 40],
      data: table(
        [
          '№',
          'Когда',
          'Кто действовал',
          'В какой роли',
          'Событие',
          'Задача',
          'Что изменилось',
          'Тексты',
          'Строка',
          'Основание',
        ],
        file.events.map((e) => [
          e.sequence,
          e.atRu,
          whoRu(e),
          e.roleRu,
          e.labelRu,
          e.taskRu,
          e.wordsRu,
          Object.values(e.personal ?? {}).join('\n'),
          e.row,
          e.clause,
        ]),
      ),
    },
    {
      title: 'Задачи',
      widths: [60, 30, 34, 26, 14, 10],
      data: table(
        ['Задача', 'Роль', 'Исполнитель', 'Состояние', 'Срок', 'Позже срока'],
        file.tasks.map((t) => [t.titleRu, t.roleRu, t.assigneeRu, t.stateRu, day(t.dueOn), t.late ? 'да' : '']),
      ),
    },
    {
      title: 'Письма',
      widths: [56, 30, 34, 30, 24, 30, 30, 28],
      data: table(
        ['Письмо', 'Роль адресата', 'Адресат', 'Когда возникло', 'Состояние', 'Отправлено', 'Ознакомлен', 'Шаблон'],
        file.letters.map((l) => [
          l.titleRu,
          l.addresseeRoleRu,
          [l.addresseeRu, l.onBehalfOfRu && `за: ${l.onBehalfOfRu}`].filter(Boolean).join(' '),
          l.atRu,
          l.stateRu,
          l.sentRu,
          l.familiarisedRu ?? (l.legallySignificant ? 'не отмечено' : 'не требуется'),
          l.template,
        ]),
      ),
    },
    {
      title: 'Документы',
      widths: [50, 18, 9, 12, 26, 70],
      data: table(
        ['Документ', 'Вид', 'Версия', 'Размер', 'Добавлен', 'sha256'],
        file.documents.map((d) => [
          documentRu(d),
          d.kind,
          d.version,
          d.size,
          momentRu(d.addedAt, file.case.jurisdiction.zone),
          d.sha256 ?? 'не показывается',
        ]),
      ),
    },
    {
      title: 'Доказательство',
      widths: [16, 14, 70, 70, 70],
      data: [
        ...table(
          ['Событие', 'Под корнем за', 'Хэш события', 'Хэш предыдущего', 'Лист суток'],
          file.events.map((e) => [
            e.sequence,
            e.rootDay ?? 'ещё нет',
            e.link?.hash ?? 'не показывается',
            e.link?.previous ?? 'не показывается',
            proof.anchors.find(({ sequence }) => sequence === e.sequence)?.leaf ?? null,
          ]),
        ),
        [],
        ...table(
          ['Сутки', 'Листьев', 'Корень', 'Хэш суток', 'Хэш предыдущих суток'],
          proof.days.map((d) => [d.day, d.cases, d.root, d.hash, d.previous]),
        ),
      ],
    },
  ]);
}

const decisionRu = ({ on, order, textRu }: CaseAudit['decisions'][number]): string =>
  [day(on), order && `приказ № ${order.number} от ${day(order.date)}`, textRu].filter(Boolean).join('. ');
