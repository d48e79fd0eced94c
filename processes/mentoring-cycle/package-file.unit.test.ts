import { describe, expect, it } from 'vitest';
import { type PackageNames, packageFile } from './package-file.ts';
import type { Package } from './rules/entry.ts';

const names: PackageNames = {
  personRu: 'Якимова Ева Артёмовна',
  postRu: 'учитель',
  fromSchoolRu: 'Лицей № 942',
  toSchoolRu: 'Гимназия № 961',
  actRu: (id) => `Положение (${id})`,
};
const FORMS = {
  ppn: 'ППН, форма 2021',
  log: 'Журнал, форма 2021',
  report: 'Отчёт, форма 2021',
  conclusion: 'Заключение, форма 2021',
};
const taken = (historyShared: boolean): Package =>
  ({
    menteeId: 'm',
    post: 'teacher',
    hiredOn: '2026-01-26',
    credited: 0,
    monthsClosed: 9,
    year: 1,
    agedOut: false,
    counted: true,
    rights: {},
    marks: {
      pauses: [{ fromOn: '2026-05-01', toOn: '2026-06-01', reason: 'sick' }],
      months: {},
      quartersMet: 2,
      quartersMissed: 1,
      risk: 1,
      done: ['checklist'],
      phases: [
        {
          year: 1,
          from: '2026-01-26',
          until: '2026-11-13',
          policyVersionId: 'p1',
          forms: FORMS,
          totals: { meeting: 13 },
          quartersMet: 2,
          quartersMissed: 1,
        },
      ],
      daysWithoutMentor: 4,
      totals: { meeting: 13 },
      historyShared,
    },
    from: { caseId: 'c', number: 'MEN-42-2026-00004', jurisdiction: 'region-42' },
  }) as unknown as Package;

describe('the package of a cycle as a file', () => {
  it('carries the phase, the stops and the forms of their time, and says what it holds and what it leaves out', () => {
    const file = packageFile(taken(true), '2026-11-13', names);
    expect(file.phase).toEqual({ year: 1, monthsOfServiceClosed: 9, creditedMonths: 0, extendedByMonths: 0 });
    expect(file.pauses).toEqual([{ from: '2026-05-01', to: '2026-06-01', reasonRu: expect.stringMatching(/./) }]);
    expect(file.phases[0]).toMatchObject({
      rulesRu: 'Положение (p1)',
      forms: Object.values(FORMS),
      work: { встреча: 13 },
    });
    expect(file.work).toMatchObject({ quartersMet: 2, quartersMissed: 1, daysWithoutMentor: 4 });
    expect(file.leavesOutRu.join()).toMatch(/тексты журнала/);
  });

  it('shows no counts of the former school without the consent of the person, and says so', () => {
    const file = packageFile(taken(false), '2026-11-13', names);
    expect([file.work, file.phases[0]?.work]).toEqual([null, null]);
    expect(file.leavesOutRu.join()).toMatch(/не дал согласия/);
    expect(file.holdsRu.join()).not.toMatch(/подтверждено/);
  });
});
