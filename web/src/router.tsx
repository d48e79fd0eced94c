import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Frame } from './shell/Frame.tsx';
import { NotFound } from './shell/NotFound.tsx';
import { PageError } from './shell/PageError.tsx';
import { Loading } from './kit/bits.tsx';

export type Search = Record<string, string>;

/** Search parameters are words: whatever the address holds becomes text. */
const words = (raw: Record<string, unknown>): Search =>
  Object.fromEntries(
    Object.entries(raw)
      .filter(([, v]) => v !== undefined && v !== null && v !== '')
      .map(([k, v]) => [k, String(v)]),
  );

const root = createRootRoute({
  component: Frame,
  notFoundComponent: NotFound,
  errorComponent: PageError,
  validateSearch: words,
});

/** A page is drawn anew, with all it holds and nothing lost, when the reader changes the language. */
function page<P extends string>(path: P, Page: ReturnType<typeof lazyRouteComponent>) {
  const component = Object.assign(
    function InLanguage() {
      useTranslation();
      return <Page />;
    },
    { preload: Page.preload },
  );
  return createRoute({ getParentRoute: () => root, path, component });
}

const routeTree = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/inbox' });
    },
  }),
  page(
    '/inbox',
    lazyRouteComponent(() => import('./pages/InboxPage.tsx'), 'InboxPage'),
  ),
  page(
    '/tasks',
    lazyRouteComponent(() => import('./pages/TasksPage.tsx'), 'TasksPage'),
  ),
  page(
    '/tasks/$id',
    lazyRouteComponent(() => import('./pages/TaskPage.tsx'), 'TaskPage'),
  ),
  page(
    '/cases',
    lazyRouteComponent(() => import('./pages/CasesPage.tsx'), 'CasesPage'),
  ),
  page(
    '/cases/$id',
    lazyRouteComponent(() => import('./pages/CasePage.tsx'), 'CasePage'),
  ),
  page(
    '/cases/$id/history',
    lazyRouteComponent(() => import('./pages/CaseHistoryPage.tsx'), 'CaseHistoryPage'),
  ),
  page(
    '/hr',
    lazyRouteComponent(() => import('./pages/HrPage.tsx'), 'HrPage'),
  ),
  page(
    '/hr/$id',
    lazyRouteComponent(() => import('./pages/HrPage.tsx'), 'HrBatchPage'),
  ),
  page(
    '/desk/$slug',
    lazyRouteComponent(() => import('./pages/DeskPage.tsx'), 'DeskPage'),
  ),
  page(
    '/start',
    lazyRouteComponent(() => import('./pages/StartPage.tsx'), 'StartPage'),
  ),
  page(
    '/drafts',
    lazyRouteComponent(() => import('./pages/DraftsPage.tsx'), 'DraftsPage'),
  ),
  page(
    '/drafts/$id',
    lazyRouteComponent(() => import('./pages/DraftPage.tsx'), 'DraftPage'),
  ),
  page(
    '/registers',
    lazyRouteComponent(() => import('./pages/RegistersPage.tsx'), 'RegistersPage'),
  ),
  page(
    '/registers/$register',
    lazyRouteComponent(() => import('./pages/RegistersPage.tsx'), 'RegisterPage'),
  ),
  page(
    '/registers/$register/$number',
    lazyRouteComponent(() => import('./pages/EntryPage.tsx'), 'EntryPage'),
  ),
  page(
    '/notices',
    lazyRouteComponent(() => import('./pages/NoticesPage.tsx'), 'NoticesPage'),
  ),
  page(
    '/my-data',
    lazyRouteComponent(() => import('./pages/MyDataPage.tsx'), 'MyDataPage'),
  ),
  page(
    '/personal-data',
    lazyRouteComponent(() => import('./pages/MyDataPage.tsx'), 'PersonalRequestsPage'),
  ),
  page(
    '/mailbox',
    lazyRouteComponent(() => import('./pages/MailboxPage.tsx'), 'MailboxPage'),
  ),
  page(
    '/reports',
    lazyRouteComponent(() => import('./pages/ReportsPage.tsx'), 'ReportsPage'),
  ),
  page(
    '/reports/$slug',
    lazyRouteComponent(() => import('./pages/ReportsPage.tsx'), 'ReportPage'),
  ),
  page(
    '/processes',
    lazyRouteComponent(() => import('./pages/ProcessesPage.tsx'), 'ProcessesPage'),
  ),
  page(
    '/processes/$slug',
    lazyRouteComponent(() => import('./pages/ProcessesPage.tsx'), 'ProcessPage'),
  ),
  page(
    '/admin',
    lazyRouteComponent(() => import('./pages/AdminPage.tsx'), 'AdminPage'),
  ),
  page(
    '/profile',
    lazyRouteComponent(() => import('./pages/ProfilePage.tsx'), 'ProfilePage'),
  ),
  page(
    '/sign-in',
    lazyRouteComponent(() => import('./pages/ProfilePage.tsx'), 'ProfilePage'),
  ),
  page(
    '/link',
    lazyRouteComponent(() => import('./shell/LinkPage.tsx'), 'LinkPage'),
  ),
  page(
    '/admin/people',
    lazyRouteComponent(() => import('./pages/AccessPage.tsx'), 'AccessPage'),
  ),
  page(
    '/admin/people/$id',
    lazyRouteComponent(() => import('./pages/AccessCardPage.tsx'), 'AccessCardPage'),
  ),
  page(
    '/admin/incidents',
    lazyRouteComponent(() => import('./pages/IncidentsPage.tsx'), 'IncidentsPage'),
  ),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultPendingComponent: Loading,
  defaultNotFoundComponent: NotFound,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
