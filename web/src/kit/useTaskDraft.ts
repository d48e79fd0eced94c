import { useCallback, useEffect, useRef, useState } from 'react';
import { apiFull } from '../api.ts';
import { dropLocal, readLocal, writeLocal } from '../lib/local.ts';
import { asProblem } from '../lib/problem.ts';

interface Ready<T> {
  status: 'ready';
  body: T;
  saving: 'saved' | 'pending' | 'saving' | 'failed';
  savedAt: Date | null;
  change(body: T): void;
  flush(): Promise<void>;
  forget(): void;
}
type TaskDraft<T> = { status: 'loading' } | { status: 'failed'; error: unknown; reload(): void } | Ready<T>;

/** The private draft of a task. It has one author, so a newer version from another tab of his simply becomes the base. */
export function useTaskDraft<T extends Record<string, unknown>>(taskId: string, empty: T): TaskDraft<T> {
  const [body, setBody] = useState<T | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [saving, setSaving] = useState<Ready<T>['saving']>('saved');
  const [savedAt, setSavedAt] = useState<Date | null>(null);
  const etag = useRef<string | null>(null);
  const current = useRef<T>(empty);
  const dirty = useRef(false);
  const closed = useRef(false);
  const running = useRef<Promise<void> | null>(null);
  const again = useRef<() => Promise<void>>(() => Promise.resolve());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const localKey = `task.${taskId}`;

  const load = useCallback(async () => {
    try {
      let stored: Partial<T> = {};
      try {
        const { data, etag: tag } = await apiFull('GET /api/tasks/{id}/draft', { params: { id: taskId } });
        etag.current = data.version > 0 ? (tag ?? `"${data.version}"`) : tag;
        stored = data.body as Partial<T>;
        if (data.updatedAt) setSavedAt(new Date(data.updatedAt));
      } catch (error) {
        if (asProblem(error).status !== 404) throw error;
      }
      const kept = readLocal<T>(localKey);
      const unsaved = kept !== null && JSON.stringify(kept) !== JSON.stringify(stored);
      current.current = { ...empty, ...(unsaved ? kept : stored) };
      dirty.current = unsaved;
      setSaving(unsaved ? 'pending' : 'saved');
      setFailure(null);
      setBody(current.current);
    } catch (error) {
      setFailure(error);
    }
    // oxlint-disable-next-line react/exhaustive-deps -- `empty` is a constant of the form
  }, [taskId, localKey]);
  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- state is set after the answer came
    void load();
  }, [load]);

  const save = useCallback(async (): Promise<void> => {
    if (running.current) await running.current;
    if (!dirty.current || closed.current) return;
    const sent = current.current;
    setSaving('saving');
    running.current = (async () => {
      try {
        const { data, etag: tag } = await apiFull(
          'PUT /api/tasks/{id}/draft',
          { params: { id: taskId }, json: sent },
          etag.current ? { ifMatch: etag.current } : {},
        );
        etag.current = tag ?? `"${data.version}"`;
        setSavedAt(new Date());
        if (current.current === sent) {
          dirty.current = false;
          dropLocal(localKey);
          setSaving('saved');
        } else setSaving('pending');
      } catch (error) {
        const problem = asProblem(error);
        setSaving('failed');
        if (problem.status === 412) {
          const newer = await apiFull('GET /api/tasks/{id}/draft', { params: { id: taskId } }).catch(() => null);
          if (newer) {
            etag.current = newer.etag ?? `"${newer.data.version}"`;
            timer.current = setTimeout(() => void again.current(), 300);
          }
        } else if (problem.mayRepeat) timer.current = setTimeout(() => void again.current(), 5000);
      } finally {
        running.current = null;
      }
    })();
    await running.current;
  }, [taskId, localKey]);

  useEffect(() => {
    again.current = save;
  }, [save]);

  const change = useCallback(
    (next: T) => {
      current.current = next;
      dirty.current = true;
      setBody(next);
      setSaving((s) => (s === 'failed' ? s : 'pending'));
      writeLocal(localKey, next);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void save(), 900);
    },
    [localKey, save],
  );
  const flush = useCallback(async () => {
    clearTimeout(timer.current);
    await save();
  }, [save]);
  const forget = useCallback(() => {
    clearTimeout(timer.current);
    closed.current = true;
    dirty.current = false;
    dropLocal(localKey);
  }, [localKey]);
  useEffect(() => {
    closed.current = false;
    return () => {
      clearTimeout(timer.current);
      if (dirty.current) void save();
    };
  }, [save]);

  if (failure !== null && body === null) return { status: 'failed', error: failure, reload: () => void load() };
  if (body === null) return { status: 'loading' };
  return { status: 'ready', body, saving, savedAt, change, flush, forget };
}
