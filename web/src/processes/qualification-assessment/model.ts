import { queryOptions } from '@tanstack/react-query';
import { api, type Reply } from '../../api.ts';

export type Assessment = Reply<'GET /api/cases/{id}/assessment'>;

/** The case as its reader may know it; kept under the key of the case, so that news of the case refresh it. */
export const assessmentQuery = (caseId: string) =>
  queryOptions({
    queryKey: ['case', caseId, 'assessment'],
    queryFn: () => api('GET /api/cases/{id}/assessment', { params: { id: caseId } }),
  });

export const TEXT = {
  message: { color: 'var(--mantine-color-text)' },
  title: { color: 'var(--mantine-color-text)' },
};
