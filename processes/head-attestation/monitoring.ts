/**
 * What counts in the yearly monitoring of attestation, 01.09-31.12 (S3 plan 1.1.3), and in the indicators I9 and I12: which entry of a
 * register has force on a day. The figures themselves are in reports.ts and in processes/indicators.
 */
import type { IsoDate } from '../kit/dates.ts';

/** An entry of the register of attestations, as far as its force goes. */
export interface AttestationRow {
  status: string;
  votedOn: IsoDate | null;
  validUntil: IsoDate | null;
}

export interface ReserveRow {
  number: string;
  personId: string;
  status: string;
}

export interface Share {
  numerator: number;
  denominator: number;
  /** Percent, one digit after the point; `null` without a denominator. */
  percent: number | null;
  /** What was counted: numbers of entries, or people. */
  counted: string[];
}

const share = (counted: string[], denominator: number): Share => ({
  numerator: counted.length,
  denominator,
  percent: denominator === 0 ? null : Math.round((counted.length / denominator) * 1000) / 10,
  counted,
});

const IN_RESERVE = ['in_reserve', 'offered', 'expiring'];

/** Does a reserve entry of this status count in I9? */
export const inReserve = (status: string): boolean => IN_RESERVE.includes(status);

/** I9: people in the cadre reserve to the number of heads; at least 10 % from 01.09.2021 on. */
export function reserveShare(reserve: ReserveRow[], heads: number): Share & { enough: boolean } {
  const people = [...new Set(reserve.filter((r) => inReserve(r.status)).map((r) => r.personId))].sort();
  const counted = share(people, heads);
  return { ...counted, enough: people.length * 10 >= heads && heads > 0 };
}

const VALID = ['conform', 'conform_conditional', 'due_again'];

/** Has the entry force on the date? A term of one day more or less is one day: `validUntil` is its last day. */
export function isValidOn(row: AttestationRow, on: IsoDate): boolean {
  return VALID.includes(row.status) && row.validUntil !== null && row.validUntil >= on && (row.votedOn ?? '') <= on;
}

/** The year of the monitoring: decisions from 1 September of the year before to 31 August, handed in by 31 December. */
export const monitoringPeriod = (year: number): { from: IsoDate; to: IsoDate } => ({
  from: `${year - 1}-09-01`,
  to: `${year}-08-31`,
});
