import { ActionIcon, Alert, Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { IconPlus, IconTrash, IconUsers } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { OFFICE_LABELS } from './labels.ts';
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
import { t } from './words.ts';

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
    on === '' && { pointer: '/heldOn', detail: t('start.giveDay') },
    on !== '' &&
      earliest !== null &&
      on < earliest && {
        pointer: '/heldOn',
        detail: t('start.tooEarly', { earliest: longDate(earliest) }),
      },
    !order.number?.trim() && { pointer: '/order/number', detail: t('start.giveOrderNumber') },
    !order.date && { pointer: '/order/date', detail: t('start.giveOrderDate') },
    ...members.flatMap((m, i) => [
      !m.personId && { pointer: `/members/${i}/personId`, detail: t('start.choosePerson') },
      !m.office && { pointer: `/members/${i}/office`, detail: t('start.chooseSeat') },
    ]),
    composition !== undefined &&
      members.length < composition.min && {
        pointer: '/members',
        detail: t('start.tooFew', { min: composition.min }),
      },
    new Set(members.map((m) => m.personId)).size !== members.length && {
      pointer: '/members',
      detail: t('start.twice'),
    },
    !one('chair') && { pointer: '/members', detail: t('start.oneChair') },
    !one('secretary') && { pointer: '/members', detail: t('start.oneSecretary') },
    composition?.publicRep === true &&
      !members.some((m) => m.office === 'public') && {
        pointer: '/members',
        detail: t('start.public'),
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
      <section className="panel" aria-label={t('start.when')}>
        <Title order={2} mb="sm">
          {t('start.when')}
        </Title>
        <Stack gap="md">
          <DateField
            id={fieldId('/heldOn')}
            label={t('start.day')}
            withAsterisk
            description={earliest ? t('start.earliest', { earliest: longDate(earliest) }) : undefined}
            error={faults['/heldOn']}
            value={typeof body.heldOn === 'string' ? body.heldOn : ''}
            onChange={(heldOn) => onChange({ ...body, heldOn })}
          />
          <Order
            body={body}
            faults={faults}
            onChange={(more) => onChange({ ...body, ...more })}
            label={t('start.order')}
          />
        </Stack>
      </section>
      <section className="panel" aria-label={t('start.members')}>
        <Group justify="space-between" mb="sm">
          <Title order={2}>{t('start.members')}</Title>
          <Button
            size="sm"
            variant="default"
            leftSection={<IconUsers size={16} aria-hidden />}
            loading={known.isPending}
            onClick={() => known.mutate()}
          >
            {t('start.takeCurrent')}
          </Button>
        </Group>
        {members.length > 0 && (
          <Text size="sm" c="dimmed" mb="sm" role="status">
            {t('start.byOrder', {
              length: members.length,
              quorum: quorum ? t('start.quorum', { quorum: quorumOf(members as never, quorum) }) : '',
            })}
          </Text>
        )}
        <Stack gap="sm">
          {members.map((m, i) => (
            <Group key={i} align="flex-start" gap="sm" wrap="wrap">
              <div style={{ flex: '1 1 280px' }}>
                <PersonPicker
                  id={fieldId(`/members/${i}/personId`)}
                  aria-label={t('start.member', { i: i + 1 })}
                  placeholder={t('start.name')}
                  error={faults[`/members/${i}/personId`]}
                  value={m.personId ?? ''}
                  onChange={(personId) => put(i, { personId })}
                />
              </div>
              <Select
                aria-label={t('start.seatOf', { i: i + 1 })}
                placeholder={t('start.seat')}
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
                aria-label={t('start.dropMember', { i: i + 1 })}
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
              {t('start.addMember')}
            </Button>
          </Group>
        </Stack>
      </section>
    </Stack>
  );
}

const TEXT = { message: { color: 'var(--mantine-color-text)' } };
const SECTIONS: Record<string, string> = {
  get heldOn() {
    return t('start.day');
  },
  get order() {
    return t('section.order');
  },
  get members() {
    return t('start.members');
  },
};

export const starts: Record<string, StartScreen> = {
  scheduleSitting: {
    get titleRu() {
      return t('start.title');
    },
    get submitRu() {
      return t('start.submit');
    },
    get afterRu() {
      return t('start.after');
    },
    newBody: () => ({ members: [] }),
    titleOf: (body) => (typeof body.heldOn === 'string' && body.heldOn ? longDate(body.heldOn) : ''),
    Form: SittingForm,
    check,
    sectionOf: (pointer) => SECTIONS[pointer.split('/')[1] ?? ''] ?? t('section.form'),
  },
};
