import { Button, Divider, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { IconBuildingCommunity } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { Loading } from '../kit/bits.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { dateTime } from '../lib/dates.ts';
import { asProblem, byPointer } from '../lib/problem.ts';
import { waysQuery } from '../lib/queries.ts';
import { SignInCard } from './PasswordSignIn.tsx';
import { t } from '../i18n/index.ts';

/**
 * The page of a letter's link: an invitation or a new password. The token stands behind `#`, so that no server writes it into a log;
 * it is taken out of the address at once.
 */
export function LinkPage() {
  const [token] = useState(() => {
    const found = location.hash.slice(1);
    if (found) history.replaceState(history.state, '', location.pathname);
    return found;
  });
  const ways = useQuery(waysQuery);
  const link = useQuery({
    queryKey: ['link', token],
    queryFn: () => api('POST /api/password/link', { json: { token } }),
    enabled: token.length >= 20,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const set = useMutation({
    mutationFn: () => api('POST /api/password/set', { json: { token, password } }),
    // The whole page is read anew: nothing of a former session may stay.
    onSuccess: () => location.assign('/inbox'),
  });
  const provider = useMutation({
    mutationFn: () => api('POST /api/session/provider', { json: { invitation: token, returnTo: '/inbox' } }),
    onSuccess: ({ url }) => location.assign(url),
  });

  if (token.length < 20)
    return (
      <SignInCard title={t('link.failed')}>
        <Text size="sm">{t('link.cut')}</Text>
        <ToDoor />
      </SignInCard>
    );
  if (link.isPending || ways.isPending) return <Loading />;
  if (link.error || ways.error)
    return (
      <SignInCard title={asProblem(link.error).status === 410 ? t('link.dead') : t('link.failed')}>
        <ErrorNote error={link.error ?? ways.error} title={t('link.whatNow')} />
        <ToDoor />
      </SignInCard>
    );
  const invitation = link.data.purpose === 'invitation';
  const errors = byPointer(set.error ? asProblem(set.error).errors : []);
  const different = again !== '' && again !== password ? t('link.differ') : undefined;
  return (
    <SignInCard
      title={invitation ? t('link.welcome') : t('account.newPassword')}
      hint={t('link.until', { displayName: link.data.displayName, expiresAt: dateTime(link.data.expiresAt) })}
    >
      <Stack gap="md">
        {invitation && ways.data.provider && (
          <>
            <Button
              variant={ways.data.password ? 'default' : 'filled'}
              leftSection={<IconBuildingCommunity size={18} aria-hidden />}
              loading={provider.isPending}
              onClick={() => provider.mutate()}
            >
              {ways.data.provider.labelRu}
            </Button>
            {provider.error && <ErrorNote error={provider.error} />}
            {ways.data.password && <Divider label={t('link.orPassword')} />}
          </>
        )}
        {ways.data.password && (
          <form
            onSubmit={(e) => {
              e.preventDefault();
              if (password === again) set.mutate();
            }}
          >
            <Stack gap="sm">
              <TextInput
                label={t('link.login')}
                name="username"
                autoComplete="username"
                readOnly
                value={link.data.login ?? ''}
              />
              <PasswordInput
                label={t('account.password')}
                description={t('link.rule', { passwordMin: ways.data.passwordMin })}
                autoComplete="new-password"
                required
                value={password}
                error={errors['/password']}
                onChange={(e) => setPassword(e.currentTarget.value)}
                visibilityToggleButtonProps={{ 'aria-label': t('account.showPassword') }}
              />
              <PasswordInput
                label={t('link.again')}
                autoComplete="new-password"
                required
                value={again}
                error={different}
                onChange={(e) => setAgain(e.currentTarget.value)}
                visibilityToggleButtonProps={{ 'aria-label': t('account.showPassword') }}
              />
              {set.error && !errors['/password'] && <ErrorNote error={set.error} />}
              <Button type="submit" loading={set.isPending} style={{ alignSelf: 'flex-start' }}>
                {invitation ? t('link.setAndEnter') : t('link.changeAndEnter')}
              </Button>
            </Stack>
          </form>
        )}
      </Stack>
    </SignInCard>
  );
}

function ToDoor() {
  return (
    <Button component="a" href="/sign-in" variant="default" mt="md">
      {t('link.toDoor')}
    </Button>
  );
}
