import { useCallback } from 'react';
import { api, type Reply } from '../api.ts';
import type { TaskFormProps } from '../processes/types.ts';
import { expectOwnChange } from '../shell/live.ts';
import { type Submission, useSubmission } from './useSubmission.ts';

/**
 * Sends the answer of a task that was written as a draft: what is still being saved is saved first, and the draft is forgotten once the
 * answer is on record. `name` tells the forms of one task apart.
 */
export function useDraftedAct(
  { view, offer }: Pick<TaskFormProps, 'view' | 'offer'>,
  { flush, forget }: { flush(): Promise<unknown>; forget(): void },
  name: string,
  onSent: () => void,
): Submission<Record<string, unknown>, Reply<'POST /api/cases/{id}/actions/{type}'>> {
  const caseId = view.case.id;
  const act = useCallback(
    async (body: Record<string, unknown>, idempotencyKey: string) => {
      await flush();
      return api(
        'POST /api/cases/{id}/actions/{type}',
        { params: { id: caseId, type: offer.type }, json: body },
        { idempotencyKey },
      );
    },
    [flush, caseId, offer.type],
  );
  const done = useCallback(() => {
    forget();
    expectOwnChange(caseId);
    onSent();
  }, [forget, caseId, onSent]);
  return useSubmission(`${name}.${view.task.id}`, act, done);
}
