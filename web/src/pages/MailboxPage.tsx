import { Button, Group, SegmentedControl, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconMailOff, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty, FactList, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { ErrorNote, PageFailure } from '../kit/ErrorNote.tsx';
import { dateTime } from '../lib/dates.ts';
import { useWords } from '../lib/links.tsx';
import { mailboxQuery, mailQuery } from '../lib/queries.ts';

/** Letters as they arrived at the mail server of the embedded start. */
export function MailboxPage() {
  const { t } = useTranslation();
  const [words, setWords] = useWords();
  const [to, setTo] = useState(words.to ?? '');
  const [asked] = useDebouncedValue(to.trim(), 300);
  const mails = useInfiniteQuery(mailboxQuery(asked));
  const rows = mails.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <>
      <PageTitle tab={t('mailbox.title')} hint={t('mailbox.hint')}>
        {t('mailbox.title')}
      </PageTitle>
      <div className="side-by-side mail">
        <Stack gap="sm">
          <TextInput
            label={t('mailbox.search')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={to}
            onChange={(e) => setTo(e.currentTarget.value)}
          />
          {mails.isPending ? (
            <Loading />
          ) : mails.error ? (
            <ErrorNote error={mails.error} onRetry={() => void mails.refetch()} />
          ) : rows.length === 0 ? (
            <Empty title={t('mailbox.none')} icon={<IconMailOff size={22} />} />
          ) : (
            <div className="rows" role="list" lang="ru" aria-label={t('mailbox.list')}>
              {rows.map((m) => (
                <div key={m.id} role="listitem" style={{ borderTop: '1px solid var(--app-line)' }}>
                  <UnstyledButton
                    onClick={() => setWords({ mail: m.id })}
                    aria-current={words.mail === m.id}
                    style={{
                      width: '100%',
                      padding: '9px 14px',
                      background: words.mail === m.id ? 'var(--app-info-ground)' : undefined,
                    }}
                  >
                    <Text size="sm" fw={600} lineClamp={2}>
                      {m.subject}
                    </Text>
                    <Text size="xs" c="dimmed" truncate>
                      {m.to.join(', ')}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {dateTime(m.receivedAt)}
                    </Text>
                  </UnstyledButton>
                </div>
              ))}
            </div>
          )}
          {mails.hasNextPage && (
            <Button variant="default" loading={mails.isFetchingNextPage} onClick={() => void mails.fetchNextPage()}>
              {t('common.more')}
            </Button>
          )}
        </Stack>
        {words.mail ? <Letter id={words.mail} /> : <Empty title={t('mailbox.choose')} />}
      </div>
    </>
  );
}

function Letter({ id }: { id: string }) {
  const { t } = useTranslation();
  const mail = useQuery(mailQuery(id));
  const [how, setHow] = useState('html');
  if (mail.isPending) return <Loading />;
  if (mail.error) return <PageFailure error={mail.error} />;
  const m = mail.data;
  return (
    <Panel
      title={m.subject}
      end={
        <SegmentedControl
          size="xs"
          aria-label={t('mailbox.view')}
          value={how}
          onChange={setHow}
          data={[
            { value: 'html', label: t('mailbox.asMail') },
            { value: 'text', label: t('mailbox.text') },
            { value: 'headers', label: t('mailbox.headers') },
          ]}
        />
      }
    >
      <FactList
        rows={[
          [t('mailbox.from'), m.from],
          [t('mailbox.to'), m.to.join(', ')],
          [t('mailbox.received'), dateTime(m.receivedAt)],
        ]}
      />
      <div style={{ marginTop: 12 }} lang="ru">
        {how === 'html' && m.html ? (
          <iframe
            title={m.subject}
            sandbox=""
            srcDoc={m.html}
            style={{
              width: '100%',
              height: 560,
              border: '1px solid var(--app-line)',
              borderRadius: 10,
              background: '#fff',
            }}
          />
        ) : how === 'headers' ? (
          <pre className="pre" style={{ fontSize: 12 }} tabIndex={0}>
            {Object.entries(m.headers)
              .map(([k, v]) => `${k}: ${typeof v === 'string' ? v : JSON.stringify(v)}`)
              .join('\n')}
          </pre>
        ) : (
          <Text size="sm" className="pre">
            {m.text}
          </Text>
        )}
      </div>
      <Group mt="xs">
        <Text size="xs" c="dimmed" className="wrap-anywhere">
          {m.messageId}
        </Text>
      </Group>
    </Panel>
  );
}
