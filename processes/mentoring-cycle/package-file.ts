/**
 * The package of a cycle that goes to another region, as a file for people and programs: one JSON text that says what it holds and what it
 * leaves out. The receiving region goes on with the phase by it, on this platform or on paper.
 */
import type { IsoDate } from '../kit/dates.ts';
import { LEAVE_LABELS, WORK_LABELS } from './labels.ru.ts';
import type { Package } from './rules/entry.ts';

/** Raised when a field changes its meaning; a reader refuses a version it does not know. */
const VERSION = 1;

export interface PackageNames {
  personRu: string;
  postRu: string;
  fromSchoolRu: string | null;
  toSchoolRu: string | null;
  /** Title, number and version of the act behind a policy version. */
  actRu(policyVersionId: string): string;
}

export interface PackageFile {
  format: 'traektoria/mentoring-package';
  version: number;
  titleRu: string;
  movedOn: IsoDate | null;
  from: { number: string | null; schoolRu: string | null };
  to: { schoolRu: string | null };
  person: { nameRu: string; postRu: string; hiredOn: IsoDate; countedInIndicator: boolean };
  phase: { year: number; monthsOfServiceClosed: number; creditedMonths: number; extendedByMonths: number };
  pauses: Array<{ from: IsoDate; to: IsoDate | null; reasonRu: string }>;
  done: string[];
  /** Absent where the person has not agreed to show how the former school worked. */
  work: {
    thisYear: Record<string, number>;
    quartersMet: number;
    quartersMissed: number;
    daysWithoutMentor: number;
  } | null;
  phases: Array<{
    year: number;
    from: IsoDate;
    until: IsoDate | null;
    rulesRu: string;
    forms: string[];
    work: Record<string, number> | null;
  }>;
  holdsRu: string[];
  leavesOutRu: string[];
}

const counted = (totals: Partial<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(totals).map(([kind, n]) => [WORK_LABELS[kind as keyof typeof WORK_LABELS] ?? kind, n ?? 0]),
  );

/** The file for a package as it was recorded. Counts of work are shown only by the person's consent. */
export function packageFile(p: Package, movedOn: IsoDate | null, names: PackageNames): PackageFile {
  const { marks } = p;
  const shared = marks.historyShared === true;
  return {
    format: 'traektoria/mentoring-package',
    version: VERSION,
    titleRu: 'Пакет цикла наставничества для другого региона',
    movedOn,
    from: { number: p.from.number, schoolRu: names.fromSchoolRu },
    to: { schoolRu: names.toSchoolRu },
    person: { nameRu: names.personRu, postRu: names.postRu, hiredOn: p.hiredOn, countedInIndicator: p.counted },
    phase: {
      year: p.year,
      monthsOfServiceClosed: p.monthsClosed,
      creditedMonths: p.credited,
      extendedByMonths: marks.extension?.months ?? 0,
    },
    pauses: marks.pauses.map((pause) => ({
      from: pause.fromOn,
      to: pause.toOn ?? null,
      reasonRu: LEAVE_LABELS[pause.reason] ?? pause.reason,
    })),
    done: marks.done,
    work: shared
      ? {
          thisYear: counted(marks.totals),
          quartersMet: marks.quartersMet,
          quartersMissed: marks.quartersMissed,
          daysWithoutMentor: marks.daysWithoutMentor,
        }
      : null,
    phases: marks.phases.map((phase) => ({
      year: phase.year,
      from: phase.from,
      until: phase.until ?? null,
      rulesRu: names.actRu(phase.policyVersionId),
      forms: Object.values(phase.forms),
      work: shared ? counted(phase.totals) : null,
    })),
    holdsRu: [
      'кто и с какого дня работает, зачтённый стаж, год и месяц цикла',
      'перерывы с датами и основаниями',
      'выполненные пункты программы этого года',
      'правила и формы, действовавшие в каждой фазе',
      ...(shared ? ['сколько встреч и уроков подтверждено, кварталы с нормой и без неё, дни без наставника'] : []),
    ],
    leavesOutRu: [
      'тексты журнала, программ, анкет и заключений: они остаются в прежней школе',
      'имена наставников, кураторов и руководителей',
      'причины, названные педагогом или наставником',
      ...(shared
        ? []
        : [
            'сколько встреч и уроков подтверждено и как выполнялись нормы: педагог не дал согласия показать это новой школе',
          ]),
    ],
  };
}
