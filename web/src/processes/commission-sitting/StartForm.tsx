import { ActionIcon, Alert, Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { IconPlus, IconTrash, IconUsers } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { OFFICE_LABELS } from '../../../../processes/commission-sitting/labels.ru.ts';
import { quorumOf } from '../../../../processes/commission-sitting/voting.ts';
import { earliestDayFor, type Term } from '../../../../processes/kit/deadlines.ts';
import type { ProductionCalendar } from '../../../../processes/kit/calendar.ts';
import calendarData from '../../../../data/calendars/ru.json';
import { api } from '../../api.ts';
import { DateField } from '../../kit/DateField.tsx';
import { PersonPicker } from '../../kit/Pickers.tsx';
import { fieldId } from '../../kit/SchemaForm.tsx';
import { longDate, todayIso } from '../../lib/dates.ts';
import { byPointer, type FieldProblem } from '../../lib/problem.ts';
import { meQuery, processesQuery, type ProcessView } from '../../lib/queries.ts';
import { Order } from '../head-attestation/StartForms.tsx';
import type { DraftFormProps, StartScreen } from '../types.ts';

type Body = Record<string, unknown>;
interface Member {
  personId?: string;
  office?: string;
}
const calendar = calendarData as unknown as ProductionCalendar;
const membersOf = (body: Body) => (Array.isArray(body.members) ? (body.members as Member[]) : []);
const OFFICES = Object.entries(OFFICE_LABELS).map(([value, label]) => ({ value, label }));

function earliestOf(process: ProcessView): string | null {
  const terms = process.policy?.parameters.terms as Record<string, Term> | undefined;
  try {
    return terms?.agendaFreeze ? earliestDayFor(terms.agendaFreeze, todayIso(), calendar) : null;
  } catch {
    return null;
  }
}

/** The rules of a commission by the order, said before it is sent. */
function check(body: Body, process: ProcessView): FieldProblem[] {
  const members = membersOf(body);
  const order = (body.order ?? {}) as { number?: string; date?: string };
  const composition = process.policy?.parameters.composition as { min: number; publicRep: boolean } | undefined;
  const one = (office: string) => members.filter((m) => m.office === office).length === 1;
  const earliest = earliestOf(process);
  const on = typeof body.heldOn === 'string' ? body.heldOn : '';
  const faults: Array<FieldProblem | false> = [
    on === '' && { pointer: '/heldOn', detail: 'Укажите день заседания.' },
    on !== '' &&
      earliest !== null &&
      on < earliest && {
        pointer: '/heldOn',
        detail: `Не раньше ${longDate(earliest)}: повестку закрывают и рассылают заранее.`,
      },
    !order.number?.trim() && { pointer: '/order/number', detail: 'Укажите номер приказа.' },
    !order.date && { pointer: '/order/date', detail: 'Укажите дату приказа.' },
    ...members.flatMap((m, i) => [
      !m.personId && { pointer: `/members/${i}/personId`, detail: 'Выберите человека.' },
      !m.office && { pointer: `/members/${i}/office`, detail: 'Выберите место в комиссии.' },
    ]),
    composition !== undefined &&
      members.length < composition.min && {
        pointer: '/members',
        detail: `Членов комиссии должно быть не меньше ${composition.min}.`,
      },
    new Set(members.map((m) => m.personId)).size !== members.length && {
      pointer: '/members',
      detail: 'Один человек назван дважды.',
    },
    !one('chair') && { pointer: '/members', detail: 'Нужен один председатель.' },
    !one('secretary') && { pointer: '/members', detail: 'Нужен один секретарь.' },
    composition?.publicRep === true &&
      !members.some((m) => m.office === 'public') && {
        pointer: '/members',
        detail: 'Нужен представитель общественности или профсоюза.',
      },
  ];
  return faults.filter((f): f is FieldProblem => f !== false);
}

const BY_ROLE = [
  ['chair', 'chair'],
  ['secretary', 'secretary'],
  ['commission_member', 'member'],
  ['public_rep', 'public'],
] as const;

function SittingForm({ draft, process, body, onChange, serverErrors }: DraftFormProps) {
  const me = useQuery(meQuery);
  const processes = useQuery(processesQuery);
  const members = membersOf(body);
  const region = processes.data?.items
    .find((p) => p.slug === 'commission-sitting')
    ?.starts.flatMap((s) => s.jurisdictions)
    .find((j) => j.id === draft.jurisdiction)?.regionCode;
  const known = useMutation({
    mutationFn: async () => {
      const found = await Promise.all(
        BY_ROLE.map(async ([role, office]) => {
          const { items } = await api('GET /api/people', { query: { role, limit: 40, ...(region ? { region } : {}) } });
          return items.map((p) => ({ personId: p.id, office }));
        }),
      );
      // One secretary keeps the minutes: whoever schedules the sitting.
      const all = found.flat().filter((m) => m.office !== 'secretary' || m.personId === me.data?.person.id);
      return all.filter((m, i) => all.findIndex((other) => other.personId === m.personId) === i);
    },
    onSuccess: (rows) => onChange({ ...body, members: rows }),
  });
  const found = check(body, process);
  const server = byPointer(serverErrors.map((e) => ({ ...e, pointer: e.pointer.replace(/^\/body/, '') })));
  const faults: Record<string, string> = {
    ...byPointer(found.filter((f) => f.pointer === '/heldOn' && body.heldOn)),
    ...server,
  };
  const put = (i: number, more: Member) =>
    onChange({ ...body, members: members.map((m, n) => (n === i ? { ...m, ...more } : m)) });
  const quorum = process.policy?.parameters.quorum as { numerator: number; denominator: number } | undefined;
  const whole = found.filter((f) => f.pointer === '/members').map((f) => f.detail);
  const earliest = earliestOf(process);
  return (
    <Stack gap="md" style={{ maxWidth: 860 }}>
      <section className="panel" aria-label="Когда и по какому приказу">
        <Title order={2} mb="sm">
          Когда и по какому приказу
        </Title>
        <Stack gap="md">
          <DateField
            id={fieldId('/heldOn')}
            label="День заседания"
            withAsterisk
            description={
              earliest
                ? `Не раньше ${longDate(earliest)}: повестку закрывают, а аттестуемых извещают заранее.`
                : undefined
            }
            error={faults['/heldOn']}
            value={typeof body.heldOn === 'string' ? body.heldOn : ''}
            onChange={(heldOn) => onChange({ ...body, heldOn })}
          />
          <Order
            body={body}
            faults={faults}
            onChange={(more) => onChange({ ...body, ...more })}
            label="Приказ о составе"
          />
        </Stack>
      </section>
      <section className="panel" aria-label="Состав комиссии">
        <Group justify="space-between" mb="sm">
          <Title order={2}>Состав комиссии</Title>
          <Button
            size="sm"
            variant="default"
            leftSection={<IconUsers size={16} aria-hidden />}
            loading={known.isPending}
            onClick={() => known.mutate()}
          >
            Взять действующий состав
          </Button>
        </Group>
        {members.length > 0 && (
          <Text size="sm" c="dimmed" mb="sm" role="status">
            По приказу {members.length}
            {quorum ? `; кворум ${quorumOf(members as never, quorum)}` : ''}
          </Text>
        )}
        <Stack gap="sm">
          {members.map((m, i) => (
            <Group key={i} align="flex-start" gap="sm" wrap="wrap">
              <div style={{ flex: '1 1 280px' }}>
                <PersonPicker
                  id={fieldId(`/members/${i}/personId`)}
                  aria-label={`Член комиссии ${i + 1}`}
                  placeholder="Имя"
                  error={faults[`/members/${i}/personId`]}
                  value={m.personId ?? ''}
                  onChange={(personId) => put(i, { personId })}
                />
              </div>
              <Select
                aria-label={`Место в комиссии ${i + 1}`}
                placeholder="Место"
                data={OFFICES}
                error={faults[`/members/${i}/office`]}
                value={m.office ?? null}
                onChange={(office) => put(i, { office: office ?? undefined })}
                w={230}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                aria-label={`Убрать из состава, ${i + 1}`}
                onClick={() => onChange({ ...body, members: members.filter((_, n) => n !== i) })}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Group>
          ))}
          {members.length > 0 && whole.length > 0 && (
            <Alert color="yellow" variant="light" role="status" styles={TEXT}>
              {whole.join(' ')}
            </Alert>
          )}
          {faults['/members'] && (
            <Text size="sm" c="var(--mantine-color-error)">
              {faults['/members']}
            </Text>
          )}
          <Group>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden />}
              onClick={() => onChange({ ...body, members: [...members, { office: 'member' }] })}
            >
              Добавить члена комиссии
            </Button>
          </Group>
        </Stack>
      </section>
    </Stack>
  );
}

const TEXT = { message: { color: 'var(--mantine-color-text)' } };
const SECTIONS: Record<string, string> = { heldOn: 'День заседания', order: 'Приказ', members: 'Состав комиссии' };

export const starts: Record<string, StartScreen> = {
  scheduleSitting: {
    titleRu:
      'Заседание аттестационной комиссии: день, приказ, состав. Вопросы вносят со страниц дел, пока повестка открыта.',
    submitRu: 'Назначить заседание',
    afterRu:
      'Заседанию будет присвоен номер, члены комиссии получат письма. За пять рабочих дней повестка закроется и разойдётся.',
    newBody: () => ({ members: [] }),
    titleOf: (body) => (typeof body.heldOn === 'string' && body.heldOn ? longDate(body.heldOn) : ''),
    Form: SittingForm,
    check,
    sectionOf: (pointer) => SECTIONS[pointer.split('/')[1] ?? ''] ?? 'Форма',
  },
};
