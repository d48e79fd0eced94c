import { notifications } from '@mantine/notifications';
import { useEffect, useState } from 'react';
import { t } from '../i18n/index.ts';
import { queryClient } from '../lib/queries.ts';

const mine = new Map<string, number>();
/** What I changed myself needs no toast. */
export const expectOwnChange = (caseId: string) => mine.set(caseId, Date.now());

/** Listens to the stream: refreshes what changed, says so quietly. Returns whether the stream is open. */
export function useLive(): boolean {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const source = new EventSource('/api/stream');
    const pending = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = (...keys: string[]) => {
      for (const key of keys) pending.add(key);
      timer ??= setTimeout(() => {
        timer = undefined;
        for (const key of pending) void queryClient.invalidateQueries({ queryKey: JSON.parse(key) as string[] });
        pending.clear();
      }, 150);
    };
    const key = (...parts: string[]) => JSON.stringify(parts);
    const hear = (event: MessageEvent<string>) => {
      let message: { kind?: string; caseId?: string };
      try {
        message = JSON.parse(event.data) as typeof message;
      } catch {
        return;
      }
      if (message.kind === 'case' && message.caseId) {
        refresh(key('case', message.caseId), key('cases'), key('inbox'), key('task'), key('me'), key('tasks'));
        const own = Date.now() - (mine.get(message.caseId) ?? 0) < 8000;
        if (!own && location.pathname.includes(message.caseId)) quiet(t('shell.changed'), message.caseId);
      } else if (message.kind === 'notice') {
        refresh(key('notices'), key('me'), key('mailbox'));
        quiet(t('shell.newNotice'), 'notice');
      } else if (message.kind === 'inbox') {
        refresh(key('inbox'), key('me'), key('task'));
      }
    };
    source.onopen = () => setOpen(true);
    source.onerror = () => setOpen(false);
    source.onmessage = hear;
    for (const name of ['case', 'notice', 'inbox']) source.addEventListener(name, hear as EventListener);
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, []);
  return open;
}

function quiet(message: string, id: string): void {
  notifications.show({
    id: `live-${id}`,
    message,
    autoClose: 4000,
    color: 'ink',
    withBorder: true,
    closeButtonProps: { 'aria-label': t('common.close') },
  });
}
