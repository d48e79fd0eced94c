import { Alert, Button, Group, Modal, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconHandStop, IconShieldCheck } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Chip, Empty, FactList, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { DueWithReason } from '../kit/Due.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { OfferForm } from '../kit/OfferForm.tsx';
import { AnchorTo, ButtonTo, usePathParam } from '../lib/links.tsx';
import { caseQuery, meQuery, type Offer, type ProcessView, processQuery, taskQuery, type TaskView } from '../lib/queries.ts';
import { screensQuery } from '../processes/index.ts';

/** Answers to an invitation: they come before the work, and never among its buttons. */
const ANSWERS = ['acceptTask', 'declineTask', 'declareConflict'];

export function TaskPage() {
  const id = usePathParam('id');
  const view = useQuery(taskQuery(id));
  if (view.isPending) return <Loading />;
  if (view.error) return <ErrorNote error={view.error} onRetry={() => void view.refetch()} />;
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
  const accept = offers.find((o) => o.type === 'acceptTask' && o.allowed);
  const custom = offers.find((o) => o.allowed && o.customForm !== null && o.customForm !== 'programme');
  const Form = custom ? screens.data?.taskForms[custom.customForm!] : undefined;
  const finish = (words: string) => {
    setDone(words);
    void client.invalidateQueries();
  };

  return (
    <>
      <PageTitle tab={task.titleRu} hint={
        <Group gap={10} mt={2}>
          <AnchorTo to="/cases/$id" params={{ id: view.case.id }} size="sm" fw={600}>{view.case.number ?? 'Дело'}</AnchorTo>
          <Text span size="sm" c="dimmed">{view.case.titleRu}</Text>
          {view.case.round !== null && view.case.round > 1 && <Chip tone="info">круг {view.case.round}</Chip>}
          <Chip tone={task.late ? 'late' : task.state === 'done' ? 'good' : 'plain'}>{task.stateRu}</Chip>
        </Group>
      } end={task.open ? <DueWithReason on={task.dueOn} late={task.late} explanation={view.due?.explanationRu} /> : undefined}>
        {task.titleRu}
      </PageTitle>

      {done ? <Empty title={done} hint="Спасибо. Дальше дело пойдёт само; если понадобитесь, мы напишем."><Group><ButtonTo to="/inbox">К списку задач</ButtonTo><ButtonTo to="/cases/$id" params={{ id: view.case.id }} variant="default">К делу</ButtonTo></Group></Empty>
        : !process.data ? (process.error ? <ErrorNote error={process.error} /> : <Loading />)
        : accept ? <Invitation view={view} accept={accept} process={process.data} onDone={(w) => (w ? finish(w) : void client.invalidateQueries())} />
        : custom && Form ? (
          <>
            <Escape view={view} process={process.data} onDone={finish} />
            <Form view={view} offer={custom} process={process.data} onDone={() => finish('Заключение отправлено')} />
          </>
        ) : <Office view={view} process={process.data} onDone={finish} meId={me.data?.person.id ?? ''} />}
    </>
  );
}

/** First the person says in words that nothing ties them to the applicant; or declines, or names the conflict. */
function Invitation({ view, accept, process, onDone }: { view: TaskView; accept: Offer; process: ProcessView; onDone(words?: string): void }) {
  const [other, setOther] = useState<Offer | null>(null);
  const rest = view.offers.filter((o) => o.allowed && ANSWERS.includes(o.type) && o.type !== 'acceptTask');
  const personal = view.task.nature === 'personal';
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
      <Panel title={personal ? 'Вас пригласили' : 'Задача ждёт исполнителя'}>
        <FactList rows={[['Дело', `${view.case.number ?? ''} ${view.case.titleRu}`], ['Процесс', view.case.processRu], ['Что нужно сделать', view.task.titleRu]]} />
        {view.due && <Text size="sm" mt="md" className="pre">{view.due.explanationRu}</Text>}
        {personal && <Text size="sm" mt="md" c="dimmed">Остальные эксперты не увидят вашего заключения, пока не закончат своё. Заявитель увидит текст, но не имя.</Text>}
      </Panel>
      <Panel title={<Group gap={8}><IconShieldCheck size={19} aria-hidden />{personal ? 'Сначала о конфликте интересов' : 'Взять задачу'}</Group>}>
        <OfferForm caseId={view.case.id} offer={accept} process={process} onDone={() => onDone()} submitLabel={personal ? 'Конфликта нет, принимаю' : 'Взять в работу'} />
        {rest.length > 0 && (
          <Group mt="lg" gap="sm">
            {rest.map((o) => <Button key={o.type} variant="default" size="sm" data-action={o.type} leftSection={o.type === 'declareConflict' ? <IconHandStop size={16} aria-hidden /> : undefined} onClick={() => setOther(o)}>{o.labelRu}</Button>)}
          </Group>
        )}
      </Panel>
      <OtherModal offer={other} view={view} process={process} onClose={() => setOther(null)} onDone={(w) => onDone(w)} />
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
      <Text size="sm" c="dimmed">Обнаружилось препятствие?</Text>
      {rest.map((o) => <Button key={o.type} size="compact-sm" variant="subtle" data-action={o.type} onClick={() => setOther(o)}>{o.labelRu}</Button>)}
      <OtherModal offer={other} view={view} process={process} onClose={() => setOther(null)} onDone={onDone} />
    </Group>
  );
}

function OtherModal({ offer, view, process, onClose, onDone }: { offer: Offer | null; view: TaskView; process: ProcessView; onClose(): void; onDone(words: string): void }) {
  return (
    <Modal opened={offer !== null} onClose={onClose} title={<Text fw={650}>{offer?.labelRu}</Text>}>
      {offer && <OfferForm caseId={view.case.id} offer={offer} process={process} onCancel={onClose} onDone={() => {
        onClose();
        onDone(offer.type === 'declareConflict' ? 'Конфликт интересов записан, задача передана другому' : 'Записано');
      }} />}
    </Modal>
  );
}

/** A task of an office: the subject beside the possible acts, each with its own form. */
function Office({ view, process, onDone, meId }: { view: TaskView; process: ProcessView; onDone(words: string): void; meId: string }) {
  const screens = useQuery(screensQuery(process.slug));
  const whole = useQuery(caseQuery(view.case.id));
  const [chosen, setChosen] = useState<Offer | null>(null);
  const Subject = screens.data?.Subject;
  const Conclusions = screens.data?.Conclusions;
  const allowed = view.offers.filter((o) => o.allowed);
  const barred = view.offers.filter((o) => !o.allowed && o.whyNot);
  const acts = allowed.filter((o) => !ANSWERS.includes(o.type));
  const programme = view.programme;
  return (
    <div className="with-aside">
      <Stack gap="md">
        {whole.data?.proposalRu && <Alert color="blue" variant="light" title="Предложение для решения" styles={{ message: { color: 'var(--mantine-color-text)' }, title: { color: 'var(--mantine-color-text)' } }}>{whole.data.proposalRu}</Alert>}
        {whole.data && Conclusions && whole.data.conclusions.length > 0 && <div><Conclusions view={whole.data} process={process} /></div>}
        {programme && Subject && <Subject body={programme.body} process={process} />}
        {!programme && <Empty title="Документ этой задачи вам не открыт" />}
      </Stack>
      <aside className="sticky" aria-label="Что можно сделать">
        <Panel title={view.task.open ? 'Ваше решение' : 'Задача закрыта'}>
          <Stack gap={8}>
            {view.task.open && view.task.assigneeRu && view.task.assigneeId !== meId && <Text size="sm">Исполнитель: {view.task.assigneeRu}</Text>}
            {view.task.open && acts.length === 0 && <Text size="sm" c="dimmed">Сейчас эту задачу выполняет другой сотрудник или она ждёт события.</Text>}
            {acts.map((o) => (
              <Button key={o.type} data-action={o.type} variant={o.tone === 'primary' ? 'filled' : o.tone === 'danger' ? 'light' : 'default'} color={o.tone === 'danger' ? 'red' : undefined} fullWidth styles={{ label: { whiteSpace: 'normal', lineHeight: 1.25 }, root: { height: 'auto', minHeight: 36, paddingBlock: 6 } }} onClick={() => setChosen(o)}>{o.labelRu}</Button>
            ))}
            {barred.length > 0 && (
              <details>
                <summary style={{ cursor: 'pointer', fontSize: 13 }}>Почему остальное невозможно</summary>
                <Stack gap={4} mt={6}>{barred.map((o) => <Text key={o.type} size="sm"><b>{o.labelRu}.</b> {o.whyNot}</Text>)}</Stack>
              </details>
            )}
          </Stack>
        </Panel>
      </aside>
      <Modal opened={chosen !== null} onClose={() => setChosen(null)} title={<Text fw={650}>{chosen?.labelRu}</Text>} size="lg">
        {chosen && <OfferForm caseId={view.case.id} offer={chosen} process={process} onCancel={() => setChosen(null)} onDone={(r) => {
          setChosen(null);
          onDone(r.events.at(-1)?.labelRu ?? 'Записано');
        }} />}
      </Modal>
    </div>
  );
}
