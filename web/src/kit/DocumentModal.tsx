import { Modal, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type CaseView, documentQuery, type ProcessView } from '../lib/queries.ts';
import { screensQuery } from '../processes/index.ts';
import { Loading } from './bits.tsx';
import { inWords } from './Compare.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { t } from '../i18n/index.ts';

/** A document of the case to read: the programme by its own screen, anything else as text. */
export function DocumentModal({
  document,
  process,
  onClose,
}: {
  document: CaseView['documents'][number];
  process: ProcessView | undefined;
  onClose(): void;
}) {
  const text = useQuery(documentQuery(document.href));
  const screens = useQuery(screensQuery(process?.slug ?? ''));
  const Subject = screens.data?.Subject;
  let value: unknown = text.data;
  try {
    value = text.data === undefined ? undefined : JSON.parse(text.data);
  } catch {
    // Not JSON: shown as it is.
  }
  return (
    <Modal
      opened
      onClose={onClose}
      size="xl"
      title={
        <Text fw={650}>
          {document.label}
          {document.kind === 'programme' ? t('documents.version', { version: document.version }) : ''}
        </Text>
      }
    >
      {text.isPending ? (
        <Loading />
      ) : text.error ? (
        <ErrorNote error={text.error} />
      ) : document.kind === 'programme' && Subject ? (
        <Subject body={value as Record<string, unknown>} process={process} />
      ) : (
        <Text size="sm" className="pre">
          {readable(value)}
        </Text>
      )}
    </Modal>
  );
}

function readable(v: unknown): string {
  if (Array.isArray(v))
    return v
      .map((row, i) =>
        typeof row === 'object' && row !== null
          ? `${i + 1}. ${Object.values(row).map(inWords).join(' — ')}`
          : `${i + 1}. ${inWords(row)}`,
      )
      .join('\n\n');
  if (typeof v === 'object' && v !== null && 'summary' in v) {
    const c = v as { summary: string; remarks?: Array<{ place: string; text: string }> };
    return [c.summary, ...(c.remarks ?? []).map((r, i) => `${i + 1}. ${r.place}: ${r.text}`)].join('\n\n');
  }
  return inWords(v);
}
