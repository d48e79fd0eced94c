/**
 * How people assessed are counted: the one rule of indicator I7 and of the reports of P03 (specification P03 «Counting», 3.11). Source: the
 * register of protocols.
 */
import { countPeople, type CountedEvent, type NearMiss, type Within } from '../indicators/counted.ts';
import type { IsoDate } from '../kit/dates.ts';
import type { ReportData, ReportEntry } from '../kit/report.ts';

type Rows = Pick<ReportData, 'entries' | 'organisations'>;

/** An exam of the register, with what it is counted by. */
export interface Exam extends CountedEvent {
  entry: ReportEntry;
}

/** Exams that ended with a grade, whatever it was and whichever part ended them; those annulled since stand apart. */
export function examsOf({ entries, organisations }: Rows): { counted: Exam[]; annulled: Exam[] } {
  const of = (status: string): Exam[] =>
    entries
      .filter((e) => e.register === 'assessment_protocols' && e.status === status && typeof e.facts.examOn === 'string')
      .map((entry) => {
        const organisationId = (entry.facts.organisationId as string | null) ?? null;
        return {
          entry,
          personId: String(entry.facts.personId),
          on: entry.facts.examOn as IsoDate,
          organisationId,
          municipality: (organisationId && organisations.get(organisationId)?.municipalityRu) || null,
          // Where the main employment was on the day of the exam.
          region: (entry.facts.regionCode as string | undefined) ?? entry.region,
          sourceCase: entry.caseId,
        };
      });
  return { counted: of('graded'), annulled: of('annulled') };
}

/**
 * Distinct people who completed the procedure within the time and place, passed or not: each by the first exam that stands, so that a
 * retake, a second qualification or an annulled exam adds nobody. Near misses are those who have an annulled exam alone.
 */
export function assessedPeople(data: Rows, within: Within): { people: CountedEvent[]; nearMisses: NearMiss[] } {
  const { counted, annulled } = examsOf(data);
  const people = countPeople(counted, within);
  const known = new Set(people.map((e) => e.personId));
  const misses = countPeople(annulled, within).filter((e) => !known.has(e.personId));
  return {
    people,
    nearMisses: misses.map(({ personId, sourceCase }) => ({ personId, sourceCase, whyRu: 'экзамен аннулирован' })),
  };
}
