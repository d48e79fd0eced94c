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
      <nav className="sticky toc panel" style={{ padding: 8 }} aria-label="Разделы заявки">
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
                <IconCheck size={16} color="var(--app-good)" aria-label="заполнено" />
              ) : (
                <span
                  className="chip"
                  data-tone={left.has(s.key) || serverErrors.length > 0 ? 'soon' : 'plain'}
                  aria-label={`осталось исправить: ${wrong}`}
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
      <aside className="panel sticky third" aria-label="Сходится ли программа">
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
        label="Организация"
        description="Реквизиты подставятся из справочника; проверьте лицензию."
        withAsterisk
        mine
        value={d.provider.organisationId}
        onChange={choose}
        error={e('/provider/organisationId') ?? e('/provider/nameRu')}
      />
      {d.provider.organisationId !== '' &&
        mine.data &&
        !mine.data.items.some((o) => o.id === d.provider.organisationId) && (
          <Text size="sm">Сейчас указано: {d.provider.nameRu}. Если это не ваша организация, выберите свою.</Text>
        )}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="ИНН"
          withAsterisk
          inputMode="numeric"
          value={d.provider.inn}
          onChange={(x) => p({ inn: x.currentTarget.value })}
          error={e('/provider/inn')}
        />
        <TextInput
          label="ОГРН"
          withAsterisk
          inputMode="numeric"
          value={d.provider.ogrn}
          onChange={(x) => p({ ogrn: x.currentTarget.value })}
          error={e('/provider/ogrn')}
        />
        <TextInput
          label="Номер лицензии"
          withAsterisk
          value={d.provider.licenceNumber}
          onChange={(x) => p({ licenceNumber: x.currentTarget.value })}
          error={e('/provider/licenceNumber')}
        />
        <DateField
          label="Дата лицензии"
          withAsterisk
          value={d.provider.licenceDate}
          onChange={(v) => p({ licenceDate: v ?? '' })}
          error={e('/provider/licenceDate')}
        />
      </SimpleGrid>
      <TextInput
        label="Приложение к лицензии"
        value={d.provider.licenceAnnex ?? ''}
        onChange={(x) => p({ licenceAnnex: x.currentTarget.value })}
        error={e('/provider/licenceAnnex')}
      />
      <Title order={3} mt="sm">
        Контактное лицо
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <TextInput
          label="Имя"
          withAsterisk
          value={d.contact.name}
          onChange={(x) => c({ name: x.currentTarget.value })}
          error={e('/contact/name')}
        />
        <TextInput
          label="Почта"
          withAsterisk
          type="email"
          value={d.contact.email}
          onChange={(x) => c({ email: x.currentTarget.value })}
          error={e('/contact/email')}
        />
        <TextInput
          label="Телефон"
          value={d.contact.phone ?? ''}
          onChange={(x) => c({ phone: x.currentTarget.value })}
          error={e('/contact/phone')}
        />
      </SimpleGrid>
      <Text size="xs" c="dimmed">
        Контакт видят только сотрудники координатора, эксперты его не видят.
      </Text>
    </Stack>
  );
}

function GeneralPart({ d, set, e, minHours }: PartProps & { minHours: Record<'ПК' | 'ПП', number> }) {
  const n = d.network;
  return (
    <Stack gap="md">
      <Textarea
        label="Название программы"
        withAsterisk
        autosize
        minRows={1}
        value={d.title}
        onChange={(x) => set({ title: x.currentTarget.value })}
        error={e('/title')}
      />
      <Radio.Group
        label="Вид программы"
        withAsterisk
        value={d.kind ?? ''}
        onChange={(v) => set({ kind: v as 'ПК' | 'ПП' })}
        error={e('/kind')}
      >
        <Group mt={6}>
          <Radio value="ПК" label={`Повышение квалификации, от ${minHours.ПК} ч`} />
          <Radio value="ПП" label={`Профессиональная переподготовка, от ${minHours.ПП} ч`} />
        </Group>
      </Radio.Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <NumberInput
          label="Объём, часов"
          withAsterisk
          min={1}
          max={5000}
          allowDecimal={false}
          value={d.hours ?? ''}
          onChange={(v) => set({ hours: typeof v === 'number' ? v : undefined } as Partial<Draft>)}
          error={e('/hours')}
        />
        <NumberInput
          label="Доля дистанционного обучения, %"
          withAsterisk
          min={0}
          max={100}
          value={d.distanceShare ?? ''}
          onChange={(v) => set({ distanceShare: typeof v === 'number' ? v : undefined } as Partial<Draft>)}
          error={e('/distanceShare')}
        />
      </SimpleGrid>
      <Radio.Group
        label="Форма обучения"
        withAsterisk
        value={d.form ?? ''}
        onChange={(v) => set({ form: v as Draft['form'] } as Partial<Draft>)}
        error={e('/form')}
      >
        <Group mt={6}>
          {(['очная', 'очно-заочная', 'заочная'] as const).map((f) => (
            <Radio key={f} value={f} label={f} />
          ))}
        </Group>
      </Radio.Group>
      <Checkbox
        label="Обучение бесплатно для слушателя"
        checked={d.free}
        onChange={(x) => set({ free: x.currentTarget.checked })}
      />
      <Checkbox
        label="Модульная программа: модули можно проходить отдельно"
        checked={d.modular}
        onChange={(x) => set({ modular: x.currentTarget.checked })}
      />
      <Checkbox
        label="Реализуется в сетевой форме"
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
              label="Договор о сетевой форме"
              withAsterisk
              value={n.agreement}
              onChange={(x) => set({ network: { ...n, agreement: x.currentTarget.value } })}
              error={e('/network/agreement')}
            />
            <TextInput
              label="ИНН ведущей организации"
              withAsterisk
              description="Заявку подаёт одна организация: ведущая."
              value={n.leadInn}
              onChange={(x) => set({ network: { ...n, leadInn: x.currentTarget.value } })}
              error={e('/network/leadInn')}
            />
            <Rows
              label="Партнёры"
              rows={n.partners}
              onAdd={() => set({ network: { ...n, partners: [...n.partners, { nameRu: '', inn: '' }] } })}
              onRemove={(i) => set({ network: { ...n, partners: n.partners.filter((_, k) => k !== i) } })}
              name={(i) => `партнёр ${i + 1}`}
            >
              {(row, i) => (
                <SimpleGrid cols={{ base: 1, sm: 2 }}>
                  <TextInput
                    label="Название"
                    withAsterisk
                    value={row.nameRu}
                    onChange={(x) =>
                      set({ network: { ...n, partners: put(n.partners, i, { nameRu: x.currentTarget.value }) } })
                    }
                    error={e(`/network/partners/${i}/nameRu`)}
                  />
                  <TextInput
                    label="ИНН"
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
  const t = (more: Partial<Draft['target']>) => set({ target: { ...d.target, ...more } });
  return (
    <Stack gap="md">
      <TagsInput
        label="Должности"
        description="Выберите из списка или впишите свою и нажмите Enter."
        withAsterisk
        data={POSTS.map((p) => p.labelRu)}
        value={d.target.posts}
        onChange={(posts) => t({ posts })}
        error={e('/target/posts')}
        clearable
        clearButtonProps={CLEAR}
      />
      <TagsInput
        label="Предметы"
        data={SUBJECTS.map((p) => p.labelRu)}
        value={d.target.subjects}
        onChange={(subjects) => t({ subjects })}
        error={e('/target/subjects')}
        clearable
        clearButtonProps={CLEAR}
      />
      <TagsInput
        label="Уровни образования"
        data={EDUCATION_LEVELS.map((p) => p.labelRu)}
        value={d.target.levels}
        onChange={(levels) => t({ levels })}
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
        label="Какие профессиональные дефициты закрывает программа"
        description="Каждый названный дефицит должен закрываться хотя бы одним модулем."
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
        label="Трудовые функции профессионального стандарта"
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
        label="Области экспертизы"
        description="По ним подбираются эксперты. Подставляются по дефицитам, можно изменить."
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
            По дефицитам подходит ещё:
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
        Результат пишется так, чтобы его можно было проверить: «составляет…», «оценивает…». Каждый проверяется хотя бы
        одним оценочным средством.
      </Text>
      <Rows
        label="Результаты"
        rows={d.results}
        name={(i) => `результат ${d.results[i]?.id ?? ''}`}
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
              label="Код"
              w={72}
              value={row.id}
              onChange={(x) => renameResult(d, set, i, x.currentTarget.value)}
              error={e(`/results/${i}/id`)}
            />
            <Textarea
              label="Что умеет слушатель"
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
      label="Модули"
      rows={d.modules}
      name={(i) => `модуль ${d.modules[i]?.id ?? ''}`}
      addLabel="Добавить модуль"
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
          {number(moduleHours(d.modules[i]!))} ч
        </Text>
      )}
    >
      {(row, i) => (
        <Stack gap="sm">
          <Group wrap="nowrap" align="flex-start" gap="sm">
            <TextInput
              label="Код"
              w={72}
              value={row.id}
              onChange={(x) => m(i, { id: x.currentTarget.value })}
              error={e(`/modules/${i}/id`)}
            />
            <TextInput
              label="Название модуля"
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
                ['lecture', 'Лекции'],
                ['practice', 'Практика'],
                ['selfStudy', 'Самост.'],
                ['control', 'Контроль'],
              ] as const
            ).map(([key, label]) => (
              <NumberInput
                key={key}
                label={`${label}, ч`}
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
              label="Закрывает дефициты"
              placeholder={d.deficits.length === 0 ? 'сначала назовите дефициты' : ''}
              data={d.deficits.map((x) => ({ value: x.code, label: `${x.code} ${x.title}` }))}
              value={row.deficits}
              onChange={(deficits) => m(i, { deficits })}
              error={e(`/modules/${i}/deficits`)}
              clearButtonProps={CLEAR}
            />
            <MultiSelect
              label="Работает на результаты"
              data={d.results.map((x) => ({ value: x.id, label: `${x.id} ${x.text.slice(0, 70)}` }))}
              value={row.results}
              onChange={(results) => m(i, { results })}
              error={e(`/modules/${i}/results`)}
              clearButtonProps={CLEAR}
            />
          </SimpleGrid>
          <Textarea
            label="Содержание модуля"
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
      label="Оценочные средства"
      rows={d.assessment}
      name={(i) => `оценочное средство ${d.assessment[i]?.id ?? ''}`}
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
              label="Код"
              w={72}
              value={row.id}
              onChange={(x) => a(i, { id: x.currentTarget.value })}
              error={e(`/assessment/${i}/id`)}
            />
            <TextInput
              label="Форма"
              placeholder="тест, проект, наблюдение урока"
              withAsterisk
              style={{ flex: 1 }}
              value={row.form}
              onChange={(x) => a(i, { form: x.currentTarget.value })}
              error={e(`/assessment/${i}/form`)}
            />
          </Group>
          <MultiSelect
            label="Какие результаты проверяет"
            withAsterisk
            data={d.results.map((x) => ({ value: x.id, label: `${x.id} ${x.text.slice(0, 80)}` }))}
            value={row.results}
            onChange={(results) => a(i, { results })}
            error={e(`/assessment/${i}/results`)}
            clearButtonProps={CLEAR}
          />
          <Textarea
            label="Описание: задания, критерии, порог"
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
        label="Календарный график"
        withAsterisk
        autosize
        minRows={2}
        maxRows={10}
        value={d.schedule}
        onChange={(x) => set({ schedule: x.currentTarget.value })}
        error={e('/schedule')}
      />
      <Rows
        label="Преподаватели"
        rows={d.staff}
        name={(i) => `преподаватель ${i + 1}`}
        onAdd={() => set({ staff: [...d.staff, { name: '', post: '', degree: '' }] })}
        onRemove={(i) => set({ staff: d.staff.filter((_, k) => k !== i) })}
      >
        {(row, i) => (
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
            <TextInput
              label="Имя"
              withAsterisk
              value={row.name}
              onChange={(x) => s(i, { name: x.currentTarget.value })}
              error={e(`/staff/${i}/name`)}
            />
            <TextInput
              label="Должность"
              withAsterisk
              value={row.post}
              onChange={(x) => s(i, { post: x.currentTarget.value })}
              error={e(`/staff/${i}/post`)}
            />
            <TextInput
              label="Степень, звание"
              value={row.degree ?? ''}
              onChange={(x) => s(i, { degree: x.currentTarget.value })}
              error={e(`/staff/${i}/degree`)}
            />
          </SimpleGrid>
        )}
      </Rows>
      <Textarea
        label="Материально-техническое обеспечение"
        withAsterisk
        autosize
        minRows={2}
        maxRows={10}
        value={d.premises}
        onChange={(x) => set({ premises: x.currentTarget.value })}
        error={e('/premises')}
      />
      <Textarea
        label="Форма итоговой аттестации"
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
        label="Литература"
        rows={d.literature}
        name={(i) => `источник ${i + 1}`}
        onAdd={() => set({ literature: [...d.literature, { title: '' }] })}
        onRemove={(i) => set({ literature: d.literature.filter((_, k) => k !== i) })}
      >
        {(row, i) => (
          <Group wrap="nowrap" align="flex-start" gap="sm">
            <Textarea
              label="Источник"
              withAsterisk
              autosize
              minRows={1}
              style={{ flex: 1 }}
              value={row.title}
              onChange={(x) => set({ literature: put(d.literature, i, { title: x.currentTarget.value }) })}
              error={e(`/literature/${i}/title`)}
            />
            <NumberInput
              label="Год"
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
        label="Авторы программы"
        description="Впишите имя и нажмите Enter. Соавторы не могут быть её экспертами."
        withAsterisk
        value={d.authors}
        onChange={(authors) => set({ authors })}
        error={e('/authors')}
        clearable
        clearButtonProps={CLEAR}
      />
      <Textarea
        label="Участие работодателей"
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
      setFailed(error instanceof Error ? error.message : 'Файл не загрузился.');
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack gap="md">
      <Checkbox
        label="Подтверждаю, что организация имеет права на все материалы программы"
        checked={d.copyrightStatement === true}
        onChange={(x) => set({ copyrightStatement: x.currentTarget.checked ? true : undefined } as Partial<Draft>)}
        error={e('/copyrightStatement')}
      />
      <Box>
        <Text size="sm" fw={600} mb={4}>
          Приложения
        </Text>
        <Text size="xs" c="dimmed" mb={6}>
          PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP, PNG, JPEG или текст, до 50 МБ каждое. Экспертам файлы открываются без
          имён и без сведений об авторах.
        </Text>
        <Stack gap={6}>
          {d.attachments.map((a) => (
            <Group key={a.sha256} justify="space-between" className="panel" p="xs">
              <Group gap={6}>
                <IconPaperclip size={15} aria-hidden />
                <Text size="sm">{a.name}</Text>
                {waiting.includes(a.sha256) && <Chip tone="soon">проверяется на вирусы</Chip>}
              </Group>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Убрать файл ${a.name}`}
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
                  Добавить файл
                </Button>
              )}
            </FileButton>
          </Group>
        </Stack>
      </Box>
    </Stack>
  );
}

const CLEAR = { 'aria-label': 'Очистить' };
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
                  aria-label={`Удалить: ${name(i)}`}
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
            {addLabel ?? 'Добавить'}
          </Button>
        </Group>
      </Stack>
    </fieldset>
  );
}
