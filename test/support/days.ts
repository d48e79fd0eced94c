/** Days as the people of a test count them: in the zone of their region, whatever the hour and the zone of the machine. */
import { addDays, type IsoDate } from '../../processes/kit/dates.ts';
import { localDate } from '../../processes/kit/zones.ts';

export const KEMEROVO = 'Asia/Novokuznetsk';
export const MOSCOW = 'Europe/Moscow';

/** The day that lies `offset` days from today in `zone`. */
export const dayIn = (zone: string, offset = 0): IsoDate => addDays(localDate(new Date().toISOString(), zone), offset);

/** A day as a form takes it: дд.мм.гггг. */
export const typed = (day: IsoDate): string => day.split('-').reverse().join('.');
