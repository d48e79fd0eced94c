import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Town, type Sitting } from '../../test/p02/pure.ts';
import { member, MEMBERS, ORDER, people, SCHOOL, SHA, uuid } from '../../test/p02/world.ts';
import { checkPolicy, DEFAULT_POLICY } from './policy.ts';
import { evolve } from './state.ts';
import { countVotes } from './voting.ts';

const DAY = '2026-03-03';
let town = new Town();
const told: Sitting[] = [];

function scheduled(heldOn = DAY, policy = DEFAULT_POLICY): Sitting {
  town = new Town();
  const c = town.sitting(policy).on(heldOn);
  told.push(c);
  return c;
}

let n = 0;
/** An item as a case submits it. */
const item = (over: Record<string, unknown> = {}) => ({
  itemKey: `item${++n}`,
  caseId: uuid(4000 + n),
  process: 'head-attestation',
  heldOn: DAY,
  subjectId: people.head,
  organisationIds: [SCHOOL],
  conflicts: [],
  proposals: ['conform', 'conform_conditional'],
  adverse: 'not_conform',
  absence: 'decide',
  ...over,
});
const ready = (over: Record<string, unknown> = {}, policy = DEFAULT_POLICY) =>
  scheduled(DAY, policy).fact('item_submitted', item(over));
const all = MEMBERS.map((m) => m.personId);
const owed = (c: Sitting) => c.events.filter((e) => e.facts.tell).map((e) => (e.facts.tell as any).fact);

afterEach(() => {
  for (const c of told.splice(0)) c.assertSound();
});

describe('a sitting', () => {
  it('freezes its agenda five full working days before, sends it to the members, and refuses what comes later', () => {
    const c = ready().day('2026-02-20');
    expect(c.stage).toBe('scheduled');
    c.day('2026-02-24');
    expect(c.stage).toBe('agenda_frozen');
    expect(c.lettersOf('agenda')).toHaveLength(9);
    c.fact('item_submitted', item());
    expect(owed(c).at(-1)).toMatchObject({ kind: 'item_refused', why: 'frozen' });
  });

  it('cannot be fixed so near that its agenda could not be frozen in time', () => {
    town = new Town();
    const c = town.sitting();
    expect(
      c.try(people.secretary, 'scheduleSitting', { heldOn: '2026-01-20', members: MEMBERS, order: ORDER })?.code,
    ).toBe('too_early');
    expect(c.state).toBeNull();
  });

  it('wants a commission by the order: one chair, one secretary, a public member, nobody twice', () => {
    town = new Town();
    const c = town.sitting();
    const bad = [MEMBERS[1], MEMBERS[1], MEMBERS[4], MEMBERS[5], MEMBERS[6]];
    const denial = c.try(people.secretary, 'scheduleSitting', { heldOn: DAY, members: bad, order: ORDER });
    expect(denial?.errors?.map((e) => e.detail)).toEqual([
      'Один человек назван дважды.',
      'Нужен один председатель.',
      'Нужен один секретарь.',
      'Нужен представитель общественности или профсоюза.',
    ]);
  });

  it('refuses an item for another day, and a second item of one case', () => {
    const one = item();
    const c = scheduled()
      .fact('item_submitted', one)
      .fact('item_submitted', { ...one, itemKey: 'again' });
    expect(owed(c).at(-1)).toMatchObject({ kind: 'item_refused', why: 'listed' });
    c.fact('item_submitted', item({ heldOn: '2026-03-10' }));
    expect(owed(c).at(-1)).toMatchObject({ kind: 'item_refused', why: 'date' });
    c.fact('item_withdrawn', { itemKey: one.itemKey });
    expect(c.s.items[0]?.state).toBe('withdrawn');
  });
});

describe('the agenda and its discussion', () => {
  it('is put in order by the secretary while it is open, and names every item', () => {
    const c = ready().fact('item_submitted', item()).fact('item_submitted', item());
    const [a, b, last] = c.s.items.map((i) => i.itemKey) as [string, string, string];
    c.fact('item_withdrawn', { itemKey: b });
    expect(c.try(people.secretary, 'orderAgenda', { itemKeys: [last, b, a] })?.code).toBe('agenda_order');
    expect(c.try(people.secretary, 'orderAgenda', { itemKeys: [last, last] })?.code).toBe('agenda_order');
    c.do(people.secretary, 'orderAgenda', { itemKeys: [last, a] });
    expect(c.s.items.map((i) => i.itemKey)).toEqual([last, a, b]);
    c.day('2026-02-24');
    expect(c.try(people.secretary, 'orderAgenda', { itemKeys: [a, last] })?.code).toBe('stage');
  });

  it('keeps the questions and answers of an item for the minutes', () => {
    const c = ready().session();
    const itemKey = c.item();
    c.do(people.secretary, 'noteDiscussion', { itemKey, document: SHA(9) });
    expect(c.s.items[0]?.discussion).toEqual([SHA(9)]);
    c.do(people.secretary, 'recordAbsence', { itemKey, validReason: true });
    expect(c.try(people.secretary, 'noteDiscussion', { itemKey, document: SHA(9) })?.code).toBe('not_now');
  });

  it('records the ground a member names when he stands aside', () => {
    const c = ready().session();
    c.do(member(5), 'recuse', { itemKey: c.item(), ground: 'relative' });
    expect(c.s.items[0]?.recused).toEqual([{ personId: member(5), ground: 'relative' }]);
  });
});

describe('quorum', () => {
  it('is two thirds of all members by the order, rounded up: five of nine come and every item moves', () => {
    const c = ready().session(all.slice(0, 5));
    expect(c.stage).toBe('not_held');
    expect(owed(c).at(-1)).toMatchObject({ kind: 'item_moved', cause: 'no_quorum' });
    expect(c.lettersOf('sitting-off')).toHaveLength(9);
  });

  it('is rounded up: of eight members five are too few', () => {
    const c = ready().do(people.founder, 'changeMembers', { members: MEMBERS.slice(0, 8), order: ORDER });
    expect(c.session(all.slice(0, 5)).stage).toBe('not_held');
  });

  it('is counted per item: nine by the order, six present, one of them recused — five are fewer than six', () => {
    const c = ready({ conflicts: [member(1)] }).session(all.slice(0, 6));
    c.do(people.secretary, 'putToVote', { itemKey: c.item(), attesteeOut: true });
    expect(owed(c).at(-1)).toMatchObject({ kind: 'item_moved', cause: 'recusal' });
    expect(c.s.items[0]?.state).toBe('moved');
  });

  it('stands aside the member who is considered himself, and his colleague', () => {
    const c = ready({ subjectId: member(5), organisationIds: [uuid(756)] }).session();
    expect(c.s.items[0]?.recused).toEqual([
      { personId: member(5), ground: 'self' },
      { personId: member(6), ground: 'same_organisation' },
    ]);
    c.do(people.secretary, 'putToVote', { itemKey: c.item(), attesteeOut: true });
    const itemKey = c.item();
    expect(c.try(member(5), 'castVote', { itemKey, voice: 'for' })?.code).toBe('self_vote');
    expect(c.try(people.secretary, 'recordVote', { itemKey, personId: member(6), voice: 'for' })?.code).toBe('recused');
  });

  it('may change its denominator only by another order before the session', () => {
    const c = ready();
    c.do(people.founder, 'changeMembers', { members: MEMBERS.slice(0, 6), order: { number: '2', date: DAY } }).session(
      all.slice(0, 4),
    );
    expect(c.stage).toBe('in_session');
    expect(c.try(people.founder, 'changeMembers', { members: MEMBERS, order: ORDER })?.code).toBe('stage');
  });
});

describe('the vote', () => {
  const decided = (voices: Array<'for' | 'against' | 'abstain'>, policy = DEFAULT_POLICY, present = all) => {
    const c = ready({}, policy).session(present).vote(voices);
    return c.s.items[0]?.result;
  };

  it('is carried by the majority of those present and not recused, and an abstention counts among them', () => {
    expect(decided(['for', 'for', 'for', 'for', 'for'])).toBe('conform');
    expect(decided(['for', 'for', 'for', 'for', 'against'])).toBe('not_conform');
    expect(decided(['for', 'for', 'for', 'for', 'abstain', 'abstain', 'abstain', 'abstain', 'abstain'])).toBe(
      'not_conform',
    );
  });

  it('of exactly half is decided for the attestee, or as the chair voted, by the policy', () => {
    const six = all.slice(0, 6);
    const byChair = { ...DEFAULT_POLICY, tie: 'chair' as const };
    expect(decided(['for', 'for', 'for', 'against', 'against', 'against'], DEFAULT_POLICY, six)).toBe('conform');
    expect(decided(['for', 'for', 'for', 'against', 'against', 'against'], byChair, six)).toBe('conform');
    expect(decided(['against', 'for', 'for', 'for', 'against', 'against'], byChair, six)).toBe('not_conform');
    expect(decided(['abstain', 'for', 'for', 'for', 'against', 'against'], byChair, six)).toBe('not_conform');
  });

  it('never changes by more voices in favour to the worse', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('for' as const, 'against' as const, 'abstain' as const), {
          minLength: 1,
          maxLength: 15,
        }),
        fc.nat(14),
        (voices, i) => {
          const ids = voices.map((_, k) => `m${k}`);
          const votes = (v: typeof voices) => Object.fromEntries(v.map((voice, k) => [`m${k}`, voice]));
          const better = voices.map((v, k) => (k === i % voices.length ? ('for' as const) : v));
          for (const tie of ['for_attestee', 'chair'] as const)
            if (countVotes(ids, votes(voices), tie, 'm0').carried)
              expect(countVotes(ids, votes(better), tie, 'm0').carried).toBe(true);
        },
      ),
    );
  });

  it('is open, given once, and held only while the attestee is out of the room', () => {
    const c = ready().session();
    const itemKey = c.item();
    expect(c.try(people.secretary, 'putToVote', { itemKey, attesteeOut: false })?.code).toBe('attestee_present');
    c.do(people.secretary, 'putToVote', { itemKey, attesteeOut: true }).do(member(5), 'castVote', {
      itemKey,
      voice: 'for',
    });
    expect(c.try(member(5), 'castVote', { itemKey, voice: 'against' })?.code).toBe('voted_already');
    expect(c.try(people.founder, 'castVote', { itemKey, voice: 'for' })?.code).toBe('role_missing');
  });

  it('tells the case who decided and how, and keeps a dissent with the minutes', () => {
    const c = ready()
      .session(all.slice(0, 7))
      .vote(['for', 'for', 'for', 'for', 'against', 'abstain'], undefined, 'conform_conditional');
    expect(owed(c).at(-1)).toMatchObject({
      kind: 'item_decided',
      result: 'conform_conditional',
      count: { for: 4, against: 1, abstained: 2 },
      present: 7,
      recused: 0,
      votedOn: DAY,
    });
    c.do(member(5), 'dissent', { itemKey: c.item(), statement: SHA(1) });
    expect(c.try(member(8), 'dissent', { itemKey: c.item(), statement: SHA(1) })?.code).toBe('not_now');
    c.finish();
    expect(c.stage).toBe('closed');
    expect(c.entries.at(-1)).toMatchObject({ register: 'commission_sittings', status: 'closed' });
  });

  it('takes a declared and a recorded recusal out of the count', () => {
    const c = ready().session();
    c.do(member(5), 'recuse', { itemKey: c.item() }).do(people.secretary, 'recordRecusal', {
      itemKey: c.item(),
      personId: member(6),
      ground: 'relative',
    });
    c.do(people.secretary, 'putToVote', { itemKey: c.item(), attesteeOut: true });
    c.do(people.secretary, 'recordVote', { itemKey: c.item(), personId: member(1), voice: 'for' }).do(
      people.secretary,
      'closeVote',
      { itemKey: c.item() },
    );
    expect(owed(c).at(-1)).toMatchObject({ recused: 2, count: { for: 1, abstained: 6 } });
  });
});

describe('absence and ends', () => {
  it('gives a new date for a valid reason, decides in absence without one, and returns the item of a candidate', () => {
    const valid = ready().session();
    valid.do(people.secretary, 'recordAbsence', { itemKey: valid.item(), validReason: true });
    expect(owed(valid).at(-1)).toMatchObject({ kind: 'item_moved', cause: 'absent_valid' });
    const without = ready().session();
    without
      .do(people.secretary, 'recordAbsence', { itemKey: without.item(), validReason: false })
      .do(people.secretary, 'putToVote', { itemKey: without.item() });
    without.do(people.secretary, 'closeVote', { itemKey: without.item() });
    expect(owed(without).at(-1)).toMatchObject({ inAbsence: true, result: 'not_conform' });
    const candidate = ready({ absence: 'return' }).session();
    candidate.do(people.secretary, 'recordAbsence', { itemKey: candidate.item(), validReason: false });
    expect(owed(candidate).at(-1)).toMatchObject({ kind: 'item_absent' });
  });

  it('moves what it did not reach, and what was on it when it was cancelled or not opened in its day', () => {
    const c = ready().session();
    c.do(people.secretary, 'closeSession', { taskId: c.task('session') });
    expect(owed(c).at(-1)).toMatchObject({ cause: 'not_reached' });
    const cancelled = ready().do(people.secretary, 'cancelSitting', { statement: SHA(1) });
    expect(owed(cancelled).at(-1)).toMatchObject({ cause: 'sitting_cancelled' });
    const silent = ready().day('2026-03-05');
    expect([silent.stage, owed(silent).at(-1)?.cause]).toEqual(['not_held', 'not_held']);
  });

  it('is not signed without the presiding member and the secretary', () => {
    const c = ready().session().vote(['for']);
    c.do(people.secretary, 'closeSession', { taskId: c.task('session') });
    const taskId = c.task('sign_minutes');
    expect(c.try(people.secretary, 'signMinutes', { taskId, signedBy: [people.secretary] })?.code).toBe('signatures');
    c.day('2026-03-20');
    expect(c.lettersOf('session-late').length).toBeGreaterThan(2);
    c.do(people.secretary, 'signMinutes', { taskId, signedBy: [people.secretary, member(1)] });
    expect(c.state?.drawnUpBy).toBeUndefined();
  });

  it('names in the minutes who drew them up for the secretary, or in an acting post, and by which act', () => {
    const c = ready();
    const drawn = (actor: object) =>
      evolve(
        c.state,
        {
          type: 'minutes.signed',
          row: 'SIT-T23',
          facts: { to: 'closed', signedBy: [] },
          sequence: 99,
          at: `${DAY}T12:00:00.000Z`,
          on: DAY,
          actor: { kind: 'person', personId: uuid(1), ...actor },
        },
        'c',
      ).drawnUpBy;
    const onBehalfOf = { personId: people.secretary, actId: 'Приказ № 5' };
    expect(drawn({ onBehalfOf })).toEqual({ kind: 'person', personId: uuid(1), onBehalfOf });
    expect(drawn({ acting: { actId: 'Приказ № 6' } })?.acting?.actId).toBe('Приказ № 6');
    expect(drawn({})).toBeUndefined();
  });
});

describe('the policy', () => {
  it('is refused with the name of the parameter at fault', () => {
    expect(checkPolicy(DEFAULT_POLICY).ok).toBe(true);
    const bad = (over: object) => checkPolicy({ ...DEFAULT_POLICY, ...over });
    expect(bad({ tie: 'coin' })).toMatchObject({ errors: [{ pointer: '/tie' }] });
    expect(bad({ quorum: { numerator: 3, denominator: 2 } })).toMatchObject({ errors: [{ pointer: '/quorum' }] });
    expect(bad({ surprise: 1 })).toMatchObject({ errors: [{ pointer: '/surprise' }] });
    expect(bad({ terms: { ...DEFAULT_POLICY.terms, minutes: { amount: 0, unit: 'wd', clause: '' } } })).toMatchObject({
      errors: [{ pointer: '/terms/minutes' }, { pointer: '/terms/minutes' }],
    });
  });
});
