import { useCallback, useEffect, useRef, useState } from 'react';
import { apiFull } from '../api.ts';
import { dropLocal, readLocal, writeLocal } from '../lib/local.ts';
import { asProblem } from '../lib/problem.ts';
import type { DraftView } from '../lib/queries.ts';

type Body = Record<string, unknown>;
interface Kept {
  body: Body;
  version: number;
}
interface Conflict {
  version: number;
  at: string;
  by: string | null;
}

interface Ready {
  status: 'ready';
  draft: DraftView;
  body: Body;
  version: number;
  saving: 'saved' | 'pending' | 'saving' | 'failed';
  savedAt: Date | null;
  conflict: Conflict | null;
  restored: boolean;
  change(body: Body): void;
  flush(): Promise<void>;
  forget(): void;
  takeTheirs(): void;
  keepMine(): void;
  dismissRestored(): void;
}
type Autosave = { status: 'loading' } | { status: 'failed'; error: unknown; reload(): void } | Ready;

/**
 * A draft that saves itself a second after the last key. The version it was read at goes along, so that two people never overwrite
 * each other unseen; until the server has it, the text is also on this computer.
 */
export function useAutosave(id: string): Autosave {
  const [draft, setDraft] = useState<DraftView | null>(null);
  const [body, setBody] = useState<Body>({});
  const [failure, setFailure] = useState<unknown>(null);
  const [saving, setSaving] = useState<Ready['saving']>('saved');
  const [savedAt, setSavedAt] = useState<Date | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [restored, setRestored] = useState(false);
  const etag = useRef<string>('');
  const version = useRef(0);
  const [shownVersion, setShownVersion] = useState(0);
  const current = useRef<Body>({});
  const dirty = useRef(false);
  const blocked = useRef(false);
  const running = useRef<Promise<void> | null>(null);
  const again = useRef<() => Promise<void>>(() => Promise.resolve());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const localKey = `draft.${id}`;

  const load = useCallback(
    async (useLocal: boolean) => {
      try {
        const { data, etag: tag } = await apiFull('GET /api/drafts/{id}', { params: { id } });
        etag.current = tag ?? `"${data.version}"`;
        version.current = data.version;
        setShownVersion(data.version);
        const kept = useLocal ? readLocal<Kept>(localKey) : null;
        const unsaved = kept !== null && JSON.stringify(kept.body) !== JSON.stringify(data.body);
        current.current = unsaved ? kept.body : (data.body as Body);
        setBody(current.current);
        setRestored(unsaved);
        dirty.current = unsaved;
        blocked.current = false;
        setConflict(null);
        setFailure(null);
        setSavedAt(new Date(data.updatedAt));
        setSaving(unsaved ? 'pending' : 'saved');
        if (unsaved && kept.version !== data.version) {
          blocked.current = true;
          setConflict({ version: data.version, at: data.updatedAt, by: data.ownerRu });
        }
        setDraft(data);
      } catch (error) {
        setFailure(error);
      }
    },
    [id, localKey],
  );
  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- state is set after the answer came
    void load(true);
  }, [load]);

  const save = useCallback(async (): Promise<void> => {
    if (running.current) await running.current;
    if (!dirty.current || blocked.current) return;
    const sent = current.current;
    setSaving('saving');
    running.current = (async () => {
      try {
        const { data, etag: tag } = await apiFull(
          'PUT /api/drafts/{id}',
          { params: { id }, json: sent },
          { ifMatch: etag.current },
        );
        etag.current = tag ?? `"${data.version}"`;
        version.current = data.version;
        setShownVersion(data.version);
        setSavedAt(new Date());
        if (current.current === sent) {
          dirty.current = false;
          dropLocal(localKey);
          setSaving('saved');
        } else setSaving('pending');
      } catch (error) {
        const problem = asProblem(error);
        if (problem.status === 412) {
          const newer = problem.body.current as
            | { version?: number; updatedAt?: string; updatedBy?: string | null }
            | undefined;
          blocked.current = true;
          setConflict({
            version: newer?.version ?? version.current + 1,
            at: newer?.updatedAt ?? new Date().toISOString(),
            by: newer?.updatedBy ?? null,
          });
        }
        setSaving('failed');
        if (problem.mayRepeat) timer.current = setTimeout(() => void again.current(), 5000);
      } finally {
        running.current = null;
      }
    })();
    await running.current;
  }, [id, localKey]);

  useEffect(() => {
    again.current = save;
  }, [save]);

  const change = useCallback(
    (next: Body) => {
      current.current = next;
      dirty.current = true;
      setBody(next);
      setSaving((s) => (s === 'failed' ? s : 'pending'));
      writeLocal(localKey, { body: next, version: version.current } satisfies Kept);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void save(), 1000);
    },
    [localKey, save],
  );

  const flush = useCallback(async () => {
    clearTimeout(timer.current);
    await save();
  }, [save]);
  const forget = useCallback(() => {
    clearTimeout(timer.current);
    dirty.current = false;
    dropLocal(localKey);
  }, [localKey]);

  useEffect(() => {
    const leave = (e: BeforeUnloadEvent) => {
      if (dirty.current && blocked.current) e.preventDefault();
      else if (dirty.current) void save();
    };
    window.addEventListener('beforeunload', leave);
    return () => {
      window.removeEventListener('beforeunload', leave);
      clearTimeout(timer.current);
      if (dirty.current && !blocked.current) void save();
    };
  }, [save]);

  if (failure !== null && draft === null) return { status: 'failed', error: failure, reload: () => void load(true) };
  if (draft === null) return { status: 'loading' };
  return {
    status: 'ready',
    draft,
    body,
    version: shownVersion,
    saving,
    savedAt,
    conflict,
    restored,
    change,
    flush,
    forget,
    takeTheirs: () => {
      dropLocal(localKey);
      void load(false);
    },
    keepMine: () => {
      void (async () => {
        const { data, etag: tag } = await apiFull('GET /api/drafts/{id}', { params: { id } });
        etag.current = tag ?? `"${data.version}"`;
        version.current = data.version;
        setShownVersion(data.version);
        blocked.current = false;
        dirty.current = true;
        setConflict(null);
        await save();
      })();
    },
    dismissRestored: () => setRestored(false),
  };
}
