import { Button, Checkbox, Group, Radio, Select, Stack, Text, Textarea } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { GROUND_LABELS, PROPOSAL_LABELS, VOICE_LABELS } from './labels.ts';
import { ActButton, useAct } from '../../kit/ActButton.tsx';
import { SubmissionNote } from '../../kit/SubmissionNote.tsx';
import { useLocalCopy } from '../../kit/useLocalCopy.ts';
import { byPointer } from '../../lib/problem.ts';
import type { CaseView } from '../../lib/queries.ts';
import { type BoardItem, countOf, may, type Sitting, votersOf } from './model.ts';
import { t } from './words.ts';

const GROUNDS = ['conflict', 'relative', 'subordinate', 'other'].map((value) => ({
  value,
  label: GROUND_LABELS[value] ?? value,
}));

/** One small form at a time under an item. */
function useOne(): [string | null, (name: string) => void, () => void] {
  const [open, setOpen] = useState<string | null>(null);
  return [open, (name) => setOpen((was) => (was === name ? null : name)), () => setOpen(null)];
}

function Toggle({
  name,
  open,
  onClick,
  children,
}: {
  name: string;
  open: string | null;
  onClick(n: string): void;
  children: ReactNode;
}) {
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-expanded={open === name}
      data-open={name}
      onClick={() => onClick(name)}
    >
      {children}
    </Button>
  );
}

interface Props {
  view: CaseView;
  s: Sitting;
  item: BoardItem;
}

/** What the secretary does with an item in the room. */
export function SecretaryControls({ view, s, item }: Props) {
  const [open, toggle, close] = useOne();
  if (!view.viewer.includes('staff') || !['in_session', 'minutes'].includes(view.stage)) return null;
  const nameOf = (id: string) => view.people[id] ?? t('board.member');
  const listed = item.state === 'listed' && may(view, 'putToVote');
  const note = ['listed', 'voting', 'decided'].includes(item.state) && may(view, 'noteDiscussion');
  return (
    <Stack gap={8} mt={10}>
      {listed && <PutToVote view={view} item={item} />}
      {item.state === 'voting' && may(view, 'recordVote') && <Voices view={view} s={s} item={item} nameOf={nameOf} />}
      <Group gap={8}>
        {note && (
          <Toggle name="note" open={open} onClick={toggle}>
            {t('act.questions', { length: item.discussion?.length ? ` (${item.discussion.length})` : '' })}
          </Toggle>
        )}
        {listed && (
          <Toggle name="recusal" open={open} onClick={toggle}>
            {t('act.recusal')}
          </Toggle>
        )}
        {listed && !item.absent && (
          <Toggle name="absence" open={open} onClick={toggle}>
            {t('act.absent')}
          </Toggle>
        )}
      </Group>
      {open === 'note' && (
        <TextAct
          view={view}
          item={item}
          type="noteDiscussion"
          field="text"
          label={t('act.asked')}
          button={t('act.toMinutes')}
          onDone={close}
        />
      )}
      {open === 'recusal' && <RecordRecusal view={view} s={s} item={item} nameOf={nameOf} />}
      {open === 'absence' && (
        <Group align="flex-start">
          <ActButton
            size="sm"
            variant="default"
            caseId={view.id}
            type="recordAbsence"
            name={`${item.itemKey}.valid`}
            body={{ itemKey: item.itemKey, validReason: true }}
            confirm={t('act.validHint')}
          >
            {t('act.valid')}
          </ActButton>
          <ActButton
            size="sm"
            variant="default"
            color="red"
            caseId={view.id}
            type="recordAbsence"
            name={`${item.itemKey}.none`}
            body={{ itemKey: item.itemKey, validReason: false }}
            confirm={item.absence === 'return' ? t('act.candidateEnds') : t('act.decidedAbsent')}
          >
            {t('act.noValid')}
          </ActButton>
        </Group>
      )}
    </Stack>
  );
}

function PutToVote({ view, item }: { view: CaseView; item: BoardItem }) {
  const [proposal, setProposal] = useState(item.proposals[0] ?? '');
  const [out, setOut] = useState(false);
  return (
    <Group align="flex-end" gap="md">
      {item.proposals.length > 1 ? (
        <Radio.Group label={t('act.whichVote')} value={proposal} onChange={setProposal}>
          <Group gap="md" mt={4}>
            {item.proposals.map((p) => (
              <Radio key={p} value={p} label={PROPOSAL_LABELS[p] ?? p} />
            ))}
          </Group>
        </Radio.Group>
      ) : (
        <Text size="sm">{t('act.voted', { proposal: PROPOSAL_LABELS[proposal] ?? proposal })}</Text>
      )}
      {!item.absent && (
        <Checkbox label={t('act.left')} checked={out} onChange={(e) => setOut(e.currentTarget.checked)} />
      )}
      <ActButton
        size="sm"
        caseId={view.id}
        type="putToVote"
        name={item.itemKey}
        body={{ itemKey: item.itemKey, proposal, attesteeOut: item.absent || out }}
      >
        {t('act.putToVote')}
      </ActButton>
    </Group>
  );
}

/** Voices given by hand in the room; who has voted himself is not asked again. */
function Voices({ view, s, item, nameOf }: Props & { nameOf(id: string): string }) {
  const waiting = votersOf(item, s.present).filter((id) => !item.votes[id]);
  const now = countOf(s, item);
  return (
    <Stack gap={6}>
      {waiting.length > 0 && (
        <Text size="sm" c="dimmed">
          {t('act.inRoom')}
        </Text>
      )}
      {waiting.map((id) => (
        <Group key={id} gap={8} justify="space-between" className="voice-row">
          <Text size="sm">{nameOf(id)}</Text>
          <Group gap={6}>
            {(['for', 'against', 'abstain'] as const).map((voice) => (
              <ActButton
                key={voice}
                size="compact-sm"
                variant="default"
                caseId={view.id}
                type="recordVote"
                name={`${item.itemKey}.${id}.${voice}`}
                body={{ itemKey: item.itemKey, personId: id, voice }}
                aria-label={`${nameOf(id)}: ${VOICE_LABELS[voice]}`}
              >
                {VOICE_LABELS[voice]}
              </ActButton>
            ))}
          </Group>
        </Group>
      ))}
      <ActButton
        size="sm"
        caseId={view.id}
        type="closeVote"
        name={item.itemKey}
        body={{ itemKey: item.itemKey }}
        confirm={t('act.tally', {
          carried: now.carried ? t('act.carried') : t('act.notCarried'),
          for: now.for,
          against: now.against,
          length: waiting.length > 0 ? t('act.silence', { length: waiting.length }) : '',
        })}
        confirmLabel={t('act.sumUp')}
      >
        {t('act.sumUp')}
      </ActButton>
    </Stack>
  );
}

function RecordRecusal({ view, s, item, nameOf }: Props & { nameOf(id: string): string }) {
  const [personId, setPerson] = useState<string | null>(null);
  const [ground, setGround] = useState<string | null>(null);
  return (
    <Group align="flex-end" gap="sm">
      <Select
        label={t('act.whom')}
        data={votersOf(
          item,
          s.members.map((m) => m.personId),
        ).map((id) => ({ value: id, label: nameOf(id) }))}
        value={personId}
        onChange={setPerson}
        searchable
      />
      <Select label={t('act.ground')} data={GROUNDS} value={ground} onChange={setGround} />
      <ActButton
        size="sm"
        caseId={view.id}
        type="recordRecusal"
        name={`${item.itemKey}.${personId}`}
        body={{ itemKey: item.itemKey, personId, ground }}
        disabled={!personId || !ground}
      >
        {t('act.recordRecusal')}
      </ActButton>
    </Group>
  );
}

/** What a member does: stands aside with a ground, votes in two clicks, attaches a dissent. */
export function MemberControls({ view, s, item, personId }: Props & { personId: string }) {
  const [open, toggle, close] = useOne();
  const [voice, setVoice] = useState<'for' | 'against' | 'abstain' | null>(null);
  const [ground, setGround] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const vote = useAct(view.id, 'castVote', item.itemKey, () => setVoice(null));
  const member = s.members.some((m) => m.personId === personId);
  if (!member || !s.present.includes(personId)) return null;
  const aside = item.recused.some((r) => r.personId === personId);
  if (aside && ['listed', 'voting'].includes(item.state))
    return (
      <Text size="sm" mt={8} c="dimmed">
        {t('act.notYours')}
      </Text>
    );
  const mine = item.votes[personId];
  if (item.state === 'voting' && may(view, 'castVote') && !mine)
    return (
      <div className="ballot" role="group" aria-label={t('act.yourVote')} data-testid="ballot">
        {voice === null ? (
          <>
            <Text fw={650} mb={8}>
              {t('act.yourVote')}
            </Text>
            <div className="voices">
              {(['for', 'against', 'abstain'] as const).map((v) => (
                <Button
                  key={v}
                  size="md"
                  variant="light"
                  color={v === 'for' ? 'green' : v === 'against' ? 'red' : 'gray'}
                  styles={{ label: { color: 'var(--mantine-color-text)' } }}
                  data-voice={v}
                  onClick={() => setVoice(v)}
                >
                  {VOICE_BUTTON[v]}
                </Button>
              ))}
            </div>
          </>
        ) : (
          <Stack gap={8}>
            <Text fw={650}>{t('act.youVote', { voice: VOICE_LABELS[voice] })}</Text>
            <Group>
              <Button
                size="md"
                data-confirm="castVote"
                loading={vote.state === 'sending'}
                onClick={() => void vote.send({ itemKey: item.itemKey, voice })}
              >
                {t('act.give', { voice: VOICE_LABELS[voice] })}
              </Button>
              <Button size="md" variant="default" onClick={() => setVoice(null)}>
                {t('act.change')}
              </Button>
            </Group>
          </Stack>
        )}
        <SubmissionNote submission={vote} />
      </div>
    );
  return (
    <Stack gap={8} mt={8}>
      {mine && item.state === 'voting' && (
        <Text size="sm">
          {t('act.given')} <b>{VOICE_LABELS[mine]}</b>.
        </Text>
      )}
      <Group gap={8}>
        {item.state === 'listed' && may(view, 'recuse') && (
          <Toggle name="recuse" open={open} onClick={toggle}>
            {t('act.recuse')}
          </Toggle>
        )}
        {item.state === 'decided' && may(view, 'dissent') && !item.dissents.includes(personId) && (
          <Toggle name="dissent" open={open} onClick={toggle}>
            {t('act.dissent')}
          </Toggle>
        )}
      </Group>
      {open === 'recuse' && item.state === 'listed' && (
        <Stack gap={8} maw={520}>
          <Select label={t('act.ground')} withAsterisk data={GROUNDS} value={ground} onChange={setGround} />
          <Textarea
            label={t('act.note')}
            description={t('act.noteHint')}
            autosize
            minRows={2}
            value={reason}
            onChange={(e) => setReason(e.currentTarget.value)}
          />
          <ActButton
            size="sm"
            caseId={view.id}
            type="recuse"
            name={item.itemKey}
            body={{ itemKey: item.itemKey, ground, ...(reason.trim() ? { reason: reason.trim() } : {}) }}
            disabled={!ground}
            confirm={t('act.notCounted')}
          >
            {t('act.recuse')}
          </ActButton>
        </Stack>
      )}
      {open === 'dissent' && (
        <TextAct
          view={view}
          item={item}
          type="dissent"
          field="opinion"
          label={t('act.dissentText')}
          button={t('act.attach')}
          onDone={close}
        />
      )}
    </Stack>
  );
}

const VOICE_BUTTON = {
  get for() {
    return t('voice.for');
  },
  get against() {
    return t('voice.against');
  },
  get abstain() {
    return t('voice.abstain');
  },
} as const;

/** A text about an item; what is typed stays on this computer until it is recorded. */
function TextAct({
  view,
  item,
  type,
  field,
  label,
  button,
  onDone,
}: {
  view: CaseView;
  item: BoardItem;
  type: string;
  field: string;
  label: string;
  button: string;
  onDone(): void;
}) {
  const [text, setText, forget] = useLocalCopy(`text.${view.id}.${type}.${item.itemKey}`, '');
  const [tried, setTried] = useState(false);
  const submission = useAct(view.id, type, item.itemKey, () => {
    forget();
    setText('');
    onDone();
  });
  const short = text.trim().length < 5;
  const faults = byPointer(submission.problem?.errors ?? []);
  return (
    <Stack gap={8} maw={640}>
      <Textarea
        label={label}
        withAsterisk
        autosize
        minRows={3}
        maxRows={14}
        value={text}
        error={faults[`/${field}`] ?? (tried && short ? t('act.fewWords') : undefined)}
        onChange={(e) => setText(e.currentTarget.value)}
      />
      <SubmissionNote submission={submission} />
      <Group>
        <Button
          size="sm"
          data-action={type}
          loading={submission.state === 'sending'}
          onClick={() => {
            setTried(true);
            if (!short) void submission.send({ itemKey: item.itemKey, [field]: text.trim() });
          }}
        >
          {button}
        </Button>
      </Group>
    </Stack>
  );
}
