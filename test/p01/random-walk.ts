/**
 * A case that lives at random: people do what they are offered (or try what they are not), deadlines fire, facts arrive. After every
 * event and at every rest the invariants are checked; the first fault stops the walk with the way that led to it.
 */
import { offers, RULES } from '../../processes/dpp-certification/rules/index.ts';
import { dppCertification as P } from '../../processes/dpp-certification/index.ts';
import { currentVersion, evolve, type CertificationState } from '../../processes/dpp-certification/state.ts';
import type { CertificationPolicy } from '../../processes/dpp-certification/policy.ts';
import { isOpen } from '../../processes/kit/task.ts';
import { STAGES } from '../../processes/dpp-certification/stages.ts';
import { PROMISED, type Step as WalkStep } from '../support/steps.ts';
import { checkEvent, checkLetter, checkRest } from './invariants.ts';
import { PureCase } from './pure-case.ts';
import { expert, people, programme, SHA, uuid } from './world.ts';

type Step = WalkStep<'offered' | 'blind' | 'deadline' | 'days' | 'fact' | 'child'>;
const ORDER = { number: '15-р', date: '2026-03-02' };
const CAST = [
  people.head,
  people.clerk,
  people.operator,
  people.operator2,
  people.coordinator,
  people.coordinator,
  people.appeals,
  people.admin,
  people.stranger,
];

export class Walk {
  readonly c: PureCase;
  readonly way: string[] = [];
  private seen = 0;
  private before: CertificationState | null = null;
  private outcomes = new Set<string>();
  private child = 0;

  constructor(policy?: CertificationPolicy) {
    this.c = new PureCase('2026-02-02T07:00:00.000Z');
    if (policy) this.c.policy = policy;
  }

  /** Throws with the way that led there. */
  private fail(faults: string[]): void {
    if (faults.length > 0) throw new Error(`${faults.join('\n')}\nthe way:\n  ${this.way.join('\n  ')}`);
  }

  /** Checks what has been recorded since the last look, then the rest the case has come to. */
  look(resting = true): void {
    const ctx = this.c.ctx();
    for (const event of this.c.events.slice(this.seen)) {
      const after = evolve(this.before, event, this.c.caseId);
      const faults = checkEvent(this.before, event, after);
      const ended = this.before !== null && (STAGES[this.before.stage]?.final ?? false);
      if (ended && event.type !== 'parent.told')
        faults.push(`#${event.sequence} ${event.row} ${event.type}: after the end`);
      const letters = P.notices(event, after, ctx);
      for (const letter of letters) faults.push(...checkLetter(letter, event, after));
      P.registers(event, after, ctx);
      P.expertRecords?.(event, after, ctx);
      if (STAGES[after.stage]?.final && after.outcome) this.outcomes.add(after.outcome);
      this.before = after;
      this.fail(faults);
    }
    this.seen = this.c.events.length;
    const faults: string[] = [];
    if (this.outcomes.size > 1) faults.push(`two outcomes: ${[...this.outcomes].join(', ')}`);
    if (JSON.stringify(this.before) !== JSON.stringify(this.c.state))
      faults.push('the fold of the stored events is not the state');
    if (resting) {
      faults.push(...checkRest(this.c.s, ctx));
      P.summary(this.c.s, ctx);
      P.tasks(this.c.s, ctx);
      P.participants(this.c.s);
    }
    this.fail(faults);
  }

  private attempt(who: string, type: string, payload: Record<string, unknown>, today?: string) {
    const name = Object.entries(people).find(([, id]) => id === who)?.[0] ?? who.slice(-4);
    const before = this.c.s;
    let denial;
    try {
      denial = this.c.try(who, type, payload, today);
    } catch (error) {
      this.way.push(`${this.c.now} ${name} ${type} ${JSON.stringify(payload).slice(0, 200)} in ${before.stage}`);
      throw new Error(`a rule threw: ${(error as Error).stack}\nthe way:\n  ${this.way.join('\n  ')}`, {
        cause: error,
      });
    }
    this.way.push(
      `${this.c.now} ${name} ${type} ${String(payload.key ?? payload.taskId ?? payload.kind ?? '')} in ${before.stage}${before.held ? ' (held)' : ''} → ${denial ? denial.code : this.c.stage}`,
    );
    return denial;
  }

  /** Machine work until nothing is left, except related cases, which answer by steps of their own. */
  private settle(): void {
    for (let i = 0; i < 30; i++) {
      const item = P.work(this.c.s).find((w) => w.kind !== 'report_to_parent');
      if (!item) return this.look();
      const payload =
        item.kind === 'list_candidates'
          ? { key: item.key, role: item.input.role, candidates: this.c.candidates, seed: `seed${item.key}` }
          : {
              key: item.key,
              childKey: item.input.childKey,
              childCaseId: uuid(7000 + ++this.child),
              number: 'DPP-00-2026-00099',
            };
      const denial = this.attempt('system', `work:${item.kind}`, payload);
      if (denial) this.fail([`machine work ${item.key} was refused: ${denial.code}`]);
      this.look(false);
    }
    this.fail(['machine work does not come to rest']);
  }

  /** Does what is given by name; for the beginnings of walks. */
  start(): this {
    const denial = this.c.try(people.head, 'submit', { programme: programme(), document: SHA(1) });
    if (denial) throw new Error(denial.message);
    this.settle();
    return this;
  }

  act(who: string, type: string, payload: Record<string, unknown> = {}): this {
    const denial = this.attempt(who, type, payload);
    if (denial) this.fail([`${type} was refused: ${denial.code} ${denial.message}`]);
    this.settle();
    return this;
  }

  /** Fires what is due until the instant; each firing must disarm its key or move it later. */
  to(instant: string): void {
    for (let i = 0; i < 2000; i++) {
      const next = P.deadlines(this.c.s, this.c.ctx(instant > this.c.now ? instant : this.c.now))
        .filter((d) => d.at <= instant)
        .sort((x, y) => (x.at < y.at ? -1 : x.at > y.at ? 1 : x.key < y.key ? -1 : 1))[0];
      if (!next) break;
      if (next.at > this.c.now) this.c.now = next.at;
      const on = next.at === next.due.dueAt ? next.due.dueOn : undefined;
      const denial = this.attempt('system', 'deadline', { key: next.key }, on);
      if (denial) this.fail([`deadline ${next.key} was refused: ${denial.code}`]);
      const again = P.deadlines(this.c.s, this.c.ctx()).find((d) => d.key === next.key);
      if (again && again.at <= next.at)
        this.fail([`deadline ${next.key} is still armed at ${again.at} after it fired`]);
      this.settle();
    }
    if (instant > this.c.now) this.c.now = instant;
    this.look();
  }

  step({ kind, a, b, c }: Step): void {
    if (kind === 'deadline') {
      const next = P.deadlines(this.c.s, this.c.ctx()).sort((x, y) => (x.at < y.at ? -1 : 1))[0];
      // Terms of years are left to walks that ask for them.
      return next ? this.to(next.at) : this.look();
    }
    if (kind === 'days')
      return this.to(
        new Date(Date.parse(this.c.now) + ((a % 9) + 1) * 86_400_000 + (b % 24) * 3_600_000).toISOString(),
      );
    if (kind === 'fact') return this.fact(a, b);
    if (kind === 'child') return this.childCloses(a, b);
    const seated = this.c.s.tasks
      .filter((t) => t.assigneeId && t.nature === 'personal')
      .map((t) => t.assigneeId as string);
    const who = [...seated.slice(-6), ...CAST][a % (Math.min(6, seated.length) + CAST.length)] as string;
    const listed = offers(this.c.s, this.c.actor(who), this.c.ctx());
    if (kind === 'offered') {
      const allowed = listed.filter(
        (o) =>
          o.allowed &&
          (o.type !== 'withdraw' || c % 7 === 0) &&
          (!['delistByRequest', 'openAnnulment', 'suspend'].includes(o.type) || c % 3 === 0),
      );
      const chosen = allowed[b % Math.max(1, allowed.length)];
      if (!chosen) return;
      const denial = this.attempt(who, chosen.type, this.payload(chosen.type, chosen.taskId, c));
      if (denial && PROMISED.has(denial.code))
        this.fail([`${chosen.type} was offered and then refused: ${denial.code} ${denial.message}`]);
      return this.settle();
    }
    const types = Object.keys(RULES);
    const type = types[b % types.length] as string;
    const tasks = this.c.s.tasks;
    const taskId = RULES[type]?.task ? tasks[c % Math.max(1, tasks.length)]?.id : undefined;
    const denial = this.attempt(who, type, this.payload(type, taskId, c));
    const offer = listed.find((o) => o.type === type && o.taskId === taskId);
    if (!denial && !offer?.allowed) this.fail([`${type} was not offered and was done`]);
    this.settle();
  }

  private fact(a: number, b: number): void {
    const s = this.c.s;
    const seated = s.tasks.filter((t) => isOpen(t) && t.assigneeId);
    const on = this.c.today;
    const facts: Array<[string, Record<string, unknown>]> = [
      [
        'employment',
        {
          personId: seated[b % Math.max(1, seated.length)]?.assigneeId ?? expert(1),
          event: b % 2 ? 'died' : 'leave_started',
          on,
        },
      ],
      ['court_act', { effect: b % 3 === 0 ? 'criteria_cancelled' : 'stay', on, act: 'акт' }],
      ['court_act', { effect: 'resume', on, act: 'акт' }],
      ['court_act', { effect: 'resume', on, act: 'акт' }],
      [
        'employment',
        { personId: seated[b % Math.max(1, seated.length)]?.assigneeId ?? expert(1), event: 'dismissed', on },
      ],
      ['monitoring', { good: b % 2 === 0, on }],
      ['complaint_upheld', { on, act: 'акт' }],
      ['licence_lost', { on, act: 'приказ' }],
      [
        'provider_reorganised',
        { successorId: uuid(950 + (b % 3)), successorRegion: '42', successorInn: '4200000000', on, act: 'приказ' },
      ],
    ];
    const [kind, payload] = facts[a % facts.length] as [string, Record<string, unknown>];
    // Some facts end a walk early; they come more rarely.
    if (kind === 'licence_lost' && b % 4 !== 0) return;
    this.attempt('system', `fact:${kind}`, payload);
    this.settle();
  }

  private childCloses(a: number, b: number): void {
    const open = this.c.s.related.filter((r) => r.caseId && r.outcome === undefined);
    const child = open[a % Math.max(1, open.length)];
    if (!child) return;
    this.attempt('system', 'fact:child_closed', {
      childKey: child.key,
      childCaseId: child.caseId,
      outcome: ['granted', 'granted', 'refused', 'lapsed'][b % 4],
      document: child.version.document,
      programme: child.version.facts,
    });
    this.settle();
  }

  /** A body that the form would let through. */
  payload(type: string, taskId: string | undefined, n: number): Record<string, unknown> {
    const task = taskId ? { taskId } : {};
    const s = this.c.s;
    const p = currentVersion(s).facts;
    const verdict = (['approve', 'revise', 'reject', 'approve'] as const)[n % 4] as 'approve' | 'revise' | 'reject';
    switch (type) {
      case 'submitReview':
      case 'submitArbitration':
        return { ...task, ...this.conclusion(verdict, n) };
      case 'assignTask':
        return { ...task, personId: [people.operator, people.operator2, people.coordinator, people.appeals][n % 4] };
      case 'extendTask':
        return { ...task, workingDays: (n % this.c.policy.task.maxExtension) + 1 };
      case 'reportDefects':
        return { ...task, count: 2, statement: SHA(4) };
      case 'widenPool':
        return {
          allowApplicantRegion: n % 2 === 0,
          relaxRegions: n % 3 === 0,
          extraCompetences: [],
          statement: SHA(3),
        };
      case 'objectToExpert': {
        const seat = s.tasks.filter((t) => t.kind === 'review' && isOpen(t) && t.assigneeId)[n % 3];
        return { ordinal: seat?.ordinal ?? 1, statement: SHA(3) };
      }
      case 'decideObjection':
        return { upheld: n % 2 === 0, statement: SHA(3) };
      case 'mergeRemarks':
        return { remarkIds: [s.remarkIds], statement: SHA(3) };
      case 'certify':
        return { ...task, order: ORDER };
      case 'refuse':
        return { ...task, order: ORDER, reasonCodes: ['content'], statement: SHA(9) };
      case 'recordService':
        return { on: this.c.today, refusedToSign: false, act: 'акт 1' };
      case 'decideAppeal':
        return { ...task, outcome: ['upheld', 'returned', 'changed'][n % 3], order: ORDER, statement: SHA(3) };
      case 'resubmit':
      case 'recertify':
        return { programme: p, document: SHA(n % 1000) };
      case 'requestMinorChange':
        return {
          programme: { ...p, modules: p.modules.map((m, i) => (i === 2 ? { ...m, title: `${m.title}!` } : m)) },
          document: SHA(n % 1000),
          statement: SHA(3),
        };
      case 'requestSubstantialChange':
        return {
          programme: { ...p, modules: p.modules.map((m, i) => (i === 0 ? { ...m, title: `${m.title}!` } : m)) },
          document: SHA(n % 1000),
          statement: SHA(3),
        };
      case 'suspend':
        return { cause: 'complaint_upheld', order: ORDER, statement: SHA(3) };
      case 'confirmCure':
        return { order: ORDER, statement: SHA(3) };
      case 'openAnnulment':
        return { ground: 'false_documents', statement: SHA(3) };
      case 'decideAnnulment':
        return { ...task, annul: n % 3 === 0, order: ORDER, statement: SHA(3) };
      case 'repin':
        return { policyVersionId: `p${n}`, statement: SHA(3) };
      case 'moveDeadline': {
        const armed = P.deadlines(s, this.c.ctx()).filter((d) => d.visible);
        return {
          key: armed[n % Math.max(1, armed.length)]?.key ?? 'none',
          dueOn: new Date(Date.parse(this.c.today) + ((n % 40) + 1) * 86_400_000).toISOString().slice(0, 10),
          reason: 'сбой системы',
        };
      }
      default:
        return { ...task, noConflict: true, statement: SHA(3) };
    }
  }

  /** A complete conclusion over the criteria of this walk's policy; the number chooses which mandatory criteria fail. */
  private conclusion(verdict: 'approve' | 'revise' | 'reject', n: number) {
    const { criteria } = this.c.policy;
    const mandatory = criteria.filter((x) => x.mandatory).map((x) => x.code);
    const failed =
      verdict === 'approve'
        ? []
        : [
            mandatory[n % mandatory.length] as string,
            ...(n % 5 === 0 ? [mandatory[(n + 1) % mandatory.length] as string] : []),
          ];
    const remarks = [...new Set(failed)].map((criterion, i) => ({ id: `r${i + 1}`, criterion, place: 'модуль 1' }));
    return {
      scores: Object.fromEntries(
        criteria.map((x) => [x.code, failed.includes(x.code) ? 0 : verdict === 'approve' ? x.max : x.passFrom]),
      ),
      verdict,
      remarks,
      document: SHA(7),
    };
  }
}
