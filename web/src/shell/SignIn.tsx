import { Avatar, Box, Container, Group, Modal, Stack, Text, TextInput, Title, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowRight, IconSearch } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api, type Reply } from '../api.ts';
import { Chip, Empty, Loading } from '../kit/bits.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { accountsQuery, waysQuery } from '../lib/queries.ts';
import { capital } from '../lib/words.ts';
import { LanguageSwitch } from './LanguageSwitch.tsx';
import { Logo } from './Logo.tsx';
import { PasswordSignIn, Ways } from './PasswordSignIn.tsx';
import classes from './SignIn.module.css';
import { t } from '../i18n/index.ts';

type Account = Reply<'GET /api/accounts'>['items'][number];

/** The order in which a newcomer wants to meet the roles: along the path of an application, then of an attestation, then those who watch. */
const ORDER = [
  'methodist',
  'provider_rep',
  'provider_head',
  'fed_operator',
  'expert',
  'arbiter',
  'fed_coordinator',
  'registry_keeper',
  'founder_rep',
  'candidate',
  // A member of a commission may head a school: he is found in the commission.
  'secretary',
  'chair',
  'commission_member',
  'public_rep',
  'head',
  'founder_head',
  'appeals_member',
  'teacher',
  'hr_officer',
  'observer',
  'dpo',
  'admin',
];

/** The door: a choice of sample people in the embedded mode, address and password elsewhere. */
export function SignIn({ onDone }: { onDone(): void }) {
  const ways = useQuery(waysQuery);
  if (ways.isPending) return <Loading />;
  if (ways.error)
    return (
      <Box p="xl">
        <ErrorNote error={ways.error} onRetry={() => void ways.refetch()} />
      </Box>
    );
  return ways.data.choice ? <Choice onDone={onDone} /> : <PasswordSignIn ways={ways.data} onDone={onDone} />;
}

function Choice({ onDone }: { onDone(): void }) {
  const accounts = useQuery(accountsQuery);
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim().toLowerCase(), 150);
  const enter = useMutation({
    mutationFn: (personId: string) => api('POST /api/session', { json: { personId } }),
    onSuccess: onDone,
  });
  const groups = useMemo(() => grouped(accounts.data?.items ?? [], asked), [accounts.data, asked]);

  return (
    <Box component="main" className={classes.ground}>
      <Container size={1100} py={40}>
        <Group gap="md" mb={28} align="center">
          <Logo size={44} />
          <Box style={{ flex: 1, minWidth: 200 }}>
            <Text fw={700} fz={26} lh={1.1}>
              {t('app.name')}
            </Text>
            <Text c="dimmed" size="sm">
              {t('app.slogan')}
            </Text>
          </Box>
          <LanguageSwitch />
        </Group>
        <Group justify="space-between" align="flex-end" wrap="wrap" gap="md" mb="md">
          <Box maw={620}>
            <Chip tone="soon">{t('signIn.demo')}</Chip>
            <Title order={1}>{t('signIn.title')}</Title>
            <Text c="dimmed" mt={4}>
              {t('signIn.hint')}
            </Text>
          </Box>
          <TextInput
            aria-label={t('signIn.search')}
            placeholder={t('signIn.search')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={search}
            onChange={(e) => setSearch(e.currentTarget.value)}
            w={{ base: '100%', sm: 360 }}
            data-autofocus
          />
        </Group>
        {enter.error && (
          <Box mb="md">
            <ErrorNote error={enter.error} />
          </Box>
        )}
        {accounts.isPending ? (
          <Loading />
        ) : accounts.error ? (
          <ErrorNote error={accounts.error} onRetry={() => void accounts.refetch()} />
        ) : (
          <div className={classes.groups}>
            {groups.length === 0 && <Empty title={t('signIn.nobody')} />}
            {groups.map(([role, people]) => (
              <section key={role} aria-label={role} className={classes.group} data-wide={Math.min(3, people.length)}>
                <Title order={2} fz={15} mb={8}>
                  {capital(role)}
                  {people.length > 1 && (
                    <Text span c="dimmed" size="sm">
                      {' '}
                      {people.length}
                    </Text>
                  )}
                </Title>
                <div className={classes.people}>
                  {people.slice(0, asked ? 60 : 6).map((p) => (
                    <UnstyledButton
                      key={p.personId}
                      className={classes.card}
                      onClick={() => enter.mutate(p.personId)}
                      disabled={enter.isPending}
                      data-person={p.personId}
                      data-role={p.roles[0]?.role}
                    >
                      <Group wrap="nowrap" align="flex-start" gap="sm">
                        <Avatar
                          radius="xl"
                          size={38}
                          color="initials"
                          name={p.displayName}
                          aria-hidden
                          styles={{ placeholder: { color: 'var(--mantine-color-text)' } }}
                        />
                        <Box style={{ minWidth: 0, flex: 1 }}>
                          <Text fw={650} lh={1.25}>
                            {p.displayName}
                          </Text>
                          <Text size="sm" c="dimmed" lh={1.4} mt={2}>
                            {p.noteRu ?? p.roles.map((r) => r.roleRu).join(', ')}
                          </Text>
                          {p.organisationRu && !p.noteRu?.includes(p.organisationRu) && (
                            <Text size="xs" c="dimmed" mt={4} lineClamp={2}>
                              {p.organisationRu}
                            </Text>
                          )}
                        </Box>
                        <IconArrowRight size={16} className={classes.arrow} aria-hidden />
                      </Group>
                    </UnstyledButton>
                  ))}
                </div>
                {!asked && people.length > 6 && (
                  <Text size="sm" c="dimmed" mt={6}>
                    {t('signIn.more', { length: people.length - 6 })}
                  </Text>
                )}
              </section>
            ))}
          </div>
        )}
      </Container>
    </Box>
  );
}

function grouped(items: Account[], asked: string): Array<[string, Account[]]> {
  const groups = new Map<string, Account[]>();
  const sorted = [...items].sort((a, b) => rank(a) - rank(b));
  for (const p of sorted) {
    const text = [p.displayName, p.noteRu, p.organisationRu, p.email, ...p.roles.map((r) => r.roleRu)]
      .join(' ')
      .toLowerCase()
      .replaceAll('ё', 'е');
    if (
      asked &&
      !asked
        .replaceAll('ё', 'е')
        .split(/\s+/)
        .every((word) => text.includes(word))
    )
      continue;
    const role = [...p.roles].sort((a, b) => rankOf(a.role) - rankOf(b.role))[0]?.roleRu ?? t('signIn.others');
    groups.set(role, [...(groups.get(role) ?? []), p]);
  }
  return [...groups];
}
const rankOf = (role: string) => (ORDER.includes(role) ? ORDER.indexOf(role) : ORDER.length);
const rank = (a: Account) => Math.min(...a.roles.map((r) => rankOf(r.role)), ORDER.length);

/** The session ended while the person worked: the page stays, and only the session is renewed. */
export function SessionLost({
  personId,
  name,
  embedded,
  onDone,
  onOther,
  onLater,
}: {
  personId: string;
  name: string;
  embedded: boolean;
  onDone(): void;
  onOther(): void;
  /** Back to the page, to read or copy what stands there; the next request asks again. */
  onLater(): void;
}) {
  const ways = useQuery(waysQuery);
  const again = useMutation({ mutationFn: () => api('POST /api/session', { json: { personId } }), onSuccess: onDone });
  return (
    <Modal opened onClose={onLater} closeOnClickOutside={false} title={<Text fw={650}>{t('signIn.expired')}</Text>}>
      <Stack>
        <Text size="sm">{t('signIn.expiredHint')}</Text>
        {again.error && <ErrorNote error={again.error} />}
        {!embedded && ways.data && <Ways ways={ways.data} onDone={onDone} />}
        <Group justify="flex-end" display={embedded ? undefined : 'none'}>
          <UnstyledButton fz="sm" td="underline" onClick={onOther}>
            {t('shell.switch')}
          </UnstyledButton>
          <UnstyledButton className={classes.primary} data-autofocus onClick={() => again.mutate()}>
            {t('signIn.again')}: {name}
          </UnstyledButton>
        </Group>
      </Stack>
    </Modal>
  );
}
