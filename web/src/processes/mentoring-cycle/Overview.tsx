/** The cycle in one look: what is asked of me now, three years, the month, the programme, the log, the phases with their forms. */
import { Alert, Anchor, Button, Group, List, Progress, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { FactList, Panel } from '../../kit/bits.tsx';
import { longDate, shortDate } from '../../lib/dates.ts';
import { count } from '../../lib/words.ts';
import type { OverviewProps } from '../types.ts';
import { type ActOf, type Cycle, cycleOf, SIDE_NAMES } from './model.ts';
import { Confirm, QuickLog } from './QuickLog.tsx';
import { monthsWords, totalsWords, Years } from './Years.tsx';

const TEXT = { message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } };

export function Overview({ view }: OverviewProps) {
  const cycle = cycleOf(view);
  if (!cycle) return null;
  const may = (type: string) => view.offers.some((o) => o.type === type && o.allowed);
  const kinds = new Map(cycle.workKinds.map((k) => [k.kind, k.labelRu]));
  return (
    <>
      {cycle.side && may('confirmLog') && <Confirm caseId={view.id} cycle={cycle} />}
      {cycle.side && may('logWork') && <QuickLog caseId={view.id} cycle={cycle} />}
      <Notes cycle={cycle} />
      {cycle.steps.length > 0 && <Steps cycle={cycle} />}
      {cycle.package && <TransferPackage caseId={view.id} sent={cycle.exported !== null} found={cycle.package} />}
      <Panel title="Три года">
        <People cycle={cycle} />
        <Years cycle={cycle} />
      </Panel>
      {cycle.live && (
        <SimpleGrid cols={{ base: 1, lg: cycle.norms.length > 0 ? 2 : 1 }} spacing="md">
          {cycle.norms.length > 0 && <Norms cycle={cycle} />}
          <Items cycle={cycle} />
        </SimpleGrid>
      )}
      {(cycle.log.length > 0 || cycle.historyHidden) && <Log cycle={cycle} caseId={view.id} />}
      {cycle.phases.length > 0 && <Phases cycle={cycle} kinds={kinds} />}
    </>
  );
}

/** What a person must know before anything else: risk, a gate, a stop, a move, an offer. */
function Notes({ cycle: c }: { cycle: Cycle }) {
  const notes: Array<[string, string, 'red' | 'yellow' | 'blue']> = [];
  if (c.risk > 0 && c.live)
    notes.push([
      'Зона риска',
      `Норма квартала не выполнена ${count(c.risk, 'раз', 'раза', 'раз')} подряд. Снимается первым кварталом, в котором норма выполнена.`,
      'red',
    ]);
  if (c.gate?.overdue)
    notes.push([
      'Рубеж года просрочен',
      `Рубеж был ${longDate(c.gate.due)} Год сам не сменится: решение принимает куратор.`,
      'red',
    ]);
  else if (c.gate)
    notes.push([
      'Открыт рубеж года',
      `До ${longDate(c.gate.due)} куратор решает: пройден, продлить или, после продления, закрыть.`,
      'yellow',
    ]);
  if (c.leave)
    notes.push([
      'Цикл приостановлен',
      `${cap(c.leave.kindRu)} с ${longDate(c.leave.from)}, ${c.leave.named ? 'плановое окончание' : 'кадры не назвали окончания, обычно до'} ${longDate(c.leave.until)} Остаток года сохраняется, сроки стоят.${c.pendingPlaceRu ? ` После перерыва — перевод: ${c.pendingPlaceRu}.` : ''}`,
      'blue',
    ]);
  if (c.vacantSince && !c.mentor && c.stage === 'mentor_vacant')
    notes.push([
      'Наставника нет',
      `С ${longDate(c.vacantSince)} за наставника действует куратор. Журнал ведётся, год не продлевается.`,
      'yellow',
    ]);
  if (c.mentor?.endsOn)
    notes.push(['Поручение наставнику отменяется', `Последний день — ${longDate(c.mentor.endsOn)}`, 'yellow']);
  if (c.transfer && c.stage.startsWith('transfer'))
    notes.push([
      'Перевод',
      `${c.transfer.fromRu ?? 'Прежняя школа'} → ${c.transfer.toRu ?? 'новая школа'}. Год и фаза сохраняются.`,
      'blue',
    ]);
  if (c.side === 'mentee' && c.transfer && !c.historyShared)
    notes.push([
      'История прежней школы закрыта',
      'Новая школа видит только год и фазу. Показать ей журнал, проверки и заключения можете только вы: действие «Показать историю новой школе».',
      'blue',
    ]);
  if (c.historyHidden)
    notes.push([
      'История до перевода закрыта',
      'Педагог не дал согласия показать её вашей школе. Год, фаза и версия форм видны, журнал и заключения — нет.',
      'blue',
    ]);
  if (c.policyOffer)
    notes.push([
      'Предложена действующая версия правил',
      `${actWords(c.policyOffer)}. Согласие или отказ — за педагогом; отказ ничего не ухудшает.`,
      'blue',
    ]);
  if (c.early) notes.push(['Согласие на досрочное завершение', `Педагог согласен: ${c.early.act}.`, 'blue']);
  if (c.exit)
    notes.push([
      'Педагог оставил профессию',
      c.exit.named ? 'Причина названа.' : 'Причина ещё не названа: её может указать сам педагог, куратор или кадры.',
      'yellow',
    ]);
  if (c.exported)
    notes.push([
      'Передан в другой регион',
      `${c.exported.placeRu ?? 'Новая школа'}: ${c.exported.opened ? 'дело открыто и продолжает ту же фазу' : 'пакет передаётся'}.`,
      'blue',
    ]);
  return (
    <>
      {notes.map(([title, text, color]) => (
        <Alert
          key={title}
          color={color}
          variant="light"
          title={title}
          styles={TEXT}
          icon={color === 'blue' ? <IconInfoCircle aria-hidden /> : <IconAlertTriangle aria-hidden />}
        >
          {text}
        </Alert>
      ))}
    </>
  );
}

/** The package as files: what is in it, what is not, and how to check that it is whole. */
function TransferPackage({
  caseId,
  sent,
  found,
}: {
  caseId: string;
  sent: boolean;
  found: NonNullable<Cycle['package']>;
}) {
  const at = `/api/cases/${caseId}/transfer-package`;
  return (
    <Panel title={sent ? 'Пакет для другого региона' : 'Пакет прежнего региона'}>
      <Group gap="xs" mb="sm">
        <Button component="a" href={`${at}/sheet.html`} download size="sm">
          Скачать лист для чтения
        </Button>
        <Button component="a" href={`${at}/package.json`} download size="sm" variant="default">
          Скачать данные (JSON)
        </Button>
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <div>
          <Text size="sm" fw={600}>
            Что в пакете
          </Text>
          <List size="sm">
            {found.holds.map((line) => (
              <List.Item key={line}>{line}</List.Item>
            ))}
          </List>
        </div>
        <div>
          <Text size="sm" fw={600}>
            Чего в пакете нет
          </Text>
          <List size="sm">
            {found.leavesOut.map((line) => (
              <List.Item key={line}>{line}</List.Item>
            ))}
          </List>
        </div>
      </SimpleGrid>
      <Text size="xs" c="dimmed" mt="sm" className="wrap-anywhere">
        Контрольная сумма файла JSON (sha256): {found.sha256}
      </Text>
    </Panel>
  );
}

const cap = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const actWords = (act: ActOf) =>
  `${act.titleRu}${act.number ? `, № ${act.number}` : ''}${act.date ? ` от ${longDate(act.date)}` : ''}, версия ${act.version}`;

function People({ cycle: c }: { cycle: Cycle }) {
  const by = (role: string) =>
    c.offices
      .filter((o) => o.role === role)
      .flatMap((o) => o.nameRu ?? [])
      .join(', ');
  return (
    <div style={{ marginBottom: 16 }}>
      <FactList
        rows={[
          c.mentee !== null && ['Педагог', c.mentee.nameRu ?? '—'],
          [
            'Наставник',
            c.mentor
              ? `${c.mentor.nameRu ?? 'назначен'}, с ${longDate(c.mentor.since)}, приказ № ${c.mentor.order.number}${c.mentor.external ? ', внешний' : ''}`
              : c.candidate
                ? `${c.candidate.nameRu ?? 'предложен'}: ${c.candidate.consented ? 'согласен, ждём приказа' : 'ждём согласия'}`
                : c.live
                  ? 'пока нет'
                  : 'нет',
          ],
          [
            'Школа',
            [c.place.schoolRu, c.place.municipality, c.place.rural ? 'сельская' : null].filter(Boolean).join(', '),
          ],
          by('curator') !== '' && ['Куратор', by('curator')],
          [
            'Стаж',
            `принят ${longDate(c.hiredOn)}${c.credited > 0 ? `, зачтено ${monthsWords(c.credited)}` : ''}; ${c.live ? `идёт ${c.month}-й месяц цикла` : `пройдено ${monthsWords(c.month - 1)}`}`,
          ],
          [
            'Показатель «до 35 лет»',
            c.counted ? 'учитывается' : c.agedOut ? 'не учитывается: исполнилось 35' : 'не учитывается',
          ],
          c.daysWithoutMentor > 0 && ['Дней без наставника', String(c.daysWithoutMentor)],
        ]}
      />
    </div>
  );
}

function Steps({ cycle }: { cycle: Cycle }) {
  const next = cycle.steps.find((s) => !s.done);
  return (
    <Panel title="Что нужно, чтобы год пошёл">
      <Stack gap={8} component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
        {cycle.steps.map((s) => (
          <Group key={s.code} component="li" gap={8} wrap="nowrap" align="flex-start">
            {s.done ? (
              <IconCircleCheck size={18} color="var(--app-good)" aria-label="сделано" />
            ) : (
              <IconCircle size={18} color="var(--mantine-color-dimmed)" aria-label="ещё нет" />
            )}
            <Text size="sm" fw={s === next ? 650 : 400}>
              {s.labelRu}
              {s === next ? ' — сейчас' : ''}
            </Text>
          </Group>
        ))}
      </Stack>
      {cycle.search && cycle.search.calls > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          Срок поиска наставника прошёл:{' '}
          {
            ['', 'сообщено руководителю', 'сообщено органу управления образованием', 'внешнего наставника ищет ЦНППМ'][
              Math.min(3, cycle.search.calls)
            ]
          }
          .
        </Text>
      )}
    </Panel>
  );
}

function Norms({ cycle }: { cycle: Cycle }) {
  return (
    <Panel title="Норма месяца и квартала" level={3}>
      <Stack gap={14}>
        {cycle.norms.map((n) => (
          <div key={`${n.kind}${n.per}`}>
            <Group justify="space-between" gap={8} mb={4} wrap="wrap">
              <Text size="sm" fw={600}>
                {cap(n.labelRu)}
              </Text>
              <Text size="sm" className="num">
                {n.done} из {n.min} за {n.per === 'month' ? 'месяц' : 'квартал'}
              </Text>
            </Group>
            <Progress.Root size={10} aria-hidden>
              <Progress.Section
                value={Math.min(100, (n.done / n.min) * 100)}
                color={n.done >= n.min ? 'var(--app-good)' : 'var(--mantine-color-ink-6)'}
              />
              <Progress.Section
                value={Math.max(0, Math.min(100 - (n.done / n.min) * 100, (n.waiting / n.min) * 100))}
                color="#d9a441"
              />
            </Progress.Root>
            <Text size="xs" c="dimmed" mt={3}>
              до {longDate(n.until)}
              {n.waiting > 0 ? `; ждут подтверждения: ${n.waiting}` : ''}
            </Text>
          </div>
        ))}
      </Stack>
    </Panel>
  );
}

function Items({ cycle }: { cycle: Cycle }) {
  const left = cycle.items.filter((i) => !i.done).length;
  return (
    <Panel
      title={`Обязательное в ${cycle.year}-м году`}
      level={3}
      end={
        <Text size="sm" c="dimmed">
          {left === 0 ? 'всё выполнено' : `осталось ${left}`}
        </Text>
      }
    >
      <Stack gap={9} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        {cycle.items.map((i) => (
          <Group key={i.code} component="li" gap={8} wrap="nowrap" align="flex-start">
            {i.done ? (
              <IconCircleCheck size={18} color="var(--app-good)" style={{ flex: 'none' }} aria-label="выполнено" />
            ) : (
              <IconCircle
                size={18}
                color="var(--mantine-color-dimmed)"
                style={{ flex: 'none' }}
                aria-label="не выполнено"
              />
            )}
            <div>
              <Text size="sm" fw={i.mine && !i.done ? 650 : 400}>
                {i.labelRu}
              </Text>
              {!i.done && (
                <Text size="xs" c="dimmed">
                  {i.mine ? 'отмечаете вы' : `отмечает: ${i.byRu.join(', ')}`}
                  {i.gate ? '; к рубежу' : ''}
                </Text>
              )}
            </div>
          </Group>
        ))}
      </Stack>
    </Panel>
  );
}

function Log({ cycle, caseId }: { cycle: Cycle; caseId: string }) {
  const [all, setAll] = useState(false);
  const rows = all ? cycle.log : cycle.log.slice(0, 6);
  return (
    <Panel
      title="Журнал"
      end={
        cycle.log.length > 6 && (
          <Button size="compact-sm" variant="subtle" onClick={() => setAll((a) => !a)}>
            {all ? 'Последние' : `Все (${cycle.log.length})`}
          </Button>
        )
      }
    >
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          Записей, которые вам видны, пока нет.
        </Text>
      ) : (
        <ol className="timeline">
          {rows.map((r) => (
            <li key={r.key} data-tone={r.kind === 'revoked' ? 'late' : r.confirmedOn ? 'good' : 'plain'}>
              <Text size="sm" fw={600}>
                {r.kind === 'revoked' ? 'Аннулировано: ' : ''}
                {r.entries.map((e) => `${e.kindRu}${r.kind === 'added' ? `, ${shortDate(e.on)}` : ''}`).join('; ')}
              </Text>
              <Text size="xs" c="dimmed">
                {r.kind === 'revoked'
                  ? `${shortDate(r.on)}, ${r.form}`
                  : `внёс ${r.interim ? 'куратор за наставника' : SIDE_NAMES[r.side]} ${shortDate(r.on)} · ${r.confirmedOn ? `подтверждено ${shortDate(r.confirmedOn)}` : 'ждёт подтверждения'} · ${r.form}`}
                {r.note && (
                  <>
                    {' · '}
                    <NoteLink caseId={caseId} sha256={r.note} />
                  </>
                )}
              </Text>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** The text of an entry opens as a document of the case does. */
function NoteLink({ caseId, sha256 }: { caseId: string; sha256: string }) {
  return (
    <Anchor size="xs" href={`/api/cases/${caseId}/documents/${sha256}`} target="_blank" rel="noreferrer">
      запись
    </Anchor>
  );
}

/** Each phase with the act and the forms that were valid then: what was filled in on which form stays readable for years. */
function Phases({ cycle, kinds }: { cycle: Cycle; kinds: Map<string, string> }) {
  return (
    <Panel title="Фазы, правила и формы">
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Фазы, правила и формы">
        <Table miw={620}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Год</Table.Th>
              <Table.Th>Когда</Table.Th>
              <Table.Th>Правила и формы этого времени</Table.Th>
              <Table.Th>Итог</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {cycle.phases.map((p) => (
              <Table.Tr key={`${p.year}${p.from}`}>
                <Table.Td>{p.year}</Table.Td>
                <Table.Td>
                  {shortDate(p.from)} – {p.until ? shortDate(p.until) : 'идёт'}
                </Table.Td>
                <Table.Td>
                  {p.policy && <Text size="sm">{actWords(p.policy)}</Text>}
                  <List size="xs" c="dimmed">
                    {Object.values(p.forms).map((f) => (
                      <List.Item key={f}>{f}</List.Item>
                    ))}
                  </List>
                </Table.Td>
                <Table.Td>
                  {p.totals === null ? (
                    <Text size="sm" c="dimmed">
                      закрыто без согласия педагога
                    </Text>
                  ) : (
                    <>
                      <Text size="sm">{totalsWords(p.totals, kinds)}</Text>
                      <Text size="xs" c="dimmed">
                        кварталов с нормой {p.quartersMet}, без нормы {p.quartersMissed}
                      </Text>
                    </>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Panel>
  );
}
