import {
  ActionIcon,
  Alert,
  Box,
  Button,
  Card,
  Checkbox,
  FileButton,
  Group,
  MultiSelect,
  NumberInput,
  Radio,
  SimpleGrid,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import {
  IconAlertCircle,
  IconArrowLeft,
  IconArrowRight,
  IconCheck,
  IconPaperclip,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { COMPETENCES, DEFICITS } from '../../../../processes/catalogue/competences.ts';
import { LABOUR_FUNCTIONS } from '../../../../processes/catalogue/labour-functions.ts';
import { EDUCATION_LEVELS, POSTS, SUBJECTS } from '../../../../processes/catalogue/posts.ts';
import { uploadFile } from '../../api.ts';
import { Chip } from '../../kit/bits.tsx';
import { DateField } from '../../kit/DateField.tsx';
import { OrganisationPicker } from '../../kit/Pickers.tsx';
import { useWords } from '../../lib/links.tsx';
import { byPointer } from '../../lib/problem.ts';
import { organisationsQuery } from '../../lib/queries.ts';
import { number } from '../../lib/words.ts';
import type { DraftFormProps } from '../types.ts';
import { Invariants } from './Invariants.tsx';
import {
  asDraft,
  cleaned,
  competencesOf,
  deficitLabel,
  type Draft,
  emptyModule,
  moduleHours,
  nextId,
  problemsOf,
  SECTIONS,
  type SectionKey,
  sectionKeyOf,
} from './model.ts';
import { t } from './words.ts';

interface PartProps {
  d: Draft;
  set(more: Partial<Draft>): void;
  /** Error of a field, once it is time to show it. */
  e(pointer: string): string | undefined;
}

/** The application: one section at a time, the table of contents with what is missing, and the invariants beside it. */
export function ProgrammeForm({ body, onChange, process, serverErrors }: DraftFormProps) {
  const [words, setWords] = useWords();
  const d = useMemo(() => asDraft(body), [body]);
  const at = SECTIONS.find((s) => s.key === words.s) ?? SECTIONS[0];
  const [left, setLeft] = useState<Set<SectionKey>>(new Set());
  const heading = useRef<HTMLHeadingElement>(null);
  const problems = useMemo(() => problemsOf(body, process), [body, process]);
  const all = useMemo(() => {
    const more = serverErrors
      .map((x) => ({ ...x, pointer: x.pointer.replace(/^\/programme/, '') }))
      .filter((x) => !problems.some((p) => p.pointer === x.pointer));
    return [...problems, ...more];
  }, [problems, serverErrors]);
  const map = useMemo(() => byPointer(all), [all]);
  const shown = left.has(at.key) || serverErrors.length > 0;
  const e = (pointer: string) => (shown ? map[pointer] : undefined);
  const set = (more: Partial<Draft>) => onChange(cleaned({ ...d, ...more }));
  const minHours = (process.policy?.parameters as { minHours?: Record<'ПК' | 'ПП', number> } | undefined)?.minHours ?? {
    ПК: 16,
    ПП: 250,
  };
  const index = SECTIONS.indexOf(at);
  const go = (key: SectionKey) => {
    setLeft((s) => new Set(s).add(at.key));
    setWords({ s: key });
    requestAnimationFrame(() => {
      heading.current?.focus();
      window.scrollTo({ top: 0 });
    });
  };
  const inSection = (key: SectionKey) => all.filter((p) => sectionKeyOf(p.pointer) === key);
  const general = shown
    ? inSection(at.key).filter(
        (p) =>
          /^\/[a-zA-Z]+$/.test(p.pointer) &&
          ['modules', 'results', 'deficits', 'assessment', 'staff', 'literature', 'labourFunctions'].includes(
            p.pointer.slice(1),
          ),
      )
    : [];
  const part = { d, set, e };

  return (
    <div className="with-toc">
      <nav className="sticky toc panel" style={{ padding: 8 }} aria-label={t('form.sections')}>
        {SECTIONS.map((s, i) => {
          const wrong = inSection(s.key).length;
          return (
            <a
              key={s.key}
              href={`?s=${s.key}`}
              aria-current={s.key === at.key}
              onClick={(ev) => {
                ev.preventDefault();
                go(s.key);
              }}
            >
              <span>
                {i + 1}. {s.label}
              </span>
              {wrong === 0 ? (
                <IconCheck size={16} color="var(--app-good)" aria-label={t('form.filled')} />
              ) : (
                <span
                  className="chip"
                  data-tone={left.has(s.key) || serverErrors.length > 0 ? 'soon' : 'plain'}
                  aria-label={t('form.toCorrect', { wrong })}
                  style={{ padding: '0 7px' }}
                >
                  {wrong}
                </span>
              )}
            </a>
          );
        })}
      </nav>
      <section className="panel" aria-label={at.label}>
        <Title order={2} ref={heading} tabIndex={-1} mb="md" style={{ outline: 'none' }}>
          {index + 1}. {at.label}
        </Title>
        {general.length > 0 && (
          <Alert
            color="yellow"
            variant="light"
            mb="md"
            icon={<IconAlertCircle aria-hidden />}
            styles={{ message: { color: 'var(--mantine-color-text)' } }}
          >
            {general.map((g) => (
              <Text size="sm" key={g.detail}>
                {g.detail}
              </Text>
            ))}
          </Alert>
        )}
        {at.key === 'provider' && <ProviderPart {...part} />}
        {at.key === 'general' && <GeneralPart {...part} minHours={minHours} />}
        {at.key === 'target' && <TargetPart {...part} />}
        {at.key === 'deficits' && <DeficitsPart {...part} />}
        {at.key === 'results' && <ResultsPart {...part} />}
        {at.key === 'modules' && <ModulesPart {...part} />}
        {at.key === 'assessment' && <AssessmentPart {...part} />}
        {at.key === 'conditions' && <ConditionsPart {...part} />}
        {at.key === 'sources' && <SourcesPart {...part} />}
        {at.key === 'rights' && <RightsPart {...part} />}
        <Group justify="space-between" mt="xl">
          {index > 0 ? (
            <Button
              variant="default"
              leftSection={<IconArrowLeft size={16} aria-hidden />}
              onClick={() => go(SECTIONS[index - 1]!.key)}
            >
              {SECTIONS[index - 1]!.label}
            </Button>
          ) : (
            <span />
          )}
          {index < SECTIONS.length - 1 && (
            <Button
              variant="light"
              rightSection={<IconArrowRight size={16} aria-hidden />}
              onClick={() => go(SECTIONS[index + 1]!.key)}
            >
              {SECTIONS[index + 1]!.label}
            </Button>
          )}
        </Group>
      </section>
      <aside className="panel sticky third" aria-label={t('sum.title')}>
        <Invariants d={d} minHours={minHours} onChange={(next) => onChange(cleaned(next))} />
      </aside>
    </div>
  );
}

function ProviderPart({ d, set, e }: PartProps) {
  const mine = useQuery(organisationsQuery('', true));
  const choose = (id: string | undefined) => {
    const o = mine.data?.items.find((x) => x.id === id);
    if (o)
      set({
        provider: {
          ...d.provider,
          organisationId: o.id,
          nameRu: o.nameRu,
          regionCode: o.regionCode,
          inn: o.inn ?? '',
          ogrn: o.ogrn ?? '',
          licenceNumber: o.licenceNumber ?? '',
          licenceDate: o.licenceDate ?? '',
        },
      });
  };
  const p = (more: Partial<Draft['provider']>) => set({ provider: { ...d.provider, ...more } });
  const c = (more: Partial<Draft['contact']>) => set({ contact: { ...d.contact, ...more } });
  return (
    <Stack gap="md">
      <OrganisationPicker
        label={t('form.organisation')}
        description={t('form.fromDirectory')}
        withAsterisk
        mine
        value={d.provider.organisationId}
        onChange={choose}
        error={e('/provider/organisationId') ?? e('/provider/nameRu')}
      />
      {d.provider.organisationId !== '' &&
        mine.data &&
        !mine.data.items.some((o) => o.id === d.provider.organisationId) && (
          <Text size="sm">{t('form.nowNamed', { nameRu: d.provider.nameRu })}</Text>
        )}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label={t('form.inn')}
          withAsterisk
          inputMode="numeric"
          value={d.provider.inn}
          onChange={(x) => p({ inn: x.currentTarget.value })}
          error={e('/provider/inn')}
        />
        <TextInput
          label={t('form.ogrn')}
          withAsterisk
          inputMode="numeric"
          value={d.provider.ogrn}
          onChange={(x) => p({ ogrn: x.currentTarget.value })}
          error={e('/provider/ogrn')}
        />
        <TextInput
          label={t('form.licenceNumber')}
          withAsterisk
          value={d.provider.licenceNumber}
          onChange={(x) => p({ licenceNumber: x.currentTarget.value })}
          error={e('/provider/licenceNumber')}
        />
        <DateField
          label={t('form.licenceDate')}
          withAsterisk
          value={d.provider.licenceDate}
          onChange={(v) => p({ licenceDate: v ?? '' })}
          error={e('/provider/licenceDate')}
        />
      </SimpleGrid>
      <TextInput
        label={t('form.licenceAnnex')}
        value={d.provider.licenceAnnex ?? ''}
        onChange={(x) => p({ licenceAnnex: x.currentTarget.value })}
        error={e('/provider/licenceAnnex')}
      />
      <Title order={3} mt="sm">
        {t('form.contact')}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <TextInput
          label={t('form.name')}
          withAsterisk
          value={d.contact.name}
          onChange={(x) => c({ name: x.currentTarget.value })}
          error={e('/contact/name')}
        />
        <TextInput
          label={t('form.email')}
          withAsterisk
          type="email"
          value={d.contact.email}
          onChange={(x) => c({ email: x.currentTarget.value })}
          error={e('/contact/email')}
        />
        <TextInput
          label={t('form.phone')}
          value={d.contact.phone ?? ''}
          onChange={(x) => c({ phone: x.currentTarget.value })}
          error={e('/contact/phone')}
        />
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        {t('form.contactHint')}
      </Text>
    </Stack>
  );
}

function GeneralPart({ d, set, e, minHours }: PartProps & { minHours: Record<'ПК' | 'ПП', number> }) {
  const n = d.network;
  return (
    <Stack gap="md">
      <Textarea
        label={t('form.title')}
        withAsterisk
        autosize
        minRows={1}
        value={d.title}
        onChange={(x) => set({ title: x.currentTarget.value })}
        error={e('/title')}
      />
      <Radio.Group
        label={t('form.kind')}
        withAsterisk
        value={d.kind ?? ''}
        onChange={(v) => set({ kind: v as 'ПК' | 'ПП' })}
        error={e('/kind')}
      >
        <Group mt={6}>
          <Radio value="ПК" label={t('form.upgradeFrom', { minHours: minHours.ПК })} />
          <Radio value="ПП" label={t('form.retrainingFrom', { minHours: minHours.ПП })} />
        </Group>
      </Radio.Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NumberInput
          label={t('form.volume')}
          withAsterisk
          min={1}
          max={5000}
          allowDecimal={false}
          value={d.hours ?? ''}
          onChange={(v) => set({ hours: typeof v === 'number' ? v : undefined } as Partial<Draft>)}
          error={e('/hours')}
        />
        <NumberInput
          label={t('form.distance')}
          withAsterisk
          min={0}
          max={100}
          value={d.distanceShare ?? ''}
          onChange={(v) => set({ distanceShare: typeof v === 'number' ? v : undefined } as Partial<Draft>)}
          error={e('/distanceShare')}
        />
      </SimpleGrid>
      <Radio.Group
        label={t('form.mode')}
        withAsterisk
        value={d.form ?? ''}
        onChange={(v) => set({ form: v as Draft['form'] } as Partial<Draft>)}
        error={e('/form')}
      >
        <Group mt={6}>
          {([t('form.fullTime'), t('form.mixed'), t('form.extramural')] as const).map((f) => (
            <Radio key={f} value={f} label={f} />
          ))}
        </Group>
      </Radio.Group>
      <Checkbox label={t('form.free')} checked={d.free} onChange={(x) => set({ free: x.currentTarget.checked })} />
      <Checkbox
        label={t('form.modular')}
        checked={d.modular}
        onChange={(x) => set({ modular: x.currentTarget.checked })}
      />
      <Checkbox
        label={t('form.network')}
        checked={n !== undefined}
        onChange={(x) =>
          set({
            network: x.currentTarget.checked
              ? { agreement: '', leadInn: d.provider.inn, partners: [{ nameRu: '', inn: '' }] }
              : undefined,
          } as Partial<Draft>)
        }
      />
      {n && (
        <Card padding="sm">
          <Stack gap="sm">
            <TextInput
              label={t('form.agreement')}
              withAsterisk
              value={n.agreement}
              onChange={(x) => set({ network: { ...n, agreement: x.currentTarget.value } })}
              error={e('/network/agreement')}
            />
            <TextInput
              label={t('form.leadInn')}
              withAsterisk
              description={t('form.leadHint')}
              value={n.leadInn}
              onChange={(x) => set({ network: { ...n, leadInn: x.currentTarget.value } })}
              error={e('/network/leadInn')}
            />
            <Rows
              label={t('form.partners')}
              rows={n.partners}
              onAdd={() => set({ network: { ...n, partners: [...n.partners, { nameRu: '', inn: '' }] } })}
              onRemove={(i) => set({ network: { ...n, partners: n.partners.filter((_, k) => k !== i) } })}
              name={(i) => t('form.partner', { i: i + 1 })}
            >
              {(row, i) => (
                <SimpleGrid cols={{ base: 1, sm: 2 }}>
                  <TextInput
                    label={t('form.partnerName')}
                    withAsterisk
                    value={row.nameRu}
                    onChange={(x) =>
                      set({ network: { ...n, partners: put(n.partners, i, { nameRu: x.currentTarget.value }) } })
                    }
                    error={e(`/network/partners/${i}/nameRu`)}
                  />
                  <TextInput
                    label={t('form.inn')}
                    withAsterisk
                    value={row.inn}
                    onChange={(x) =>
                      set({ network: { ...n, partners: put(n.partners, i, { inn: x.currentTarget.value }) } })
                    }
                    error={e(`/network/partners/${i}/inn`)}
                  />
                </SimpleGrid>
              )}
            </Rows>
          </Stack>
        </Card>
      )}
    </Stack>
  );
}

function TargetPart({ d, set, e }: PartProps) {
  const put = (more: Partial<Draft['target']>) => set({ target: { ...d.target, ...more } });
  return (
    <Stack gap="md">
      <TagsInput
        label={t('form.posts')}
        description={t('form.postsHint')}
        withAsterisk
        data={POSTS.map((p) => p.labelRu)}
        value={d.target.posts}
        onChange={(posts) => put({ posts })}
        error={e('/target/posts')}
        clearable
        clearButtonProps={CLEAR}
      />
      <TagsInput
        label={t('form.subjects')}
        data={SUBJECTS.map((p) => p.labelRu)}
        value={d.target.subjects}
        onChange={(subjects) => put({ subjects })}
        error={e('/target/subjects')}
        clearable
        clearButtonProps={CLEAR}
      />
      <TagsInput
        label={t('form.levels')}
        data={EDUCATION_LEVELS.map((p) => p.labelRu)}
        value={d.target.levels}
        onChange={(levels) => put({ levels })}
        error={e('/target/levels')}
        clearable
        clearButtonProps={CLEAR}
      />
    </Stack>
  );
}

function DeficitsPart({ d, set, e }: PartProps) {
  const codes = d.deficits.map((x) => x.code);
  const suggested = competencesOf(codes).filter((c) => !d.competences.includes(c));
  return (
    <Stack gap="md">
      <MultiSelect
        label={t('form.whichDeficits')}
        description={t('form.deficitsHint')}
        withAsterisk
        searchable
        clearable
        clearButtonProps={CLEAR}
        data={DEFICITS.map((x) => ({ value: x.code, label: `${x.code} ${x.labelRu}` }))}
        value={codes}
        onChange={(next) => {
          const deficits = next.map((code) => ({ code, title: deficitLabel(code) }));
          const competences = [...new Set([...d.competences, ...competencesOf(next)])];
          set({
            deficits,
            competences,
            modules: d.modules.map((m) => ({ ...m, deficits: m.deficits.filter((x) => next.includes(x)) })),
          });
        }}
        error={e('/deficits')}
      />
      {d.deficits.map(
        (x, i) =>
          e(`/deficits/${i}`) && (
            <Text key={x.code} size="sm" c="var(--mantine-color-error)">
              {e(`/deficits/${i}`)}
            </Text>
          ),
      )}
      <MultiSelect
        label={t('form.functions')}
        withAsterisk
        searchable
        clearable
        clearButtonProps={CLEAR}
        data={LABOUR_FUNCTIONS.map((x) => ({ value: x.code, label: `${x.code} ${x.labelRu}` }))}
        value={d.labourFunctions.map((x) => x.code)}
        onChange={(next) =>
          set({
            labourFunctions: next.map((code) => ({
              code,
              title:
                LABOUR_FUNCTIONS.find((x) => x.code === code)?.labelRu ??
                d.labourFunctions.find((x) => x.code === code)?.title ??
                code,
            })),
          })
        }
        error={e('/labourFunctions')}
      />
      <MultiSelect
        label={t('form.competences')}
        description={t('form.competencesHint')}
        withAsterisk
        searchable
        clearable
        clearButtonProps={CLEAR}
        data={groups()}
        value={d.competences}
        onChange={(competences) => set({ competences })}
        error={e('/competences')}
      />
      {suggested.length > 0 && (
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            {t('form.alsoFit')}
          </Text>
          {suggested.map((c) => (
            <Button
              key={c}
              size="compact-xs"
              variant="light"
              onClick={() => set({ competences: [...d.competences, c] })}
            >
              {COMPETENCES.find((x) => x.code === c)?.labelRu ?? c}
            </Button>
          ))}
        </Group>
      )}
    </Stack>
  );
}

function groups() {
  const names = [...new Set(COMPETENCES.map((c) => c.groupRu))];
  return names.map((group) => ({
    group,
    items: COMPETENCES.filter((c) => c.groupRu === group).map((c) => ({ value: c.code, label: c.labelRu })),
  }));
}

function ResultsPart({ d, set, e }: PartProps) {
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t('form.resultHint')}
      </Text>
      <Rows
        label={t('form.results')}
        rows={d.results}
        name={(i) => t('form.result', { id: d.results[i]?.id ?? '' })}
        onAdd={() =>
          set({
            results: [
              ...d.results,
              {
                id: nextId(
                  d.results.map((r) => r.id),
                  'Р',
                ),
                text: '',
              },
            ],
          })
        }
        onRemove={(i) => {
          const id = d.results[i]!.id;
          set({
            results: d.results.filter((_, k) => k !== i),
            modules: d.modules.map((m) => ({ ...m, results: m.results.filter((r) => r !== id) })),
            assessment: d.assessment.map((a) => ({ ...a, results: a.results.filter((r) => r !== id) })),
          });
        }}
      >
        {(row, i) => (
          <Group wrap="nowrap" align="flex-start" gap="sm">
            <TextInput
              label={t('form.code')}
              w={72}
              value={row.id}
              onChange={(x) => renameResult(d, set, i, x.currentTarget.value)}
              error={e(`/results/${i}/id`)}
            />
            <Textarea
              label={t('form.canDo')}
              withAsterisk
              autosize
              minRows={1}
              style={{ flex: 1 }}
              value={row.text}
              onChange={(x) => set({ results: put(d.results, i, { text: x.currentTarget.value }) })}
              error={e(`/results/${i}/text`) ?? e(`/results/${i}`)}
            />
          </Group>
        )}
      </Rows>
    </Stack>
  );
}

function renameResult(d: Draft, set: PartProps['set'], i: number, id: string) {
  const before = d.results[i]!.id;
  const swap = (list: string[]) => list.map((r) => (r === before ? id : r));
  set({
    results: put(d.results, i, { id }),
    modules: d.modules.map((m) => ({ ...m, results: swap(m.results) })),
    assessment: d.assessment.map((a) => ({ ...a, results: swap(a.results) })),
  });
}

function ModulesPart({ d, set, e }: PartProps) {
  const m = (i: number, more: Partial<Draft['modules'][number]>) => set({ modules: put(d.modules, i, more) });
  return (
    <Rows
      label={t('form.modules')}
      rows={d.modules}
      name={(i) => t('form.module', { id: d.modules[i]?.id ?? '' })}
      addLabel={t('form.addModule')}
      onAdd={() =>
        set({
          modules: [
            ...d.modules,
            {
              ...emptyModule(d.modules.length + 1),
              id: nextId(
                d.modules.map((x) => x.id),
                'М',
              ),
            },
          ],
        })
      }
      onRemove={(i) => set({ modules: d.modules.filter((_, k) => k !== i) })}
      end={(i) => (
        <Text size="sm" fw={600} className="num">
          {t('form.hours', { i: number(moduleHours(d.modules[i]!)) })}
        </Text>
      )}
    >
      {(row, i) => (
        <Stack gap="sm">
          <Group wrap="nowrap" align="flex-start" gap="sm">
            <TextInput
              label={t('form.code')}
              w={72}
              value={row.id}
              onChange={(x) => m(i, { id: x.currentTarget.value })}
              error={e(`/modules/${i}/id`)}
            />
            <TextInput
              label={t('form.moduleName')}
              withAsterisk
              style={{ flex: 1 }}
              value={row.title}
              onChange={(x) => m(i, { title: x.currentTarget.value })}
              error={e(`/modules/${i}/title`)}
            />
          </Group>
          <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
            {(
              [
                ['lecture', t('form.lectures')],
                ['practice', t('form.practice')],
                ['selfStudy', t('form.selfStudy')],
                ['control', t('form.control')],
              ] as const
            ).map(([key, label]) => (
              <NumberInput
                key={key}
                label={t('form.hoursOf', { label })}
                min={0}
                max={5000}
                value={row[key]}
                onChange={(v) => m(i, { [key]: typeof v === 'number' ? v : 0 })}
                error={e(`/modules/${i}/${key}`)}
              />
            ))}
          </SimpleGrid>
          {e(`/modules/${i}`) && (
            <Text size="sm" c="var(--mantine-color-error)">
              {e(`/modules/${i}`)}
            </Text>
          )}
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
            <MultiSelect
              label={t('form.addresses')}
              placeholder={d.deficits.length === 0 ? t('form.deficitsFirst') : ''}
              data={d.deficits.map((x) => ({ value: x.code, label: `${x.code} ${x.title}` }))}
              value={row.deficits}
              onChange={(deficits) => m(i, { deficits })}
              error={e(`/modules/${i}/deficits`)}
              clearButtonProps={CLEAR}
            />
            <MultiSelect
              label={t('form.worksFor')}
              data={d.results.map((x) => ({ value: x.id, label: `${x.id} ${x.text.slice(0, 70)}` }))}
              value={row.results}
              onChange={(results) => m(i, { results })}
              error={e(`/modules/${i}/results`)}
              clearButtonProps={CLEAR}
            />
          </SimpleGrid>
          <Textarea
            label={t('form.content')}
            withAsterisk
            autosize
            minRows={2}
            maxRows={14}
            value={row.content}
            onChange={(x) => m(i, { content: x.currentTarget.value })}
            error={e(`/modules/${i}/content`)}
          />
        </Stack>
      )}
    </Rows>
  );
}

function AssessmentPart({ d, set, e }: PartProps) {
  const a = (i: number, more: Partial<Draft['assessment'][number]>) => set({ assessment: put(d.assessment, i, more) });
  return (
    <Rows
      label={t('form.tools')}
      rows={d.assessment}
      name={(i) => t('form.tool', { id: d.assessment[i]?.id ?? '' })}
      onAdd={() =>
        set({
          assessment: [
            ...d.assessment,
            {
              id: nextId(
                d.assessment.map((x) => x.id),
                'О',
              ),
              form: '',
              description: '',
              results: [],
            },
          ],
        })
      }
      onRemove={(i) => set({ assessment: d.assessment.filter((_, k) => k !== i) })}
    >
      {(row, i) => (
        <Stack gap="sm">
          <Group wrap="nowrap" align="flex-start" gap="sm">
            <TextInput
              label={t('form.code')}
              w={72}
              value={row.id}
              onChange={(x) => a(i, { id: x.currentTarget.value })}
              error={e(`/assessment/${i}/id`)}
            />
            <TextInput
              label={t('form.toolForm')}
              placeholder={t('form.toolExample')}
              withAsterisk
              style={{ flex: 1 }}
              value={row.form}
              onChange={(x) => a(i, { form: x.currentTarget.value })}
              error={e(`/assessment/${i}/form`)}
            />
          </Group>
          <MultiSelect
            label={t('form.checks')}
            withAsterisk
            data={d.results.map((x) => ({ value: x.id, label: `${x.id} ${x.text.slice(0, 80)}` }))}
            value={row.results}
            onChange={(results) => a(i, { results })}
            error={e(`/assessment/${i}/results`)}
            clearButtonProps={CLEAR}
          />
          <Textarea
            label={t('form.toolText')}
            withAsterisk
            autosize
            minRows={2}
            maxRows={12}
            value={row.description}
            onChange={(x) => a(i, { description: x.currentTarget.value })}
            error={e(`/assessment/${i}/description`)}
          />
        </Stack>
      )}
    </Rows>
  );
}

function ConditionsPart({ d, set, e }: PartProps) {
  const s = (i: number, more: Partial<Draft['staff'][number]>) => set({ staff: put(d.staff, i, more) });
  return (
    <Stack gap="md">
      <Textarea
        label={t('form.calendar')}
        withAsterisk
        autosize
        minRows={2}
        maxRows={10}
        value={d.schedule}
        onChange={(x) => set({ schedule: x.currentTarget.value })}
        error={e('/schedule')}
      />
      <Rows
        label={t('form.teachers')}
        rows={d.staff}
        name={(i) => t('form.teacher', { i: i + 1 })}
        onAdd={() => set({ staff: [...d.staff, { name: '', post: '', degree: '' }] })}
        onRemove={(i) => set({ staff: d.staff.filter((_, k) => k !== i) })}
      >
        {(row, i) => (
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
            <TextInput
              label={t('form.name')}
              withAsterisk
              value={row.name}
              onChange={(x) => s(i, { name: x.currentTarget.value })}
              error={e(`/staff/${i}/name`)}
            />
            <TextInput
              label={t('form.post')}
              withAsterisk
              value={row.post}
              onChange={(x) => s(i, { post: x.currentTarget.value })}
              error={e(`/staff/${i}/post`)}
            />
            <TextInput
              label={t('form.degree')}
              value={row.degree ?? ''}
              onChange={(x) => s(i, { degree: x.currentTarget.value })}
              error={e(`/staff/${i}/degree`)}
            />
          </SimpleGrid>
        )}
      </Rows>
      <Textarea
        label={t('form.equipment')}
        withAsterisk
        autosize
        minRows={2}
        maxRows={10}
        value={d.premises}
        onChange={(x) => set({ premises: x.currentTarget.value })}
        error={e('/premises')}
      />
      <Textarea
        label={t('form.finalForm')}
        withAsterisk
        autosize
        minRows={1}
        maxRows={6}
        value={d.attestation}
        onChange={(x) => set({ attestation: x.currentTarget.value })}
        error={e('/attestation')}
      />
    </Stack>
  );
}

function SourcesPart({ d, set, e }: PartProps) {
  return (
    <Stack gap="md">
      <Rows
        label={t('form.literature')}
        rows={d.literature}
        name={(i) => t('form.source', { i: i + 1 })}
        onAdd={() => set({ literature: [...d.literature, { title: '' }] })}
        onRemove={(i) => set({ literature: d.literature.filter((_, k) => k !== i) })}
      >
        {(row, i) => (
          <Group wrap="nowrap" align="flex-start" gap="sm">
            <Textarea
              label={t('form.sourceText')}
              withAsterisk
              autosize
              minRows={1}
              style={{ flex: 1 }}
              value={row.title}
              onChange={(x) => set({ literature: put(d.literature, i, { title: x.currentTarget.value }) })}
              error={e(`/literature/${i}/title`)}
            />
            <NumberInput
              label={t('form.year')}
              withAsterisk
              w={96}
              min={1900}
              max={2100}
              thousandSeparator=""
              value={row.year ?? ''}
              onChange={(v) =>
                set({
                  literature: put(d.literature, i, { year: typeof v === 'number' ? v : undefined } as { year: number }),
                })
              }
              error={e(`/literature/${i}/year`)}
            />
          </Group>
        )}
      </Rows>
      <TagsInput
        label={t('form.authors')}
        description={t('form.authorsHint')}
        withAsterisk
        value={d.authors}
        onChange={(authors) => set({ authors })}
        error={e('/authors')}
        clearable
        clearButtonProps={CLEAR}
      />
      <Textarea
        label={t('form.employers')}
        autosize
        minRows={2}
        maxRows={10}
        value={d.employers ?? ''}
        onChange={(x) => set({ employers: x.currentTarget.value })}
        error={e('/employers')}
      />
    </Stack>
  );
}

function RightsPart({ d, set, e }: PartProps) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  /** Files of this visit that the scanner has not looked at yet. */
  const [waiting, setWaiting] = useState<string[]>([]);
  const add = async (file: File | null) => {
    if (!file) return;
    setBusy(true);
    setFailed(null);
    try {
      const stored = await uploadFile(file);
      const rest = d.attachments.filter(({ sha256 }) => sha256 !== stored.sha256);
      set({ attachments: [...rest, { sha256: stored.sha256, name: stored.name ?? file.name }] });
      if (stored.scan === 'pending') setWaiting((now) => [...now, stored.sha256]);
    } catch (error) {
      setFailed(error instanceof Error ? error.message : t('form.notUploaded'));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="md">
      <Checkbox
        label={t('form.rights')}
        checked={d.copyrightStatement === true}
        onChange={(x) => set({ copyrightStatement: x.currentTarget.checked ? true : undefined } as Partial<Draft>)}
        error={e('/copyrightStatement')}
      />
      <Box>
        <Text size="sm" fw={600} mb={4}>
          {t('form.attachments')}
        </Text>
        <Text size="xs" c="dimmed" mb={6}>
          {t('form.attachmentsHint')}
        </Text>
        <Stack gap={6}>
          {d.attachments.map((a) => (
            <Group key={a.sha256} justify="space-between" className="panel" p="xs">
              <Group gap={6}>
                <IconPaperclip size={15} aria-hidden />
                <Text size="sm">{a.name}</Text>
                {waiting.includes(a.sha256) && <Chip tone="soon">{t('form.scanning')}</Chip>}
              </Group>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t('form.dropFile', { name: a.name })}
                onClick={() => set({ attachments: d.attachments.filter((x) => x !== a) })}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Group>
          ))}
          {failed && (
            <Text size="sm" c="var(--mantine-color-error)" role="alert">
              {failed}
            </Text>
          )}
          <Group>
            <FileButton onChange={(f) => void add(f)}>
              {(props) => (
                <Button
                  variant="default"
                  size="xs"
                  loading={busy}
                  leftSection={<IconPaperclip size={14} aria-hidden />}
                  {...props}
                >
                  {t('form.addFile')}
                </Button>
              )}
            </FileButton>
          </Group>
        </Stack>
      </Box>
    </Stack>
  );
}

const CLEAR = {
  get 'aria-label'() {
    return t('common.clear');
  },
};
const put = <T,>(rows: T[], i: number, more: Partial<T>): T[] =>
  rows.map((row, k) => (k === i ? { ...row, ...more } : row));

function Rows<T>({
  label,
  rows,
  children,
  onAdd,
  onRemove,
  name,
  end,
  addLabel,
}: {
  label: string;
  rows: T[];
  children(row: T, i: number): ReactNode;
  onAdd(): void;
  onRemove(i: number): void;
  name(i: number): string;
  end?(i: number): ReactNode;
  addLabel?: string;
}) {
  return (
    <fieldset className="plain">
      <legend>{label}</legend>
      <Stack gap="sm">
        {rows.map((row, i) => (
          <Card key={i} padding="sm">
            <Group wrap="nowrap" align="flex-start" gap="xs">
              <Box style={{ flex: 1, minWidth: 0 }}>{children(row, i)}</Box>
              <Stack gap={4} align="flex-end">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  disabled={rows.length === 1}
                  aria-label={t('form.removeRow', { i: name(i) })}
                  onClick={() => onRemove(i)}
                >
                  <IconTrash size={16} />
                </ActionIcon>
                {end?.(i)}
              </Stack>
            </Group>
          </Card>
        ))}
        <Group>
          <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={onAdd}>
            {addLabel ?? t('common.add')}
          </Button>
        </Group>
      </Stack>
    </fieldset>
  );
}
