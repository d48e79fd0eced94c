/** Finds the screens of a process by its slug. A folder added beside these is found without a change here. */
import { queryOptions } from '@tanstack/react-query';
import type { ProcessScreens } from './types.ts';
import { t } from '../i18n/index.ts';

const folders = import.meta.glob<{ screens: ProcessScreens }>('./*/screens.tsx');

/** Pages of offices that stand in the menu: whose, and what they are called there. One line each. */
export const desks: ReadonlyArray<{ slug: string; titleRu: string; roles: readonly string[] }> = [
  {
    slug: 'head-attestation',
    get titleRu() {
      return t('desks.headAttestation');
    },
    roles: ['founder_rep', 'founder_head', 'secretary', 'hr_officer'],
  },
];

const none: ProcessScreens = { vocabulary: () => ({}), taskForms: {} };

export const screensQuery = (slug: string) =>
  queryOptions({
    queryKey: ['screens', slug],
    queryFn: async (): Promise<ProcessScreens> => {
      const load = folders[`./${slug}/screens.tsx`];
      return load ? (await load()).screens : none;
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    enabled: slug !== '',
  });
