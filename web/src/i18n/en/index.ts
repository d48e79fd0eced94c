import { account } from './account.ts';
import { cases } from './cases.ts';
import { office } from './office.ts';
import { shell } from './shell.ts';

export const en = { ...shell, ...account, ...cases, ...office };
