import { Alert, Button, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconPlus, IconSend } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { api } from '../../api.ts';
import { Chip, Empty } from '../../kit/bits.tsx';
import { SubmissionNote } from '../../kit/SubmissionNote.tsx';
import { useLocalCopy } from '../../kit/useLocalCopy.ts';
import { useSubmission } from '../../kit/useSubmission.ts';
import { expectOwnChange } from '../../shell/live.ts';
import type { TaskFormProps } from '../types.ts';
import { t } from './words.ts';

/** Titles of the groups and the number of the group each remark lies in: nothing can be lost, every remark always lies somewhere. */
interface Merge {
  titles: string[];
  place: Record<string, number>;
}

/** The head of the panel brings the remarks together: groups with titles, starting from the criteria. */
export function MergeForm({ view, offer, onDone }: TaskFormProps) {
  const label = (code: string) => view.criteria.find((c) => c.code === code)?.labelRu ?? code;
  const remarks = (view.remarks?.groups ?? []).flatMap((g) => g.remarks);
  const key = `merge.${view.task.id}`;
  const [merge, setMerge, forget] = useLocalCopy<Merge>(key, {
    titles: (view.remarks?.groups ?? []).map((g) => g.titleRu ?? label(g.remarks[0]?.criterion ?? '')),
    place: Object.fromEntries((view.remarks?.groups ?? []).flatMap((g, i) => g.remarks.map((r) => [r.id, i]))),
  });
  const [tried, setTried] = useState(false);
  const groups = merge.titles
    .map((title, i) => ({ i, title, remarks: remarks.filter((r) => (merge.place[r.id] ?? 0) === i) }))
    .filter((g, _, all) => g.remarks.length > 0 || g.i >= all.length - 1 || g.title === '');
  const used = groups.filter((g) => g.remarks.length > 0);
  const nameless = used.filter((g) => g.title.trim() === '');
  const act = useCallback(
    (body: Record<string, unknown>, idempotencyKey: string) =>
      api(
        'POST /api/cases/{id}/actions/{type}',
        { params: { id: view.case.id, type: offer.type }, json: body },
        { idempotencyKey },
      ),
    [view.case.id, offer.type],
  );
  const done = useCallback(() => {
    forget();
    expectOwnChange(view.case.id);
    onDone(t('merge.sent'));
  }, [forget, view.case.id, onDone]);
  const submission = useSubmission(key, act, done);
  if (remarks.length === 0) return <Empty title={t('merge.none')} />;
  const options = merge.titles.map((title, i) => ({
    value: String(i),
    label: title.trim() || t('merge.untitled', { i: i + 1 }),
  }));

  return (
    <Stack gap="md" maw={860}>
      <Text size="sm">
        {t('merge.howTo', {
          merged: view.remarks?.merged ? t('merge.already') : '',
          length: t('merge.remarks', { count: remarks.length }),
          length2: t('merge.inGroups', { count: used.length }),
        })}
      </Text>
      {groups.map((g) => (
        <section key={g.i} className="panel" aria-label={g.title || t('merge.group', { i: g.i + 1 })} data-group={g.i}>
          <TextInput
            label={t('merge.groupName', { i: g.i + 1 })}
            value={g.title}
            maxLength={300}
            onChange={(e) => {
              const next = e.currentTarget.value;
              setMerge((m) => ({ ...m, titles: m.titles.map((t, i) => (i === g.i ? next : t)) }));
            }}
            error={tried && g.remarks.length > 0 && g.title.trim() === '' ? t('merge.nameIt') : undefined}
          />
          {g.remarks.length === 0 && (
            <Text size="sm" c="dimmed" mt="xs">
              {t('merge.empty')}
            </Text>
          )}
          <Stack gap="sm" mt="sm">
            {g.remarks.map((r) => (
              <Group
                key={r.id}
                align="flex-start"
                justify="space-between"
                gap="sm"
                wrap="wrap"
                style={{ borderTop: '1px solid var(--app-line)', paddingTop: 8 }}
              >
                <div style={{ flex: '1 1 300px' }}>
                  <Text size="sm">
                    <b>{label(r.criterion)}</b> · {r.place} <Chip>{r.authorRu}</Chip>
                  </Text>
                  <Text size="sm" className="pre">
                    {r.text}
                  </Text>
                </div>
                <Select
                  aria-label={t('merge.groupOf', { text: r.text.slice(0, 60) })}
                  size="xs"
                  w={220}
                  allowDeselect={false}
                  data={options}
                  value={String(g.i)}
                  onChange={(v) => v !== null && setMerge((m) => ({ ...m, place: { ...m.place, [r.id]: Number(v) } }))}
                />
              </Group>
            ))}
          </Stack>
        </section>
      ))}
      <Group>
        <Button
          variant="default"
          size="sm"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => setMerge((m) => ({ ...m, titles: [...m.titles, ''] }))}
        >
          {t('merge.newGroup')}
        </Button>
      </Group>
      {tried && nameless.length > 0 && (
        <Alert color="yellow" variant="light" role="alert">
          {t('merge.nameAll')}
        </Alert>
      )}
      <SubmissionNote submission={submission} />
      <Group justify="flex-end">
        <Button
          leftSection={<IconSend size={16} aria-hidden />}
          data-action={offer.type}
          loading={submission.state === 'sending'}
          onClick={() => {
            setTried(true);
            if (nameless.length > 0) return;
            void submission.send({
              groups: used.map((g) => ({ title: g.title.trim(), remarkIds: g.remarks.map((r) => r.id) })),
            });
          }}
        >
          {t('merge.send')}
        </Button>
      </Group>
    </Stack>
  );
}

/** The remarks of a revision to read, in their groups: on the case page and beside the new version. */
export function RemarksList({
  remarks,
  labelOf,
  title = t('merge.toAnswer'),
}: {
  remarks: NonNullable<TaskFormProps['view']['remarks']>;
  labelOf(code: string): string;
  title?: string;
}) {
  return (
    <section className="panel" aria-label={title}>
      <Title order={2} mb={4}>
        {title}
      </Title>
      <Text size="sm" c="dimmed" mb="xs">
        {remarks.merged ? t('merge.byLead') : t('merge.byCriterion')}
      </Text>
      <ol style={{ margin: 0, paddingLeft: 20 }}>
        {remarks.groups.map((g, i) => (
          <li key={i} style={{ marginBottom: 10 }}>
            <Text size="sm" fw={650}>
              {g.titleRu ?? labelOf(g.remarks[0]?.criterion ?? '')}
            </Text>
            <ul style={{ margin: '4px 0 0', paddingLeft: 18 }}>
              {g.remarks.map((r) => (
                <li key={r.id}>
                  <Text size="sm" className="pre">
                    {r.place}: {r.text}{' '}
                    <Text span size="xs" c="dimmed">
                      ({remarks.merged ? `${labelOf(r.criterion)}, ` : ''}
                      {r.authorRu})
                    </Text>
                  </Text>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </section>
  );
}
