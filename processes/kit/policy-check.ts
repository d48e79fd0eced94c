/** Checks every process makes of its policy: the shape of the default one, and terms that can be counted. */
import type { Term } from './deadlines.ts';
import type { FieldError } from './types.ts';

const nameOf = (pointer: string) => pointer.split('/').slice(1).join('.');

/**
 * Every parameter of the model is there and of the same kind, and none is unknown. Lists may be longer or shorter; `free` names
 * parameters whose inside the process checks itself.
 */
export function checkShape(given: unknown, model: unknown, free: string[] = [], pointer = ''): FieldError[] {
  const name = nameOf(pointer);
  if (given === undefined) return [{ pointer, detail: `Не задан параметр «${name}».` }];
  if (free.includes(name)) return [];
  if (given === null || model === null)
    return given === model ? [] : [{ pointer, detail: `Параметр «${name}» пуст или лишний.` }];
  if (Array.isArray(model)) {
    if (!Array.isArray(given)) return [{ pointer, detail: `Параметр «${name}» должен быть списком.` }];
    return given.flatMap((item, i) => (model.length > 0 ? checkShape(item, model[0], free, `${pointer}/${i}`) : []));
  }
  if (typeof model !== typeof given || Array.isArray(given))
    return [{ pointer, detail: `Параметр «${name}»: неверный вид значения.` }];
  if (typeof model !== 'object') return [];
  const values = given as Record<string, unknown>;
  const unknown = Object.keys(values).filter((key) => !(key in (model as object)) && !MARKS.includes(key));
  return [
    ...Object.entries(model as object).flatMap(([key, value]) =>
      values[key] === undefined && MARKS.includes(key) ? [] : checkShape(values[key], value, free, `${pointer}/${key}`),
    ),
    ...unknown.map((key) => ({ pointer: `${pointer}/${key}`, detail: `Неизвестный параметр «${key}».` })),
  ];
}

/** Marks of a term that may be left out or added. */
const MARKS = ['fixed', 'direction', 'backward', 'noPause'];
const UNITS = ['cd', 'wd', 'month', 'year'];

/** Terms by name: whole, at least 1, in a known unit, and citing a norm. */
export function checkTerms(terms: Record<string, Term>, pointer = '/terms'): FieldError[] {
  return Object.entries(terms).flatMap(([key, term]) => {
    const at = `${pointer}/${key}`;
    const errors: FieldError[] = [];
    if (!Number.isInteger(term.amount) || term.amount < 1)
      errors.push({ pointer: at, detail: `Срок «${key}»: число должно быть целым и не меньше 1.` });
    if (!UNITS.includes(term.unit))
      errors.push({ pointer: at, detail: `Срок «${key}»: единица «${term.unit}» не известна (cd, wd, month, year).` });
    if (!term.clause) errors.push({ pointer: at, detail: `Срок «${key}»: не указана норма.` });
    return errors;
  });
}
