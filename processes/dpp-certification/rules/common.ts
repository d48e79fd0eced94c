/** What the rules of certification share: their types, their desk of tasks, and the people the segregation of duties excludes. */
import { grantingAssignment } from '../../kit/actors.ts';
import { Desk } from '../../kit/desk.ts';
import { Denied, deny, type Recorder } from '../../kit/recorder.ts';
import type { Rule as KitRule } from '../../kit/rulebook.ts';
import type { Task } from '../../kit/task.ts';
import type { Actor, Context, Scope } from '../../kit/types.ts';
import { taskClock } from '../../kit/terms.ts';
import type { CertificationPolicy, PanelPolicy } from '../policy.ts';
import { checkProgramme, networkKey, programmeKey, type ProgrammeFacts } from '../programme-rules.ts';
import { PROVIDER, STAGES } from '../stages.ts';
import type { CertificationState, RelatedCase } from '../state.ts';

export type S = CertificationState;
export type Ctx = Context<CertificationPolicy>;
export type Rec = Recorder<S, CertificationPolicy>;
export type Rule = KitRule<S, CertificationPolicy>;
export type Rules = Record<string, Rule>;
export type { Payload } from '../../kit/rulebook.ts';

export const desk = new Desk<S, CertificationPolicy>({
  clock: taskClock,
  policy: (ctx) => ctx.policy.task,
  replacementTerm: (s, old, { policy: { terms } }) =>
    old.kind === 'arbitration' ? terms.arbitration : s.round > 1 ? terms.laterRound : terms.expertise,
  excluded: excludedFromTask,
  // An arbiter who waits for a replaced expert is called anew only if the table still disagrees.
  stillNeeded: (s, task) => task.kind !== 'arbitration' || s.stage !== 'under_expertise',
});

export const panelPolicy = (s: S, ctx: Ctx): PanelPolicy =>
  s.shortened && ctx.policy.shortenedPanel ? ctx.policy.shortenedPanel : ctx.policy.panel;

// ── Signature and invariants ──

/**
 * The head of the organisation signs by office, a representative or methodist by the act of the assignment (a power of attorney).
 * Answers with the signatory's person id.
 */
export function requireSignatory(actor: Actor, organisationIds: string[], today: string): string {
  if (actor.kind !== 'person') deny('not_for_system', 'Заявку подписывает человек.');
  const scopes: Scope[] = organisationIds.map((id) => ({ kind: 'organisation', id }));
  if (!grantingAssignment(actor, PROVIDER, scopes, today))
    deny('role_missing', 'Подать заявку может только представитель этой организации.');
  const head = grantingAssignment(actor, ['provider_head'], scopes, today);
  const byAct = actor.assignments.some(
    (a) => a.actId && grantingAssignment({ ...actor, assignments: [a] }, PROVIDER, scopes, today),
  );
  if (!head && !byAct)
    deny('no_signature', 'Заявку подписывает руководитель организации или представитель по доверенности.');
  return actor.personId;
}

/** The same for the buttons: a sentence when this person may not sign for the applicant. */
export function unsigned(s: S, ctx: Ctx, actor: Actor): string | null {
  try {
    requireSignatory(actor, s.organisationIds, ctx.today);
    return null;
  } catch (refusal) {
    if (refusal instanceof Denied) return refusal.denial.message;
    throw refusal;
  }
}

export function requireInvariants(programme: ProgrammeFacts, ctx: Ctx): void {
  const errors = checkProgramme(programme, ctx.policy.minHours);
  if (errors.length === 0) return;
  const named = errors.map((e) => ({ ...e, pointer: `/programme${e.pointer}` }));
  deny('programme_invalid', 'В программе есть расхождения. Исправьте строки, названные ниже.', { errors: named });
}

// ── What a case holds while it lives ──

/** One programme of one organisation is examined, in force or cooling down after a refusal once at a time. */
export function claimProgramme(rec: Rec, programme: ProgrammeFacts): void {
  const keys = claimKeys(rec.ctx, programme);
  rec.claim({
    kind: 'unique',
    ...keys.programme,
    denial: {
      code: 'duplicate',
      message:
        'Такая программа этой организации уже рассматривается, действует в реестре или получила отказ менее трёх месяцев назад.',
    },
  });
  if (!keys.network) return;
  const message = 'Эту сетевую программу уже подала другая организация-партнёр: заявку ведёт она.';
  rec.claim({ kind: 'unique', ...keys.network, denial: { code: 'network_duplicate', message } });
}

export function releaseClaims(rec: Rec): void {
  const [first] = rec.state.versions;
  if (!first || rec.state.variant !== 'original') return;
  const keys = claimKeys(rec.ctx, first.facts);
  rec.claim({ kind: 'release', ...keys.programme });
  if (keys.network) rec.claim({ kind: 'release', ...keys.network });
}

function claimKeys(ctx: Ctx, programme: ProgrammeFacts) {
  const network = networkKey(programme);
  return {
    programme: { scope: `dpp-programme:${ctx.jurisdiction.id}`, key: programmeKey(programme) },
    network: network ? { scope: `dpp-network:${ctx.jurisdiction.id}`, key: network } : null,
  };
}

// ── Ends ──

/** Is the outcome beyond complaint and its after-effects? */
export function isOver(s: S): boolean {
  if (STAGES[s.stage]?.final) return true;
  if (s.stage === 'refused') return s.decision?.final === true && s.cooldownOver;
  return s.stage === 'delisted' && s.decision?.final === true;
}

/** Releases what the case held once nothing more can follow. */
export function finishIfOver(rec: Rec): void {
  if (isOver(rec.state)) releaseClaims(rec);
}

export function endEntry(rec: Rec, row: string, type: string, facts: Record<string, unknown>): void {
  desk.cancelOpen(rec, type);
  rec.emit(row, type, facts);
  finishIfOver(rec);
}

export const openRelatedOf = (s: S, kind: RelatedCase['kind']) =>
  s.related.find((r) => r.kind === kind && r.outcome === undefined);

// ── People ──

const panelists = (s: S): string[] =>
  s.tasks.filter((t) => t.nature === 'personal' && t.assigneeId).map((t) => t.assigneeId as string);

/** Everybody who took part in a first decision or panel: excluded from a new panel and from the appeal. */
export function everybodyInvolved(s: S): string[] {
  return [...new Set([...s.involved, ...panelists(s), ...(s.decision?.takenBy ?? [])])];
}

/** Nobody of the first decision or panel hears the appeal. */
export function excludedFromTask(s: S, task: Task): string[] {
  return task.kind === 'appeal_decision' ? everybodyInvolved(s) : [];
}

/** Everybody who may not sit on this panel: its own members, those who declined or were replaced, members of a first decision. */
export function excludedFromPanel(s: S): string[] {
  const present = s.tasks.filter((t) => t.nature === 'personal' && t.group?.startsWith(`panel:${s.panel}/`));
  return [...new Set([...present.flatMap((t) => (t.assigneeId ? [t.assigneeId] : [])), ...s.involved])];
}

export function proposeDecision(
  rec: Rec,
  row: string,
  type: string,
  proposal: NonNullable<S['proposal']>,
  facts = {},
): void {
  rec.emit(row, type, { ...facts, to: 'decision_pending', proposal });
  desk.office(rec, 'decision', 'fed_coordinator', rec.ctx.policy.terms.decision, 'дело передано на решение');
}
