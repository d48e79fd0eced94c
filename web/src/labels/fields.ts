/** Labels of fields that forms drawn from a schema meet; a process adds its own beside its screens. */
import { t } from '../i18n/index.ts';
import { ru } from '../i18n/ru/index.ts';

export interface FieldText {
  label: string;
  hint?: string;
  placeholder?: string;
  /** Drawn as several lines. */
  long?: boolean;
}

const LONG = new Set(['reason', 'grounds', 'answer', 'answers', 'comment', 'text']);
const COMMON: Record<string, Partial<Record<'label' | 'hint' | 'placeholder', string>>> = ru.fields;

function common(name: string): FieldText | undefined {
  const known = COMMON[name];
  return (
    known && {
      label: t(`fields.${name}.label`),
      ...(known.hint ? { hint: t(`fields.${name}.hint`) } : {}),
      ...(known.placeholder ? { placeholder: t(`fields.${name}.placeholder`) } : {}),
      ...(LONG.has(name) ? { long: true } : {}),
    }
  );
}

export const fieldText = (name: string, more: Record<string, FieldText> = {}): FieldText =>
  more[name] ?? common(name) ?? { label: name };
