/** The year of a founder on one page: who is due and why, other dates with a reason, the approval; and the year as it has moved since. */
import { Alert, Button, Checkbox, Group, Modal, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import calendarData from '../../../../data/calendars/ru.json';
import { isWorkingDay, type ProductionCalendar } from '../../../../processes/kit/calendar.ts';
import { api, type Reply } from '../../api.ts';
import { Chip, Empty, Loading, PageTitle, Panel } from '../../kit/bits.tsx';
import { DateField } from '../../kit/DateField.tsx';
import { ErrorNote } from '../../kit/ErrorNote.tsx';
import { longDate, shortDate, todayIso } from '../../lib/dates.ts';
import { AnchorTo, useWords } from '../../lib/links.tsx';
import { asProblem } from '../../lib/problem.ts';
import { attestationYearQuery, processesQuery } from '../../lib/queries.ts';
import { capital } from '../../lib/words.ts';
import { locale } from '../../i18n/index.ts';
import { t } from './words.ts';

type Year = Reply<'GET /api/attestation-years/{year}'>;
type Due = Year['due'][number];
type Placed = Year['placed'][number];

const calendar = calendarData as unknown as ProductionCalendar;
const keyOf = (h: { personId: string; organisationId: string }) => `${h.personId}:${h.organisationId}`;

export function YearPage() {
  const [words, setWords] = useWords();
  const processes = useQuery(processesQuery);
  const now = Number(todayIso().slice(0, 4));
  const year = Number(words.year ?? now);
  // The drafts of later years are looked at in December: the order of the next year is signed by then.
  const years = [now - 1, now, now + 1, now + 2].map(String);
  const found = useQuery(attestationYearQuery(year, words.jurisdiction));
  const own =
    processes.data?.items
      .find((p) => p.slug === 'head-attestation')
      ?.starts.find((s) => s.action === 'scheduleAttestation')?.jurisdictions ?? [];
  return (
    <>
      <PageTitle
        tab={t('year.title')}
        hint={found.data ? t('year.tab', { nameRu: found.data.jurisdiction.nameRu, year }) : undefined}
        end={
          <Group gap="xs" align="flex-end">
            {own.length > 1 && (
              <Select
                label={t('year.founder')}
                data={own.map((j) => ({ value: j.id, label: j.nameRu }))}
                value={words.jurisdiction ?? found.data?.jurisdiction.id ?? null}
                allowDeselect={false}
                onChange={(jurisdiction) => setWords({ jurisdiction: jurisdiction ?? undefined })}
              />
            )}
            <Select
              label={t('year.year')}
              w={110}
              data={years}
              value={String(year)}
              allowDeselect={false}
              onChange={(v) => setWords({ year: v ?? undefined })}
            />
          </Group>
        }
      >
        {t('year.heading')}
      </PageTitle>
      {found.isPending ? (
        <Loading />
      ) : found.error ? (
        <ErrorNote error={found.error} onRetry={() => void found.refetch()} />
      ) : (
        <Stack gap="md">
          <Draft key={`${found.data.jurisdiction.id}${year}`} data={found.data} />
          <Picture data={found.data} />
          <LeftOut data={found.data} />
        </Stack>
      )}
    </>
  );
}

const reasonOf = (d: { reasonRu: string }, on: string | null) =>
  `${capital(d.reasonRu)}${on ? ` ${longDate(on)}` : ''}`;

interface Change {
  on?: string | undefined;
  why?: string;
  out?: boolean;
}

/** The draft: everybody who is due, with the reason of the date; another date wants a reason of the founder's own. */
function Draft({ data }: { data: Year }) {
  const [changes, setChanges] = useState<Record<string, Change>>({});
  const [approving, setApproving] = useState(false);
  const put = (d: Due, more: Change) => setChanges((c) => ({ ...c, [keyOf(d)]: { ...c[keyOf(d)], ...more } }));
  const dateOf = (d: Due) => changes[keyOf(d)]?.on ?? d.plannedOn;
  const faultOf = (d: Due): string | null => {
    const on = dateOf(d);
    if (on < data.earliestOn) return t('year.tooEarly', { earliestOn: longDate(data.earliestOn) });
    if (!on.startsWith(`${data.year}-`)) return t('year.otherYear', { year: data.year });
    return isWorkingDay(calendar, on) ? null : t('year.dayOff');
  };
  const whyMissing = (d: Due) => dateOf(d) !== d.plannedOn && (changes[keyOf(d)]?.why ?? '').trim().length < 5;
  const chosen = data.due.filter((d) => !changes[keyOf(d)]?.out);
  const unfit = chosen.filter((d) => faultOf(d) !== null || whyMissing(d));
  if (data.due.length === 0)
    return (
      <Panel title={t('year.draft')}>
        <Text size="sm" c="dimmed">
          {t('year.nobody')}
        </Text>
      </Panel>
    );
  return (
    <Panel
      title={t('year.draft')}
      end={
        <Text size="sm" c="dimmed">
          {t('year.toAttest', { count: data.due.length })}
        </Text>
      }
    >
      <Text size="sm" c="dimmed" mb="sm">
        {t('year.proposed')}
      </Text>
      <div className="scroll-x" tabIndex={0} role="region" aria-label={t('year.draft')}>
        <Table miw={760} verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              {data.mayApprove && <Table.Th w={44} aria-label={t('year.enter')} />}
              <Table.Th>{t('start.head')}</Table.Th>
              <Table.Th miw={220}>{t('year.why')}</Table.Th>
              <Table.Th miw={200}>{t('year.sittingDate')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.due.map((d) => {
              const change = changes[keyOf(d)] ?? {};
              const fault = change.out ? null : faultOf(d);
              const moved = dateOf(d) !== d.plannedOn;
              return (
                <Table.Tr key={keyOf(d)} data-due={d.personId} style={{ verticalAlign: 'top' }}>
                  {data.mayApprove && (
                    <Table.Td>
                      <Checkbox
                        aria-label={t('year.enterOne', { personRu: d.personRu })}
                        checked={!change.out}
                        onChange={(e) => put(d, { out: !e.currentTarget.checked })}
                      />
                    </Table.Td>
                  )}
                  <Table.Td>
                    <Head of={d} />
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{reasonOf(d, d.since)}</Text>
                  </Table.Td>
                  <Table.Td>
                    {data.mayApprove ? (
                      <Stack gap={6}>
                        <DateField
                          aria-label={t('year.dateOf', { personRu: d.personRu })}
                          size="xs"
                          value={dateOf(d)}
                          disabled={change.out === true}
                          error={fault}
                          onChange={(on) => put(d, { on })}
                        />
                        {moved && !change.out && (
                          <TextInput
                            size="xs"
                            maw={260}
                            label={t('year.whyNot', { plannedOn: shortDate(d.plannedOn) })}
                            withAsterisk
                            value={change.why ?? ''}
                            error={approving && whyMissing(d) ? t('year.writeReason') : undefined}
                            onChange={(e) => put(d, { why: e.currentTarget.value })}
                          />
                        )}
                      </Stack>
                    ) : (
                      <Text size="sm">{longDate(d.plannedOn)}</Text>
                    )}
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </div>
      {data.mayApprove && (
        <Approve
          data={data}
          chosen={chosen.map((d) => ({ head: d, on: dateOf(d), why: changes[keyOf(d)]?.why ?? '' }))}
          unfit={unfit.length}
          onTry={() => setApproving(true)}
        />
      )}
    </Panel>
  );
}

interface Chosen {
  head: Due;
  on: string;
  why: string;
}
type Answer = { ok: true; number: string } | { ok: false; text: string };

/** The order, and the cases it opens one by one: who could not be entered is named with the reason, the others stand. */
function Approve({ data, chosen, unfit, onTry }: { data: Year; chosen: Chosen[]; unfit: number; onTry(): void }) {
  const client = useQueryClient();
  const [order, setOrder] = useState<{ number: string; date?: string | undefined }>({ number: '' });
  const [open, setOpen] = useState(false);
  const [sending, setSending] = useState(false);
  const [answers, setAnswers] = useState<Array<{ head: Due; answer: Answer }>>([]);
  const ready = chosen.length > 0 && unfit === 0 && order.number.trim() !== '' && order.date !== undefined;
  const send = async () => {
    setSending(true);
    const told: typeof answers = [];
    for (const { head, on, why } of chosen) {
      told.push({ head, answer: await enter(data, head, on, why, { number: order.number.trim(), date: order.date! }) });
      setAnswers([...told]);
    }
    setSending(false);
    setOpen(false);
    await client.invalidateQueries({ queryKey: ['attestation-year'] });
    void client.invalidateQueries({ queryKey: ['cases'] });
  };
  const entered = answers.filter((a) => a.answer.ok).length;
  return (
    <>
      <Group mt="md" align="flex-end" gap="sm">
        <TextInput
          label={t('year.orderNumber')}
          withAsterisk
          value={order.number}
          onChange={(e) => {
            const number = e.currentTarget.value;
            setOrder((o) => ({ ...o, number }));
          }}
        />
        <DateField
          label={t('start.orderDate')}
          withAsterisk
          value={order.date ?? ''}
          onChange={(date) => setOrder((o) => ({ ...o, date }))}
        />
        <Button
          onClick={() => {
            onTry();
            if (ready) setOpen(true);
          }}
          disabled={chosen.length === 0}
        >
          {t('year.approveCount', { count: chosen.length })}
        </Button>
      </Group>
      {!ready && chosen.length > 0 && (
        <Text size="sm" c="dimmed" mt={6}>
          {unfit > 0 ? t('year.mend', { unfit }) : t('year.giveOrder')}
        </Text>
      )}
      {answers.length > 0 && !sending && (
        <Alert
          mt="md"
          variant="light"
          color={entered === answers.length ? 'green' : 'yellow'}
          icon={<IconCircleCheck aria-hidden />}
          title={t('year.entered', { entered, length: answers.length })}
          styles={{ message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } }}
        >
          {answers.map(({ head, answer }) => (
            <Text size="sm" key={keyOf(head)}>
              {head.personRu}: {answer.ok ? answer.number : answer.text}
            </Text>
          ))}
        </Alert>
      )}
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={<Text fw={650}>{t('year.approveAsk', { year: data.year })}</Text>}
      >
        <Text size="sm">
          {t('year.approveHint', {
            number: order.number,
            date: order.date ? longDate(order.date) : '',
            count: chosen.length,
          })}
        </Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setOpen(false)} disabled={sending}>
            {t('year.back')}
          </Button>
          <Button onClick={() => void send()} loading={sending}>
            {t('year.approve')}
          </Button>
        </Group>
        {sending && (
          <Text size="sm" mt="sm" role="status">
            {t('year.entering', { length: answers.length, length2: chosen.length })}
          </Text>
        )}
      </Modal>
    </>
  );
}

async function enter(
  data: Year,
  head: Due,
  plannedOn: string,
  why: string,
  order: { number: string; date: string },
): Promise<Answer> {
  const body = {
    organisationId: head.organisationId,
    personId: head.personId,
    post: head.post,
    variant: 'planned',
    plannedOn,
    draftedOn: head.plannedOn,
    ...(plannedOn !== head.plannedOn ? { moveReason: why.trim() } : {}),
    order,
  };
  try {
    const recorded = await api(
      'POST /api/cases',
      {
        json: { process: 'head-attestation', action: 'scheduleAttestation', jurisdiction: data.jurisdiction.id, body },
      },
      { idempotencyKey: crypto.randomUUID() },
    );
    return { ok: true, number: recorded.number ?? t('year.done') };
  } catch (error) {
    const problem = asProblem(error);
    return { ok: false, text: problem.errors[0]?.detail ?? problem.message };
  }
}

const monthsOfYear = () =>
  Array.from({ length: 12 }, (_, m) =>
    new Intl.DateTimeFormat(locale(), { month: 'short', timeZone: 'UTC' })
      .format(Date.UTC(2026, m, 1))
      .replace('.', ''),
  );

/** Where a date stands in its year, in percent; outside the year, at its edge. */
function at(on: string, year: number): number {
  const from = Date.UTC(year, 0, 1);
  const until = Date.UTC(year + 1, 0, 1);
  return Math.min(100, Math.max(0, ((Date.parse(`${on}T12:00:00Z`) - from) / (until - from)) * 100));
}

/** The year as a picture: the date of each head, and where it stood before; the same told in words under each row. */
function Picture({ data }: { data: Year }) {
  const moved = data.placed.filter((p) => movesOf(p).length > 0).length;
  return (
    <Panel
      title={t('year.picture')}
      end={
        data.placed.length > 0 && (
          <Text size="sm" c="dimmed">
            {t('year.inSchedule', { length: data.placed.length, moved: moved > 0 ? t('year.moved', { moved }) : '' })}
          </Text>
        )
      }
    >
      {data.placed.length === 0 ? (
        <Empty title={t('year.empty')} hint={t('year.emptyHint')} />
      ) : (
        <div className="scroll-x" tabIndex={0} role="region" aria-label={t('year.picture')}>
          <div className="plan-year">
            <div className="plan-months" aria-hidden>
              {monthsOfYear().map((m) => (
                <span key={m}>{m}</span>
              ))}
            </div>
            <ol>
              {data.placed.map((p) => (
                <PlacedRow key={p.caseId} placed={p} data={data} />
              ))}
            </ol>
          </div>
        </div>
      )}
    </Panel>
  );
}

/** Changes of the date, without the first entry. */
const movesOf = (p: Placed) => p.moves.filter((m, i) => i > 0 && m.plannedOn !== p.moves[i - 1]?.plannedOn);

function PlacedRow({ placed: p, data }: { placed: Placed; data: Year }) {
  const former = [
    ...new Set(p.moves.flatMap((m) => (m.plannedOn && m.plannedOn !== p.plannedOn ? [m.plannedOn] : []))),
  ];
  const points = [...former, ...(p.plannedOn ? [p.plannedOn] : [])].map((on) => at(on, data.year));
  return (
    <li>
      <div className="plan-who">
        <AnchorTo to="/cases/$id" params={{ id: p.caseId }} size="sm" fw={600}>
          {p.personRu}
        </AnchorTo>
        <Text size="xs" c="dimmed">
          {p.organisationRu}
        </Text>
      </div>
      <div className="plan-line" aria-hidden>
        {data.today.startsWith(`${data.year}-`) && (
          <span className="plan-today" style={{ left: `${at(data.today, data.year)}%` }} />
        )}
        {points.length > 1 && (
          <span
            className="plan-path"
            style={{ left: `${Math.min(...points)}%`, width: `${Math.max(...points) - Math.min(...points)}%` }}
          />
        )}
        {former.map((on) => (
          <span key={on} className="plan-dot" data-former style={{ left: `${at(on, data.year)}%` }} />
        ))}
        {p.plannedOn && (
          <span
            className="plan-dot"
            data-late={p.late || undefined}
            data-outside={!p.plannedOn.startsWith(`${data.year}-`) || undefined}
            style={{ left: `${at(p.plannedOn, data.year)}%` }}
          />
        )}
      </div>
      <div className="plan-words">
        <Text size="sm">
          {p.plannedOn ? longDate(p.plannedOn) : t('year.noDate')} · {p.stageRu}{' '}
          {p.late && <Chip tone="late">{t('year.passed')}</Chip>}
        </Text>
        {movesOf(p).map((m) => (
          <Text size="xs" c="dimmed" key={`${m.on}${m.plannedOn}`}>
            {shortDate(m.on)}: {m.reasonRu}
            {m.plannedOn ? t('year.became', { plannedOn: longDate(m.plannedOn) }) : t('year.dateNone')}
          </Text>
        ))}
      </div>
    </li>
  );
}

function LeftOut({ data }: { data: Year }) {
  if (data.leftOut.length === 0) return null;
  return (
    <Panel title={t('year.left')}>
      <div className="scroll-x" tabIndex={0} role="region" aria-label={t('year.left')}>
        <Table miw={560}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('start.head')}</Table.Th>
              <Table.Th>{t('year.why')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.leftOut.map((d) => (
              <Table.Tr key={keyOf(d)}>
                <Table.Td>
                  <Head of={d} />
                </Table.Td>
                <Table.Td>
                  <Text size="sm">{reasonOf(d, d.until)}</Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Panel>
  );
}

/** Who it is about: the name, and the post in the organisation. */
function Head({ of }: { of: { personRu: string; post: string; organisationRu: string } }) {
  return (
    <>
      <Text size="sm" fw={600}>
        {of.personRu}
      </Text>
      <Text size="xs" c="dimmed">
        {[of.post, of.organisationRu].filter(Boolean).join(', ')}
      </Text>
    </>
  );
}
