import { useTranslation } from 'react-i18next';
import { Empty, PageTitle } from '../kit/bits.tsx';
import { ButtonTo } from '../lib/links.tsx';

export function NotFound() {
  const { t } = useTranslation();
  return (
    <>
      <PageTitle tab={t('shell.notFound')}>{t('shell.notFound')}</PageTitle>
      <Empty title={t('shell.notFound')} hint={t('shell.notFoundHint')}>
        <ButtonTo to="/inbox" variant="default">
          {t('shell.home')}
        </ButtonTo>
      </Empty>
    </>
  );
}
