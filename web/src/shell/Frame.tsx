import {
  ActionIcon,
  AppShell,
  Badge,
  Box,
  Burger,
  Button,
  Group,
  Divider,
  Indicator,
  Modal,
  NativeSelect,
  Popover,
  ScrollArea,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure, useHotkeys, useNetwork } from '@mantine/hooks';
import {
  IconAlertTriangle,
  IconBell,
  IconBook2,
  IconCalendarEvent,
  IconChartBar,
  IconChevronDown,
  IconFilePlus,
  IconFiles,
  IconFolders,
  IconInbox,
  IconLogout,
  IconMail,
  IconRoute,
  IconSearch,
  IconSettings,
  IconShieldLock,
  IconUser,
  IconUsersGroup,
  IconUserCog,
  IconUserShare,
  IconUsers,
} from '@tabler/icons-react';
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { notifications } from '@mantine/notifications';
import {
  actFor,
  api,
  type FactorWanted,
  whenFactorIsWanted,
  whenOrderIsOver,
  whenProofIsWanted,
  whenSessionLost,
  whomIActFor,
} from '../api.ts';
import { t } from '../i18n/index.ts';
import { Loading } from '../kit/bits.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { longDate } from '../lib/dates.ts';
import { AnchorTo, ButtonTo, NavTo } from '../lib/links.tsx';
import { dropAllLocal } from '../lib/local.ts';
import { asProblem } from '../lib/problem.ts';
import { type Me, meQuery, processesQuery, reportsQuery } from '../lib/queries.ts';
import { desks } from '../processes/index.ts';
import { LanguageSwitch } from './LanguageSwitch.tsx';
import { useLive } from './live.ts';
import { LinkPage } from './LinkPage.tsx';
import { Logo } from './Logo.tsx';
import { SignInCard } from './PasswordSignIn.tsx';
import { FactorForm, ProofDialog } from './SecondFactor.tsx';
import { SessionLost, SignIn } from './SignIn.tsx';

export function Frame() {
  // The door and the dialogs are drawn anew when the language changes.
  useTranslation();
  const me = useQuery(meQuery);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [lost, setLost] = useState(false);
  const [choose, setChoose] = useState(false);
  const [want, setWant] = useState<FactorWanted | null>(null);
  const [proof, setProof] = useState<((proved: boolean) => void) | null>(null);
  useEffect(() => whenSessionLost(() => setLost(true)), []);
  useEffect(() => {
    whenFactorIsWanted(setWant);
    whenProofIsWanted(
      () =>
        new Promise((resolve) => {
          setProof(() => (proved: boolean) => {
            setProof(null);
            resolve(proved);
          });
        }),
    );
  }, []);
  useEffect(
    () =>
      whenOrderIsOver((detail) => {
        notifications.show({
          message: detail,
          color: 'yellow',
          withBorder: true,
          autoClose: false,
          closeButtonProps: { 'aria-label': t('common.close') },
        });
        forgetOtherName(client);
      }),
    [client],
  );

  const path = useRouterState({ select: (s) => s.location.pathname });

  // A letter's link is for whoever holds the letter, signed in or not.
  if (path === '/link') return <LinkPage />;
  if (me.isPending) return <Loading />;
  const notSignedIn = choose || (me.data === undefined && asProblem(me.error).status === 401);
  if (notSignedIn) {
    return (
      <SignIn
        onDone={() => {
          const stay = !choose && !['/', '/sign-in'].includes(location.pathname);
          actFor(null);
          // Nothing the former person read may stay; the query of the person itself is watched here and is asked again instead.
          client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'me' });
          // A question asked before the sign-in would bring the old «nobody is signed in».
          void client
            .cancelQueries({ queryKey: meQuery.queryKey })
            .then(() => client.fetchQuery({ ...meQuery, staleTime: 0, retry: 2 }))
            .then(() => {
              setChoose(false);
              setLost(false);
              if (!stay) void navigate({ to: '/inbox' });
            })
            // Signed in, and a second factor is still missing.
            .catch((error: unknown) => {
              if (asProblem(error).status === 403) setChoose(false);
            });
        }}
      />
    );
  }
  const factor = want && (
    <FactorForm
      want={want}
      onDone={() => {
        setWant(null);
        void client.invalidateQueries();
      }}
      onLeave={() => {
        void api('DELETE /api/session', {}).finally(() => location.assign('/'));
      }}
    />
  );
  if (me.data === undefined && factor)
    return <SignInCard title={t(want === 'code' ? 'factor.titleCode' : 'factor.titleSetup')}>{factor}</SignInCard>;
  if (me.data === undefined)
    return (
      <Box p="xl">
        <ErrorNote error={me.error} onRetry={() => void me.refetch()} />
      </Box>
    );
  return (
    <>
      <Shell me={me.data} onSwitch={() => setChoose(true)} />
      {factor && !lost && (
        <Modal
          opened
          onClose={() => setWant(null)}
          closeOnClickOutside={false}
          title={<Text fw={650}>{t(want === 'code' ? 'factor.titleCode' : 'factor.titleSetup')}</Text>}
        >
          {factor}
        </Modal>
      )}
      {proof && <ProofDialog onEnd={proof} />}
      {lost && (
        <SessionLost
          personId={me.data.person.id}
          name={me.data.person.displayName}
          embedded={me.data.embedded}
          onDone={() => {
            setLost(false);
            void client.invalidateQueries();
          }}
          onOther={() => setChoose(true)}
          onLater={() => setLost(false)}
        />
      )}
    </>
  );
}

function Shell({ me, onSwitch }: { me: Me; onSwitch(): void }) {
  const [opened, { toggle, close }] = useDisclosure(false);
  const path = useRouterState({ select: (s) => s.location.pathname });
  const live = useLive();
  const network = useNetwork();
  // The menu of a phone closes when the page changes.
  useEffect(() => {
    if (path) close();
  }, [path, close]);

  return (
    <AppShell
      header={{ height: 54 }}
      navbar={{ width: 232, breakpoint: 'md', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href="#content" className="skip-link">
        {t('skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px={{ base: 'sm', sm: 'md' }} justify="space-between" wrap="nowrap" gap="sm">
          <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="md"
              size="sm"
              aria-label={t('nav.menu')}
              aria-expanded={opened}
            />
            <AnchorTo to="/inbox" underline="never" c="inherit" aria-label={t('app.name')}>
              <Group gap={9} wrap="nowrap">
                <Logo size={28} />
                <Text fw={700} visibleFrom="xs">
                  {t('app.name')}
                </Text>
              </Group>
            </AnchorTo>
          </Group>
          <CaseSearch />
          <Group gap={6} wrap="nowrap">
            {me.mayActFor.length > 0 && <ActAs me={me} />}
            <NoticesBell unread={me.counters.unreadNotices} />
            <PersonMenu me={me} live={live} onSwitch={onSwitch} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="nav" aria-label={t('nav.main')}>
        <Navigation me={me} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} style={{ outline: 'none' }}>
        {!network.online && (
          <Box mb="md" role="status" className="panel" style={{ background: 'var(--app-soon-ground)' }}>
            <Text size="sm">{t('shell.offline')}</Text>
          </Box>
        )}
        {whomIActFor() && <ActingFor me={me} />}
        <Box maw={1360} mx="auto">
          <Outlet />
        </Box>
      </AppShell.Main>
    </AppShell>
  );
}

function Navigation({ me }: { me: Me }) {
  const path = useRouterState({ select: (s) => s.location.pathname });
  const processes = useQuery(processesQuery);
  const mayStart = (processes.data?.items ?? []).some((p) => p.mayStart);
  const item = (to: string, label: string, icon: ReactNode, end?: ReactNode) => (
    <NavTo
      key={to}
      to={to as '/inbox'}
      activeOptions={{ exact: to === '/admin' }}
      label={label}
      leftSection={icon}
      rightSection={end}
      active={path === to || (path.startsWith(`${to}/`) && !(to === '/admin' && path.startsWith('/admin/people')))}
      aria-current={path === to ? 'page' : undefined}
      variant="light"
      style={{ borderRadius: 8 }}
      py={7}
    />
  );
  const late = me.counters.late;
  const hasReports = (useQuery(reportsQuery).data?.items.length ?? 0) > 0;
  return (
    <>
      {mayStart && (
        <ButtonTo to="/start" leftSection={<IconFilePlus size={17} aria-hidden />} mb="sm" mt={4} fullWidth>
          {t('nav.start')}
        </ButtonTo>
      )}
      <AppShell.Section grow component={ScrollArea} viewportProps={{ tabIndex: 0, 'aria-label': t('nav.main') }}>
        <Stack gap={2}>
          {item(
            '/inbox',
            t('nav.inbox'),
            <IconInbox size={18} aria-hidden />,
            me.counters.inbox > 0 ? (
              <span
                className="chip"
                data-tone={late > 0 ? 'late' : 'info'}
                title={late > 0 ? `${t('shell.late', { count: late })}` : undefined}
              >
                {me.counters.inbox}
              </span>
            ) : null,
          )}
          {item('/cases', t('nav.cases'), <IconFolders size={18} aria-hidden />)}
          {mayStart && item('/drafts', t('nav.drafts'), <IconFiles size={18} aria-hidden />)}
          {item('/registers', t('nav.registry'), <IconBook2 size={18} aria-hidden />)}
          {desks
            .filter(({ roles }) =>
              me.roles.some((held) => held.scope.kind === 'jurisdiction' && roles.includes(held.role)),
            )
            .map(({ slug, titleRu }) => item(`/desk/${slug}`, titleRu, <IconCalendarEvent size={18} aria-hidden />))}
          {item(
            '/notices',
            t('nav.notices'),
            <IconBell size={18} aria-hidden />,
            me.counters.unreadNotices > 0 ? <span className="chip">{me.counters.unreadNotices}</span> : null,
          )}
          {(me.admin || me.roles.some(({ role }) => role === 'hr_officer')) &&
            item('/hr', t('nav.hr'), <IconUsersGroup size={18} aria-hidden />)}
          {hasReports && item('/reports', t('nav.reports'), <IconChartBar size={18} aria-hidden />)}
          {item('/processes', t('nav.processes'), <IconRoute size={18} aria-hidden />)}
          {me.embedded && item('/mailbox', t('nav.mailbox'), <IconMail size={18} aria-hidden />)}
          {me.roles.some((held) => held.role === 'dpo' && held.scope.kind === 'country') &&
            item('/personal-data', t('nav.personal'), <IconShieldLock size={18} aria-hidden />)}
          {me.roles.some(({ role }) => role === 'admin') &&
            item('/admin/people', t('nav.people'), <IconUsers size={18} aria-hidden />)}
          {me.admin &&
            item(
              '/admin',
              t('nav.admin'),
              <IconSettings size={18} aria-hidden />,
              me.counters.incidents > 0 ? (
                <span className="chip" data-tone="late">
                  <IconAlertTriangle size={13} aria-hidden />
                  {me.counters.incidents}
                </span>
              ) : null,
            )}
        </Stack>
      </AppShell.Section>
      <Box px="sm" py="xs">
        <a
          href="/registry"
          target="_blank"
          rel="noreferrer"
          style={{ fontSize: 13, color: 'var(--mantine-color-dimmed)' }}
        >
          {t('nav.publicRegistry')}
        </a>
      </Box>
    </>
  );
}

function CaseSearch() {
  const navigate = useNavigate();
  const box = useRef<HTMLInputElement>(null);
  const [q, setQ] = useState('');
  useHotkeys([['/', () => box.current?.focus()]]);
  return (
    <Box
      component="form"
      role="search"
      style={{ flex: 1, maxWidth: 460 }}
      onSubmit={(e) => {
        e.preventDefault();
        void navigate({ to: '/cases', search: (q.trim() ? { q: q.trim() } : {}) as never });
      }}
    >
      <TextInput
        ref={box}
        aria-label={t('shell.search')}
        placeholder={t('shell.search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        size="sm"
        value={q}
        onChange={(e) => setQ(e.currentTarget.value)}
      />
    </Box>
  );
}

function NoticesBell({ unread }: { unread: number }) {
  const navigate = useNavigate();
  const label = unread > 0 ? t('shell.unread', { count: unread }) : t('nav.notices');
  return (
    <Indicator
      disabled={unread === 0}
      label={unread > 99 ? '99+' : unread}
      size={17}
      offset={5}
      color="#b42318"
      styles={{ indicator: { fontWeight: 700 } }}
    >
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        onClick={() => void navigate({ to: '/notices' })}
      >
        <IconBell size={20} />
      </ActionIcon>
    </Indicator>
  );
}

/** What was read in another name may not stay on the screen. */
function forgetOtherName(client: QueryClient): void {
  void client.resetQueries({ predicate: (query) => query.queryKey[0] !== 'me' });
  void client.invalidateQueries({ queryKey: ['me'] });
}

/** In whose name one acts, always in sight: a deputy by order acts «за» another and is recorded so. */
function ActAs({ me }: { me: Me }) {
  const client = useQueryClient();
  return (
    <NativeSelect
      aria-label={t('shell.actAs')}
      size="sm"
      maw={{ base: 120, sm: 240 }}
      value={whomIActFor() ?? ''}
      onChange={(e) => {
        actFor(e.currentTarget.value || null);
        forgetOtherName(client);
      }}
      data={[
        { value: '', label: t('shell.actSelf') },
        ...me.mayActFor.map((p) => ({ value: p.id, label: t('shell.onBehalf', { displayName: p.displayName }) })),
      ]}
    />
  );
}

function ActingFor({ me }: { me: Me }) {
  const client = useQueryClient();
  const who = me.mayActFor.find((p) => p.id === whomIActFor());
  return (
    <Box mb="md" className="panel" style={{ background: 'var(--app-info-ground)' }} role="status">
      <Group justify="space-between" gap="sm">
        <Text size="sm" style={{ flex: 1, minWidth: 220 }}>
          {t('shell.actingFor')} <b>{who?.displayName ?? '—'}</b>
          {who?.act ? ` (${who.act})` : ''}
          {who?.until ? `, ${t('shell.actingUntil', { day: longDate(who.until) })}` : ''}. {t('shell.actingRecorded')}
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            actFor(null);
            forgetOtherName(client);
          }}
        >
          {t('shell.actingStop')}
        </Button>
      </Group>
    </Box>
  );
}

function PersonMenu({ me, live, onSwitch }: { me: Me; live: boolean; onSwitch(): void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [opened, setOpened] = useState(false);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const leave = useMutation({
    mutationFn: () => api('DELETE /api/session', {}),
    onSettled: (left) => {
      dropAllLocal();
      actFor(null);
      client.clear();
      // The session at the identity provider ends as well.
      location.assign(left?.endSessionUrl ?? '/');
    },
  });
  const roles = [...new Set(me.roles.map((r) => r.roleRu))];
  return (
    <Popover opened={opened} onChange={setOpened} width={300} position="bottom-end" withinPortal trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton
          onClick={() => setOpened((now) => !now)}
          aria-label={`${t('shell.person')}: ${me.person.displayName}`}
          style={{ borderRadius: 8, padding: '4px 8px' }}
        >
          <Group gap={8} wrap="nowrap">
            <Box visibleFrom="sm" ta="right">
              <Text size="sm" fw={600} lh={1.2}>
                {me.person.familyName} {me.person.givenName.charAt(0)}.{' '}
                {me.person.patronymic ? `${me.person.patronymic.charAt(0)}.` : ''}
              </Text>
              <Text size="xs" c="dimmed" lh={1.2} maw={190} truncate>
                {roles[0] ?? ''}
              </Text>
            </Box>
            <Badge size="lg" circle color="ink" variant="light" hiddenFrom="sm" aria-hidden>
              {me.person.familyName.charAt(0)}
            </Badge>
            <IconChevronDown size={15} aria-hidden />
          </Group>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={6} aria-label={t('shell.person')}>
        <Box px="sm" py={6}>
          <Text fw={650} size="sm">
            {me.person.displayName}
          </Text>
          <Text size="xs" c="dimmed">
            {roles.join(', ')}
          </Text>
          {me.organisations.map((o) => (
            <Text key={o.id} size="xs" c="dimmed">
              {o.shortNameRu ?? o.nameRu}
            </Text>
          ))}
          <Text size="xs" c="dimmed" mt={4}>
            {live ? `● ${t('shell.live')}` : '○'}
          </Text>
        </Box>
        <Divider my={4} />
        <Box px="sm" py={6}>
          <Text size="xs" c="dimmed" mb={4}>
            {t('shell.theme')}
          </Text>
          <SegmentedControl
            fullWidth
            size="xs"
            value={colorScheme}
            onChange={(v) => setColorScheme(v as 'light' | 'dark' | 'auto')}
            data={[
              { value: 'light', label: t('shell.light') },
              { value: 'dark', label: t('shell.dark') },
              { value: 'auto', label: t('shell.auto') },
            ]}
            aria-label={t('shell.theme')}
          />
          <Text size="xs" c="dimmed" mb={4} mt={8}>
            {t('shell.language')}
          </Text>
          <LanguageSwitch fullWidth />
        </Box>
        <Divider my={4} />
        <MenuRow
          icon={<IconUserCog size={16} aria-hidden />}
          onClick={() => {
            setOpened(false);
            void navigate({ to: '/profile' });
          }}
        >
          {t('shell.profile')}
        </MenuRow>
        {me.embedded && (
          <MenuRow icon={<IconUserShare size={16} aria-hidden />} onClick={onSwitch}>
            {t('shell.switch')}
          </MenuRow>
        )}
        <MenuRow
          icon={<IconUser size={16} aria-hidden />}
          onClick={() => {
            setOpened(false);
            void navigate({ to: '/my-data' });
          }}
        >
          {t('nav.myData')}
        </MenuRow>
        <MenuRow icon={<IconLogout size={16} aria-hidden />} onClick={() => leave.mutate()}>
          {t('shell.signOut')}
        </MenuRow>
      </Popover.Dropdown>
    </Popover>
  );
}

function MenuRow({ icon, onClick, children }: { icon?: ReactNode; onClick(): void; children: ReactNode }) {
  return (
    <UnstyledButton onClick={onClick} className="menu-row">
      <Group gap={9} wrap="nowrap">
        {icon}
        <Text size="sm">{children}</Text>
      </Group>
    </UnstyledButton>
  );
}
