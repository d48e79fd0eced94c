import { readData, readSource } from './files.ts';
import { personId, type readPeople } from './people.ts';

export interface ReferenceRecord {
  collection: string;
  id: string;
  data: Record<string, unknown>;
}

type Row = Record<string, unknown>;

/** Facts of the sources that later processes use, record by record, as they stand. */
export function readReference(people: ReturnType<typeof readPeople>): ReferenceRecord[] {
  const plan =
    readSource<Record<'passports' | 'items' | 'section3_regional_results' | 'participants', Row[]>>('passport-plan');
  const federal = readSource<Record<'tasks' | 'results', Row[]>>('federal-results');
  const memo =
    readSource<Record<'observations' | 'programmes' | 'tutors' | 'recurring_deadlines', Row[]>>('memo-facts');
  const personByRow = new Map(
    people.flatMap((person) => (person.source?.participants ?? []).map((n) => [n, personId(person.key)])),
  );
  return [
    ...collection('target', readSource<{ items: Row[] }>('targets').items),
    ...collection('passport', plan.passports),
    ...collection('plan_item', plan.items),
    ...collection('regional_result', plan.section3_regional_results),
    // A row that names a group («Муниципальные органы управления образованием») has no person.
    ...collection(
      'participant',
      plan.participants.map((row) => ({ ...row, personId: personByRow.get(row.n as number) ?? null })),
      (row) => String(row.n),
    ),
    ...collection('federal_task', federal.tasks),
    ...collection('federal_result', federal.results),
    ...collection('observation', memo.observations),
    ...collection('memo_programme', memo.programmes, (_row, index) => String(index + 1)),
    ...collection('tutor', memo.tutors, (row) => String(row.name)),
    ...collection('recurring_deadline', memo.recurring_deadlines),
    ...collection('anomaly', readSource<{ items: Row[] }>('anomalies').items),
    // The sources never give the whole a share is counted of; every number here says where it comes from.
    ...collection('denominator', readData<{ items: Row[] }>('indicators', 'denominators.json').items),
  ];
}

function collection(
  name: string,
  rows: Row[],
  idOf: (row: Row, index: number) => string = (row) => String(row.id),
): ReferenceRecord[] {
  return rows.map((row, index) => ({ collection: name, id: idOf(row, index), data: row }));
}
