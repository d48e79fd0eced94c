import { useCallback, useEffect, useRef, useState } from 'react';
import { dropLocal, readLocal, writeLocal } from '../lib/local.ts';
import { asProblem, type Problem } from '../lib/problem.ts';

interface Pending {
  key: string;
  body: string;
}

export interface Submission<B, R> {
  state: 'idle' | 'sending' | 'waiting';
  /** Seconds to the next repetition while the platform has not confirmed. */
  retryIn: number | null;
  problem: Problem | null;
  send(body: B): Promise<R | null>;
  retry(): void;
  clear(): void;
}

/**
 * Sends a decision of a person so that it is recorded once. The key belongs to the body: a repetition after a lost answer, even after
 * the page was closed, carries the same key; a changed body gets a new one. 503 and a dead network are repeated by themselves.
 */
export function useSubmission<B, R>(
  formKey: string,
  act: (body: B, idempotencyKey: string) => Promise<R>,
  onDone: (result: R) => void,
): Submission<B, R> {
  const [state, setState] = useState<'idle' | 'sending' | 'waiting'>('idle');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [retryIn, setRetryIn] = useState<number | null>(null);
  const last = useRef<B | null>(null);
  const attempts = useRef(0);
  const running = useRef(false);
  const alive = useRef(true);
  const pendingName = `${formKey}.pending`;

  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);

  const send = useCallback(
    async (body: B): Promise<R | null> => {
      if (running.current) return null;
      running.current = true;
      last.current = body;
      const text = JSON.stringify(body);
      const before = readLocal<Pending>(pendingName);
      const pending: Pending = before?.body === text ? before : { key: crypto.randomUUID(), body: text };
      writeLocal(pendingName, pending);
      setState('sending');
      setRetryIn(null);
      try {
        const result = await act(body, pending.key);
        dropLocal(pendingName);
        attempts.current = 0;
        setProblem(null);
        setState('idle');
        onDone(result);
        return result;
      } catch (error) {
        const found = asProblem(error);
        setProblem(found);
        if (found.mayRepeat) {
          attempts.current += 1;
          setRetryIn(found.retryAfter ?? Math.min(30, 2 ** attempts.current));
          setState('waiting');
        } else {
          // Refused for good: what is sent next is another request, unless the session only has to be renewed.
          if (found.status !== 401) dropLocal(pendingName);
          setState('idle');
        }
        return null;
      } finally {
        running.current = false;
      }
    },
    [act, onDone, pendingName],
  );

  useEffect(() => {
    if (state !== 'waiting' || retryIn === null) return;
    const timer = setTimeout(() => {
      if (!alive.current) return;
      if (retryIn > 1) setRetryIn(retryIn - 1);
      else if (last.current !== null) void send(last.current);
    }, 1000);
    return () => clearTimeout(timer);
  }, [state, retryIn, send]);

  return {
    state,
    retryIn,
    problem,
    send,
    retry: () => {
      if (last.current !== null) void send(last.current);
    },
    clear: () => {
      setProblem(null);
      setState('idle');
      setRetryIn(null);
    },
  };
}
