import {
  Alert,
  Box,
  Button,
  Code,
  CopyButton,
  Group,
  Modal,
  PasswordInput,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { encode } from 'uqr';
import { api, type FactorWanted } from '../api.ts';
import { Loading } from '../kit/bits.tsx';
import { ErrorNote } from '../kit/ErrorNote.tsx';
import { asProblem, byPointer } from '../lib/problem.ts';

/** What a session still misses, asked until it is there: the code of the phone, or the phone itself. */
export function FactorForm({ want, onDone, onLeave }: { want: FactorWanted; onDone(): void; onLeave(): void }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      {want === 'code' ? <CodeForm onDone={onDone} /> : <Enrolment onDone={onDone} />}
      <Button variant="subtle" size="compact-sm" onClick={onLeave} style={{ alignSelf: 'flex-start' }}>
        {t('factor.leave')}
      </Button>
    </Stack>
  );
}

function CodeForm({ onDone }: { onDone(): void }) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const show = useMutation({
    mutationFn: () => api('POST /api/session/factor', { json: { code } }),
    onSuccess: onDone,
    onError: () => setCode(''),
  });
  return (
    <CodeEntry
      code={code}
      onChange={setCode}
      error={show.error}
      busy={show.isPending}
      action={t('factor.enter')}
      hint={t('factor.codeHint')}
      onSubmit={() => show.mutate()}
    />
  );
}

function CodeEntry(props: {
  code: string;
  onChange(code: string): void;
  error: unknown;
  busy: boolean;
  action: string;
  hint: string;
  onSubmit(): void;
}) {
  const { t } = useTranslation();
  const errors = byPointer(props.error ? asProblem(props.error).errors : []);
  return (
    <form
      onSubmit={(e: FormEvent) => {
        e.preventDefault();
        props.onSubmit();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={t('factor.code')}
          description={props.hint}
          name="one-time-code"
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          required
          data-autofocus
          value={props.code}
          error={errors['/code']}
          onChange={(e) => props.onChange(e.currentTarget.value)}
        />
        {props.error !== null && props.error !== undefined && !errors['/code'] && <ErrorNote error={props.error} />}
        <Button type="submit" loading={props.busy} style={{ alignSelf: 'flex-start' }}>
          {props.action}
        </Button>
      </Stack>
    </form>
  );
}

/** Connects an authenticator: the picture, a first code, the recovery codes. */
export function Enrolment({ onDone }: { onDone(): void }) {
  const { t } = useTranslation();
  const begin = useQuery({
    queryKey: ['second-factor', 'begin'],
    queryFn: () => api('POST /api/profile/second-factor', {}),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const [code, setCode] = useState('');
  const confirm = useMutation({
    mutationFn: () => api('POST /api/profile/second-factor/confirm', { json: { code } }),
    onError: () => setCode(''),
  });
  if (confirm.data) return <RecoveryCodes codes={confirm.data.recoveryCodes} onDone={onDone} />;
  if (begin.isPending) return <Loading />;
  if (begin.error) return <ErrorNote error={begin.error} onRetry={() => void begin.refetch()} />;
  return (
    <Stack gap="md">
      <Text size="sm">{t('factor.scan')}</Text>
      <Picture text={begin.data.address} label={t('factor.picture')} />
      <Text size="sm">
        {t('factor.byHand')}{' '}
        <Code className="wrap-anywhere" fz="sm">
          {begin.data.secret.replace(/(.{4})/g, '$1 ').trim()}
        </Code>
      </Text>
      <CodeEntry
        code={code}
        onChange={setCode}
        error={confirm.error}
        busy={confirm.isPending}
        action={t('factor.connect')}
        hint={t('factor.firstHint')}
        onSubmit={() => confirm.mutate()}
      />
    </Stack>
  );
}

/** The picture is drawn here: the secret goes to nobody else. Dark on white in every scheme, or a camera would not read it. */
function Picture({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: 3 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <Box style={{ background: '#ffffff', borderRadius: 8, width: 'fit-content', maxWidth: '100%' }}>
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${size} ${size}`}
        width={220}
        height={220}
        style={{ display: 'block', maxWidth: '100%' }}
        shapeRendering="crispEdges"
      >
        <path d={path} fill="#000000" />
      </svg>
    </Box>
  );
}

/** Shown once: whoever has lost the phone comes in by one of them. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone(): void }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <Alert color="yellow" variant="light" role="status" title={t('factor.codesTitle')} styles={plain}>
        {t('factor.codesHint')}
      </Alert>
      <Group component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }} aria-label={t('factor.codes')}>
        {codes.map((code) => (
          <li key={code}>
            <Code fz="md">{code}</Code>
          </li>
        ))}
      </Group>
      <Group gap="sm">
        <CopyButton value={codes.join('\n')}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? t('factor.copied') : t('factor.copy')}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onDone}>{t('factor.kept')}</Button>
      </Group>
    </Stack>
  );
}

/** Before a sensitive act after a long time: the password, or a code. The act goes on by itself afterwards. */
export function ProofDialog({ onEnd }: { onEnd(proved: boolean): void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const prove = useMutation({
    mutationFn: () => api('POST /api/session/proof', { json: code ? { code } : { password } }),
    onSuccess: () => onEnd(true),
  });
  const errors = byPointer(prove.error ? asProblem(prove.error).errors : []);
  // Another attempt begins without what was said of the former one.
  const { reset } = prove;
  useEffect(() => reset, [reset]);
  return (
    <Modal
      opened
      onClose={() => onEnd(false)}
      title={<Text fw={650}>{t('factor.proof')}</Text>}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      zIndex={400}
    >
      <form
        onSubmit={(e) => {
          e.preventDefault();
          e.stopPropagation();
          prove.mutate();
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{t('factor.proofHint')}</Text>
          <PasswordInput
            label={t('factor.password')}
            autoComplete="current-password"
            data-autofocus
            value={password}
            error={errors['/password']}
            onChange={(e) => setPassword(e.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('factor.showPassword') }}
          />
          <TextInput
            label={t('factor.orCode')}
            autoComplete="one-time-code"
            value={code}
            error={errors['/code']}
            onChange={(e) => setCode(e.currentTarget.value)}
          />
          {prove.error && Object.keys(errors).length === 0 && <ErrorNote error={prove.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => onEnd(false)}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={prove.isPending} disabled={!password && !code}>
              {t('factor.confirm')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

const plain = { message: { color: 'var(--mantine-color-text)' } };
