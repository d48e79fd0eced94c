/** What the printed extract and the workbook say alike. */
import { formatDateRu, isIsoDate } from '../processes/kit/dates.ts';
import type { CaseAudit } from './contract/case-audit.ts';

/** «14 декабря 2026 г.», or nothing. */
export const day = (value: string | null): string =>
  value === null ? '' : isIsoDate(value) ? formatDateRu(value) : value;

/** Who acted, for whom and by which act: «Ким Е. С., за: Белова А. П., приказ № 5». */
export const whoRu = ({
  actorRu,
  onBehalfOfRu,
  actingRu,
}: Pick<CaseAudit['events'][number], 'actorRu' | 'onBehalfOfRu' | 'actingRu'>): string =>
  [actorRu + (actingRu ? ` (${actingRu})` : ''), onBehalfOfRu && `за: ${onBehalfOfRu}`].filter(Boolean).join(', ');

/** The head of the file, line by line. */
export function linesOf({ number, made, case: kase, policies, part, notesRu }: CaseAudit): Array<[string, string]> {
  return [
    ['Выписка из журнала дела', `№ ${number}`],
    ['Сделана', made.atRu],
    [
      'Кем',
      [`${made.byRu} (${made.asRu})`, made.onBehalfOfRu && `за: ${made.onBehalfOfRu}`].filter(Boolean).join(', '),
    ],
    ['Дело', [kase.number ?? 'без номера', kase.titleRu].join(', ')],
    ['Процесс', kase.processRu],
    ['Кто ведёт', `${kase.jurisdiction.nameRu}; время — ${kase.jurisdiction.zone}`],
    ...(kase.applicantRu ? [['Организация', kase.applicantRu] as [string, string]] : []),
    ['Начато', kase.startedRu],
    ['Этап', `${kase.stageRu}${kase.closed ? ', дело завершено' : ''}`],
    ...policies.map((p): [string, string] => [
      p.current ? 'Правила дела' : 'Правила, которые упоминают события',
      `${p.actRu}, версия ${p.version}, действует с ${day(p.effectiveFrom)}`,
    ]),
    ...[kase.parent].flatMap((c) =>
      c ? [['Открыто из дела', `${c.number ?? 'без номера'}: ${c.stageRu}`] as [string, string]] : [],
    ),
    ...kase.children.map((c): [string, string] => [
      'Связанное дело',
      `${c.number ?? 'без номера'}, ${c.titleRu}: ${c.stageRu}`,
    ]),
    ['События', `${part.after + 1}–${part.to} из ${kase.sequence}`],
    ...notesRu.map((note): [string, string] => ['Примечание', note]),
  ];
}

/** What a document is called: its label, and the name of the file where that says more. */
export const documentRu = ({ label, name }: CaseAudit['documents'][number]): string =>
  [...new Set([label, name].filter(Boolean))].join(': ');
