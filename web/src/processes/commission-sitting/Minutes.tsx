import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconFileText, IconPrinter } from '@tabler/icons-react';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { GROUND_LABELS, ITEM_LABELS, OFFICE_LABELS, PROPOSAL_LABELS } from './labels.ts';
import { longDate } from '../../lib/dates.ts';
import { type CaseView, documentQuery } from '../../lib/queries.ts';
import { capital } from '../../lib/words.ts';
import type { BoardItem, Sitting } from './model.ts';
import { t } from './words.ts';

/** The minutes as they are signed: number, day, who was there, questions and answers, votes, decisions, signatures. */
export function Minutes({ view, s, nameOf }: { view: CaseView; s: Sitting; nameOf(id: string): string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        mt="sm"
        variant="default"
        leftSection={<IconFileText size={16} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {view.stage === 'closed' ? t('board.minutes') : t('minutes.draft')}
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} size="xl" title={<Text fw={650}>{t('minutes.title')}</Text>}>
        <div className="sheet">
          <Text ta="center" fw={700}>
            {t('minutes.number', { number: view.number })}
          </Text>
          <Text ta="center" size="sm" mb="md">
            {t('minutes.of', {
              heldOn: longDate(s.heldOn),
              stage: view.stage === 'closed' ? '' : t('minutes.isDraft'),
            })}
          </Text>
          <Stack gap={10}>
            <Text size="sm">
              <b>{t('minutes.members')}</b>{' '}
              {t('minutes.membersLine', {
                number: s.order.number,
                date: longDate(s.order.date),
                length: s.members.length,
                length2: s.present.length,
                quorum: s.quorum,
              })}
            </Text>
            <Text size="sm">
              <b>{t('minutes.present')}</b>{' '}
              {s.members
                .filter((m) => s.present.includes(m.personId))
                .map((m) => `${nameOf(m.personId)} (${OFFICE_LABELS[m.office]})`)
                .join('; ')}
              .
            </Text>
            {s.items.map((item, i) => (
              <Item key={item.itemKey} view={view} item={item} n={i + 1} nameOf={nameOf} />
            ))}
            <Text size="sm" mt="md">
              <b>{t('minutes.signatures')}</b>
            </Text>
            {s.present.map((id) => (
              <Text size="sm" key={id}>
                {nameOf(id)}{' '}
                {s.signedBy.includes(id)
                  ? t('minutes.signed')
                  : view.stage === 'closed'
                    ? t('minutes.notSigned')
                    : '____________________'}
              </Text>
            ))}
            {s.drawnUpBy?.personId && (
              <Text size="sm">
                {t('minutes.by', {
                  name: nameOf(s.drawnUpBy.personId),
                  standing: s.drawnUpBy.onBehalfOf
                    ? t('minutes.onBehalf', {
                        name: nameOf(s.drawnUpBy.onBehalfOf.personId),
                        act: s.drawnUpBy.onBehalfOf.actId,
                      })
                    : t('minutes.acting', { act: s.drawnUpBy.acting?.actId ?? '' }),
                })}
              </Text>
            )}
          </Stack>
        </div>
        <Group justify="flex-end" mt="md" className="no-print">
          <Button leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
            {t('minutes.print')}
          </Button>
        </Group>
      </Modal>
    </>
  );
}

function Item({ view, item, n, nameOf }: { view: CaseView; item: BoardItem; n: number; nameOf(id: string): string }) {
  const texts = useQueries({
    queries: (item.discussion ?? []).map((sha) => documentQuery(`/api/cases/${view.id}/documents/${sha}`)),
  });
  const brief = view.cases[item.caseId];
  return (
    <div>
      <Text size="sm" fw={700}>
        {n}. {nameOf(item.subjectId)}
        {brief ? `, ${[brief.organisationRu, brief.number].filter(Boolean).join(', ')}` : ''}
      </Text>
      {texts.map((t, i) =>
        t.data ? (
          <Text size="sm" key={item.discussion![i]} className="pre">
            {read(t.data)}
          </Text>
        ) : null,
      )}
      {item.recused.length > 0 && (
        <Text size="sm">
          {t('minutes.recused', {
            recused: item.recused
              .map((r) => `${nameOf(r.personId)} (${GROUND_LABELS[r.ground] ?? r.ground})`)
              .join('; '),
          })}
        </Text>
      )}
      {item.absent && <Text size="sm">{t('minutes.absent')}</Text>}
      {item.state === 'decided' ? (
        <Text size="sm">
          {t('minutes.voted', {
            for: item.count?.for ?? 0,
            against: item.count?.against ?? 0,
            abstained: item.count?.abstained ?? 0,
            tie: item.count?.tie ? t('minutes.tie') : '',
          })}{' '}
          <b>{t('minutes.decided')}</b> {PROPOSAL_LABELS[item.result ?? ''] ?? item.result}.
        </Text>
      ) : (
        <Text size="sm">{capital(ITEM_LABELS[item.state] ?? item.state)}.</Text>
      )}
      {item.dissents.length > 0 && (
        <Text size="sm">{t('minutes.dissent', { nameOf: item.dissents.map(nameOf).join('; ') })}</Text>
      )}
    </div>
  );
}

/** A document of one text is stored as JSON. */
function read(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}
