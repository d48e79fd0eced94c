import { Button, Collapse, List, Modal, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../api.ts';
import { caseDocumentQuery, type CaseView, type Offer, type ProcessView } from '../lib/queries.ts';
import { ErrorNote } from './ErrorNote.tsx';
import { OfferForm } from './OfferForm.tsx';

/** «Что можно сделать»: what this person may do now, and why not the rest. */
export function ActionsPanel({ view, process }: { view: CaseView; process: ProcessView | undefined }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Offer | null>(null);
  const [whys, toggleWhys] = useDisclosure(false);
  const draft = useMutation({
    mutationFn: async () => {
      const kept = view.drafts[0];
      if (kept) return kept.id;
      const latest = view.documents.filter((d) => d.kind === 'programme').sort((a, b) => b.version - a.version)[0];
      const body = latest ? (JSON.parse(await client.fetchQuery(caseDocumentQuery(view.id, latest.sha256))) as Record<string, unknown>) : undefined;
      const created = await api('POST /api/drafts', { json: { process: view.process, forCaseId: view.id, ...(body ? { body } : {}) } }, { idempotencyKey: crypto.randomUUID() });
      return created.id;
    },
    onSuccess: (id) => void navigate({ to: '/drafts/$id', params: { id } }),
  });
  const allowed = view.offers.filter((o) => o.allowed);
  const barred = view.offers.filter((o) => !o.allowed && o.whyNot);
  const start = (o: Offer) => {
    if (o.customForm === 'programme') draft.mutate();
    else if ((o.customForm === 'review' || o.customForm === 'arbitration') && o.taskId) void navigate({ to: '/tasks/$id', params: { id: o.taskId } });
    else setChosen(o);
  };
  const title = (o: Offer) => {
    const task = view.tasks.find((t) => t.id === o.taskId);
    const many = allowed.filter((x) => x.type === o.type).length > 1;
    return task && many ? `${o.labelRu}: ${task.assigneeRu ?? task.titleRu}` : o.labelRu;
  };
  return (
    <Stack gap={8}>
      {allowed.length === 0 && <Text size="sm" c="dimmed">Сейчас от вас ничего не требуется. Дело ждёт: {view.waitingForRu}.</Text>}
      {[...allowed].sort((a, b) => ORDER[a.tone] - ORDER[b.tone]).map((o) => (
        <Button key={`${o.type}${o.taskId ?? ''}`} variant={o.tone === 'primary' ? 'filled' : o.tone === 'danger' ? 'light' : 'default'} color={o.tone === 'danger' ? 'red' : undefined}
          styles={{ label: { whiteSpace: 'normal', lineHeight: 1.25 }, root: { height: 'auto', minHeight: 36, paddingBlock: 6 } }} loading={draft.isPending && o.customForm === 'programme'} fullWidth data-action={o.type} onClick={() => start(o)}>
          {title(o)}{o.customForm === 'programme' && view.drafts.length > 0 ? ' (продолжить черновик)' : ''}
        </Button>
      ))}
      {draft.error && <ErrorNote error={draft.error} />}
      {barred.length > 0 && (
        <>
          <UnstyledButton fz="sm" c="dimmed" td="underline" onClick={toggleWhys.toggle} aria-expanded={whys}>Почему другие действия сейчас невозможны ({barred.length})</UnstyledButton>
          <Collapse expanded={whys}>
            <List size="sm" spacing={4} listStyleType="none">
              {barred.map((o) => <List.Item key={`${o.type}${o.taskId ?? ''}`}><Text size="sm" fw={600} span>{o.labelRu}.</Text> <Text size="sm" c="dimmed" span>{o.whyNot}</Text></List.Item>)}
            </List>
          </Collapse>
        </>
      )}
      <Modal opened={chosen !== null} onClose={() => setChosen(null)} title={<Text fw={650}>{chosen ? title(chosen) : ''}</Text>} size="lg">
        {chosen && process && <OfferForm caseId={view.id} offer={chosen} process={process} onDone={() => setChosen(null)} onCancel={() => setChosen(null)} />}
      </Modal>
    </Stack>
  );
}

const ORDER = { primary: 0, plain: 1, danger: 2 };
