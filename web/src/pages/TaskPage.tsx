import { Alert, Button, Group, Modal, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconHandStop, IconShieldCheck } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Chip, Empty, FactList, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { Decisions } from '../kit/Decisions.tsx';
import { Documents } from '../kit/Documents.tsx';
import { DueWithReason } from '../kit/Due.tsx';
import { ErrorNote, PageFailure } from '../kit/ErrorNote.tsx';
import { OfferForm } from '../kit/OfferForm.tsx';
import { taskName } from '../lib/words.ts';
import { AnchorTo, ButtonTo, usePathParam } from '../lib/links.tsx';
import {
  caseQuery,
  meQuery,
  type Offer,
  type ProcessView,
  processQuery,
  taskQuery,
  type TaskView,
} from '../lib/queries.ts';
import { screensQuery } from '../processes/index.ts';
import { t } from '../i18n/index.ts';

/** Answers to an invitation: they come before the work, and never among its buttons. */
const ANSWERS = ['acceptTask', 'declineTask', 'declareConflict'];

export function TaskPage() {
  const id = usePathParam('id');
  const view = useQuery(taskQuery(id));
  if (view.isPending) return <Loading />;
  if (view.error) return <PageFailure error={view.error} onRetry={() => void view.refetch()} />;
  return <Task view={view.data} />;
}

function Task({ view }: { view: TaskView }) {
  const process = useQuery(processQuery(view.case.process));
  const screens = useQuery(screensQuery(view.case.process));
  const me = useQuery(meQuery);
  const client = useQueryClient();
  const [done, setDone] = useState<string | null>(null);
  const { task } = view;
  const offers = view.offers;
  // A task of an office may be done without taking it first; a personal one begins with the declaration.
  const accept = task.nature === 'personal' ? offers.find((o) => o.type === 'acceptTask' && o.allowed) : undefined;
  const name = taskName(task.titleRu, view.case.titleRu);
  const custom = offers.find((o) => o.allowed && o.customForm !== null && o.customForm !== 'programme');
  const Form = custom ? screens.data?.taskForms[custom.customForm!] : undefined;
  const finish = (words: string) => {
    setDone(words);
    void client.invalidateQueries();
  };

  return (
    <>
      <PageTitle
        tab={name}
        hint={
          <Group gap={10} mt={2}>
            <Text span size="sm" c="dimmed" lineClamp={2} style={{ maxWidth: 640 }}>
              <AnchorTo to="/cases/$id" params={{ id: view.case.id }} size="sm" fw={600}>
                {view.case.number ?? t('task.case')}
              </AnchorTo>{' '}
              {view.case.titleRu}
            </Text>
            {view.case.round !== null && view.case.round > 1 && (
              <Chip tone="info">{t('task.round', { round: view.case.round })}</Chip>
            )}
            <Chip tone={task.late ? 'late' : task.state === 'done' ? 'good' : 'plain'}>{task.stateRu}</Chip>
          </Group>
        }
        end={
          task.open ? (
            <DueWithReason on={view.due?.dueOn ?? task.dueOn} late={task.late} explanation={view.due?.explanationRu} />
          ) : undefined
        }
      >
        {name}
      </PageTitle>

      {done ? (
        <Empty title={done} hint={t('task.thanks')}>
          <Group>
            <ButtonTo to="/inbox">{t('task.toTasks')}</ButtonTo>
            <ButtonTo to="/cases/$id" params={{ id: view.case.id }} variant="default">
              {t('task.toCase')}
            </ButtonTo>
          </Group>
        </Empty>
      ) : !process.data ? (
        process.error ? (
          <ErrorNote error={process.error} />
        ) : (
          <Loading />
        )
      ) : accept ? (
        <Invitation
          view={view}
          accept={accept}
          process={process.data}
          onDone={(w) => (w ? finish(w) : void client.invalidateQueries())}
        />
      ) : custom && Form ? (
        <>
          <Escape view={view} process={process.data} onDone={finish} />
          <Form view={view} offer={custom} process={process.data} onDone={(words) => finish(words ?? t('task.sent'))} />
        </>
      ) : (
        <Office view={view} process={process.data} onDone={finish} meId={me.data?.person.id ?? ''} />
      )}
    </>
  );
}

/** First the person says in words that nothing ties them to the applicant; or declines, or names the conflict. */
function Invitation({
  view,
  accept,
  process,
  onDone,
}: {
  view: TaskView;
  accept: Offer;
  process: ProcessView;
  onDone(words?: string): void;
}) {
  const [other, setOther] = useState<Offer | null>(null);
  const own = useQuery(screensQuery(process.slug)).data?.invitation;
  const rest = view.offers.filter((o) => o.allowed && ANSWERS.includes(o.type) && o.type !== 'acceptTask');
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      <Panel title={t('task.invited')}>
        <FactList
          rows={[
            [t('task.case'), `${view.case.number ?? ''} ${view.case.titleRu}`],
            [t('cases.process'), view.case.processRu],
            [t('task.whatToDo'), taskName(view.task.titleRu, view.case.titleRu)],
          ]}
        />
        {view.due && (
          <Text size="sm" mt="md" className="pre">
            {view.due.explanationRu}
          </Text>
        )}
        <Text size="sm" mt="md" c="dimmed">
          {own?.textRu ?? t('task.hidden')}
        </Text>
      </Panel>
      <Panel
        title={
          <Group gap={8}>
            <IconShieldCheck size={19} aria-hidden />
            {own?.titleRu ?? t('task.conflictFirst')}
          </Group>
        }
      >
        <OfferForm
          caseId={view.case.id}
          offer={accept}
          process={process}
          onDone={() => onDone()}
          submitLabel={own?.acceptRu ?? t('task.noConflict')}
        />
        {rest.length > 0 && (
          <Group mt="lg" gap="sm">
            {rest.map((o) => (
              <Button
                key={o.type}
                variant="default"
                size="sm"
                data-action={o.type}
                leftSection={o.type === 'declareConflict' ? <IconHandStop size={16} aria-hidden /> : undefined}
                onClick={() => setOther(o)}
              >
                {o.labelRu}
              </Button>
            ))}
          </Group>
        )}
      </Panel>
      <OtherModal
        offer={other}
        view={view}
        process={process}
        onClose={() => setOther(null)}
        onDone={(w) => onDone(w)}
      />
    </SimpleGrid>
  );
}

/** After accepting, the way out stays visible but small. */
function Escape({ view, process, onDone }: { view: TaskView; process: ProcessView; onDone(words: string): void }) {
  const [other, setOther] = useState<Offer | null>(null);
  const rest = view.offers.filter((o) => o.allowed && ['declareConflict', 'declineTask'].includes(o.type));
  if (rest.length === 0) return null;
  return (
    <Group justify="flex-end" mb="sm" gap="xs">
      <Text size="sm" c="dimmed">
        {t('task.obstacle')}
      </Text>
      {rest.map((o) => (
        <Button key={o.type} size="compact-sm" variant="subtle" data-action={o.type} onClick={() => setOther(o)}>
          {o.labelRu}
        </Button>
      ))}
      <OtherModal offer={other} view={view} process={process} onClose={() => setOther(null)} onDone={onDone} />
    </Group>
  );
}

function OtherModal({
  offer,
  view,
  process,
  onClose,
  onDone,
}: {
  offer: Offer | null;
  view: TaskView;
  process: ProcessView;
  onClose(): void;
  onDone(words: string): void;
}) {
  return (
    <Modal opened={offer !== null} onClose={onClose} title={<Text fw={650}>{offer?.labelRu}</Text>}>
      {offer && (
        <OfferForm
          caseId={view.case.id}
          offer={offer}
          process={process}
          onCancel={onClose}
          onDone={() => {
            onClose();
            onDone(offer.type === 'declareConflict' ? t('task.conflictRecorded') : t('draft.recorded'));
          }}
        />
      )}
    </Modal>
  );
}

/** Decisions first, then the handing of the task, then what cannot be undone. */
const weight = (o: Offer) =>
  o.type === 'acceptTask' ? 3 : o.type === 'assignTask' ? 4 : o.tone === 'primary' ? 0 : o.tone === 'danger' ? 2 : 1;

/** A task of an office: the subject beside the possible acts, each with its own form. */
function Office({
  view,
  process,
  onDone,
  meId,
}: {
  view: TaskView;
  process: ProcessView;
  onDone(words: string): void;
  meId: string;
}) {
  const screens = useQuery(screensQuery(process.slug));
  const whole = useQuery(caseQuery(view.case.id));
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Offer | null>(null);
  const Subject = screens.data?.Subject;
  const Conclusions = screens.data?.Conclusions;
  const Overview = screens.data?.Overview;
  const allowed = view.offers.filter((o) => o.allowed);
  const barred = view.offers.filter((o) => !o.allowed && o.whyNot);
  const acts = [...allowed].sort((a, b) => weight(a) - weight(b));
  const programme = view.programme;
  return (
    <div className="with-aside">
      <Stack gap="md">
        {whole.data?.proposalRu && (
          <Alert
            color="blue"
            variant="light"
            title={t('case.proposal')}
            styles={{ message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } }}
          >
            {whole.data.proposalRu}
          </Alert>
        )}
        {whole.data && <Decisions view={whole.data} />}
        {whole.data && Conclusions && whole.data.conclusions.length > 0 && (
          <div>
            <Conclusions view={whole.data} process={process} />
          </div>
        )}
        {programme && Subject && <Subject body={programme.body} process={process} />}
        {Overview && whole.data && <Overview view={whole.data} process={process} />}
        {view.documents.length > 0 && !programme && <Documents documents={view.documents} process={process} />}
        {!programme && !(Overview && !whole.error) && view.documents.length === 0 && (
          <Empty title={view.task.open ? t('task.closedDocument') : t('task.noLonger')} />
        )}
      </Stack>
      <aside className="sticky" aria-label={t('task.whatPossible')}>
        <Panel title={view.task.open ? t('task.yourDecision') : t('task.over')}>
          <Stack gap={8}>
            {view.task.open && view.task.assigneeRu && view.task.assigneeId !== meId && (
              <Text size="sm">{t('task.assignee', { assigneeRu: view.task.assigneeRu })}</Text>
            )}
            {view.task.open && acts.length === 0 && (
              <Text size="sm" c="dimmed">
                {t('task.someoneElse')}
              </Text>
            )}
            {acts.map((o) => (
              <Button
                key={o.type}
                data-action={o.type}
                variant={
                  o.tone === 'primary' && o.type !== 'acceptTask' ? 'filled' : o.tone === 'danger' ? 'light' : 'default'
                }
                color={o.tone === 'danger' ? 'red' : undefined}
                fullWidth
                styles={{
                  label: { whiteSpace: 'normal', lineHeight: 1.25 },
                  root: { height: 'auto', minHeight: 36, paddingBlock: 6 },
                }}
                onClick={() => setChosen(o)}
              >
                {o.type === 'acceptTask' ? t('task.take') : o.labelRu}
              </Button>
            ))}
            {barred.length > 0 && (
              <details>
                <summary style={{ cursor: 'pointer', fontSize: 13 }}>{t('task.whyNot')}</summary>
                <Stack gap={4} mt={6}>
                  {barred.map((o) => (
                    <Text key={o.type} size="sm">
                      <b>{o.labelRu}.</b> {o.whyNot}
                    </Text>
                  ))}
                </Stack>
              </details>
            )}
          </Stack>
        </Panel>
      </aside>
      <Modal
        opened={chosen !== null}
        onClose={() => setChosen(null)}
        title={<Text fw={650}>{chosen?.labelRu}</Text>}
        size="lg"
      >
        {chosen && (
          <OfferForm
            caseId={view.case.id}
            offer={chosen}
            process={process}
            onCancel={() => setChosen(null)}
            onDone={(r) => {
              const { type } = chosen;
              setChosen(null);
              if (type === 'acceptTask' || type === 'assignTask' || type === 'extendTask')
                void client.invalidateQueries();
              else onDone(r.events[0]?.labelRu ?? t('draft.recorded'));
            }}
          />
        )}
      </Modal>
    </div>
  );
}
