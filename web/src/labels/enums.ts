/** Words for codes of the contract that a screen shows by itself; the API sends its own words with everything else. */
import { labels } from '../i18n/index.ts';
import { ru } from '../i18n/ru/index.ts';

/** Who is waited for, as the object of «ждёт». */
export const WAITING: Record<string, string> = labels('waiting', ru.waiting);
export const VERDICTS: Record<string, string> = labels('verdicts', ru.verdicts);
export const OUTCOMES: Record<string, string> = labels('outcomes', ru.outcomes);

export const toneOfStatus = (status: string): 'good' | 'late' | 'soon' | 'info' | 'plain' => {
  if (['certified', 'active', 'valid', 'granted'].includes(status)) return 'good';
  if (['suspended', 'expiring', 'prolonged'].includes(status)) return 'soon';
  if (['annulled', 'delisted', 'expired', 'refused', 'lapsed'].includes(status)) return 'late';
  return 'plain';
};
