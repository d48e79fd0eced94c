import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Language, setLanguage, t } from '../i18n/index.ts';

/** Each language in its own tongue; nothing on the page is lost by the change. */
export function LanguageSwitch({ fullWidth = false }: { fullWidth?: boolean }) {
  const { i18n } = useTranslation();
  return (
    <SegmentedControl
      fullWidth={fullWidth}
      size="xs"
      value={i18n.language}
      onChange={(to) => void setLanguage(to as Language)}
      data={[
        { value: 'ru', label: 'Русский' },
        { value: 'en', label: 'English' },
      ]}
      aria-label={t('shell.language')}
    />
  );
}
