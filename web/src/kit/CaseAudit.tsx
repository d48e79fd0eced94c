import { Anchor, Button, Group, Modal, Radio, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFileCertificate } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchFile } from '../api.ts';
import { ErrorNote } from './ErrorNote.tsx';

const FORMS = ['html', 'xlsx', 'json'] as const;
type Form = (typeof FORMS)[number];

/** The audit of the case as a file: for paper, for a table, for the check. Whoever reads the case may make it, and that is recorded. */
export function CaseAudit({ caseId }: { caseId: string }) {
  const { t } = useTranslation();
  const [opened, form] = useDisclosure(false);
  const [chosen, setChosen] = useState<Form>('html');
  const made = useMutation({
    mutationFn: async (format: Form) => {
      // Asked for while the click is fresh: a window that opens after the answer would be blocked.
      const page = format === 'html' ? window.open('', '_blank') : null;
      try {
        const { content, name } = await fetchFile(`/api/cases/${caseId}/audit?format=${format}`);
        const address = URL.createObjectURL(content);
        if (page) page.location.href = address;
        else save(address, name);
        setTimeout(() => URL.revokeObjectURL(address), 60_000);
      } catch (error) {
        page?.close();
        throw error;
      }
    },
    onSuccess: form.close,
  });
  const close = () => {
    form.close();
    made.reset();
  };
  return (
    <>
      <Button
        variant="default"
        size="sm"
        leftSection={<IconFileCertificate size={16} aria-hidden />}
        onClick={form.open}
      >
        {t('audit.make')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={<Text fw={650}>{t('audit.title')}</Text>}
        closeButtonProps={{ 'aria-label': t('audit.close') }}
      >
        <Stack gap="md">
          <Text size="sm">{t('audit.proves')}</Text>
          <Radio.Group label={t('audit.form')} value={chosen} onChange={(value) => setChosen(value as Form)}>
            <Stack gap={10} mt={6}>
              {FORMS.map((value) => (
                <Radio key={value} value={value} label={t(`audit.${value}`)} description={t(`audit.${value}Hint`)} />
              ))}
            </Stack>
          </Radio.Group>
          <Text size="xs" c="dimmed">
            {t('audit.recorded')}
          </Text>
          <Anchor href="/registry/integrity" target="_blank" size="sm">
            {t('audit.how')}
          </Anchor>
          {made.error && <ErrorNote error={made.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('audit.cancel')}
            </Button>
            <Button loading={made.isPending} onClick={() => made.mutate(chosen)}>
              {t('audit.do')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

function save(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}
