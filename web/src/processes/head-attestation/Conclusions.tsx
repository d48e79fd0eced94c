import { Group, List, Stack, Table, Text } from '@mantine/core';
import { Chip, Panel } from '../../kit/bits.tsx';
import type { CaseView, Conclusion, Criterion, ProcessView } from '../../lib/queries.ts';
import { t } from './words.ts';

const TONE = { approve: 'good', revise: 'soon', reject: 'late' } as const;
const WORDS: Record<string, string> = {
  get approve() {
    return t('verdict.recommend');
  },
  get revise() {
    return t('verdict.remarks');
  },
  get reject() {
    return t('verdict.not');
  },
};

/** Conclusions of the experts beside each other: marks by criterion, then each one's words. Names are for the staff alone. */
export function ConclusionList({
  conclusions,
  criteria,
  title,
}: {
  conclusions: Conclusion[];
  criteria: Criterion[];
  title: string;
}) {
  const label = (code: string) => criteria.find((c) => c.code === code)?.labelRu ?? code;
  const codes = [...new Set(conclusions.flatMap((c) => Object.keys(c.scores)))];
  return (
    <Panel title={title}>
      <div className="scroll-x" tabIndex={0} role="region" aria-label={t('conclusions.marks')}>
        <Table miw={420}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('conclusions.criterion')}</Table.Th>
              {conclusions.map((c) => (
                <Table.Th key={`${c.kind}${c.ordinal}`}>{c.authorRu}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {codes.map((code) => (
              <Table.Tr key={code}>
                <Table.Td>{label(code)}</Table.Td>
                {conclusions.map((c) => (
                  <Table.Td key={`${c.kind}${c.ordinal}`} className="num">
                    {c.scores[code] ?? '—'}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Stack gap="sm" mt="sm">
        {conclusions.map((c) => (
          <div key={`${c.kind}${c.ordinal}`}>
            <Group gap={8}>
              <Text size="sm" fw={600}>
                {c.authorRu}
              </Text>
              <Chip tone={c.voided ? 'plain' : (TONE[c.verdict as keyof typeof TONE] ?? 'plain')}>
                {c.voided ? t('conclusions.notCounted') : (WORDS[c.verdict] ?? c.verdictRu)}
              </Chip>
              {c.late && <Chip tone="soon">{t('conclusions.late')}</Chip>}
            </Group>
            <Text size="sm" className="pre" mt={4}>
              {c.summary}
            </Text>
            {c.remarks.length > 0 && (
              <List size="sm" mt={4}>
                {c.remarks.map((r) => (
                  <List.Item key={r.id}>
                    <b>{label(r.criterion)}</b>, {r.place}: {r.text}
                  </List.Item>
                ))}
              </List>
            )}
          </div>
        ))}
      </Stack>
    </Panel>
  );
}

export const CaseConclusions = ({ view, process }: { view: CaseView; process: ProcessView | undefined }) => (
  <ConclusionList
    conclusions={view.conclusions}
    criteria={(process?.policy?.criteria ?? []) as Criterion[]}
    title={t('conclusions.title')}
  />
);
