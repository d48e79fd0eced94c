import {
  Alert,
  Anchor,
  Box,
  Button,
  Divider,
  Group,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { IconBuildingCommunity, IconMailCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { api, type Reply } from '../api.ts';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { LanguageSwitch } from './LanguageSwitch.tsx';
import { Logo } from './Logo.tsx';
import classes from './SignIn.module.css';
import { t } from '../i18n/index.ts';

export type Ways = Reply<'GET /api/session/ways'>;

/** What the return from the identity provider may say, in words. */
const PROBLEMS: Record<string, string> = {
  get provider_unknown() {
    return t('signIn.problem.unknown');
  },
  get provider_taken() {
    return t('signIn.problem.taken');
  },
  get provider_closed() {
    return t('signIn.problem.closed');
  },
  get provider_denied() {
    return t('signIn.problem.denied');
  },
  get provider_state() {
    return t('signIn.problem.state');
  },
  get provider_failed() {
    return t('signIn.problem.failed');
  },
  get provider_invitation() {
    return t('signIn.problem.invitation');
  },
};

/** A sentence about a return from the provider that did not succeed, from the address of the page. */
export const providerProblem = (): string | undefined =>
  PROBLEMS[new URLSearchParams(location.search).get('problem') ?? ''];

/** The narrow card on which everything about signing in stands. */
export function SignInCard({ title, hint, children }: { title: string; hint?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = t('app.tab', { title });
  }, [title]);
  return (
    <Box component="main" className={classes.ground}>
      <Box className={classes.door}>
        <Group justify="space-between" mb="lg" gap="sm">
          <Group gap="sm">
            <Logo size={36} />
            <Text fw={700} fz={22}>
              {t('app.name')}
            </Text>
          </Group>
          <LanguageSwitch />
        </Group>
        <section className="panel">
          <Title order={1} fz={22}>
            {title}
          </Title>
          {hint && (
            <Text size="sm" c="dimmed" mt={4}>
              {hint}
            </Text>
          )}
          <Box mt="md">{children}</Box>
        </section>
        <Text size="sm" c="dimmed" mt="md">
          <Anchor href="/registry" size="sm">
            {t('signIn.registry')}
          </Anchor>{' '}
          {t('signIn.registryOpen')}
        </Text>
      </Box>
    </Box>
  );
}

/** Address and password, the provider of the organisation, a forgotten password: the door of an installation in use. */
export function PasswordSignIn({ ways, onDone }: { ways: Ways; onDone(): void }) {
  const [forgotten, setForgotten] = useState(false);
  const problem = providerProblem();
  if (forgotten) return <Forgotten onBack={() => setForgotten(false)} />;
  return (
    <SignInCard title={t('signIn.door')}>
      {problem && (
        <Alert color="yellow" variant="light" mb="md" role="alert" styles={plain}>
          {problem}
        </Alert>
      )}
      <Ways ways={ways} onDone={onDone} {...(ways.password ? { onForgotten: () => setForgotten(true) } : {})} />
      <Text size="sm" c="dimmed" mt="md">
        {t('signIn.byInvitation')}
      </Text>
    </SignInCard>
  );
}

/** The ways in, also inside the dialog of a session that has ended. */
export function Ways({ ways, onDone, onForgotten }: { ways: Ways; onDone(): void; onForgotten?: () => void }) {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const enter = useMutation({
    mutationFn: () => api('POST /api/session/password', { json: { login, password } }),
    onSuccess: onDone,
    onError: () => setPassword(''),
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    enter.mutate();
  };
  return (
    <Stack gap="md">
      {ways.provider && (
        <Button
          component="a"
          href={`/api/session/provider?returnTo=${encodeURIComponent(here())}`}
          variant={ways.password ? 'default' : 'filled'}
          leftSection={<IconBuildingCommunity size={18} aria-hidden />}
          fullWidth
        >
          {ways.provider.labelRu}
        </Button>
      )}
      {ways.provider && ways.password && <Divider label={t('signIn.or')} />}
      {ways.password && (
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label={t('signIn.login')}
              type="email"
              name="username"
              autoComplete="username"
              required
              value={login}
              onChange={(e) => setLogin(e.currentTarget.value)}
            />
            <PasswordInput
              label={t('account.password')}
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(e) => setPassword(e.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': t('account.showPassword') }}
            />
            {enter.error && <ErrorNote error={enter.error} title={t('signIn.refused')} />}
            <Group justify="space-between">
              <Button type="submit" loading={enter.isPending}>
                {t('signIn.enter')}
              </Button>
              {onForgotten && (
                <Anchor component="button" type="button" size="sm" onClick={onForgotten}>
                  {t('signIn.forgotten')}
                </Anchor>
              )}
            </Group>
          </Stack>
        </form>
      )}
    </Stack>
  );
}

/** Where to come back after the provider: the page one stood on, unless it is the door itself. */
const here = () =>
  ['/sign-in', '/link', '/'].includes(location.pathname) ? '/inbox' : location.pathname + location.search;

function Forgotten({ onBack }: { onBack(): void }) {
  const [login, setLogin] = useState('');
  const ask = useMutation({ mutationFn: () => api('POST /api/password/reset', { json: { login } }) });
  return (
    <SignInCard title={t('account.newPassword')} hint={t('signIn.resetHint')}>
      {ask.data ? (
        <Alert color="green" variant="light" role="status" icon={<IconMailCheck aria-hidden />} styles={plain}>
          {ask.data.detail}
        </Alert>
      ) : (
        <form
          onSubmit={(e) => {
            e.preventDefault();
            ask.mutate();
          }}
        >
          <Stack gap="sm">
            <TextInput
              label={t('signIn.login')}
              type="email"
              autoComplete="username"
              required
              value={login}
              onChange={(e) => setLogin(e.currentTarget.value)}
            />
            {ask.error && <ErrorNote error={ask.error} />}
            <Button type="submit" loading={ask.isPending} style={{ alignSelf: 'flex-start' }}>
              {t('signIn.sendLink')}
            </Button>
          </Stack>
        </form>
      )}
      <Anchor component="button" type="button" size="sm" mt="md" onClick={onBack}>
        {t('signIn.backToDoor')}
      </Anchor>
    </SignInCard>
  );
}

const plain = { message: { color: 'var(--mantine-color-text)' } };
