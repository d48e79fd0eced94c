import { Button, Code, Group, Modal, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { api, type Reply, type Request, type RouteMap } from '../api.ts';
import { Chip, FactList, Loading, PageTitle, Panel } from '../kit/bits.tsx';
import { DateField } from '../kit/DateField.tsx';
import { ErrorNote, PageFailure } from '../kit/ErrorNote.tsx';
import { OrganisationPicker, PersonPicker } from '../kit/Pickers.tsx';
import { dateTime, shortDate, todayIso } from '../lib/dates.ts';
import { usePathParam } from '../lib/links.tsx';
import { asProblem, byPointer } from '../lib/problem.ts';
import { accessQuery, grantChoicesQuery, meQuery } from '../lib/queries.ts';
import { ACCOUNT_TONE } from './AccessPage.tsx';
import { t } from '../i18n/index.ts';

type Card = Reply<'GET /api/admin/people/{id}'>;
type Assignment = Card['assignments'][number];
type CardRoute =
  | 'POST /api/admin/people/{id}/invite'
  | 'POST /api/admin/people/{id}/disable'
  | 'POST /api/admin/people/{id}/enable'
  | 'POST /api/admin/people/{id}/end-sessions'
  | 'POST /api/admin/people/{id}/second-factor/reset'
  | 'POST /api/admin/people/{id}/assignments'
  | 'POST /api/admin/assignments/{id}/end'
  | 'POST /api/admin/people/{id}/identities'
  | 'POST /api/admin/people/{id}/identities/drop';

type Change = { [K in CardRoute]: { route: K; request: Request<RouteMap[K]>; said: string } }[CardRoute];

/** A change of somebody's access: asked with a key of its own, answered with the new card. */
function useChange(personId: string, onDone?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ route, request }: Change): Promise<Card> =>
      api(route, request as never, { idempotencyKey: crypto.randomUUID() }),
    onSuccess: (card, { said }) => {
      client.setQueryData(accessQuery(personId).queryKey, card);
      void client.invalidateQueries({ queryKey: ['access', 'list'] });
      notifications.show({ closeButtonProps: { 'aria-label': t('common.close') }, message: said });
      onDone?.();
    },
  });
}

/** What one person may: the account, roles with dates and acts, deputies, ties to the provider, tokens. */
export function AccessCardPage() {
  const id = usePathParam('id');
  const me = useQuery(meQuery);
  const card = useQuery(accessQuery(id));
  const change = useChange(id);
  const [asking, setAsking] = useState<'disable' | 'grant' | 'factor' | Assignment | null>(null);
  if (card.isPending) return <Loading />;
  if (card.error) return <PageFailure error={card.error} onRetry={() => void card.refetch()} />;
  const p = card.data;
  const own = me.data?.person.id === p.id;
  const at = { params: { id: p.id } };
  return (
    <>
      <PageTitle tab={p.displayName} hint={[p.email, p.organisationRu].filter(Boolean).join(' · ')}>
        {p.displayName}
      </PageTitle>
      <Stack gap="md">
        {change.error && <ErrorNote error={change.error} />}
        <Panel title={t('access.account')} end={<Chip tone={ACCOUNT_TONE[p.account]}>{p.accountRu}</Chip>}>
          <FactList
            rows={[
              [
                t('account.password'),
                p.passwordSetAt
                  ? t('access.passwordSet', { passwordSetAt: dateTime(p.passwordSetAt) })
                  : t('access.passwordUnset'),
              ],
              [t('factor.title'), p.secondFactor ? t('factor.on') : t('factor.off')],
              p.invitedUntil !== null && [
                t('access.invitation'),
                t('access.invitedUntil', { invitedUntil: dateTime(p.invitedUntil) }),
              ],
              [t('access.openSessions'), String(p.sessions)],
              p.lastSeenAt !== null && [t('account.lastSeen'), dateTime(p.lastSeenAt)],
              p.disabledReason !== null && [t('access.closed'), p.disabledReason],
            ]}
          />
          {own ? (
            <Text size="sm" c="dimmed" mt="sm">
              {t('access.own')}
            </Text>
          ) : (
            <Group mt="md" gap="xs">
              {p.account !== 'disabled' && (
                <Button
                  size="sm"
                  variant="default"
                  onClick={() =>
                    change.mutate({
                      route: 'POST /api/admin/people/{id}/invite',
                      request: at,
                      said: t('access.invited', { email: p.email }),
                    })
                  }
                >
                  {p.account === 'none' ? t('access.invite') : t('access.inviteAgain')}
                </Button>
              )}
              {p.sessions > 0 && (
                <Button
                  size="sm"
                  variant="default"
                  onClick={() =>
                    change.mutate({
                      route: 'POST /api/admin/people/{id}/end-sessions',
                      request: at,
                      said: t('access.sessionsEnded'),
                    })
                  }
                >
                  {t('access.endSessions')}
                </Button>
              )}
              {p.secondFactor && (
                <Button size="sm" variant="default" onClick={() => setAsking('factor')}>
                  {t('access.resetFactor')}
                </Button>
              )}
              {p.account === 'disabled' ? (
                <Button
                  size="sm"
                  variant="default"
                  onClick={() =>
                    change.mutate({
                      route: 'POST /api/admin/people/{id}/enable',
                      request: at,
                      said: t('access.opened'),
                    })
                  }
                >
                  {t('access.reopen')}
                </Button>
              ) : (
                <Button size="sm" color="red" variant="light" onClick={() => setAsking('disable')}>
                  {t('access.disable')}
                </Button>
              )}
            </Group>
          )}
        </Panel>
        <Panel
          title={t('access.roles')}
          end={
            !own && (
              <Button size="xs" onClick={() => setAsking('grant')}>
                {t('access.grant')}
              </Button>
            )
          }
        >
          {p.assignments.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('access.noRoles')}
            </Text>
          )}
          {p.assignments.map((a) => (
            <Group key={a.id} justify="space-between" wrap="wrap" py={7} data-assignment={a.role}>
              <div style={{ minWidth: 0, flex: 1 }}>
                <Text size="sm" fw={600} component="div">
                  {a.acting ? t('access.acting') : ''}
                  {a.roleRu}
                  {a.onBehalfOf ? t('access.forWhom', { displayName: a.onBehalfOf.displayName }) : ''} {standing(a)}
                </Text>
                <Text size="xs" c="dimmed" className="wrap-anywhere">
                  {t('access.roleLine', {
                    scopeRu: a.scopeRu,
                    from: shortDate(a.from),
                    to: a.to ? t('account.roleTo', { to: shortDate(a.to) }) : t('access.noEnd'),
                    act: a.act ?? t('access.noAct'),
                    endAct: a.endAct ? t('access.endedBy', { endAct: a.endAct }) : '',
                  })}
                </Text>
              </div>
              {!own && (a.to === null || a.to >= todayIso()) && (
                <Button size="compact-sm" variant="default" onClick={() => setAsking(a)}>
                  {t('access.endRole')}
                </Button>
              )}
            </Group>
          ))}
        </Panel>
        {p.identities.length > 0 && (
          <Panel title={t('account.ties')}>
            {p.identities.map((tie) => (
              <Group key={`${tie.issuer} ${tie.subject}`} justify="space-between" wrap="wrap">
                <Text size="sm" className="wrap-anywhere">
                  {tie.issuer} · <Code>{tie.subject}</Code>
                </Text>
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() =>
                    change.mutate({
                      route: 'POST /api/admin/people/{id}/identities/drop',
                      request: { ...at, json: { issuer: tie.issuer, subject: tie.subject } },
                      said: t('access.untied'),
                    })
                  }
                >
                  {t('account.untie')}
                </Button>
              </Group>
            ))}
          </Panel>
        )}
        <TokensOf card={p} />
      </Stack>
      {asking === 'disable' && <Disable card={p} onClose={() => setAsking(null)} />}
      {asking === 'factor' && <ResetFactor card={p} onClose={() => setAsking(null)} />}
      {asking === 'grant' && <Grant card={p} onClose={() => setAsking(null)} />}
      {asking !== null && typeof asking === 'object' && (
        <End card={p} assignment={asking} onClose={() => setAsking(null)} />
      )}
    </>
  );
}

function standing(a: Assignment): ReactNode {
  if (a.current) return <Chip tone="good">{t('access.inForce')}</Chip>;
  return a.from > todayIso() ? <Chip tone="info">{t('access.begins')}</Chip> : <Chip>{t('access.over')}</Chip>;
}

function TokensOf({ card }: { card: Card }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: (id: string) => api('DELETE /api/tokens/{id}', { params: { id } }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['access', card.id] }),
  });
  if (card.tokens.length === 0) return null;
  return (
    <Panel title={t('access.tokens')}>
      {revoke.error && <ErrorNote error={revoke.error} />}
      {card.tokens.map((token) => (
        <Group key={token.id} justify="space-between" wrap="wrap" py={5}>
          <Text size="sm" className="wrap-anywhere">
            {token.nameRu} <Code>{token.prefix}…</Code>{' '}
            {t('access.tokenLine', { scopes: token.scopes.join(', '), expiresAt: shortDate(token.expiresAt) })}
          </Text>
          {token.active ? (
            <Button size="compact-sm" variant="default" onClick={() => revoke.mutate(token.id)}>
              {t('account.revoke')}
            </Button>
          ) : (
            <Chip>{t('access.tokenOff')}</Chip>
          )}
        </Group>
      ))}
    </Panel>
  );
}

function Ask({
  title,
  action,
  change,
  children,
  onSubmit,
  onClose,
  danger = false,
}: {
  title: string;
  action: string;
  change: ReturnType<typeof useChange>;
  children: ReactNode;
  onSubmit(): void;
  onClose(): void;
  danger?: boolean;
}) {
  const pointed = change.error ? asProblem(change.error).errors.length > 0 : false;
  return (
    <Modal opened onClose={onClose} closeOnClickOutside={false} title={title}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          onSubmit();
        }}
      >
        <Stack gap="sm">
          {children}
          {change.error && !pointed && <ErrorNote error={change.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={change.isPending} {...(danger ? { color: 'red' } : {})}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

const errorsOf = (change: ReturnType<typeof useChange>) =>
  byPointer(change.error ? asProblem(change.error).errors : []);

/** An act that asks for nothing but its reason. */
function AskReason({
  title,
  action,
  label,
  onSubmit,
  card,
  onClose,
  children,
}: {
  title: string;
  action: string;
  label: string;
  onSubmit(change: ReturnType<typeof useChange>, reason: string): void;
  card: Card;
  onClose(): void;
  children: ReactNode;
}) {
  const change = useChange(card.id, onClose);
  const [reason, setReason] = useState('');
  return (
    <Ask
      title={`${title}: ${card.displayName}`}
      action={action}
      danger
      change={change}
      onClose={onClose}
      onSubmit={() => onSubmit(change, reason)}
    >
      <Text size="sm">{children}</Text>
      <TextInput
        label={label}
        required
        value={reason}
        error={errorsOf(change)['/reason']}
        onChange={(e) => setReason(e.currentTarget.value)}
        data-autofocus
      />
    </Ask>
  );
}

function Disable({ card, onClose }: { card: Card; onClose(): void }) {
  return (
    <AskReason
      title={t('access.disableTitle')}
      action={t('common.close')}
      label={t('access.reason')}
      card={card}
      onClose={onClose}
      onSubmit={(change, reason) =>
        change.mutate({
          route: 'POST /api/admin/people/{id}/disable',
          request: { params: { id: card.id }, json: { reason } },
          said: t('access.disabled'),
        })
      }
    >
      {t('access.disableHint')}
    </AskReason>
  );
}

function ResetFactor({ card, onClose }: { card: Card; onClose(): void }) {
  return (
    <AskReason
      title={t('access.resetTitle')}
      action={t('access.reset')}
      label={t('access.howSure')}
      card={card}
      onClose={onClose}
      onSubmit={(change, reason) =>
        change.mutate({
          route: 'POST /api/admin/people/{id}/second-factor/reset',
          request: { params: { id: card.id }, json: { reason } },
          said: t('access.resetDone'),
        })
      }
    >
      {t('access.resetHint')}
    </AskReason>
  );
}

function End({ card, assignment, onClose }: { card: Card; assignment: Assignment; onClose(): void }) {
  const change = useChange(card.id, onClose);
  const [to, setTo] = useState<string | undefined>(todayIso());
  const [act, setAct] = useState('');
  const errors = errorsOf(change);
  return (
    <Ask
      title={t('access.endTitle', { roleRu: assignment.roleRu })}
      action={t('account.end')}
      danger
      change={change}
      onClose={onClose}
      onSubmit={() =>
        change.mutate({
          route: 'POST /api/admin/assignments/{id}/end',
          request: { params: { id: assignment.id }, json: { to: to ?? '', act } },
          said: t('access.roleEnded'),
        })
      }
    >
      <DateField label={t('access.lastDay')} required value={to ?? ''} error={errors['/to']} onChange={setTo} />
      <TextInput
        label={t('access.actField')}
        required
        value={act}
        error={errors['/act']}
        onChange={(e) => setAct(e.currentTarget.value)}
      />
    </Ask>
  );
}

const SCOPES: Record<string, string> = {
  get self() {
    return t('access.scope.self');
  },
  get organisation() {
    return t('access.scope.organisation');
  },
  get municipality() {
    return t('access.scope.municipality');
  },
  get region() {
    return t('access.scope.region');
  },
  get jurisdiction() {
    return t('access.scope.jurisdiction');
  },
  get country() {
    return t('access.scope.country');
  },
};

function Grant({ card, onClose }: { card: Card; onClose(): void }) {
  const change = useChange(card.id, onClose);
  const choices = useQuery(grantChoicesQuery);
  const [role, setRole] = useState('');
  const [scopeKind, setScopeKind] = useState('');
  const [scopeId, setScopeId] = useState('');
  const [from, setFrom] = useState<string | undefined>(todayIso());
  const [to, setTo] = useState<string | undefined>(undefined);
  const [act, setAct] = useState('');
  const [acting, setActing] = useState(false);
  const [behalf, setBehalf] = useState('');
  const errors = errorsOf(change);
  const scopes = choices.data?.roles.find((r) => r.role === role)?.scopes ?? [];
  const kind = scopes.includes(scopeKind) ? scopeKind : (scopes[0] ?? '');
  const places =
    kind === 'region'
      ? choices.data?.regions
      : kind === 'municipality'
        ? choices.data?.municipalities
        : choices.data?.jurisdictions;
  return (
    <Ask
      title={t('access.grantTitle', { displayName: card.displayName })}
      action={t('access.grantDo')}
      change={change}
      onClose={onClose}
      onSubmit={() =>
        change.mutate({
          route: 'POST /api/admin/people/{id}/assignments',
          request: {
            params: { id: card.id },
            json: {
              role,
              scopeKind: kind as 'self',
              from: from ?? '',
              act,
              ...(scopeId && kind !== 'self' && kind !== 'country' ? { scopeId } : {}),
              ...(to ? { to } : {}),
              ...(acting ? { acting } : {}),
              ...(behalf ? { onBehalfOf: behalf } : {}),
            },
          },
          said: t('access.granted'),
        })
      }
    >
      <Select
        label={t('access.role')}
        required
        searchable
        data={(choices.data?.roles ?? []).map((r) => ({ value: r.role, label: r.roleRu }))}
        value={role || null}
        error={errors['/role']}
        onChange={(v) => setRole(v ?? '')}
      />
      <Select
        label={t('access.where')}
        required
        allowDeselect={false}
        disabled={scopes.length === 0}
        data={scopes.map((s) => ({ value: s, label: SCOPES[s] ?? s }))}
        value={kind || null}
        error={errors['/scopeKind']}
        onChange={(v) => {
          setScopeKind(v ?? '');
          setScopeId('');
        }}
      />
      {kind === 'organisation' && (
        <OrganisationPicker
          label={t('access.organisation')}
          required
          value={scopeId}
          error={errors['/scopeId']}
          onChange={(v) => setScopeId(v ?? '')}
        />
      )}
      {(kind === 'region' || kind === 'municipality' || kind === 'jurisdiction') && (
        <Select
          label={
            kind === 'region'
              ? t('access.region')
              : kind === 'municipality'
                ? t('access.municipality')
                : t('access.body')
          }
          required
          searchable
          data={(places ?? []).map((p) => ({ value: p.id, label: p.nameRu }))}
          value={scopeId || null}
          error={errors['/scopeId']}
          onChange={(v) => setScopeId(v ?? '')}
        />
      )}
      <Group grow align="flex-start">
        <DateField label={t('access.from')} required value={from ?? ''} error={errors['/from']} onChange={setFrom} />
        <DateField label={t('access.lastDay')} value={to ?? ''} error={errors['/to']} onChange={setTo} />
      </Group>
      <TextInput
        label={t('access.actField')}
        placeholder={t('access.actExample')}
        required
        value={act}
        error={errors['/act']}
        onChange={(e) => setAct(e.currentTarget.value)}
      />
      <Switch
        label={t('access.actingPost')}
        checked={acting}
        disabled={behalf !== ''}
        onChange={(e) => setActing(e.currentTarget.checked)}
      />
      <PersonPicker
        label={t('access.deputises')}
        description={t('access.deputisesHint')}
        value={behalf}
        disabled={acting}
        error={errors['/onBehalfOf']}
        onChange={(v) => setBehalf(v ?? '')}
      />
    </Ask>
  );
}
