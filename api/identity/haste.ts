import { ApiProblem } from '../problems.ts';

/** Throws 429 with the wait where a try was not granted. */
export function refuseHaste(waitMs: number): void {
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1_000);
  throw new ApiProblem(429, {
    code: 'slow_down',
    detail: `Слишком много попыток. Следующая возможна через ${seconds < 90 ? `${seconds} с` : `${Math.ceil(seconds / 60)} мин`}.`,
    headers: { 'retry-after': String(seconds) },
  });
}
