/**
 * Invariants of a programme (specification P01 «Input») and the comparison of its versions. Pure; shared by the form and the server.
 */
import type { FieldError } from '../kit/types.ts';

export interface ProgrammeFacts {
  title: string;
  kind: 'ПК' | 'ПП';
  hours: number;
  form: string;
  distanceShare: number;
  free: boolean;
  providerId: string;
  providerInn: string;
  providerRegion: string;
  competences: string[];
  deficits: string[];
  results: string[];
  modules: Array<{ id: string; title: string; hours: number; practice: number; deficits: string[]; results: string[] }>;
  assessment: Array<{ id: string; results: string[] }>;
  network?: { leadInn: string; partnerInns: string[] };
}

/**
 * Names every row that breaks an invariant: sum of modules = hours; each planned result is covered by an assessment item; each deficit
 * by a module; volume not below the minimum of its kind; references point at rows that exist; ids are unique.
 */
export function checkProgramme(p: ProgrammeFacts, minHours: Record<'ПК' | 'ПП', number>): FieldError[] {
  const errors: FieldError[] = [];
  const fail = (pointer: string, detail: string) => errors.push({ pointer, detail });
  const sum = p.modules.reduce((total, m) => total + m.hours, 0);
  if (Math.abs(sum - p.hours) > 1e-9)
    fail('/modules', `Сумма часов модулей ${sum} не равна объёму программы ${p.hours} ч.`);
  const min = minHours[p.kind];
  if (p.hours < min)
    fail('/hours', `Объём программы вида «${p.kind}» не может быть меньше ${min} ч, указано ${p.hours} ч.`);
  unique(
    p.modules.map((m) => m.id),
    (id, i) => fail(`/modules/${i}/id`, `Модуль «${id}» назван дважды.`),
  );
  unique(p.results, (id, i) => fail(`/results/${i}/id`, `Планируемый результат «${id}» назван дважды.`));
  unique(p.deficits, (id, i) => fail(`/deficits/${i}/code`, `Дефицит «${id}» назван дважды.`));
  unique(
    p.assessment.map((a) => a.id),
    (id, i) => fail(`/assessment/${i}/id`, `Оценочное средство «${id}» названо дважды.`),
  );
  const assessed = new Set(p.assessment.flatMap((a) => a.results));
  const closed = new Set(p.modules.flatMap((m) => m.deficits));
  p.results.forEach((id, i) => {
    if (!assessed.has(id))
      fail(`/results/${i}`, `Планируемый результат «${id}» не проверяется ни одним оценочным средством.`);
  });
  p.deficits.forEach((id, i) => {
    if (!closed.has(id)) fail(`/deficits/${i}`, `Дефицит «${id}» не закрывается ни одним модулем.`);
  });
  p.modules.forEach((m, i) => {
    if (m.hours <= 0) fail(`/modules/${i}`, `Модуль «${m.id}»: не указаны часы.`);
    for (const d of m.deficits)
      if (!p.deficits.includes(d))
        fail(`/modules/${i}/deficits`, `Модуль «${m.id}» закрывает дефицит «${d}», которого нет в списке дефицитов.`);
    for (const r of m.results)
      if (!p.results.includes(r))
        fail(`/modules/${i}/results`, `Модуль «${m.id}» ссылается на результат «${r}», которого нет.`);
  });
  p.assessment.forEach((a, i) => {
    if (a.results.length === 0)
      fail(`/assessment/${i}/results`, `Оценочное средство «${a.id}» не проверяет ни одного результата.`);
    for (const r of a.results)
      if (!p.results.includes(r))
        fail(`/assessment/${i}/results`, `Оценочное средство «${a.id}» проверяет результат «${r}», которого нет.`);
  });
  return errors;
}

function unique(ids: string[], report: (id: string, index: number) => void): void {
  const seen = new Set<string>();
  ids.forEach((id, i) => {
    if (seen.has(id)) report(id, i);
    seen.add(id);
  });
}

export interface VersionDifference {
  /** Hours of modules that were added, removed or changed, as a share of the larger volume, in percent. */
  changedShare: number;
  hoursChanged: boolean;
  resultsChanged: boolean;
  addedModules: string[];
  removedModules: string[];
  changedModules: string[];
}

/** Compares two versions by their rule fields. Text changes inside a module are seen by the document comparison of the case page. */
export function compareVersions(before: ProgrammeFacts, after: ProgrammeFacts): VersionDifference {
  const old = new Map(before.modules.map((m) => [m.id, m]));
  const next = new Map(after.modules.map((m) => [m.id, m]));
  const addedModules = after.modules.filter((m) => !old.has(m.id)).map((m) => m.id);
  const removedModules = before.modules.filter((m) => !next.has(m.id)).map((m) => m.id);
  const changedModules = after.modules.filter((m) => isChanged(old.get(m.id), m)).map((m) => m.id);
  const hoursOf = (ids: string[], map: typeof old) => ids.reduce((total, id) => total + (map.get(id)?.hours ?? 0), 0);
  const changed = hoursOf(addedModules, next) + hoursOf(removedModules, old) + hoursOf(changedModules, next);
  const base = Math.max(before.hours, after.hours, 1);
  return {
    changedShare: Math.min(100, Math.round((changed / base) * 100)),
    hoursChanged: before.hours !== after.hours,
    resultsChanged: JSON.stringify([...before.results].sort()) !== JSON.stringify([...after.results].sort()),
    addedModules,
    removedModules,
    changedModules,
  };
}

/** Stored facts come back with their keys in another order, so fields are compared one by one. */
function isChanged(
  before: ProgrammeFacts['modules'][number] | undefined,
  after: ProgrammeFacts['modules'][number],
): boolean {
  if (!before) return false;
  const same = before.title === after.title && before.hours === after.hours && before.practice === after.practice;
  return !same || before.deficits.join() !== after.deficits.join() || before.results.join() !== after.results.join();
}

/** A change is substantial when hours or results change, or the changed content exceeds the share of the policy (percent). */
export function isSubstantial(d: VersionDifference, share: number): boolean {
  return d.hoursChanged || d.resultsChanged || d.changedShare > share;
}

/** Key of the duplicate check: title, provider and volume. Case, spaces and quotes do not make a programme another one. */
export function programmeKey(p: ProgrammeFacts): string {
  return [normalise(p.title), p.providerId, p.hours].join('|');
}

/** Key of a network programme: whoever of the partners submits it second is shown the lead's application. */
export function networkKey(p: ProgrammeFacts): string | null {
  if (!p.network) return null;
  return [
    normalise(p.title),
    ...[...new Set([p.network.leadInn, p.providerInn, ...p.network.partnerInns])].sort(),
  ].join('|');
}

function normalise(title: string): string {
  return title
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[«»"'„“”.,:;!?()]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
