/**
 * The expert panel (specification 3.4): who is chosen, how verdicts become a result. Pure and replayable: the stored list of candidates
 * and the stored seed give the same choice again, so that an appeal can check it.
 */
import { drawRank } from './ids.ts';
import type { IsoDate } from './dates.ts';

export type Verdict = 'approve' | 'revise' | 'reject';
export type TableResult = Verdict | 'revise_minor' | 'arbitration' | 'reject_unless_spread';

export interface SelectionPolicy {
  minRegions: number;
  excludeApplicantRegion: boolean;
  /** Years of past employment that make a conflict. */
  lookbackYears: number;
  /** Overdue tasks within a year that keep an expert from new ones. */
  overdueLimit: number;
  /** An arbiter may come from the regions of the panel's experts. */
  arbiterFromPanelRegions: boolean;
}

export interface AggregationPolicy {
  size: number;
  /** Counts `approve-revise-reject` → result; `null` is the rule for two: equal verdicts stand, different ones go to an arbiter. */
  table: Record<string, TableResult> | null;
  /** Difference of total scores, as a share of the maximum, above which a third look is needed. */
  spreadShare: number;
}

export interface Candidate {
  personId: string;
  competences: string[];
  regionCode: string;
  /** Employers now and within the lookback of the policy. */
  organisationIds: string[];
  relations: Array<{ personId: string; kind: string }>;
  openTasks: number;
  maxOpenTasks: number;
  suspendedUntil?: string | null;
  /** Overdue tasks in the last year; the register suspends at the limit of the policy. */
  overdueInYear?: number;
}

export interface SelectionRequest {
  seed: string;
  size: number;
  competences: string[];
  applicantOrganisationIds: string[];
  applicantRegion: string;
  /** Initiator, authors known to the platform, participants of the case. */
  conflictPersonIds: string[];
  /** Already on the panel, declined, replaced, voided, members of a first decision. */
  excludedPersonIds: string[];
  /** Regions already on the panel. */
  takenRegions: string[];
  /** Regions the chosen person must avoid altogether (an arbiter, where the policy says so). */
  avoidRegions?: string[];
  minRegions: number;
  excludeApplicantRegion: boolean;
  overdueLimit: number;
  today: IsoDate;
}

export interface Selection {
  chosen: Array<{ personId: string; regionCode: string }>;
  excluded: Array<{ personId: string; why: ExclusionReason }>;
  missing: number;
}

export type ExclusionReason =
  | 'competence'
  | 'same_organisation'
  | 'relation'
  | 'applicant_region'
  | 'already_involved'
  | 'load'
  | 'suspended'
  | 'panel_region'
  | 'spread';

/**
 * Filter by competence → exclude conflicts → least loaded → spread by region → draw among equals. A panel that cannot reach the
 * smallest number of regions leaves its last seat empty rather than break the rule.
 */
export function selectExperts(candidates: Candidate[], request: SelectionRequest): Selection {
  const excluded: Selection['excluded'] = [];
  const eligible: Candidate[] = [];
  for (const c of candidates) {
    const why = exclusion(c, request);
    if (why) excluded.push({ personId: c.personId, why });
    else eligible.push(c);
  }
  const rank = new Map(eligible.map((c) => [c.personId, drawRank(request.seed, c.personId)]));
  const chosen: Selection['chosen'] = [];
  const regions = [...request.takenRegions];
  let pool = eligible;
  while (chosen.length < request.size && pool.length > 0) {
    const seatsLeft = request.size - chosen.length;
    const distinct = new Set(regions).size;
    const mustBeNew = request.minRegions - distinct >= seatsLeft;
    const options = mustBeNew ? pool.filter((c) => !regions.includes(c.regionCode)) : pool;
    const best = options.reduce<Candidate | undefined>(
      (a, b) => (a === undefined || before(b, a, regions, rank) ? b : a),
      undefined,
    );
    if (!best) break;
    chosen.push({ personId: best.personId, regionCode: best.regionCode });
    regions.push(best.regionCode);
    pool = pool.filter((c) => c !== best);
  }
  return { chosen, excluded, missing: request.size - chosen.length };
}

function exclusion(c: Candidate, r: SelectionRequest): ExclusionReason | null {
  if (r.excludedPersonIds.includes(c.personId) || r.conflictPersonIds.includes(c.personId)) return 'already_involved';
  if (!c.competences.some((code) => r.competences.includes(code))) return 'competence';
  if (c.organisationIds.some((id) => r.applicantOrganisationIds.includes(id))) return 'same_organisation';
  if (c.relations.some((x) => r.conflictPersonIds.includes(x.personId))) return 'relation';
  if (r.excludeApplicantRegion && c.regionCode === r.applicantRegion) return 'applicant_region';
  if (r.avoidRegions?.includes(c.regionCode)) return 'panel_region';
  if (c.suspendedUntil && c.suspendedUntil >= r.today) return 'suspended';
  if ((c.overdueInYear ?? 0) >= r.overdueLimit) return 'suspended';
  if (c.openTasks >= c.maxOpenTasks) return 'load';
  return null;
}

/** Order of preference: load, then a region not yet on the panel, then the draw. */
function before(a: Candidate, b: Candidate, regions: string[], rank: Map<string, string>): boolean {
  if (a.openTasks !== b.openTasks) return a.openTasks < b.openTasks;
  const repeatsA = regions.filter((r) => r === a.regionCode).length;
  const repeatsB = regions.filter((r) => r === b.regionCode).length;
  if (repeatsA !== repeatsB) return repeatsA < repeatsB;
  return (rank.get(a.personId) ?? '') < (rank.get(b.personId) ?? '');
}

export interface Conclusion {
  taskId: string;
  ordinal: number;
  verdict: Verdict;
  scores: Record<string, number>;
  remarks: Array<{ id: string; criterion: string; place: string }>;
}

export interface CriterionRule {
  code: string;
  mandatory: boolean;
  max: number;
  passFrom: number;
  remarkBelow: number;
}

export interface Aggregation {
  result: 'approve' | 'revise' | 'reject' | 'arbitration';
  /** Only failed and mandatory criteria are rechecked. */
  minor: boolean;
  counts: string;
  spread: number;
  /** Criteria on which experts disagree; an arbiter must answer every one. */
  disputed: string[];
  failed: string[];
  /** Mandatory criteria failed by two or more experts: the cap of 3.4.6. */
  capped: string[];
}

/** The table of the policy applied to conclusions that count. Run only when all of them are in. */
export function aggregate(
  conclusions: Conclusion[],
  policy: AggregationPolicy,
  criteria: CriterionRule[],
): Aggregation {
  const count = (v: Verdict) => conclusions.filter((c) => c.verdict === v).length;
  const counts = `${count('approve')}-${count('revise')}-${count('reject')}`;
  // Only the criteria asked for in this round: an expert may mark others too.
  const totals = conclusions.map((c) => criteria.reduce((sum, k) => sum + (c.scores[k.code] ?? 0), 0));
  const maximum = criteria.reduce((sum, c) => sum + c.max, 0) || 1;
  const spread = (Math.max(...totals) - Math.min(...totals)) / maximum;
  const fails = (code: string) => conclusions.filter((c) => failsCriterion(c, code, criteria)).length;
  const failed = criteria.filter((c) => fails(c.code) > 0).map((c) => c.code);
  const capped = criteria.filter((c) => c.mandatory && fails(c.code) >= 2).map((c) => c.code);
  const passes = (code: string) => conclusions.length - fails(code);
  // A criterion that two experts failed is settled, not disputed (3.4.6, cap).
  const disputed = criteria
    .filter((c) => fails(c.code) > 0 && passes(c.code) > 0 && !capped.includes(c.code))
    .map((c) => c.code);
  const raw = lookUp(conclusions, counts, spread, policy);
  return {
    result: raw === 'revise_minor' ? 'revise' : raw,
    minor: raw === 'revise_minor',
    counts,
    spread,
    disputed,
    failed,
    capped,
  };
}

function lookUp(
  conclusions: Conclusion[],
  counts: string,
  spread: number,
  policy: AggregationPolicy,
): Verdict | 'revise_minor' | 'arbitration' {
  if (policy.table === null) {
    const first = conclusions[0]?.verdict ?? 'reject';
    return conclusions.every((c) => c.verdict === first) && spread <= policy.spreadShare ? first : 'arbitration';
  }
  const result = policy.table[counts];
  if (!result) throw new Error(`Aggregation table has no row ${counts}`);
  if (result === 'reject_unless_spread') return spread > policy.spreadShare ? 'arbitration' : 'reject';
  return result;
}

/**
 * The arbiter's verdict is final for the round, except that a mandatory criterion failed by two or more experts caps it at «revise».
 */
export function arbitrate(panel: Aggregation, verdict: Verdict): Verdict {
  return verdict === 'approve' && panel.capped.length > 0 ? 'revise' : verdict;
}

export function totalScore(c: Pick<Conclusion, 'scores'>): number {
  return Object.values(c.scores).reduce((sum, n) => sum + n, 0);
}

function failsCriterion(c: Conclusion, code: string, criteria: CriterionRule[]): boolean {
  const rule = criteria.find((x) => x.code === code);
  const score = c.scores[code];
  return rule !== undefined && score !== undefined && score < rule.passFrom;
}

/**
 * A conclusion is complete: every criterion asked for has a mark within its range, each negative mark a remark, no approval beside a
 * failed mandatory criterion, and a demand for revision says what to revise. Each message names the field.
 */
export function checkConclusion(
  c: Omit<Conclusion, 'taskId' | 'ordinal'>,
  criteria: CriterionRule[],
  asked: string[],
): Array<{ pointer: string; detail: string }> {
  const errors: Array<{ pointer: string; detail: string }> = [];
  for (const rule of criteria) {
    const score = c.scores[rule.code];
    const pointer = `/scores/${rule.code}`;
    if (score === undefined) {
      if (asked.includes(rule.code)) errors.push({ pointer, detail: 'Поставьте оценку по этому критерию.' });
      continue;
    }
    if (!Number.isInteger(score) || score < 0 || score > rule.max)
      errors.push({ pointer, detail: `Оценка от 0 до ${rule.max}.` });
    if (score < rule.remarkBelow && !c.remarks.some((r) => r.criterion === rule.code))
      errors.push({ pointer, detail: 'К отрицательной оценке нужно замечание.' });
    if (rule.mandatory && score < rule.passFrom && c.verdict === 'approve')
      errors.push({
        pointer: '/verdict',
        detail: 'Нельзя одобрить программу, если не выполнен обязательный критерий.',
      });
  }
  for (const code of Object.keys(c.scores))
    if (!criteria.some((r) => r.code === code))
      errors.push({ pointer: `/scores/${code}`, detail: 'Такого критерия нет в наборе этого дела.' });
  for (const [i, r] of c.remarks.entries())
    if (!criteria.some((x) => x.code === r.criterion))
      errors.push({ pointer: `/remarks/${i}/criterion`, detail: 'Такого критерия нет в наборе этого дела.' });
  if (new Set(c.remarks.map((r) => r.id)).size !== c.remarks.length)
    errors.push({ pointer: '/remarks', detail: 'Замечания повторяются.' });
  if (c.verdict !== 'approve' && c.remarks.length === 0)
    errors.push({ pointer: '/remarks', detail: 'К такому выводу нужно хотя бы одно замечание.' });
  return errors;
}

/** What is wrong with an aggregation policy; a panel of three or more must name a result for every combination. */
export function checkAggregation(policy: AggregationPolicy): string[] {
  const errors: string[] = [];
  if (policy.size < 2) errors.push('Группа экспертов не может быть меньше двух.');
  if (policy.table === null) {
    if (policy.size !== 2) errors.push('Без таблицы решений работает только группа из двух экспертов.');
    return errors;
  }
  for (let approve = 0; approve <= policy.size; approve++)
    for (let revise = 0; approve + revise <= policy.size; revise++) {
      const key = `${approve}-${revise}-${policy.size - approve - revise}`;
      if (!(key in policy.table)) errors.push(`Нет решения для сочетания «за — доработать — против» ${key}.`);
    }
  return errors;
}

export const PANEL_CLAUSE = 'Общие правила, группа экспертов (3.4)';
