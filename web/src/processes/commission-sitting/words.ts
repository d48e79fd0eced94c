import { wordsOf } from '../../i18n/index.ts';
import { en } from './words.en.ts';
import { ru } from './words.ru.ts';

export const t = wordsOf('commission-sitting', ru, en);
