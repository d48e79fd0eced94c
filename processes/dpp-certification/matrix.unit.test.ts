/**
 * Stage × role × action: what each person may do in every stage, as one table to be read against the specification. What is offered
 * and what is decided are computed apart and must agree in every cell.
 */
import { describe, expect, it } from 'vitest';
import { Walk } from '../../test/p01/random-walk.ts';
import { PROMISED } from '../../test/support/steps.ts';
import { FED_ORG, people, programme, PROVIDER_ORG, SHA, uuid } from '../../test/p01/world.ts';
import type { Actor, Assignment, Role } from '../kit/types.ts';
import { dppCertification as P } from './index.ts';
import { offers, RULES } from './rules/index.ts';
import { STAGES } from './stages.ts';

const ORDER = { number: '15-р', date: '2026-03-02' };
const REASON = { statement: SHA(3) };
const minor = () => ({
  ...programme(),
  modules: programme().modules.map((m, i) => (i === 2 ? { ...m, title: 'Иначе' } : m)),
});

// ── Situations: every stage, and the states inside a stage that change what may be done ──

const at = (tell: (c: Walk['c']) => unknown) => () => {
  const walk = new Walk();
  tell(walk.c);
  return walk;
};
const submitted = (c: Walk['c']) => c.submit();
const expertise = (c: Walk['c']) => c.toPanel();
const certified = (c: Walk['c']) => c.toPanel().review('approve', 'approve', 'approve').certify();
const refused = (c: Walk['c']) => c.toPanel().review('reject', 'reject', 'reject').refuse();
const expiring = (c: Walk['c']) => certified(c).day('2028-12-01');
const renewing = (c: Walk['c']) =>
  expiring(c)
    .do(people.head, 'recertify', { programme: programme(), document: SHA(5) })
    .do('system', 'work:open_child', {
      key: 'open:recertification:1',
      childKey: 'recertification:1',
      childCaseId: uuid(77),
    });
const stay = { effect: 'stay', on: '2026-02-02', act: 'определение' };

const SITUATIONS: Record<string, () => Walk> = {
  technical_check: at(submitted),
  'technical_check, taken by another operator': at((c) =>
    c.submit().do(people.operator2, 'acceptTask', { taskId: c.task('technical_check') }),
  ),
  returned: at((c) =>
    c.submit().do(people.operator, 'reportDefects', { taskId: c.task('technical_check'), count: 1, ...REASON }),
  ),
  'panel_forming, invited': at((c) => c.submit().check()),
  'panel_forming, pool empty': at((c) => {
    c.candidates = [];
    c.submit().check();
  }),
  under_expertise: at(expertise),
  'under_expertise, first conclusion in': at((c) => expertise(c).review('approve')),
  'under_expertise, objected': at((c) => expertise(c).do(people.head, 'objectToExpert', { ordinal: 1, ...REASON })),
  'arbitration, invited': at((c) => expertise(c).review('approve', 'approve', 'reject')),
  'arbitration, accepted': at((c) => expertise(c).review('approve', 'approve', 'reject').accept('arbitration')),
  revision: at((c) => expertise(c).review('revise', 'revise', 'revise')),
  'decision_pending, to certify': at((c) => expertise(c).review('approve', 'approve', 'approve')),
  'decision_pending, to refuse': at((c) => expertise(c).review('reject', 'reject', 'reject')),
  'decision_pending, licence lost': at((c) =>
    expertise(c).do('system', 'fact:licence_lost', { on: '2026-02-02', act: 'приказ' }),
  ),
  'any stage held by a court': at((c) => expertise(c).do('system', 'fact:court_act', stay)),
  'any stage held, criteria cancelled': at((c) =>
    expertise(c).do('system', 'fact:court_act', { ...stay, effect: 'criteria_cancelled' }),
  ),
  certified: at(certified),
  'certified, minor change asked': at((c) =>
    certified(c).do(people.head, 'requestMinorChange', { programme: minor(), document: SHA(6), ...REASON }),
  ),
  'certified, annulment opened': at((c) =>
    certified(c).do(people.coordinator, 'openAnnulment', { ground: 'conflict', ...REASON }),
  ),
  'certified, annulment answered': at((c) =>
    certified(c)
      .do(people.coordinator, 'openAnnulment', { ground: 'conflict', ...REASON })
      .do(people.head, 'answerAnnulment', REASON),
  ),
  expiring: at(expiring),
  'expiring, renewal examined': at(renewing),
  prolonged: at((c) => renewing(c).day('2029-02-10')),
  suspended: at((c) =>
    certified(c).do(people.coordinator, 'suspend', { cause: 'complaint_upheld', order: ORDER, ...REASON }),
  ),
  refused: at(refused),
  'refused, served': at((c) => refused(c).do(people.head, 'familiarise')),
  appeal: at((c) => refused(c).do(people.head, 'appeal', REASON)),
  delisted: at((c) => certified(c).do(people.head, 'delistByRequest', REASON)),
  incorporated: at((c) =>
    c
      .do('system', 'open_related', {
        kind: 'change',
        programme: programme(),
        document: SHA(5),
        initiatorId: people.head,
        parent: { caseId: uuid(1), key: 'change:1', entryNumber: 'FR-000001' },
      })
      .check()
      .accept()
      .review('approve', 'approve', 'approve')
      .certify(),
  ),
  lapsed: at((c) =>
    c
      .submit()
      .do(people.operator, 'reportDefects', { taskId: c.task('technical_check'), count: 1, ...REASON })
      .day('2026-03-10'),
  ),
  withdrawn: at((c) => expertise(c).do(people.head, 'withdraw', REASON)),
  expired: at((c) => certified(c).day('2029-02-03', '00:01')),
  annulled: at((c) =>
    certified(c)
      .do(people.coordinator, 'openAnnulment', { ground: 'conflict', ...REASON })
      .do(people.head, 'answerAnnulment', REASON)
      .do(people.coordinator, 'decideAnnulment', {
        taskId: c.task('annulment_decision'),
        annul: true,
        order: ORDER,
        ...REASON,
      }),
  ),
};

// ── Roles ──

const from = '2019-01-01';
const fed = (role: Role, to?: string): Assignment => ({
  role,
  scope: { kind: 'jurisdiction', id: 'fed' },
  from,
  ...(to ? { to } : {}),
});
const org = (role: Role, id: string, actId?: string): Assignment => ({
  role,
  scope: { kind: 'organisation', id },
  from,
  ...(actId ? { actId } : {}),
});
const person = (personId: string, organisationIds: string[], assignments: Assignment[], more = {}): Actor => ({
  kind: 'person',
  personId,
  organisationIds,
  assignments,
  ...more,
});

const seat = (walk: Walk, n: number) =>
  walk.c.state?.tasks.filter((t) => t.kind === 'review')[n]?.assigneeId ?? uuid(190 + n);
const arbiter = (walk: Walk) =>
  walk.c.state?.tasks.filter((t) => t.kind === 'arbitration').at(-1)?.assigneeId ?? uuid(195);

const ROLES: Record<string, (walk: Walk) => Actor> = {
  'provider head': () => person(people.head, [PROVIDER_ORG], [org('provider_head', PROVIDER_ORG)]),
  'representative by act': () => person(uuid(20), [PROVIDER_ORG], [org('provider_rep', PROVIDER_ORG, 'act-1')]),
  'representative without act': () => person(people.clerk, [PROVIDER_ORG], [org('provider_rep', PROVIDER_ORG)]),
  'methodist of the provider': () => person(uuid(21), [PROVIDER_ORG], [org('methodist', PROVIDER_ORG)]),
  'head of another provider': (w) => w.c.actor(people.stranger),
  operator: () => person(people.operator, [FED_ORG], [fed('fed_operator')]),
  'operator whose term is over': () => person(uuid(22), [FED_ORG], [fed('fed_operator', '2025-12-31')]),
  'operator of the applicant’s organisation': () => person(uuid(23), [FED_ORG, PROVIDER_ORG], [fed('fed_operator')]),
  coordinator: () => person(people.coordinator, [FED_ORG], [fed('fed_coordinator')]),
  'deputy «за» the coordinator': () =>
    person(uuid(24), [FED_ORG], [fed('fed_coordinator')], { onBehalfOf: { personId: uuid(30), actId: 'act-2' } }),
  'appeals member': () => person(people.appeals, [FED_ORG], [fed('appeals_member')]),
  'appeals member who sat on the panel': (w) => person(seat(w, 0), [FED_ORG], [fed('appeals_member')]),
  'expert 1, lead': (w) => person(seat(w, 0), [uuid(800)], [fed('expert')]),
  'expert 2': (w) => person(seat(w, 1), [uuid(801)], [fed('expert')]),
  'deputy «за» expert 2': (w) =>
    person(uuid(25), [uuid(801)], [fed('expert')], { onBehalfOf: { personId: seat(w, 1), actId: 'act-3' } }),
  'expert of the register': () => person(uuid(26), [uuid(803)], [fed('expert'), fed('arbiter')]),
  arbiter: (w) => person(arbiter(w), [uuid(804)], [fed('arbiter')]),
  admin: () => person(people.admin, [FED_ORG], [fed('admin')]),
  observer: () => person(uuid(27), [], [{ role: 'observer', scope: { kind: 'country' }, from }]),
  'somebody without a role': () => person(uuid(28), [], []),
};

/** Refusals that depend on who, where and when, not on what is written in the form. */
const BY_CELL = new Set([...PROMISED, 'late_answer']);

/** Actions a person may do, by asking `decide` with a body the form would let through. */
function decided(walk: Walk, actor: Actor): Set<string> {
  const { c } = walk;
  const allowed = new Set<string>();
  for (const [type, rule] of Object.entries(RULES)) {
    for (const taskId of rule.task ? c.s.tasks.map((t) => t.id) : [undefined]) {
      const command = { id: 'cell', type, payload: walk.payload(type, taskId, 0), actor, receivedAt: c.now };
      const decision = P.decide(c.s, command, c.ctx());
      if (decision.ok || !BY_CELL.has(decision.denial.code)) allowed.add(cell(type, taskId));
    }
  }
  return allowed;
}

const cell = (type: string, taskId?: string) => (taskId ? `${type} ${taskId}` : type);
const offered = (walk: Walk, actor: Actor) =>
  new Set(
    offers(walk.c.s, actor, walk.c.ctx())
      .filter((o) => o.allowed)
      .map((o) => cell(o.type, o.taskId)),
  );

/** One line per person who may do something; people who may do the same share it. */
function describeSituation(walk: Walk): string {
  const lines = new Map<string, string[]>();
  for (const [role, of] of Object.entries(ROLES)) {
    const names = [...new Set([...offered(walk, of(walk))].map((x) => x.split(' ')[0] as string))].join(' ');
    if (names) lines.set(names, [...(lines.get(names) ?? []), role]);
  }
  return [...lines].map(([names, roles]) => `  ${roles.join(', ')}: ${names}`).join('\n') || '  nobody: nothing';
}

describe('stage × role × action', () => {
  it('has a situation for every stage', () => {
    const stages = new Set(Object.values(SITUATIONS).map((make) => make().c.stage));
    expect(Object.keys(STAGES).filter((s) => !stages.has(s))).toEqual([]);
  });

  it.each(Object.keys(SITUATIONS))('offers in «%s» exactly what it then does', (name) => {
    const walk = (SITUATIONS[name] as () => Walk)();
    for (const [role, of] of Object.entries(ROLES)) {
      const actor = of(walk);
      expect([role, [...offered(walk, actor)].sort()]).toEqual([role, [...decided(walk, actor)].sort()]);
    }
  });

  it('allows what the specification allows, cell by cell', () => {
    const table = Object.entries(SITUATIONS).map(([name, make]) => `${name}\n${describeSituation(make())}`);
    expect(`\n${table.join('\n')}\n`).toMatchInlineSnapshot(`
      "
      technical_check
        provider head, representative by act, representative without act, methodist of the provider: withdraw
        operator: acceptTask assignTask completeTechnicalCheck reportDefects reportNoLicence
        coordinator, deputy «за» the coordinator: assignTask extendTask
        admin: assignTask moveDeadline
      technical_check, taken by another operator
        provider head, representative by act, representative without act, methodist of the provider: withdraw
        coordinator, deputy «за» the coordinator: assignTask extendTask
        admin: assignTask moveDeadline
      returned
        provider head, representative by act: resubmit withdraw
        representative without act, methodist of the provider: withdraw
        admin: moveDeadline
      panel_forming, invited
        provider head, representative by act, representative without act, methodist of the provider: withdraw objectToExpert
        coordinator, deputy «за» the coordinator: reassignTask
        appeals member who sat on the panel, expert 1, lead, expert 2: acceptTask declineTask declareConflict
        admin: reassignTask moveDeadline
      panel_forming, pool empty
        provider head, representative by act, representative without act, methodist of the provider: withdraw
        coordinator, deputy «за» the coordinator: widenPool
        admin: moveDeadline
      under_expertise
        provider head, representative by act, representative without act, methodist of the provider: withdraw objectToExpert
        coordinator, deputy «за» the coordinator: extendTask reassignTask
        appeals member who sat on the panel, expert 1, lead, expert 2: declareConflict submitReview
        admin: reassignTask moveDeadline
      under_expertise, first conclusion in
        provider head, representative by act, representative without act, methodist of the provider: withdraw
        operator: returnForDefect
        coordinator, deputy «за» the coordinator: extendTask reassignTask returnForDefect voidConclusion
        expert 2: declareConflict submitReview
        admin: reassignTask moveDeadline
      under_expertise, objected
        provider head, representative by act, representative without act, methodist of the provider: withdraw
        coordinator, deputy «за» the coordinator: extendTask reassignTask decideObjection
        appeals member who sat on the panel, expert 1, lead, expert 2: declareConflict submitReview
        admin: reassignTask moveDeadline
      arbitration, invited
        provider head, representative by act, representative without act, methodist of the provider: withdraw
        coordinator, deputy «за» the coordinator: extendTask reassignTask voidConclusion
        arbiter: acceptTask declineTask declareConflict
        admin: reassignTask
      arbitration, accepted
        provider head, representative by act, representative without act, methodist of the provider: withdraw
        coordinator, deputy «за» the coordinator: extendTask reassignTask voidConclusion
        arbiter: declareConflict submitArbitration
        admin: reassignTask moveDeadline
      revision
        provider head, representative by act: resubmit withdraw
        representative without act, methodist of the provider: withdraw
        appeals member who sat on the panel, expert 1, lead: mergeRemarks
        admin: moveDeadline
      decision_pending, to certify
        provider head, representative by act, representative without act, methodist of the provider: withdraw
        coordinator, deputy «за» the coordinator: acceptTask assignTask extendTask voidConclusion certify orderNewPanel
        admin: assignTask moveDeadline
      decision_pending, to refuse
        provider head, representative by act, representative without act, methodist of the provider: withdraw
        coordinator, deputy «за» the coordinator: acceptTask assignTask extendTask voidConclusion refuse orderNewPanel
        admin: assignTask moveDeadline
      decision_pending, licence lost
        provider head, representative by act, representative without act, methodist of the provider: withdraw
        coordinator, deputy «за» the coordinator: acceptTask assignTask extendTask refuse
        admin: assignTask moveDeadline
      any stage held by a court
        provider head, representative by act, representative without act, methodist of the provider: withdraw
        admin: moveDeadline
      any stage held, criteria cancelled
        provider head, representative by act, representative without act, methodist of the provider: withdraw
        coordinator, deputy «за» the coordinator: repin
        admin: moveDeadline
      certified
        provider head, representative by act: requestMinorChange requestSubstantialChange delistByRequest
        representative without act, methodist of the provider: delistByRequest
        coordinator, deputy «за» the coordinator: suspend openAnnulment
      certified, minor change asked
        provider head, representative by act: requestSubstantialChange delistByRequest
        representative without act, methodist of the provider: delistByRequest
        operator: acceptTask assignTask confirmMinorChange rejectMinorChange
        coordinator, deputy «за» the coordinator: assignTask extendTask suspend openAnnulment
        admin: assignTask moveDeadline
      certified, annulment opened
        provider head, representative by act: requestMinorChange requestSubstantialChange answerAnnulment
        representative without act, methodist of the provider: answerAnnulment
        coordinator, deputy «за» the coordinator: suspend
        admin: moveDeadline
      certified, annulment answered
        provider head, representative by act: requestMinorChange requestSubstantialChange
        coordinator, deputy «за» the coordinator: acceptTask assignTask extendTask suspend decideAnnulment
        admin: assignTask moveDeadline
      expiring
        provider head, representative by act: requestMinorChange requestSubstantialChange recertify delistByRequest
        representative without act, methodist of the provider: delistByRequest
        coordinator, deputy «за» the coordinator: suspend openAnnulment
      expiring, renewal examined
        provider head, representative by act: requestMinorChange requestSubstantialChange delistByRequest
        representative without act, methodist of the provider: delistByRequest
        coordinator, deputy «за» the coordinator: suspend openAnnulment
      prolonged
        nobody: nothing
      suspended
        provider head, representative by act, representative without act, methodist of the provider: delistByRequest
        coordinator, deputy «за» the coordinator: confirmCure openAnnulment
        admin: moveDeadline
      refused
        provider head, representative by act, representative without act, methodist of the provider: familiarise appeal
        operator: recordService
        admin: moveDeadline
      refused, served
        provider head, representative by act, representative without act, methodist of the provider: appeal
        admin: moveDeadline
      appeal
        deputy «за» the coordinator: assignTask extendTask
        appeals member: acceptTask decideAppeal
        admin: assignTask moveDeadline
      delisted
        provider head, representative by act, representative without act, methodist of the provider: familiarise appeal
        operator: recordService
        admin: moveDeadline
      incorporated
        nobody: nothing
      lapsed
        nobody: nothing
      withdrawn
        nobody: nothing
      expired
        nobody: nothing
      annulled
        nobody: nothing
      "
    `);
  });
});
