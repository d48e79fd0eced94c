/** The queries of the application and their keys; a message of the stream invalidates them by the first words of the key. */
import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  QueryClient,
  queryOptions,
} from '@tanstack/react-query';
import { api, fetchText, type Reply, type Request, type RouteMap } from '../api.ts';
import { asProblem } from './problem.ts';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) => asProblem(error).mayRepeat && failures < 3,
      retryDelay: (n) => Math.min(8000, 700 * 2 ** n),
    },
  },
});

type QueryOf<K extends keyof RouteMap> = Request<RouteMap[K]> extends { query?: infer Q } ? NonNullable<Q> : never;

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => api('GET /api/session', {}),
  staleTime: 60_000,
  // An order of deputising that has ended is dropped by the client, and the question is asked again in one's own name.
  retry: (failures, error) => asProblem(error).code === 'not_a_deputy' && failures < 1,
});
export const waysQuery = queryOptions({
  queryKey: ['ways'],
  queryFn: () => api('GET /api/session/ways', {}),
  staleTime: Number.POSITIVE_INFINITY,
});
export const profileQuery = queryOptions({ queryKey: ['profile'], queryFn: () => api('GET /api/profile', {}) });
export const sessionsQuery = queryOptions({
  queryKey: ['profile', 'sessions'],
  queryFn: () => api('GET /api/sessions', {}),
});
export const tokensQuery = queryOptions({
  queryKey: ['profile', 'tokens'],
  queryFn: () => api('GET /api/tokens', {}),
});
export const accessListQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['access', 'list', q],
    queryFn: ({ pageParam }) =>
      api('GET /api/admin/people', {
        query: { limit: 30, ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
export const accessQuery = (id: string) =>
  queryOptions({ queryKey: ['access', id], queryFn: () => api('GET /api/admin/people/{id}', { params: { id } }) });
export const grantChoicesQuery = queryOptions({
  queryKey: ['access', 'choices'],
  queryFn: () => api('GET /api/admin/roles', {}),
  staleTime: 600_000,
});
export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: () => api('GET /api/accounts', {}),
  staleTime: 600_000,
});
export const inboxQuery = (kind?: 'task' | 'office' | 'case') =>
  infiniteQueryOptions({
    queryKey: ['inbox', kind ?? 'all'],
    queryFn: ({ pageParam }) =>
      api('GET /api/inbox', {
        query: { ...(kind ? { kind } : {}), limit: 50, ...(pageParam ? { cursor: pageParam } : {}) },
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
export const casesQuery = (query: QueryOf<'GET /api/cases'>) =>
  infiniteQueryOptions({
    queryKey: ['cases', query],
    queryFn: ({ pageParam }) =>
      api('GET /api/cases', { query: { ...query, limit: 30, ...(pageParam ? { cursor: pageParam } : {}) } }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
export const caseQuery = (id: string) =>
  queryOptions({ queryKey: ['case', id], queryFn: () => api('GET /api/cases/{id}', { params: { id } }) });
export const caseEventsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['case', id, 'events'],
    queryFn: ({ pageParam }) =>
      api('GET /api/cases/{id}/events', {
        params: { id },
        query: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) },
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
export const caseHistoryQuery = (id: string) =>
  queryOptions({
    queryKey: ['case', id, 'history'],
    queryFn: () => api('GET /api/cases/{id}/history', { params: { id } }),
  });
export const compareQuery = (id: string, from: number, to: number) =>
  queryOptions({
    queryKey: ['case', id, 'compare', from, to],
    queryFn: () => api('GET /api/cases/{id}/compare', { params: { id }, query: { from, to } }),
  });
export const documentQuery = (href: string) =>
  queryOptions({
    queryKey: ['document', href],
    queryFn: () => fetchText(href),
    staleTime: Number.POSITIVE_INFINITY,
  });
export const taskQuery = (id: string) =>
  queryOptions({ queryKey: ['task', id], queryFn: () => api('GET /api/tasks/{id}', { params: { id } }) });
/** My tasks of one case, for those who have no page of it. */
export const ownTasksQuery = (caseId: string) =>
  queryOptions({
    queryKey: ['own-tasks', caseId],
    queryFn: () => api('GET /api/tasks', { query: { caseId, mine: 'true', limit: 50 } }),
  });
export const processesQuery = queryOptions({
  queryKey: ['processes'],
  queryFn: () => api('GET /api/processes', {}),
  staleTime: 600_000,
});
export const processQuery = (slug: string) =>
  queryOptions({
    queryKey: ['process', slug],
    queryFn: () => api('GET /api/processes/{slug}', { params: { slug } }),
    staleTime: 600_000,
  });
/** The year of a founder: the draft of its schedule and the places the cases keep. */
export const attestationYearQuery = (year: number, jurisdiction?: string) =>
  queryOptions({
    queryKey: ['attestation-year', year, jurisdiction],
    queryFn: () =>
      api('GET /api/attestation-years/{year}', {
        params: { year: String(year) },
        query: jurisdiction ? { jurisdiction } : {},
      }),
  });
/** The same by the policy of one jurisdiction. */
export const processInQuery = (slug: string, jurisdiction: string) =>
  queryOptions({
    queryKey: ['process', slug, jurisdiction],
    queryFn: () => api('GET /api/processes/{slug}', { params: { slug }, query: { jurisdiction } }),
    staleTime: 600_000,
  });
export const diagramQuery = (slug: string) =>
  queryOptions({
    queryKey: ['diagram', slug],
    queryFn: () => fetchText(`/api/processes/${slug}/diagram`),
    staleTime: 600_000,
  });
export const draftsQuery = queryOptions({ queryKey: ['drafts'], queryFn: () => api('GET /api/drafts', {}) });
export const organisationsQuery = (q: string, mine = false) =>
  queryOptions({
    queryKey: ['organisations', q, mine],
    queryFn: () =>
      api('GET /api/organisations', {
        query: { limit: 50, ...(q ? { q } : {}), ...(mine ? { mine: 'true' as const } : {}) },
      }),
    staleTime: 300_000,
  });
export const peopleQuery = (q: string, role?: string) =>
  queryOptions({
    queryKey: ['people', q, role ?? ''],
    queryFn: () => api('GET /api/people', { query: { limit: 30, ...(q ? { q } : {}), ...(role ? { role } : {}) } }),
  });
export const noticesQuery = (unread: boolean) =>
  infiniteQueryOptions({
    queryKey: ['notices', unread],
    queryFn: ({ pageParam }) =>
      api('GET /api/notices', {
        query: {
          limit: 30,
          ...(unread ? { unread: 'true' as const } : {}),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
export const mailboxQuery = (to: string) =>
  infiniteQueryOptions({
    queryKey: ['mailbox', to],
    queryFn: ({ pageParam }) =>
      api('GET /api/mailbox', {
        query: { limit: 40, ...(to ? { q: to } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
export const mailQuery = (id: string) =>
  queryOptions({
    queryKey: ['mail', id],
    queryFn: () => api('GET /api/mailbox/{id}', { params: { id } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
export const registersQuery = queryOptions({ queryKey: ['registers'], queryFn: () => api('GET /api/registers', {}) });
export const entriesQuery = (register: string, query: { q?: string; status?: string; kind?: string }) =>
  infiniteQueryOptions({
    queryKey: ['register', register, query],
    queryFn: ({ pageParam }) =>
      api('GET /api/registers/{register}', {
        params: { register },
        query: { ...query, limit: 30, ...(pageParam ? { cursor: pageParam } : {}) },
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
export const entryQuery = (register: string, number: string) =>
  queryOptions({
    queryKey: ['register', register, 'entry', number],
    queryFn: () => api('GET /api/registers/{register}/{number}', { params: { register, number } }),
  });
export const reportQuery = (from: string, to: string) =>
  queryOptions({
    queryKey: ['report', from, to],
    queryFn: () =>
      api('GET /api/reports/dpp-certification', { query: { ...(from ? { from } : {}), ...(to ? { to } : {}) } }),
  });
export const reportsQuery = queryOptions({
  queryKey: ['reports'],
  queryFn: () => api('GET /api/reports', {}),
  staleTime: 600_000,
});
export type ReportFilters = Partial<Record<'on' | 'from' | 'to' | 'region' | 'year', string>>;
export const reportViewQuery = (id: string, query: ReportFilters) =>
  queryOptions({
    queryKey: ['report', id, query],
    queryFn: () => api('GET /api/reports/{id}', { params: { id }, query }),
    placeholderData: (before) => before,
  });
export const reportMembersQuery = (id: string, cell: string, query: ReportFilters) =>
  infiniteQueryOptions({
    queryKey: ['report', id, query, 'members', cell],
    queryFn: ({ pageParam }) =>
      api('GET /api/reports/{id}/members', {
        params: { id },
        query: { ...query, cell, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) },
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
export const overviewQuery = queryOptions({
  queryKey: ['admin', 'overview'],
  queryFn: () => api('GET /api/admin/overview', {}),
  refetchInterval: 20_000,
});
export const incidentsQuery = (resolved: boolean) =>
  queryOptions({
    queryKey: ['admin', 'incidents', resolved],
    queryFn: () =>
      api('GET /api/incidents', { query: { limit: 100, resolved: resolved ? ('true' as const) : ('false' as const) } }),
  });

export const hrBatchesQuery = infiniteQueryOptions({
  queryKey: ['hr', 'batches'],
  queryFn: ({ pageParam }) =>
    api('GET /api/hr-imports', { query: { limit: 20, ...(pageParam ? { cursor: pageParam } : {}) } }),
  initialPageParam: '',
  getNextPageParam: (last) => last.next ?? undefined,
});
/** Followed every second while its events are being told. */
export const hrBatchQuery = (id: string) =>
  queryOptions({
    queryKey: ['hr', 'batch', id],
    queryFn: () => api('GET /api/hr-imports/{id}', { params: { id } }),
    refetchInterval: ({ state }) => (state.data?.state === 'applying' ? 1_500 : false),
  });
/** An event is told before its cases have answered: a page that shows one looks again until each of them has. */
const unanswered = (seen: InfiniteData<{ items: { outcomes: readonly { state: string }[] }[] }> | undefined): boolean =>
  seen?.pages.some((page) => page.items.some((e) => e.outcomes.some((o) => o.state === 'sent'))) ?? false;

/** `told`: how many rows of the batch have been told; when that moves, the rows are read anew. */
export const hrRowsQuery = (id: string, state: string | undefined, told: number, live: boolean) =>
  infiniteQueryOptions({
    queryKey: ['hr', 'rows', id, state ?? 'all', told],
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam }) =>
      api('GET /api/hr-imports/{id}/rows', {
        params: { id },
        query: {
          limit: 50,
          ...(state ? { state: state as 'bad' } : {}),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: ({ state: seen }) => (live || unanswered(seen.data) ? 2_000 : false),
  });
export const hrEventsQuery = (q: string, event: string) =>
  infiniteQueryOptions({
    queryKey: ['hr', 'events', q, event],
    queryFn: ({ pageParam }) =>
      api('GET /api/hr-events', {
        query: {
          limit: 30,
          ...(q ? { q } : {}),
          ...(event ? { event } : {}),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
      }),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: ({ state }) => (unanswered(state.data) ? 2_000 : false),
  });

export type ReportView = Reply<'GET /api/reports/{id}'>;
export type CaseView = Reply<'GET /api/cases/{id}'>;
export type CaseRow = Reply<'GET /api/cases'>['items'][number];
export type TaskView = Reply<'GET /api/tasks/{id}'>;
export type InboxItem = Reply<'GET /api/inbox'>['items'][number];
export type ProcessView = Reply<'GET /api/processes/{slug}'>;
export type Offer = CaseView['offers'][number];
export type Criterion = TaskView['criteria'][number];
export type Conclusion = CaseView['conclusions'][number];
export type FieldChange = Reply<'GET /api/cases/{id}/compare'>['fields'][number];
export type DraftView = Reply<'GET /api/drafts/{id}'>;
export type Me = Reply<'GET /api/session'>;
export type EventView = Reply<'GET /api/cases/{id}/events'>['items'][number];
