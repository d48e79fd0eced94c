import { Button, Collapse, List, Modal, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../api.ts';
import { type CaseView, documentQuery, type Offer, type ProcessView } from '../lib/queries.ts';
import { screensQuery } from '../processes/index.ts';
import { taskName } from '../lib/words.ts';
import { ErrorNote } from './ErrorNote.tsx';
import { OfferForm } from './OfferForm.tsx';
import { t } from '../i18n/index.ts';

/** «Что можно сделать»: what this person may do now, and why not the rest. */
export function ActionsPanel({ view, process }: { view: CaseView; process: ProcessView | undefined }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Offer | null>(null);
  const [several, setSeveral] = useState<Offer[]>([]);
  const [whys, toggleWhys] = useDisclosure(false);
  const draft = useMutation({
    mutationFn: async () => {
      const kept = view.drafts[0];
      if (kept) return kept.id;
      const latest = view.documents.filter((d) => d.kind === 'programme').sort((a, b) => b.version - a.version)[0];
      const read = latest
        ? (JSON.parse(await client.fetchQuery(documentQuery(latest.href))) as Record<string, unknown>)
        : undefined;
      const screens = await client.fetchQuery(screensQuery(view.process));
      const body = read && (screens.draft?.fromDocument(read) ?? read);
      const created = await api(
        'POST /api/drafts',
        { json: { process: view.process, forCaseId: view.id, ...(body ? { body } : {}) } },
        { idempotencyKey: crypto.randomUUID() },
      );
      return created.id;
    },
    onSuccess: (id) => void navigate({ to: '/drafts/$id', params: { id } }),
  });
  // An invitation is answered on its own page, by the person invited.
  const others = new Set(view.tasks.filter((t) => t.nature === 'personal' && !t.mine).map((t) => t.id));
  const screens = useQuery(screensQuery(view.process));
  const elsewhere = screens.data?.inOverview ?? [];
  const offers = view.offers.filter((o) => !elsewhere.includes(o.type));
  const allowed = offers.filter(
    (o) =>
      o.allowed &&
      !(['acceptTask', 'declineTask', 'declareConflict'].includes(o.type) && o.taskId !== null && others.has(o.taskId)),
  );
  const barred = offers.filter((o) => !o.allowed && o.whyNot);
  const start = (o: Offer) => {
    if (o.customForm === 'programme') draft.mutate();
    else if (
      o.taskId &&
      (o.customForm !== null ||
        (o.type === 'acceptTask' && view.tasks.some((t) => t.id === o.taskId && t.nature === 'personal')))
    )
      void navigate({ to: '/tasks/$id', params: { id: o.taskId } });
    else setChosen(o);
  };
  const title = (o: Offer) => {
    const task = view.tasks.find((t) => t.id === o.taskId);
    const many = allowed.filter((x) => x.type === o.type).length > 1;
    if (o.type === 'acceptTask' && task?.nature === 'office') return t('task.take');
    return task && many ? `${o.labelRu}: ${task.assigneeRu ?? taskName(task.titleRu, view.titleRu)}` : o.labelRu;
  };
  const office = (o: Offer) => o.type === 'acceptTask';
  const common = allowed.filter((o) => o.tone !== 'danger').sort((a, b) => rank(a) - rank(b));
  const grave = allowed.filter((o) => o.tone === 'danger');
  /** The same act on several tasks is one button that asks whose. */
  const row = (list: Offer[]) => {
    const first = list[0]!;
    if (list.length === 1) return button(first);
    return (
      <Button
        key={first.type}
        variant={first.tone === 'danger' ? 'light' : 'default'}
        color={first.tone === 'danger' ? 'red' : undefined}
        styles={WRAP}
        fullWidth
        data-action={first.type}
        onClick={() => setSeveral(list)}
      >
        {first.labelRu}…
      </Button>
    );
  };
  const button = (o: Offer) => (
    <Button
      key={`${o.type}${o.taskId ?? ''}`}
      variant={o.tone === 'primary' && !office(o) ? 'filled' : o.tone === 'danger' ? 'light' : 'default'}
      color={o.tone === 'danger' ? 'red' : undefined}
      styles={WRAP}
      loading={draft.isPending && o.customForm === 'programme'}
      fullWidth
      data-action={o.type}
      onClick={() => start(o)}
    >
      {title(o)}
      {o.customForm === 'programme' && view.drafts.length > 0 ? t('acts.goOn') : ''}
    </Button>
  );
  return (
    <Stack gap={8}>
      {allowed.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('acts.none', { waitingForRu: view.waitingForRu })}
        </Text>
      )}
      {byType(common).map(row)}
      {byType(grave).length > 1 ? (
        <details>
          <summary style={{ cursor: 'pointer', fontSize: 14 }}>
            {t('acts.extreme', { length: byType(grave).length })}
          </summary>
          <Stack gap={6} mt={8}>
            {byType(grave).map(row)}
          </Stack>
        </details>
      ) : (
        byType(grave).map(row)
      )}
      {draft.error && <ErrorNote error={draft.error} />}
      {barred.length > 0 && (
        <>
          <UnstyledButton fz="sm" c="dimmed" td="underline" onClick={toggleWhys.toggle} aria-expanded={whys}>
            {t('acts.whyNot', { length: barred.length })}
          </UnstyledButton>
          <Collapse expanded={whys}>
            <List size="sm" spacing={4} listStyleType="none">
              {barred.map((o) => (
                <List.Item key={`${o.type}${o.taskId ?? ''}`}>
                  <Text size="sm" fw={600} span>
                    {o.labelRu}.
                  </Text>{' '}
                  <Text size="sm" c="dimmed" span>
                    {o.whyNot}
                  </Text>
                </List.Item>
              ))}
            </List>
          </Collapse>
        </>
      )}
      <Modal
        opened={several.length > 0}
        onClose={() => setSeveral([])}
        title={<Text fw={650}>{t('acts.whoseTask', { labelRu: several[0]?.labelRu })}</Text>}
      >
        <Stack gap={8}>
          {several.map((o) => {
            const task = view.tasks.find((t) => t.id === o.taskId);
            return (
              <Button
                key={o.taskId}
                variant="default"
                styles={WRAP}
                fullWidth
                onClick={() => {
                  setSeveral([]);
                  start(o);
                }}
              >
                {task
                  ? `${task.assigneeRu ?? taskName(task.titleRu, view.titleRu)}, ${task.stateRu.toLowerCase()}`
                  : o.labelRu}
              </Button>
            );
          })}
        </Stack>
      </Modal>
      <Modal
        opened={chosen !== null}
        onClose={() => setChosen(null)}
        title={<Text fw={650}>{chosen ? title(chosen) : ''}</Text>}
        size="lg"
      >
        {chosen && process && (
          <OfferForm
            caseId={view.id}
            offer={chosen}
            process={process}
            onDone={() => setChosen(null)}
            onCancel={() => setChosen(null)}
          />
        )}
      </Modal>
    </Stack>
  );
}

const WRAP = {
  label: { whiteSpace: 'normal', lineHeight: 1.25 },
  root: { height: 'auto', minHeight: 36, paddingBlock: 6 },
} as const;

const byType = (offers: Offer[]): Offer[][] =>
  [...new Set(offers.map((o) => o.type))].map((type) => offers.filter((o) => o.type === type));

const rank = (o: Offer) => (o.type === 'acceptTask' ? 2 : o.type === 'assignTask' ? 3 : o.tone === 'primary' ? 0 : 1);
