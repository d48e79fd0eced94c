/** The screens of the three-year cycle. The kit finds them by the slug of the folder. */
import { MultiSelect, Radio, Stack, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { eventWords } from '../../../../processes/mentoring-cycle/event-words.ts';
import { CAUSE_LABELS, DECLINE_REASONS, EXIT_REASONS, RECOMMENDATIONS, WORK_LABELS } from './labels.ts';
import { PersonPicker } from '../../kit/Pickers.tsx';
import { fieldId, type FormVocabulary } from '../../kit/SchemaForm.tsx';
import { caseQuery, type ProcessView } from '../../lib/queries.ts';
import type { FieldsProps, ProcessScreens } from '../types.ts';
import { cycleOf } from './model.ts';
import { Overview } from './Overview.tsx';
import { start } from './StartForm.tsx';
import { t } from './words.ts';

function vocabulary(process: ProcessView | undefined): FormVocabulary {
  const content = (process?.policy?.parameters.content ?? {}) as Record<
    string,
    Array<{ code: string; labelRu: string }>
  >;
  const items = new Map(Object.values(content).flatMap((list) => list.map((i) => [i.code, i.labelRu] as const)));
  const person = (label: string, hint: string): NonNullable<FormVocabulary['widgets']>[string] =>
    function Picker({ pointer, value, onChange, error, required }) {
      return (
        <PersonPicker
          id={fieldId(pointer)}
          label={label}
          description={hint}
          withAsterisk={required}
          error={error}
          value={typeof value === 'string' ? value : ''}
          onChange={onChange}
        />
      );
    };
  return {
    fields: {
      noConflict: {
        label: t('fields.noConflict'),
        hint: t('fields.noConflictHint'),
      },
      reason: { label: t('fields.note'), hint: t('fields.noteHint'), long: true },
      tenureYears: { label: t('fields.mentorTenure') },
      category: { label: t('fields.category') },
      trained: { label: t('fields.trained') },
      sameSubject: { label: t('fields.sameSubject') },
      superior: { label: t('fields.superior'), hint: t('fields.superiorHint') },
      relative: { label: t('fields.relative'), hint: t('fields.superiorHint') },
      external: { label: t('fields.external') },
      pay: { label: t('fields.bonus'), hint: t('fields.bonusHint') },
      until: { label: t('fields.assignedUntil'), hint: t('fields.assignedHint') },
      endsOn: { label: t('fields.lastDay') },
      note: { label: t('fields.discussed'), long: true },
      kind: { label: t('fields.kind') },
      month: { label: t('fields.month'), hint: t('fields.monthHint') },
      count: { label: t('fields.entries') },
      statement: { label: t('fields.ground'), long: true },
      remarks: { label: t('fields.remarks') },
      summary: { label: t('fields.checkResult'), hint: t('fields.checkHint'), long: true },
      programme: {
        label: t('fields.programme'),
        hint: t('fields.programmeHint'),
        long: true,
      },
      agree: { label: t('fields.sign') },
      conclusion: { label: t('fields.conclusion'), long: true },
      months: { label: t('fields.howManyMonths') },
      parts: { label: t('fields.repeat') },
      reasons: { label: t('fields.grounds'), hint: t('fields.groundsHint') },
      recommendations: { label: t('fields.recommendations') },
      act: { label: t('fields.document'), placeholder: t('fields.orderExample') },
      accept: { label: t('fields.answer') },
      consent: { label: t('fields.history') },
      curatorId: { label: t('who.curator') },
      reasonCode: { label: t('fields.reason') },
      cause: { label: t('fields.reason') },
      comment: { label: t('fields.more'), hint: t('fields.moreHint'), long: true },
    },
    values: {
      kind: WORK_LABELS,
      cause: CAUSE_LABELS,
      reasonCode: { ...DECLINE_REASONS, ...EXIT_REASONS },
      recommendations: RECOMMENDATIONS,
      remarks: { true: t('options.remarks'), false: t('options.noRemarks') },
      accept: { true: t('options.acceptRules'), false: t('options.keepRules') },
      consent: { true: t('options.show'), false: t('options.hide') },
    },
    widgets: {
      mentorId: person(t('who.mentor'), t('fields.staffHint')),
      curatorId: person(t('who.curator'), t('fields.receivingHint')),
      parts: ({ pointer, value, onChange, error, text }) => (
        <MultiSelect
          id={fieldId(pointer)}
          label={text.label}
          error={error}
          data={[...items].map(([v, label]) => ({ value: v, label }))}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={onChange}
          clearButtonProps={{ 'aria-label': t('common.clear') }}
        />
      ),
    },
  };
}

/** Only what this person may mark, and only what is still open, with the words of the programme. */
function ItemFields({ caseId, value, onChange, errors }: FieldsProps) {
  const view = useQuery(caseQuery(caseId));
  const open = (view.data && cycleOf(view.data)?.items.filter((i) => i.mine && !i.done)) || [];
  return (
    <Stack gap="md">
      <Radio.Group
        label={t('fields.whatDone')}
        withAsterisk
        error={errors['/item']}
        value={typeof value.item === 'string' ? value.item : ''}
        onChange={(item) => onChange({ ...value, item })}
      >
        <Stack gap={8} mt={6}>
          {open.map((i) => (
            <Radio key={i.code} value={i.code} label={i.labelRu} />
          ))}
        </Stack>
      </Radio.Group>
      <Textarea
        id={fieldId('/report')}
        label={t('fields.whatDoneHint')}
        withAsterisk
        autosize
        minRows={3}
        error={errors['/report']}
        value={typeof value.report === 'string' ? value.report : ''}
        onChange={(e) => onChange({ ...value, report: e.currentTarget.value })}
      />
    </Stack>
  );
}

export const screens: ProcessScreens = {
  vocabulary,
  eventWords,
  starts: { start },
  fields: { recordContent: ItemFields },
  Overview,
  inOverview: ['logWork', 'confirmLog'],
  invitation: {
    get titleRu() {
      return t('invitation.title');
    },
    get textRu() {
      return t('invitation.text');
    },
    get acceptRu() {
      return t('invitation.accept');
    },
  },
  taskForms: {},
};
