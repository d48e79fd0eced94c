/**
 * The yearly monitoring of attestation, 01.09-31.12 (S3 plan 1.1.3), and the indicators I9 and I12: pure counts over rows of the
 * registers. Every number keeps the list of what it counted, so that it opens to its cases.
 */
import type { IsoDate } from '../kit/dates.ts';

export interface AttestationRow {
  number: string;
  personId: string;
  municipality: string;
  variant: string;
  /** Status of the entry, and the decision it records. */
  status: string;
  decision: string;
  votedOn: IsoDate | null;
  validUntil: IsoDate | null;
  deficits: string[];
}

export interface HeadRow {
  personId: string;
  municipality: string;
  exempt: boolean;
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

/** I9: people in the cadre reserve to the number of heads; at least 10 % from 01.09.2021 on. */
export function reserveShare(reserve: ReserveRow[], heads: number): Share & { enough: boolean } {
  const people = [...new Set(reserve.filter((r) => IN_RESERVE.includes(r.status)).map((r) => r.personId))].sort();
  const counted = share(people, heads);
  return { ...counted, enough: people.length * 10 >= heads && heads > 0 };
}

const VALID = ['conform', 'conform_conditional', 'due_again'];

/** Has the entry force on the date? A term of one day more or less is one day: `validUntil` is its last day. */
export function isValidOn(row: AttestationRow, on: IsoDate): boolean {
  return VALID.includes(row.status) && row.validUntil !== null && row.validUntil >= on && (row.votedOn ?? '') <= on;
}

/** I12: heads with a valid attestation on the date among those not exempt; an exempt head counts on neither side. */
export function validShare(rows: AttestationRow[], heads: HeadRow[], on: IsoDate): Share {
  const valid = new Set(rows.filter((r) => isValidOn(r, on)).map((r) => r.personId));
  const counted = heads.filter((h) => !h.exempt);
  return share(counted.flatMap((h) => (valid.has(h.personId) ? [h.personId] : [])).sort(), counted.length);
}

export interface MunicipalityLine {
  municipality: string;
  attested: string[];
  conform: number;
  conditional: number;
  notConform: number;
  candidates: number;
}

export interface MonitoringReport {
  from: IsoDate;
  to: IsoDate;
  total: MunicipalityLine;
  byMunicipality: MunicipalityLine[];
  /** Demand for diagnostics and training: how many attested people show the deficit. */
  deficits: Array<{ code: string; people: number }>;
  valid: Share;
  reserve: Share & { enough: boolean };
}

/** The report of a year: decisions from 1 September of the year before to 31 August, handed in by 31 December. @public for the report screens */
export function monitoringReport(
  year: number,
  data: { attestations: AttestationRow[]; heads: HeadRow[]; reserve: ReserveRow[] },
): MonitoringReport {
  const from = `${year - 1}-09-01`;
  const to = `${year}-08-31`;
  const period = data.attestations.filter((r) => r.votedOn !== null && r.votedOn >= from && r.votedOn <= to);
  const line = (municipality: string, rows: AttestationRow[]): MunicipalityLine => ({
    municipality,
    attested: rows.map((r) => r.number).sort(),
    conform: rows.filter((r) => r.decision === 'conform').length,
    conditional: rows.filter((r) => r.decision === 'conform_conditional').length,
    notConform: rows.filter((r) => r.decision === 'not_conform').length,
    candidates: rows.filter((r) => r.variant === 'candidate').length,
  });
  const places = [...new Set([...period, ...data.heads].map((r) => r.municipality))].sort();
  const codes = [...new Set(period.flatMap((r) => r.deficits))].sort();
  const people = (code: string) => new Set(period.filter((r) => r.deficits.includes(code)).map((r) => r.personId)).size;
  return {
    from,
    to,
    total: line('всего', period),
    byMunicipality: places.map((place) =>
      line(
        place,
        period.filter((r) => r.municipality === place),
      ),
    ),
    deficits: codes
      .map((code) => ({ code, people: people(code) }))
      .sort((a, b) => b.people - a.people || a.code.localeCompare(b.code)),
    valid: validShare(data.attestations, data.heads, `${year}-12-31`),
    reserve: reserveShare(data.reserve, data.heads.length),
  };
}
