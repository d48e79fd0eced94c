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
      notifications.show({ closeButtonProps: { 'aria-label': 'Закрыть' }, message: said });
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
        <Panel title="Учётная запись" end={<Chip tone={ACCOUNT_TONE[p.account]}>{p.accountRu}</Chip>}>
          <FactList
            rows={[
              ['Пароль', p.passwordSetAt ? `задан ${dateTime(p.passwordSetAt)}` : 'не задан'],
              ['Второй фактор', p.secondFactor ? 'подключён' : 'не подключён'],
              p.invitedUntil !== null && ['Приглашение', `действует до ${dateTime(p.invitedUntil)}`],
              ['Открытых входов', String(p.sessions)],
              p.lastSeenAt !== null && ['Последний запрос', dateTime(p.lastSeenAt)],
              p.disabledReason !== null && ['Закрыта', p.disabledReason],
            ]}
          />
          {own ? (
            <Text size="sm" c="dimmed" mt="sm">
              Свою учётную запись и свои роли меняет другой администратор.
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
                      said: `Приглашение для ${p.email} отправлено.`,
                    })
                  }
                >
                  {p.account === 'none' ? 'Пригласить' : 'Пригласить ещё раз'}
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
                      said: 'Входы завершены.',
                    })
                  }
                >
                  Завершить входы
                </Button>
              )}
              {p.secondFactor && (
                <Button size="sm" variant="default" onClick={() => setAsking('factor')}>
                  Сбросить второй фактор…
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
                      said: 'Учётная запись открыта.',
                    })
                  }
                >
                  Открыть снова
                </Button>
              ) : (
                <Button size="sm" color="red" variant="light" onClick={() => setAsking('disable')}>
                  Закрыть учётную запись…
                </Button>
              )}
            </Group>
          )}
        </Panel>
        <Panel
          title="Роли"
          end={
            !own && (
              <Button size="xs" onClick={() => setAsking('grant')}>
                Назначить роль…
              </Button>
            )
          }
        >
          {p.assignments.length === 0 && (
            <Text size="sm" c="dimmed">
              Ролей нет и не было.
            </Text>
          )}
          {p.assignments.map((a) => (
            <Group key={a.id} justify="space-between" wrap="wrap" py={7} data-assignment={a.role}>
              <div style={{ minWidth: 0, flex: 1 }}>
                <Text size="sm" fw={600} component="div">
                  {a.acting ? 'И. о.: ' : ''}
                  {a.roleRu}
                  {a.onBehalfOf ? ` — за: ${a.onBehalfOf.displayName}` : ''} {standing(a)}
                </Text>
                <Text size="xs" c="dimmed" className="wrap-anywhere">
                  {a.scopeRu} · с {shortDate(a.from)}
                  {a.to ? ` по ${shortDate(a.to)}` : ', без срока'} · {a.act ?? 'акт не указан'}
                  {a.endAct ? ` · завершена: ${a.endAct}` : ''}
                </Text>
              </div>
              {!own && (a.to === null || a.to >= todayIso()) && (
                <Button size="compact-sm" variant="default" onClick={() => setAsking(a)}>
                  Завершить…
                </Button>
              )}
            </Group>
          ))}
        </Panel>
        {p.identities.length > 0 && (
          <Panel title="Учётные записи организации">
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
                      said: 'Связь разорвана.',
                    })
                  }
                >
                  Разорвать связь
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
  if (a.current) return <Chip tone="good">действует</Chip>;
  return a.from > todayIso() ? <Chip tone="info">начнётся</Chip> : <Chip>завершена</Chip>;
}

function TokensOf({ card }: { card: Card }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: (id: string) => api('DELETE /api/tokens/{id}', { params: { id } }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['access', card.id] }),
  });
  if (card.tokens.length === 0) return null;
  return (
    <Panel title="Токены интеграций">
      {revoke.error && <ErrorNote error={revoke.error} />}
      {card.tokens.map((token) => (
        <Group key={token.id} justify="space-between" wrap="wrap" py={5}>
          <Text size="sm" className="wrap-anywhere">
            {token.nameRu} <Code>{token.prefix}…</Code> · {token.scopes.join(', ')} · до {shortDate(token.expiresAt)}
          </Text>
          {token.active ? (
            <Button size="compact-sm" variant="default" onClick={() => revoke.mutate(token.id)}>
              Отозвать
            </Button>
          ) : (
            <Chip>не действует</Chip>
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
    <Modal opened onClose={onClose} title={title}>
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
              Отменить
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
      title="Закрыть учётную запись"
      action="Закрыть"
      label="Причина"
      card={card}
      onClose={onClose}
      onSubmit={(change, reason) =>
        change.mutate({
          route: 'POST /api/admin/people/{id}/disable',
          request: { params: { id: card.id }, json: { reason } },
          said: 'Учётная запись закрыта, входы и токены не действуют.',
        })
      }
    >
      Входы и токены перестанут действовать сразу. Роли и дела остаются, их передают отдельно.
    </AskReason>
  );
}

function ResetFactor({ card, onClose }: { card: Card; onClose(): void }) {
  return (
    <AskReason
      title="Сбросить второй фактор"
      action="Сбросить"
      label="Как вы убедились, что это он"
      card={card}
      onClose={onClose}
      onSubmit={(change, reason) =>
        change.mutate({
          route: 'POST /api/admin/people/{id}/second-factor/reset',
          request: { params: { id: card.id }, json: { reason } },
          said: 'Второй фактор сброшен, входы завершены, человеку отправлено письмо.',
        })
      }
    >
      Так помогают тому, кто потерял телефон и запасные коды. Сначала убедитесь, что просит он сам: позвоните ему или
      встретьтесь.
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
      title={`Завершить роль: ${assignment.roleRu}`}
      action="Завершить"
      danger
      change={change}
      onClose={onClose}
      onSubmit={() =>
        change.mutate({
          route: 'POST /api/admin/assignments/{id}/end',
          request: { params: { id: assignment.id }, json: { to: to ?? '', act } },
          said: 'Роль завершена.',
        })
      }
    >
      <DateField label="Последний день" required value={to ?? ''} error={errors['/to']} onChange={setTo} />
      <TextInput
        label="Акт: вид, номер, дата"
        required
        value={act}
        error={errors['/act']}
        onChange={(e) => setAct(e.currentTarget.value)}
      />
    </Ask>
  );
}

const SCOPES: Record<string, string> = {
  self: 'о себе',
  organisation: 'организация',
  municipality: 'муниципалитет',
  region: 'регион',
  jurisdiction: 'орган, который ведёт дела',
  country: 'вся страна',
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
      title={`Назначить роль: ${card.displayName}`}
      action="Назначить"
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
          said: 'Роль назначена, человеку отправлено письмо.',
        })
      }
    >
      <Select
        label="Роль"
        required
        searchable
        data={(choices.data?.roles ?? []).map((r) => ({ value: r.role, label: r.roleRu }))}
        value={role || null}
        error={errors['/role']}
        onChange={(v) => setRole(v ?? '')}
      />
      <Select
        label="Где"
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
          label="Организация"
          required
          value={scopeId}
          error={errors['/scopeId']}
          onChange={(v) => setScopeId(v ?? '')}
        />
      )}
      {(kind === 'region' || kind === 'municipality' || kind === 'jurisdiction') && (
        <Select
          label={kind === 'region' ? 'Регион' : kind === 'municipality' ? 'Муниципалитет' : 'Орган'}
          required
          searchable
          data={(places ?? []).map((p) => ({ value: p.id, label: p.nameRu }))}
          value={scopeId || null}
          error={errors['/scopeId']}
          onChange={(v) => setScopeId(v ?? '')}
        />
      )}
      <Group grow align="flex-start">
        <DateField label="С какого дня" required value={from ?? ''} error={errors['/from']} onChange={setFrom} />
        <DateField label="Последний день" value={to ?? ''} error={errors['/to']} onChange={setTo} />
      </Group>
      <TextInput
        label="Акт: вид, номер, дата"
        placeholder="Приказ № 12 от 20.11.2026"
        required
        value={act}
        error={errors['/act']}
        onChange={(e) => setAct(e.currentTarget.value)}
      />
      <Switch
        label="Исполняет обязанности (и. о.)"
        checked={acting}
        disabled={behalf !== ''}
        onChange={(e) => setActing(e.currentTarget.checked)}
      />
      <PersonPicker
        label="Замещает (действует «за»)"
        description="Оставьте пустым, если человек занимает должность сам."
        value={behalf}
        disabled={acting}
        error={errors['/onBehalfOf']}
        onChange={(v) => setBehalf(v ?? '')}
      />
    </Ask>
  );
}
