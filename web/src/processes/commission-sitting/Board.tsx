import { Alert, Button, Checkbox, Group, Progress, Stack, Text } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { GROUND_LABELS, ITEM_LABELS, OFFICE_LABELS, PROPOSAL_LABELS, VOICE_LABELS } from './labels.ts';
import { ActButton, useAct } from '../../kit/ActButton.tsx';
import { Chip, Panel } from '../../kit/bits.tsx';
import { SubmissionNote } from '../../kit/SubmissionNote.tsx';
import { longDate } from '../../lib/dates.ts';
import { AnchorTo } from '../../lib/links.tsx';
import { type CaseView, meQuery } from '../../lib/queries.ts';
import type { OverviewProps } from '../types.ts';
import { MemberControls, SecretaryControls } from './Controls.tsx';
import { Minutes } from './Minutes.tsx';
import { type BoardItem, countOf, may, type Sitting, sittingOf, votersOf } from './model.ts';
import { t } from './words.ts';

/** The whole sitting on one page: who is here, is there a quorum, what is asked, who voted how. */
export function Board({ view }: OverviewProps) {
  const me = useQuery(meQuery);
  const s = sittingOf(view);
  const [draft, setDraft] = useState<string[] | null>(null);
  if (!s) return null;
  const open = may(view, 'openSession');
  const present = open ? (draft ?? []) : s.present;
  const personId = me.data?.person.id ?? '';
  const rollFirst = open !== undefined || (view.stage === 'in_session' && view.viewer.includes('staff'));
  const roll = <RollCall view={view} s={s} present={present} onChange={open ? setDraft : undefined} />;
  const agenda = <Agenda view={view} s={s} present={present} personId={personId} />;
  return (
    <>
      {/* Whoever reads comes for the agenda, a member for his ballot; on the day the secretary begins with the roll call. */}
      {rollFirst ? roll : agenda}
      {rollFirst ? agenda : roll}
      <Closing view={view} s={s} />
    </>
  );
}

const nameOf = (view: CaseView, id: string) => view.people[id] ?? t('board.member');

/** The members by the order; on the day the secretary marks who came, and sees the quorum while marking. */
function RollCall({
  view,
  s,
  present,
  onChange,
}: {
  view: CaseView;
  s: Sitting;
  present: string[];
  onChange: ((ids: string[]) => void) | undefined;
}) {
  const came = present.length;
  const enough = came >= s.quorum;
  const before = view.stage === 'scheduled' || view.stage === 'agenda_frozen';
  const barred = view.offers.find((o) => o.type === 'openSession' && !o.allowed);
  return (
    <Panel
      title={t('board.membersTitle')}
      end={
        <Text size="sm" c="dimmed">
          {t('board.order', { number: s.order.number, date: longDate(s.order.date) })}
        </Text>
      }
    >
      {(!before || onChange) && (
        <div data-testid="quorum" style={{ marginBottom: 12 }}>
          <Group gap={10} mb={6}>
            <Chip tone={enough ? 'good' : 'late'}>{enough ? t('board.quorum') : t('board.noQuorum')}</Chip>
            <Text size="sm">
              {t('board.came', {
                state: onChange ? t('board.marked') : t('board.present'),
                came,
                length: s.members.length,
                quorum: s.quorum,
              })}
            </Text>
          </Group>
          <Progress
            value={(came / s.members.length) * 100}
            color={enough ? 'green' : 'red'}
            aria-label={t('board.presentOf', { came, length: s.members.length, quorum: s.quorum })}
          />
        </div>
      )}
      <div className="members">
        {s.members.map((m) =>
          onChange ? (
            <Checkbox
              key={m.personId}
              label={nameOf(view, m.personId)}
              description={OFFICE_LABELS[m.office]}
              checked={present.includes(m.personId)}
              onChange={(e) =>
                onChange(e.currentTarget.checked ? [...present, m.personId] : present.filter((id) => id !== m.personId))
              }
            />
          ) : (
            <div key={m.personId} data-absent={!before && !present.includes(m.personId)}>
              <Text size="sm" fw={600}>
                {nameOf(view, m.personId)}
              </Text>
              <Text size="xs" c="dimmed">
                {OFFICE_LABELS[m.office]}
                {before ? '' : present.includes(m.personId) ? '' : t('board.absent')}
              </Text>
            </div>
          ),
        )}
      </div>
      {onChange && (
        <Group mt="md" align="flex-start">
          <Button variant="default" size="sm" onClick={() => onChange(s.members.map((m) => m.personId))}>
            {t('board.markAll')}
          </Button>
          <ActButton
            size="sm"
            caseId={view.id}
            type="openSession"
            body={{ present }}
            disabled={came === 0}
            color={enough ? undefined : 'red'}
            confirm={enough ? t('board.openAsk') : t('board.noQuorumHint')}
            confirmLabel={enough ? t('board.openDo') : t('board.recordNotHeld')}
          >
            {t('board.open')}
          </ActButton>
        </Group>
      )}
      {barred && before && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('board.cannotOpen', { whyNot: barred.whyNot })}
        </Text>
      )}
    </Panel>
  );
}

function Agenda({ view, s, present, personId }: { view: CaseView; s: Sitting; present: string[]; personId: string }) {
  const order = useAct(view.id, 'orderAgenda', '');
  const movable = may(view, 'orderAgenda') !== undefined;
  const listed = s.items.filter((i) => i.state === 'listed').map((i) => i.itemKey);
  const shift = (key: string, by: number) => {
    const at = listed.indexOf(key);
    const next = [...listed];
    next.splice(at, 1);
    next.splice(at + by, 0, key);
    void order.send({ itemKeys: next });
  };
  const decided = s.items.filter((i) => i.state === 'decided').length;
  return (
    <Panel
      title={t('board.agenda')}
      end={
        <Text size="sm" c="dimmed">
          {t('board.items', { count: s.items.length })}
          {decided > 0 ? t('board.decidedOf', { decided }) : ''}
        </Text>
      }
    >
      {s.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {s.agendaClosedToYou ? t('board.agendaForming') : t('board.noItems')}
        </Text>
      )}
      <SubmissionNote submission={order} />
      <ol className="agenda">
        {s.items.map((item, i) => (
          <li key={item.itemKey} data-state={item.state} data-item={item.itemKey}>
            <Group justify="space-between" align="flex-start" gap="sm" wrap="wrap">
              <div style={{ flex: '1 1 300px', minWidth: 0 }}>
                <Group gap={8}>
                  <Text fw={700}>
                    {i + 1}. {nameOf(view, item.subjectId)}
                  </Text>
                  <Chip tone={item.state === 'voting' ? 'soon' : item.state === 'decided' ? 'good' : 'plain'}>
                    {ITEM_LABELS[item.state]}
                  </Chip>
                  {item.subjectId === personId && <Chip tone="info">{t('board.aboutYou')}</Chip>}
                </Group>
                <CaseLine view={view} item={item} />
              </div>
              {movable && item.state === 'listed' && (
                <Group gap={4}>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t('board.up', { title: nameOf(view, item.subjectId) })}
                    disabled={listed.indexOf(item.itemKey) === 0 || order.state === 'sending'}
                    onClick={() => shift(item.itemKey, -1)}
                  >
                    <IconArrowUp size={16} aria-hidden />
                  </Button>
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={t('board.down', { title: nameOf(view, item.subjectId) })}
                    disabled={listed.indexOf(item.itemKey) === listed.length - 1 || order.state === 'sending'}
                    onClick={() => shift(item.itemKey, 1)}
                  >
                    <IconArrowDown size={16} aria-hidden />
                  </Button>
                </Group>
              )}
            </Group>
            <Standing view={view} s={s} item={item} present={present} />
            <Result view={view} s={s} item={item} />
            <SecretaryControls view={view} s={s} item={item} />
            <MemberControls view={view} s={s} item={item} personId={personId} />
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function CaseLine({ view, item }: { view: CaseView; item: BoardItem }) {
  const brief = view.cases[item.caseId];
  if (!brief) return null;
  return (
    <>
      <Text size="sm" c="dimmed">
        {brief.open ? (
          <AnchorTo to="/cases/$id" params={{ id: item.caseId }} size="sm">
            {t('board.materials', { number: brief.number ?? t('board.case') })}
          </AnchorTo>
        ) : (
          brief.number
        )}
        {brief.organisationRu ? ` · ${brief.organisationRu}` : ''}
      </Text>
      {brief.linesRu.length > 0 && (
        <Text size="sm" mt={2}>
          {brief.linesRu.join(' · ')}
        </Text>
      )}
    </>
  );
}

/** Who stands aside on the item, and whether those who stay are enough. */
function Standing({ view, s, item, present }: { view: CaseView; s: Sitting; item: BoardItem; present: string[] }) {
  const aside = [...item.recused, ...item.standAside];
  const voters = votersOf(item, present);
  const live = (item.state === 'listed' || item.state === 'voting') && present.length > 0;
  const lost = live && voters.length < s.quorum;
  return (
    <>
      {aside.length > 0 && (
        <Text size="sm" mt={4}>
          <b>{t('board.recused')}</b>{' '}
          {aside.map((r) => `${nameOf(view, r.personId)} (${GROUND_LABELS[r.ground] ?? r.ground})`).join('; ')}
        </Text>
      )}
      {live && (
        <Text size="sm" mt={4} c={lost ? 'var(--app-late)' : undefined} data-testid="item-quorum">
          {t('board.voters', { length: voters.length, quorum: s.quorum, lost: lost ? t('board.lost') : '' })}
        </Text>
      )}
      {item.absent && (
        <Text size="sm" mt={4}>
          {t('board.inAbsence')}
        </Text>
      )}
    </>
  );
}

const VOICE_TONE = { for: 'good', against: 'late', abstain: 'plain' } as const;

/** The open vote: the counts, and who voted how. */
function Result({ view, s, item }: { view: CaseView; s: Sitting; item: BoardItem }) {
  if (item.state !== 'voting' && item.state !== 'decided') return null;
  const now = item.state === 'voting' ? countOf(s, item) : (item.count ?? countOf(s, item));
  const voters = votersOf(item, s.present);
  return (
    <div style={{ marginTop: 8 }}>
      <Text size="sm">
        <b>{item.state === 'voting' ? t('board.voting') : t('board.decision')}:</b>{' '}
        {PROPOSAL_LABELS[(item.state === 'voting' ? item.proposal : item.result) ?? ''] ?? item.result ?? item.proposal}
      </Text>
      <Group gap={8} mt={4} role="status" data-testid="votes">
        <Chip tone="good">{t('board.for', { for: now.for })}</Chip>
        <Chip tone="late">{t('board.against', { against: now.against })}</Chip>
        <Chip>
          {item.state === 'voting'
            ? t('board.notVoted', { length: voters.filter((id) => !item.votes[id]).length })
            : t('board.abstained', { abstained: now.abstained })}
        </Chip>
        {item.state === 'decided' && now.tie && <Chip tone="info">{t('board.tie')}</Chip>}
      </Group>
      <details style={{ marginTop: 6 }} open={item.state === 'voting'}>
        <summary style={{ cursor: 'pointer', fontSize: 14 }}>{t('board.howVoted')}</summary>
        <Group gap={6} mt={6}>
          {voters.map((id) => {
            const voice = item.votes[id];
            return (
              <Chip key={id} tone={voice ? VOICE_TONE[voice] : 'plain'}>
                {nameOf(view, id)}: {voice ? VOICE_LABELS[voice] : item.state === 'voting' ? '…' : t('board.noVote')}
              </Chip>
            );
          })}
        </Group>
      </details>
      {item.dissents.length > 0 && (
        <Text size="sm" mt={4}>
          <b>{t('board.dissent')}</b> {item.dissents.map((id) => nameOf(view, id)).join('; ')}
        </Text>
      )}
    </div>
  );
}

/** The end of the sitting: closing, signatures, minutes. */
function Closing({ view, s }: { view: CaseView; s: Sitting }) {
  const close = may(view, 'closeSession');
  const sign = may(view, 'signMinutes');
  // Everybody present signs unless the secretary says otherwise.
  const [chosen, setSigned] = useState<string[] | null>(null);
  const signed = chosen ?? s.present;
  const left = s.items.filter((i) => i.state === 'listed').length;
  const voting = s.items.some((i) => i.state === 'voting');
  if (!close && !sign && view.stage !== 'minutes' && view.stage !== 'closed') return null;
  return (
    <Panel title={view.stage === 'in_session' ? t('board.ending') : t('board.minutes')}>
      {close && (
        <ActButton
          caseId={view.id}
          type="closeSession"
          body={{ taskId: close.taskId }}
          disabled={voting}
          confirm={left > 0 ? t('board.undecided', { count: left }) : t('board.closeAsk')}
          confirmLabel={t('board.close')}
        >
          {t('board.close')}
        </ActButton>
      )}
      {sign && (
        <Stack gap="sm">
          <Text size="sm">{t('board.signHint')}</Text>
          <div className="members">
            {s.present.map((id) => (
              <Checkbox
                key={id}
                label={nameOf(view, id)}
                checked={signed.includes(id)}
                onChange={(e) =>
                  setSigned(e.currentTarget.checked ? [...signed, id] : signed.filter((other) => other !== id))
                }
              />
            ))}
          </div>
          <ActButton
            caseId={view.id}
            type="signMinutes"
            body={{ taskId: sign.taskId, signedBy: signed }}
            confirm={t('board.signAsk')}
            confirmLabel={t('board.sign')}
          >
            {t('board.signed')}
          </ActButton>
        </Stack>
      )}
      {(view.stage === 'minutes' || view.stage === 'closed') && (
        <Minutes view={view} s={s} nameOf={(id) => nameOf(view, id)} />
      )}
      {view.stage === 'minutes' && !sign && (
        <Alert color="blue" variant="light" mt="sm" styles={TEXT}>
          {t('board.secretaryWrites')}
        </Alert>
      )}
    </Panel>
  );
}

const TEXT = { message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } };
