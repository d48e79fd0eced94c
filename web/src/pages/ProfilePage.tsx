import {
  Alert,
  Button,
  Checkbox,
  Code,
  CopyButton,
  Group,
  Modal,
  NumberInput,
  PasswordInput,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Reply } from '../api.ts';
import { Chip, FactList, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { ErrorNote, PageFailure } from '../kit/ErrorNote.tsx';
import { dateTime, shortDate } from '../lib/dates.ts';
import { asProblem, byPointer } from '../lib/problem.ts';
import { meQuery, profileQuery, sessionsQuery, tokensQuery, waysQuery } from '../lib/queries.ts';
import { providerProblem } from '../shell/PasswordSignIn.tsx';
import { Enrolment, RecoveryCodes } from '../shell/SecondFactor.tsx';
import { t } from '../i18n/index.ts';

const plain = { message: { color: 'var(--mantine-color-text)' } };

type Profile = Reply<'GET /api/profile'>;

/** One's own account: what one may, where one is signed in, the password, the ties, the tokens. */
export function ProfilePage() {
  const me = useQuery(meQuery);
  const profile = useQuery(profileQuery);
  const ways = useQuery(waysQuery);
  const problem = providerProblem();
  if (me.isPending || profile.isPending || ways.isPending) return <Loading />;
  if (!me.data || !profile.data || !ways.data)
    return <PageFailure error={me.error ?? profile.error ?? ways.error} onRetry={() => void profile.refetch()} />;
  return (
    <>
      <PageTitle tab={t('account.profile')} hint={profile.data.login ?? me.data.person.email}>
        {me.data.person.displayName}
      </PageTitle>
      <Stack gap="md">
        {problem && (
          <Alert color="yellow" variant="light" role="alert" styles={plain}>
            {problem}
          </Alert>
        )}
        <Panel title={t('account.roles')}>
          <FactList
            rows={me.data.roles.map((r, i): [string, React.ReactNode] => [
              `${i + 1}. ${r.roleRu}`,
              <>
                {t('account.roleLine', {
                  displayName: r.onBehalfOf ? t('account.roleFor', { displayName: r.onBehalfOf.displayName }) : '',
                  scopeRu: r.scopeRu,
                  from: shortDate(r.from),
                  to: r.to ? t('account.roleTo', { to: shortDate(r.to) }) : '',
                  act: r.act ? ` · ${r.act}` : '',
                })}
              </>,
            ])}
          />
        </Panel>
        <Sessions />
        {ways.data.password && profile.data.passwordSetAt && <Password profile={profile.data} />}
        <SecondFactor profile={profile.data} />
        {ways.data.provider && <Ties profile={profile.data} label={ways.data.provider.labelRu} />}
        <Tokens profile={profile.data} />
        <Letters profile={profile.data} />
      </Stack>
    </>
  );
}

function Sessions() {
  const client = useQueryClient();
  const sessions = useQuery(sessionsQuery);
  const again = () => void client.invalidateQueries({ queryKey: ['profile', 'sessions'] });
  const end = useMutation({
    mutationFn: (id: string) => api('DELETE /api/sessions/{id}', { params: { id } }),
    onSuccess: again,
  });
  const endOthers = useMutation({
    mutationFn: () => api('POST /api/sessions/end-others', {}),
    onSuccess: ({ ended }) => {
      notifications.show({
        closeButtonProps: { 'aria-label': t('common.close') },
        message: t('account.endedCount', { count: ended }),
      });
      again();
    },
  });
  const rows = sessions.data?.items ?? [];
  return (
    <Panel
      title={t('account.sessions')}
      end={
        rows.length > 1 && (
          <Button size="xs" variant="default" loading={endOthers.isPending} onClick={() => endOthers.mutate()}>
            {t('account.endOthers')}
          </Button>
        )
      }
    >
      {sessions.isPending && <Loading />}
      {(sessions.error ?? end.error ?? endOthers.error) && (
        <ErrorNote error={sessions.error ?? end.error ?? endOthers.error} />
      )}
      {rows.map((row) => (
        <Group key={row.id} justify="space-between" wrap="nowrap" py={6}>
          <div>
            <Text size="sm" fw={600} component="div">
              {row.deviceRu} {row.current && <Chip tone="good">{t('account.thisOne')}</Chip>}
            </Text>
            <Text size="xs" c="dimmed">
              {t('account.sessionLine', {
                way: row.methodRu,
                since: dateTime(row.createdAt),
                seen: dateTime(row.lastSeenAt),
              })}
            </Text>
          </div>
          {!row.current && (
            <Button
              size="compact-sm"
              variant="default"
              style={{ flexShrink: 0 }}
              aria-label={t('account.endOne', { deviceRu: row.deviceRu, createdAt: dateTime(row.createdAt) })}
              onClick={() => end.mutate(row.id)}
            >
              {t('account.end')}
            </Button>
          )}
        </Group>
      ))}
    </Panel>
  );
}

function Password({ profile }: { profile: Profile }) {
  const client = useQueryClient();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const change = useMutation({
    mutationFn: () => api('POST /api/password', { json: { current, password } }),
    onSuccess: ({ ended }) => {
      setCurrent('');
      setPassword('');
      notifications.show({
        closeButtonProps: { 'aria-label': t('common.close') },
        message: t('account.changed', { ended }),
      });
      void client.invalidateQueries({ queryKey: ['profile'] });
    },
  });
  const errors = byPointer(change.error ? asProblem(change.error).errors : []);
  return (
    <Panel title={t('account.password')}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          change.mutate();
        }}
      >
        <Stack gap="sm" maw={420}>
          {profile.passwordSetAt && (
            <Text size="sm" c="dimmed">
              {t('account.setAt', { passwordSetAt: dateTime(profile.passwordSetAt) })}
            </Text>
          )}
          <PasswordInput
            label={t('account.current')}
            autoComplete="current-password"
            required
            value={current}
            error={errors['/current']}
            onChange={(e) => setCurrent(e.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('account.showPassword') }}
          />
          <PasswordInput
            label={t('account.newPassword')}
            autoComplete="new-password"
            required
            value={password}
            error={errors['/password']}
            onChange={(e) => setPassword(e.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('account.showPassword') }}
          />
          {change.error && Object.keys(errors).length === 0 && <ErrorNote error={change.error} />}
          <Button type="submit" loading={change.isPending} style={{ alignSelf: 'flex-start' }}>
            {t('account.changePassword')}
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}

function SecondFactor({ profile: { secondFactor: factor } }: { profile: Profile }) {
  const client = useQueryClient();
  const [enrolling, setEnrolling] = useState(false);
  const again = () => void client.invalidateQueries({ queryKey: ['profile'] });
  const renew = useMutation({
    mutationFn: () => api('POST /api/profile/second-factor/recovery', {}),
    onSuccess: again,
  });
  const remove = useMutation({ mutationFn: () => api('DELETE /api/profile/second-factor', {}), onSuccess: again });
  const on = factor.since !== null;
  return (
    <Panel
      title={t('factor.title')}
      end={<Chip tone={on ? 'good' : 'plain'}>{t(on ? 'factor.on' : 'factor.off')}</Chip>}
    >
      <Stack gap="sm">
        <Text size="sm">
          {factor.since
            ? t('factor.since', { day: dateTime(factor.since), count: factor.recoveryLeft })
            : t('factor.why')}
        </Text>
        {factor.demanded && (
          <Text size="sm" c="dimmed">
            {t('factor.demanded')}
          </Text>
        )}
        {(renew.error ?? remove.error) && <ErrorNote error={renew.error ?? remove.error} />}
        <Group gap="sm">
          {!on && <Button onClick={() => setEnrolling(true)}>{t('factor.begin')}</Button>}
          {on && (
            <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
              {t('factor.renew')}
            </Button>
          )}
          {on && !factor.demanded && (
            <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t('factor.remove')}
            </Button>
          )}
        </Group>
      </Stack>
      <Modal
        opened={enrolling || renew.data !== undefined}
        onClose={() => {
          setEnrolling(false);
          renew.reset();
          again();
        }}
        title={<Text fw={650}>{t('factor.title')}</Text>}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {renew.data ? (
          <RecoveryCodes codes={renew.data.recoveryCodes} onDone={() => renew.reset()} />
        ) : (
          <Enrolment
            onDone={() => {
              setEnrolling(false);
              again();
            }}
          />
        )}
      </Modal>
    </Panel>
  );
}

function Ties({ profile, label }: { profile: Profile; label: string }) {
  const client = useQueryClient();
  const link = useMutation({
    mutationFn: () => api('POST /api/session/provider', { json: { returnTo: '/profile' } }),
    onSuccess: ({ url }) => location.assign(url),
  });
  const drop = useMutation({
    mutationFn: (tie: { issuer: string; subject: string }) => api('POST /api/profile/identities/drop', { json: tie }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['profile'] }),
  });
  return (
    <Panel
      title={t('account.ties')}
      end={
        <Button size="xs" variant="default" loading={link.isPending} onClick={() => link.mutate()}>
          {t('account.tie')}
        </Button>
      }
    >
      {(link.error ?? drop.error) && <ErrorNote error={link.error ?? drop.error} />}
      {profile.identities.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('account.noTies', { label })}
        </Text>
      ) : (
        profile.identities.map((tie) => (
          <Group key={`${tie.issuer} ${tie.subject}`} justify="space-between" wrap="wrap">
            <Text size="sm" className="wrap-anywhere">
              {tie.issuer} · <Code>{tie.subject}</Code> {t('account.tied', { createdAt: dateTime(tie.createdAt) })}
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => drop.mutate(tie)}>
              {t('account.untie')}
            </Button>
          </Group>
        ))
      )}
    </Panel>
  );
}

function Tokens({ profile }: { profile: Profile }) {
  const client = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const [open, setOpen] = useState(false);
  const again = () => void client.invalidateQueries({ queryKey: ['profile', 'tokens'] });
  const revoke = useMutation({
    mutationFn: (id: string) => api('DELETE /api/tokens/{id}', { params: { id } }),
    onSuccess: again,
  });
  const rows = tokens.data?.items ?? [];
  return (
    <Panel
      title={t('account.tokens')}
      end={
        <Button size="xs" variant="default" onClick={() => setOpen(true)}>
          {t('account.createToken')}
        </Button>
      }
    >
      {(tokens.error ?? revoke.error) && <ErrorNote error={tokens.error ?? revoke.error} />}
      {rows.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('account.noTokens')}
        </Text>
      )}
      {rows.map((token) => (
        <Group key={token.id} justify="space-between" wrap="wrap" py={6}>
          <div>
            <Text size="sm" fw={600}>
              {token.nameRu} <Code>{token.prefix}…</Code>{' '}
              {!token.active && <Chip>{token.revokedAt ? t('account.revoked') : t('account.expired')}</Chip>}
            </Text>
            <Text size="xs" c="dimmed" className="wrap-anywhere">
              {t('account.tokenLine', {
                scopes: token.scopes.join(', '),
                expiresAt: shortDate(token.expiresAt),
                lastUsedAt: token.lastUsedAt
                  ? t('account.lastUsed', { lastUsedAt: dateTime(token.lastUsedAt) })
                  : t('account.neverUsed'),
              })}
            </Text>
          </div>
          {token.active && (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t('account.revokeOne', { nameRu: token.nameRu })}
              onClick={() => revoke.mutate(token.id)}
            >
              {t('account.revoke')}
            </Button>
          )}
        </Group>
      ))}
      {open && (
        <NewToken
          profile={profile}
          onClose={() => {
            setOpen(false);
            again();
          }}
        />
      )}
    </Panel>
  );
}

function NewToken({ profile, onClose }: { profile: Profile; onClose(): void }) {
  const [nameRu, setName] = useState('');
  const [days, setDays] = useState<number | string>(90);
  const [areas, setAreas] = useState<string[]>(['cases']);
  const [kind, setKind] = useState('read');
  const [process, setProcess] = useState('');
  const create = useMutation({
    mutationFn: () =>
      api('POST /api/tokens', {
        json: {
          nameRu,
          days: Number(days),
          scopes: areas.map((area) => `${kind}:${area}${area === 'cases' && process ? `:${process}` : ''}`),
        },
      }),
  });
  return (
    <Modal opened onClose={onClose} title={t('account.newToken')} size="lg" closeOnClickOutside={!create.data}>
      {create.data ? (
        <Stack>
          <Alert color="yellow" variant="light" styles={plain}>
            {t('account.copyNow')}
          </Alert>
          <Code block data-testid="token">
            {create.data.token}
          </Code>
          <Group justify="flex-end">
            <CopyButton value={create.data.token}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {copied ? t('account.copied') : t('account.copy')}
                </Button>
              )}
            </CopyButton>
            <Button onClick={onClose}>{t('account.ready')}</Button>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={(e) => {
            e.preventDefault();
            create.mutate();
          }}
        >
          <Stack gap="sm">
            <TextInput
              label={t('account.purpose')}
              placeholder={t('account.purposeExample')}
              required
              value={nameRu}
              onChange={(e) => setName(e.currentTarget.value)}
              data-autofocus
            />
            <Checkbox.Group label={t('account.areas')} value={areas} onChange={setAreas}>
              <Stack gap={6} mt={4}>
                {profile.areas.map((area) => (
                  <Checkbox key={area.code} value={area.code} label={area.labelRu} />
                ))}
              </Stack>
            </Checkbox.Group>
            <Group grow align="flex-start">
              <Select
                label={t('account.mayDo')}
                allowDeselect={false}
                value={kind}
                onChange={(v) => setKind(v ?? 'read')}
                data={[
                  { value: 'read', label: t('account.readOnly') },
                  { value: 'act', label: t('account.readAndAct') },
                ]}
              />
              <Select
                label={t('account.whichProcess')}
                disabled={!areas.includes('cases')}
                allowDeselect={false}
                value={process}
                onChange={(v) => setProcess(v ?? '')}
                data={[
                  { value: '', label: t('account.anyProcess') },
                  ...profile.processes.map((p) => ({ value: p.slug, label: p.nameRu })),
                ]}
              />
            </Group>
            <NumberInput label={t('account.days')} min={1} max={366} value={days} onChange={setDays} maw={160} />
            {create.error && <ErrorNote error={create.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={create.isPending} disabled={areas.length === 0}>
                {t('account.create')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

function Letters({ profile }: { profile: Profile }) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (muteDigests: boolean) => api('PATCH /api/profile', { json: { muteDigests } }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['profile'] }),
  });
  return (
    <Panel title={t('account.letters')}>
      <Switch
        label={t('account.digest')}
        checked={!profile.muteDigests}
        disabled={save.isPending}
        onChange={(e) => save.mutate(!e.currentTarget.checked)}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {t('account.legal')}
      </Text>
      {save.error && <ErrorNote error={save.error} />}
    </Panel>
  );
}
