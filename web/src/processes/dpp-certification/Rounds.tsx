import { Alert, Group, SimpleGrid, Table, Text, Title } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { Chip } from '../../kit/bits.tsx';
import { Compare } from '../../kit/Compare.tsx';
import type { CaseView, Conclusion, Criterion, ProcessView, TaskView } from '../../lib/queries.ts';
import { dateTime } from '../../lib/dates.ts';
import { number } from '../../lib/words.ts';
import { t } from './words.ts';

/** A later round: what was asked before, what the provider answered, what changed in the programme. */
export function EarlierRound({ view }: { view: TaskView }) {
  const label = (code: string) => view.criteria.find((c) => c.code === code)?.labelRu ?? code;
  const latest = view.programme?.version ?? 1;
  return (
    <section className="panel" style={{ marginBottom: 16 }} aria-label={t('rounds.before')}>
      <Group gap={8} mb="xs">
        <IconHistory size={18} aria-hidden />
        <Title order={2}>{t('rounds.before')}</Title>
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {t('rounds.only')}
      </Text>
      {view.answersRu && (
        <Alert
          color="gray"
          variant="light"
          mb="sm"
          title={t('rounds.answer')}
          styles={{ title: { color: 'var(--mantine-color-text)' }, message: { color: 'var(--mantine-color-text)' } }}
        >
          <Text size="sm" className="pre">
            {view.answersRu}
          </Text>
        </Alert>
      )}
      <ul style={{ margin: '0 0 12px', paddingLeft: 18 }}>
        {view.earlierRemarks.map((r) => (
          <li key={r.id + r.round} style={{ marginBottom: 6 }}>
            <Text size="sm">
              <b>{label(r.criterion)}</b> · {r.place} {r.mine && <Chip tone="info">{t('rounds.yours')}</Chip>}
            </Text>
            <Text size="sm" className="pre">
              {r.text}
            </Text>
          </li>
        ))}
      </ul>
      {latest > 1 && (
        <details>
          <summary style={{ cursor: 'pointer', fontSize: 14, fontWeight: 600 }}>{t('rounds.changes')}</summary>
          <div style={{ marginTop: 10 }}>
            <Compare caseId={view.case.id} versions={Array.from({ length: latest }, (_, i) => i + 1)} />
          </div>
        </details>
      )}
    </section>
  );
}

/** Depersonalised conclusions side by side: marks by criterion, verdicts, texts. */
export function Comparison({
  criteria,
  conclusions,
  disputed,
  title = t('rounds.sideBySide'),
}: {
  criteria: Criterion[];
  conclusions: Conclusion[];
  disputed?: Set<string>;
  title?: string;
}) {
  if (conclusions.length === 0) return null;
  const total = (c: Conclusion) => Object.values(c.scores).reduce((a, b) => a + b, 0);
  return (
    <section className="panel" style={{ marginBottom: 16 }} aria-label={title}>
      <Title order={2} mb="xs">
        {title}
      </Title>
      <div className="scroll-x" tabIndex={0} role="region" aria-label={t('rounds.marks')}>
        <Table miw={560}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('rounds.criterion')}</Table.Th>
              {conclusions.map((c) => (
                <Table.Th key={key(c)} ta="center">
                  {c.authorRu}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {criteria.map((c) => (
              <Table.Tr
                key={c.code}
                style={disputed?.has(c.code) ? { background: 'var(--app-soon-ground)' } : undefined}
              >
                <Table.Td>
                  <Text size="sm">
                    {c.labelRu}{' '}
                    {c.mandatory && (
                      <span role="img" aria-label={t('rounds.mandatory')}>
                        ★
                      </span>
                    )}{' '}
                    {disputed?.has(c.code) && <Chip tone="soon">{t('rounds.disputed')}</Chip>}
                  </Text>
                </Table.Td>
                {conclusions.map((x) => {
                  const score = x.scores[c.code];
                  return (
                    <Table.Td
                      key={key(x)}
                      ta="center"
                      className="num"
                      fw={600}
                      c={score !== undefined && score < c.passFrom ? 'var(--app-late)' : undefined}
                    >
                      {score ?? '–'}
                    </Table.Td>
                  );
                })}
              </Table.Tr>
            ))}
          </Table.Tbody>
          <Table.Tfoot>
            <Table.Tr>
              <Table.Th>{t('rounds.sum')}</Table.Th>
              {conclusions.map((x) => (
                <Table.Th key={key(x)} ta="center" className="num">
                  {number(total(x))}
                </Table.Th>
              ))}
            </Table.Tr>
            <Table.Tr>
              <Table.Th>{t('rounds.verdict')}</Table.Th>
              {conclusions.map((x) => (
                <Table.Th key={key(x)} ta="center">
                  <Chip tone={x.verdict === 'approve' ? 'good' : x.verdict === 'reject' ? 'late' : 'soon'}>
                    {x.verdictRu}
                  </Chip>
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Tfoot>
        </Table>
      </div>
      <SimpleGrid cols={{ base: 1, md: Math.min(3, conclusions.length) }} mt="md">
        {conclusions.map((c) => (
          <div key={key(c)}>
            <Group gap={6}>
              <Text size="sm" fw={650}>
                {c.authorRu}
              </Text>
              {c.kind === 'arbitration' && <Chip tone="info">{t('rounds.arbiter')}</Chip>}
              {c.voided && <Chip tone="late">{t('rounds.void')}</Chip>}
              {c.late && <Chip tone="late">{t('rounds.late')}</Chip>}
            </Group>
            {c.submittedAt && (
              <Text size="xs" c="dimmed">
                {dateTime(c.submittedAt)}
              </Text>
            )}
            <Text size="sm" mt={4} className="pre">
              {c.summary}
            </Text>
            {c.remarks.length > 0 && (
              <ul style={{ margin: '6px 0 0', paddingLeft: 18 }}>
                {c.remarks.map((r) => (
                  <li key={r.id}>
                    <Text size="sm">
                      <b>{criteria.find((x) => x.code === r.criterion)?.labelRu ?? r.criterion}</b>, {r.place}: {r.text}
                    </Text>
                  </li>
                ))}
              </ul>
            )}
          </div>
        ))}
      </SimpleGrid>
    </section>
  );
}

const key = (c: Conclusion) => `${c.kind}${c.round}.${c.ordinal}`;

/** Conclusions on the case page, the last round first. */
export function CaseConclusions({ view, process }: { view: CaseView; process: ProcessView | undefined }) {
  const rounds = [...new Set(view.conclusions.map((c) => c.round))].sort((a, b) => b - a);
  return (
    <>
      {rounds.map((r) => (
        <Comparison
          key={r}
          criteria={process?.policy?.criteria ?? []}
          conclusions={view.conclusions.filter((c) => c.round === r)}
          title={rounds.length > 1 ? t('rounds.title', { r }) : t('rounds.conclusions')}
        />
      ))}
    </>
  );
}
