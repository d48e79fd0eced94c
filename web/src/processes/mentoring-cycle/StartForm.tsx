import { NumberInput, Select, SimpleGrid, Stack, Text } from '@mantine/core';
import { POSTS } from '../../../../processes/catalogue/posts.ts';
import { Panel } from '../../kit/bits.tsx';
import { DateField } from '../../kit/DateField.tsx';
import { OrganisationPicker, PersonPicker } from '../../kit/Pickers.tsx';
import { fieldId } from '../../kit/SchemaForm.tsx';
import { todayIso } from '../../lib/dates.ts';
import type { FieldProblem } from '../../lib/problem.ts';
import type { DraftFormProps, StartScreen } from '../types.ts';
import { t } from './words.ts';

const text = (v: unknown): string => (typeof v === 'string' ? v : '');
const school = (body: Record<string, unknown>): string =>
  text((body.place as { organisationId?: string } | undefined)?.organisationId);

/** Who enters the cycle, where and since when; the bodies above the school are known to the platform. */
function StartForm({ body, process, onChange, serverErrors }: DraftFormProps) {
  const rights = (process.policy?.parameters.rights ?? {}) as {
    posts?: string[];
    tenureMonths?: number;
    indicatorAge?: number;
  };
  const posts = POSTS.filter((p) => (rights.posts ?? []).includes(p.code));
  const put = (more: Record<string, unknown>) => onChange({ ...body, ...more });
  const error = (pointer: string) =>
    serverErrors.find((e) => e.pointer === pointer || e.pointer.startsWith(`${pointer}/`))?.detail;
  return (
    <Stack gap="md" maw={820}>
      <Panel title={t('start.who')}>
        <Stack gap="md">
          <PersonPicker
            id={fieldId('/menteeId')}
            label={t('who.teacher')}
            description={t('start.whoHint')}
            withAsterisk
            error={error('/menteeId')}
            value={text(body.menteeId)}
            onChange={(menteeId) => put({ menteeId })}
          />
          <OrganisationPicker
            id={fieldId('/place/organisationId')}
            label={t('who.school')}
            withAsterisk
            error={error('/place')}
            value={school(body)}
            onChange={(organisationId) => put({ place: organisationId ? { organisationId } : undefined })}
          />
          <Select
            id={fieldId('/post')}
            label={t('start.post')}
            withAsterisk
            error={error('/post')}
            data={posts.map((p) => ({ value: p.code, label: p.labelRu }))}
            value={text(body.post) || null}
            onChange={(post) => put({ post: post ?? undefined })}
          />
        </Stack>
      </Panel>
      <Panel title={t('start.service')}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <DateField
            id={fieldId('/hiredOn')}
            label={t('start.hiredOn')}
            description={t('start.hiredHint')}
            withAsterisk
            error={error('/hiredOn')}
            value={text(body.hiredOn)}
            onChange={(hiredOn) => put({ hiredOn })}
          />
          <NumberInput
            id={fieldId('/tenureMonths')}
            label={t('start.tenure')}
            description={t('start.tenureHint', { tenureMonths: rights.tenureMonths ?? 36 })}
            withAsterisk
            error={error('/tenureMonths')}
            min={0}
            max={600}
            allowDecimal={false}
            value={typeof body.tenureMonths === 'number' ? body.tenureMonths : ''}
            onChange={(v) => put({ tenureMonths: typeof v === 'number' ? v : undefined })}
          />
          <DateField
            id={fieldId('/bornOn')}
            label={t('start.bornOn')}
            description={t('start.bornHint', { indicatorAge: rights.indicatorAge ?? 35 })}
            error={error('/bornOn')}
            value={text(body.bornOn)}
            onChange={(bornOn) => put({ bornOn })}
          />
        </SimpleGrid>
      </Panel>
      <Panel title={t('start.next')}>
        <Text size="sm">{t('start.nextText')}</Text>
      </Panel>
    </Stack>
  );
}

function check(body: Record<string, unknown>): FieldProblem[] {
  const out: FieldProblem[] = [];
  const need = (ok: boolean, pointer: string, detail: string) => {
    if (!ok) out.push({ pointer, detail });
  };
  need(text(body.menteeId) !== '', '/menteeId', t('start.chooseTeacher'));
  need(school(body) !== '', '/place/organisationId', t('start.chooseSchool'));
  need(text(body.post) !== '', '/post', t('start.choosePost'));
  need(text(body.hiredOn) !== '', '/hiredOn', t('start.giveHiring'));
  need(text(body.hiredOn) <= todayIso(), '/hiredOn', t('start.notFuture'));
  need(typeof body.tenureMonths === 'number', '/tenureMonths', t('start.giveTenure'));
  return out;
}

export const start: StartScreen = {
  get titleRu() {
    return t('start.title');
  },
  get submitRu() {
    return t('start.open');
  },
  get afterRu() {
    return t('start.after');
  },
  newBody: () => ({ tenureMonths: 0 }),
  titleOf: () => t('start.name'),
  Form: StartForm,
  check,
  sectionOf: (pointer) => (/tenure|hired|born/.test(pointer) ? t('start.service') : t('start.who')),
};
