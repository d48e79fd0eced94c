import {
  ActionIcon,
  Button,
  Card,
  Checkbox,
  Group,
  MultiSelect,
  NumberInput,
  Radio,
  Select,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type FieldText, fieldText } from '../labels/fields.ts';
import { DateField } from './DateField.tsx';
import { OrganisationPicker, PersonPicker } from './Pickers.tsx';
import { t } from '../i18n/index.ts';

/** The part of JSON Schema that actions use. */
export interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  format?: string;
  anyOf?: Schema[];
  default?: unknown;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  title?: string;
  description?: string;
}

export type Values = Record<string, unknown>;

export interface WidgetProps {
  name: string;
  pointer: string;
  schema: Schema;
  value: unknown;
  onChange(value: unknown): void;
  error: string | undefined;
  required: boolean;
  text: FieldText;
}

/** What a process adds to a form drawn from its schema. */
export interface FormVocabulary {
  fields?: Record<string, FieldText>;
  /** Words for the values of an enumeration: by field, then by value. */
  values?: Record<string, Record<string, string>>;
  /** Controls of its own, by the name of the field. */
  widgets?: Record<string, (props: WidgetProps) => ReactNode>;
}

interface FormProps {
  schema: Schema;
  value: Values;
  onChange(value: Values): void;
  errors: Record<string, string>;
  vocabulary?: FormVocabulary;
  /** Fields the screen fills itself. */
  hidden?: string[];
  pointer?: string;
}

/** A form drawn from the JSON Schema of an action. */
export function SchemaForm({ schema, value, onChange, errors, vocabulary = {}, hidden = [], pointer = '' }: FormProps) {
  const names = Object.keys(schema.properties ?? {}).filter((name) => !hidden.includes(name));
  return (
    <Stack gap="md">
      {names.map((name) => {
        const field = plain(schema.properties![name]!);
        return (
          <Field
            key={name}
            name={name}
            pointer={`${pointer}/${name}`}
            schema={field}
            value={value[name]}
            onChange={(next) => onChange({ ...value, [name]: next })}
            errors={errors}
            required={(schema.required ?? []).includes(name) && field.default === undefined && field.type !== 'boolean'}
            vocabulary={vocabulary}
          />
        );
      })}
    </Stack>
  );
}

/** Drops the «or null» of an optional field. */
const plain = (s: Schema): Schema => (s.anyOf ? (s.anyOf.find((x) => x.type !== 'null') ?? s) : s);

interface FieldProps {
  name: string;
  pointer: string;
  schema: Schema;
  value: unknown;
  onChange(value: unknown): void;
  errors: Record<string, string>;
  required: boolean;
  vocabulary: FormVocabulary;
}

function Field({ name, pointer, schema, value, onChange, errors, required, vocabulary }: FieldProps) {
  const text = fieldText(name, vocabulary.fields);
  const error = errors[pointer];
  const own = vocabulary.widgets?.[name];
  if (own) return own({ name, pointer, schema, value, onChange, error, required, text });
  const common = {
    id: fieldId(pointer),
    label: text.label,
    description: text.hint,
    error,
    withAsterisk: required,
    placeholder: text.placeholder,
  };
  const words = (v: unknown) => vocabulary.values?.[name]?.[String(v)] ?? String(v);

  if (name === 'personId') return <PersonPicker {...common} value={str(value)} onChange={onChange} />;
  if (name === 'organisationId') return <OrganisationPicker {...common} value={str(value)} onChange={onChange} />;
  if (schema.const === true) {
    return (
      <Checkbox
        id={fieldId(pointer)}
        label={text.label}
        description={text.hint}
        error={error}
        checked={value === true}
        onChange={(e) => onChange(e.currentTarget.checked ? true : undefined)}
      />
    );
  }
  if (schema.enum) {
    if (schema.enum.length <= 5) {
      return (
        <Radio.Group
          name={pointer}
          label={text.label}
          description={text.hint}
          error={error}
          withAsterisk={required}
          value={str(value)}
          onChange={onChange}
        >
          <Stack gap={8} mt={6}>
            {schema.enum.map((v) => (
              <Radio key={String(v)} value={String(v)} label={words(v)} />
            ))}
          </Stack>
        </Radio.Group>
      );
    }
    return (
      <Select
        {...common}
        data={schema.enum.map((v) => ({ value: String(v), label: words(v) }))}
        value={str(value) || null}
        onChange={onChange}
        searchable
      />
    );
  }
  if (schema.type === 'boolean') {
    const pair = vocabulary.values?.[name];
    if (pair) {
      return (
        <Radio.Group
          name={pointer}
          label={text.label}
          description={text.hint}
          error={error}
          withAsterisk={required}
          value={value === undefined ? '' : String(value)}
          onChange={(v) => onChange(v === 'true')}
        >
          <Stack gap={8} mt={6}>
            <Radio value="true" label={pair.true ?? t('common.yes')} />
            <Radio value="false" label={pair.false ?? t('common.no')} />
          </Stack>
        </Radio.Group>
      );
    }
    return (
      <Checkbox
        id={fieldId(pointer)}
        label={text.label}
        description={text.hint}
        error={error}
        checked={value === true}
        onChange={(e) => onChange(e.currentTarget.checked)}
      />
    );
  }
  if (schema.type === 'number' || schema.type === 'integer') {
    return (
      <NumberInput
        {...common}
        value={typeof value === 'number' ? value : ''}
        onChange={(v) => onChange(typeof v === 'number' ? v : undefined)}
        allowDecimal={schema.type === 'number'}
        maw={220}
      />
    );
  }
  if (schema.format === 'date') return <DateField {...common} value={str(value)} onChange={onChange} />;
  if (schema.type === 'array')
    return <ArrayField {...{ name, pointer, schema, value, onChange, errors, required, vocabulary }} text={text} />;
  if (schema.type === 'object' && schema.properties) {
    return (
      <fieldset className="plain">
        <legend>{text.label}</legend>
        <Card padding="sm">
          <SchemaForm
            schema={schema}
            value={(value as Values) ?? {}}
            onChange={onChange}
            errors={errors}
            vocabulary={vocabulary}
            pointer={pointer}
          />
        </Card>
      </fieldset>
    );
  }
  if (text.long)
    return (
      <Textarea
        {...common}
        value={str(value)}
        onChange={(e) => onChange(e.currentTarget.value)}
        autosize
        minRows={3}
        maxRows={14}
      />
    );
  return <TextInput {...common} value={str(value)} onChange={(e) => onChange(e.currentTarget.value)} />;
}

function ArrayField({
  name,
  pointer,
  schema,
  value,
  onChange,
  errors,
  required,
  vocabulary,
  text,
}: FieldProps & { text: FieldText }) {
  const rows = Array.isArray(value) ? value : [];
  const item = plain(schema.items ?? {});
  if (item.enum) {
    return (
      <MultiSelect
        id={fieldId(pointer)}
        label={text.label}
        description={text.hint}
        error={errors[pointer]}
        withAsterisk={required}
        data={item.enum.map((v) => ({ value: String(v), label: vocabulary.values?.[name]?.[String(v)] ?? String(v) }))}
        value={rows.map(String)}
        onChange={onChange}
        searchable
      />
    );
  }
  if (item.type !== 'object') {
    return (
      <TagsInput
        id={fieldId(pointer)}
        label={text.label}
        description={text.hint ?? t('form.typeEnter')}
        error={errors[pointer]}
        withAsterisk={required}
        value={rows.map(String)}
        onChange={onChange}
      />
    );
  }
  const put = (i: number, next: unknown) => onChange(rows.map((row, n) => (n === i ? next : row)));
  return (
    <fieldset className="plain">
      <legend>
        {text.label}
        {required && (
          <span aria-hidden style={{ color: 'var(--mantine-color-error)' }}>
            {' '}
            *
          </span>
        )}
      </legend>
      {text.hint && (
        <Text size="xs" c="dimmed" mb={6}>
          {text.hint}
        </Text>
      )}
      <Stack gap="sm">
        {rows.map((row, i) => (
          <Card key={i} padding="sm">
            <Group justify="space-between" mb={4}>
              <Text size="sm" fw={600}>
                № {i + 1}
              </Text>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('form.removeItem', { label: text.label, i: i + 1 })}
                onClick={() => onChange(rows.filter((_, n) => n !== i))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Group>
            <SchemaForm
              schema={item}
              value={row as Values}
              onChange={(next) => put(i, next)}
              errors={errors}
              vocabulary={vocabulary}
              pointer={`${pointer}/${i}`}
            />
          </Card>
        ))}
        {errors[pointer] && (
          <Text size="sm" c="var(--mantine-color-error)">
            {errors[pointer]}
          </Text>
        )}
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange([...rows, {}])}
          >
            {t('common.add')}
          </Button>
        </Group>
      </Stack>
    </fieldset>
  );
}

export const fieldId = (pointer: string) => `f${pointer.replaceAll('/', '-')}`;
const str = (v: unknown) => (typeof v === 'string' ? v : '');

/** A form's starting values: defaults of the schema, and a first row where one is demanded. */
export function startingValues(schema: Schema): Values {
  const values: Values = {};
  for (const [name, raw] of Object.entries(schema.properties ?? {})) {
    const s = plain(raw);
    if (s.default !== undefined) values[name] = s.default;
    else if (s.type === 'array' && plain(s.items ?? {}).type === 'object' && (schema.required ?? []).includes(name))
      values[name] = [{}];
  }
  return values;
}

/** What a person can be told before anything is sent; the server checks everything again. */
export function missing(
  schema: Schema,
  value: Values,
  vocabulary: FormVocabulary = {},
  pointer = '',
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, raw] of Object.entries(schema.properties ?? {})) {
    const s = plain(raw);
    const at = `${pointer}/${name}`;
    const v = value[name];
    const label = fieldText(name, vocabulary.fields).label;
    const required = (schema.required ?? []).includes(name);
    const empty =
      v === undefined ||
      v === null ||
      (typeof v === 'string' && v.trim() === '') ||
      (Array.isArray(v) && v.length === 0 && (s.minItems ?? 0) > 0);
    if (s.const === true && v !== true && required) found[at] = t('form.mustConfirm');
    else if (empty) {
      if (required && s.default === undefined) {
        if (s.type === 'object') Object.assign(found, missing(s, {}, vocabulary, at));
        else found[at] = t('form.fill', { label });
      }
    } else if (s.type === 'object' && s.properties) Object.assign(found, missing(s, v as Values, vocabulary, at));
    else if (s.type === 'array' && Array.isArray(v) && s.items?.type === 'object')
      v.forEach((row, i) => Object.assign(found, missing(s.items!, row as Values, vocabulary, `${at}/${i}`)));
    else if (typeof v === 'string' && s.minLength !== undefined && v.trim().length < s.minLength)
      found[at] = t('form.minLength', { label, minLength: s.minLength });
  }
  return found;
}
