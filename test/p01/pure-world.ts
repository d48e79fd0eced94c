/** The world of the stories on the rules alone: every step resolves at once, related cases are pure cases too. */
import { dppCertification as P } from '../../processes/dpp-certification/index.ts';
import type { Candidate } from '../../processes/kit/panel.ts';
import { checkJournal, checkLetter, checkRest } from './invariants.ts';
import { PureCase } from './pure-case.ts';
import type { World } from './stories.ts';
import { ASSIGNMENTS, uuid } from './world.ts';

export class PureWorld implements World {
  readonly c: PureCase;
  private readonly children = new Map<string, PureWorld>();

  private constructor(
    caseId: string,
    now: string,
    private readonly parent?: PureWorld,
  ) {
    this.c = new PureCase(now, caseId);
  }

  /** The head has submitted on 2 February 2026 at 10:00. */
  static submitted(): PureWorld {
    const world = new PureWorld(uuid(5000), '2026-02-02T07:00:00.000Z');
    world.c.submit();
    return world;
  }

  async do(who: string, type: string, payload: Record<string, unknown> = {}): Promise<void> {
    this.c.do(who, type, payload);
    this.settle();
  }

  async denied(who: string, type: string, payload: Record<string, unknown> = {}) {
    const denial = this.c.try(who, type, payload);
    if (!denial) throw new Error(`${type} was not refused`);
    this.settle();
    return denial;
  }

  async fact(kind: string, payload: Record<string, unknown>): Promise<void> {
    await this.do('system', `fact:${kind}`, payload);
  }

  async day(date: string, hhmm = '10:00'): Promise<void> {
    this.c.day(date, hhmm);
    this.settle();
  }

  async state() {
    return this.c.s;
  }

  async events() {
    return this.c.events as Array<{ row: string; type: string; on: string; facts: Record<string, any> }>;
  }

  async letters() {
    return this.c.letters.flatMap(({ template, addressee, on }) => {
      if (addressee.kind === 'person') return [{ template, addresseeId: addressee.personId, on }];
      const holders = Object.entries(ASSIGNMENTS).filter(([, a]) =>
        a.assignments.some((x) => x.role === addressee.role),
      );
      return holders.map(([addresseeId]) => ({ template, addresseeId, on }));
    });
  }

  async pool(candidates: Candidate[]): Promise<void> {
    this.c.candidates = candidates;
  }

  async child(key: string): Promise<PureWorld> {
    const child = this.children.get(key);
    if (!child) throw new Error(`no related case ${key}`);
    return child;
  }

  /** Machine work the case owes besides candidates: related cases are opened, and tell their keeper how they ended. */
  private settle(): void {
    for (const item of P.work(this.c.s)) {
      if (item.kind === 'open_child') {
        const childKey = String(item.input.childKey);
        const child = new PureWorld(uuid(6000 + this.children.size), this.c.now, this);
        child.c.candidates = this.c.candidates;
        child.c.do('system', 'open_related', item.input.start as Record<string, unknown>);
        this.children.set(childKey, child);
        this.c.do('system', 'work:open_child', {
          key: item.key,
          childKey,
          childCaseId: child.c.caseId,
          number: child.c.s.number,
        });
      }
      if (item.kind === 'report_to_parent') {
        const { kind, ...payload } = item.input.fact as Record<string, unknown>;
        this.parent?.c.do('system', `fact:${String(kind)}`, payload);
        this.c.do('system', 'work:report_to_parent', { key: item.key });
      }
    }
  }

  /** Faults against the invariants of the journal, of every letter and of the rest, in this case and its children. */
  faults(): string[] {
    const { c } = this;
    const found = [...checkJournal(c.events, c.s, c.caseId), ...checkRest(c.s, c.ctx())];
    let state = null as ReturnType<typeof P.evolve> | null;
    for (const event of c.events) {
      state = P.evolve(state, event, c.caseId);
      for (const letter of P.notices(event, state, c.ctx())) found.push(...checkLetter(letter, event, state));
    }
    return [...found, ...[...this.children.values()].flatMap((child) => child.faults())];
  }

  /** Rows of the case and of its related cases. */
  rows(): string[] {
    return [...this.c.rows(), ...[...this.children.values()].flatMap((child) => child.rows())];
  }
}
