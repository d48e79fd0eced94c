import '@mantine/core/styles.css';
import '@mantine/dates/styles.css';
import '@mantine/notifications/styles.css';
import './styles.css';
import 'dayjs/locale/ru';
import { MantineProvider } from '@mantine/core';
import { DatesProvider } from '@mantine/dates';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import i18next from 'i18next';
import { type ReactNode, StrictMode, useMemo } from 'react';
import { createRoot } from 'react-dom/client';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { language, startI18n } from './i18n/index.ts';
import { queryClient } from './lib/queries.ts';
import { router } from './router.tsx';
import { cssVariables, themeIn } from './theme.ts';

/** Schemas complain in the language of the reader. The content policy forbids code made from strings, so they are interpreted. */
const speak = () => z.config({ ...(language() === 'en' ? z.locales.en() : z.locales.ru()), jitless: true });
i18next.on('languageChanged', speak);
await startI18n();
speak();
// What the API has said is asked for again, and read in the other language; what people are typing stays.
i18next.on(
  'languageChanged',
  () => void queryClient.invalidateQueries({ predicate: ({ state }) => state.data !== undefined }),
);

/** Colours, and the words and dates of the controls in the language of the reader. */
function Ground({ children }: { children: ReactNode }) {
  useTranslation();
  const spoken = language();
  const theme = useMemo(() => themeIn(spoken), [spoken]);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <DatesProvider settings={{ locale: spoken, firstDayOfWeek: 1 }}>{children}</DatesProvider>
    </MantineProvider>
  );
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Ground>
      <Notifications position="bottom-right" limit={3} containerWidth={360} />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </Ground>
  </StrictMode>,
);
