import { describe, expect, it } from 'vitest';
import { Denied, deny, Recorder } from './recorder.ts';
import type { Command, Context, StoredEvent } from './types.ts';

const ctx = { caseId: 'c', now: '2026-02-02T07:00:00.000Z', today: '2026-02-02' } as Context<null>;
const command = (over: Partial<Command> = {}): Command => ({
  id: '1',
  type: 'act',
  payload: {},
  actor: { kind: 'person', personId: 'p', organisationIds: [], assignments: [] },
  receivedAt: ctx.now,
  ...over,
});
const fold = (s: string[] | null, e: StoredEvent): string[] => [
  ...(s ?? []),
  `${e.type} ${e.on} ${e.actor.personId ?? e.actor.kind}`,
];
const record = (over: Partial<Command> = {}) =>
  new Recorder<string[], null>(null, command(over), ctx, fold, (id) => (id === 'R1' ? id : deny('x', id)));

describe('the recorder', () => {
  it('folds each event at once, so that later rules see what earlier ones did', () => {
    const rec = record();
    expect(() => rec.state).toThrow('not open');
    rec.emit('R1', 'first');
    expect(rec.state).toEqual(['first 2026-02-02 p']);
    rec.emit('R1', 'second', {}, '2026-02-01');
    expect(rec.state[1]).toBe('second 2026-02-01 p');
  });

  it('records nothing under a row that does not exist', () => {
    const rec = record();
    expect(() => rec.emit('R2', 'first')).toThrow(Denied);
    expect(rec.events).toEqual([]);
  });

  it('puts the personal part and the documents of a command into its first event only', () => {
    const rec = record({ personal: { owner: 'p', data: { reason: 'текст' } }, payload: { links: ['sha'] } });
    rec.emit('R1', 'first', { a: 1 });
    rec.emit('R1', 'second', { b: 2 });
    expect(rec.decision).toEqual({
      ok: true,
      events: [
        {
          type: 'first',
          row: 'R1',
          facts: { a: 1, documents: ['sha'] },
          personal: { owner: 'p', data: { reason: 'текст' } },
        },
        { type: 'second', row: 'R1', facts: { b: 2 } },
      ],
    });
  });

  it('carries the claims of the decision', () => {
    const rec = record();
    rec.claim({ kind: 'release', scope: 's', key: 'k' });
    expect(rec.decision).toMatchObject({ ok: true, claims: [{ kind: 'release' }] });
  });

  it('refuses with a code for machines and a sentence for people', () => {
    expect(() => deny('not_now', 'Позже.', { possible: ['withdraw'] })).toThrow(
      expect.objectContaining({ denial: { code: 'not_now', message: 'Позже.', possible: ['withdraw'] } }),
    );
  });
});
