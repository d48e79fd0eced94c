/**
 * Blind review, proved by worlds that differ in nothing but what is hidden: whatever a blinded person can reach is the same in both, byte for byte.
 * Ids, random bytes and the clock come from one seeded source, and the story is told in both from its first act, so that a name that
 * found its way into a letter, a title or an order of rows long ago is found too. Where experts are drawn, other people sit on the panel:
 * other names, ids, regions, employers and loads.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Post, startPost } from './blind-post.ts';
import { assessment, attestation, certification, mentoring, outside } from './blind-scenes.ts';
import { personId } from '../../prisma/seed/people.ts';
import { controlled, differences, failures, readers, RENAMED, stopTelling, tell, type Told } from './blind-telling.ts';

vi.mock('node:crypto', async (original) =>
  (await import('./seeded-source.ts')).seededCrypto(await original<typeof import('node:crypto')>()),
);
vi.mock('../../processes/kit/ids.ts', async (original) =>
  (await import('./seeded-source.ts')).steeredDraw(await original<typeof import('../../processes/kit/ids.ts')>()),
);

let post: Post;
beforeAll(async () => {
  post = await startPost();
});
afterAll(async () => {
  await stopTelling();
  await post.stop();
});

const peopleOf = ({ kase }: Told): string[] => [...new Set(kase.panel.map(({ personId: id }) => id))];

describe('the certification of a programme', () => {
  /** The telling all others are compared with; told twice it would be the same, or the comparisons below would find it. */
  let base: Told;
  let others: Told;
  beforeAll(async () => {
    base = await tell(certification, post);
    others = await tell(certification, post, { like: base, variant: { last: { '*': peopleOf(base) } } });
  });

  it('who reads without names sees the same whoever the experts are', () => {
    expect(base.answers.size).toBeGreaterThan(1_500);
    expect(failures(base)).toEqual([]);
    expect(peopleOf(others).filter((id) => peopleOf(base).includes(id))).toEqual([]);
    expect(differences(base, others, (viewer) => viewer in outside)).toEqual([]);
    const kept = [...base.answers.keys()];
    expect(kept.filter((label) => label.startsWith('поток: заявитель'))).toHaveLength(1);
    expect(kept.filter((label) => label.startsWith('почта: заявитель')).length).toBeGreaterThan(1);
    expect(base.answers.get('поток: заявитель: /api/stream')).toContain('"kind":"notice"');
  });

  it('an expert sees the same whoever the other experts, the contact and the author of a file are', async () => {
    const contact = { name: 'Иной Человек', email: 'inoi@example.invalid', phone: '+7 000 000-00-00' };
    const other = await tell(certification, post, {
      like: base,
      // The other one reads reports, and an expert is told who has read of him.
      viewers: ['представитель, он же учредитель', 'эксперт'],
      variant: { last: { '*': peopleOf(base).slice(1) }, told: { contact, attachedBy: 'Иной' } },
    });
    expect(peopleOf(other)).toContain(peopleOf(base)[0]);
    expect(peopleOf(other).filter((id) => peopleOf(base).includes(id))).toHaveLength(1);
    expect(differences(base, other, (viewer) => viewer === 'эксперт')).toEqual([]);
  });

  it('nobody learns before all are in what an expert has concluded', async () => {
    const untold = Object.keys(certification.blinded).filter((viewer) => viewer !== 'эксперт');
    const other = await tell(certification, post, {
      like: base,
      briefly: true,
      viewers: untold,
      variant: { told: { verdict: 'reject' } },
    });
    expect(differences(base, other, (viewer, round) => round === '1' && untold.includes(viewer))).toEqual([]);
  });

  it('a world that leaks one name into one title is caught', () => {
    const [one, other] = controlled(base, others, 'имя в названии');
    expect(one).toContain(base.bait.names[1]!.slice(0, 3));
    expect(one === other).toBe(false);
  });

  it('a world that leaks a name into nothing but a letter as it is sent is caught', () => {
    const [one, other] = controlled(base, others, 'имя в письме');
    expect(one).toContain('Message-ID');
    expect(one === other).toBe(false);
  });

  it('a world that leaks nothing but an order of rows is caught', () => {
    const [one, other] = controlled(base, others, 'порядок');
    expect(one === other).toBe(false);
    expect([...one].sort().join('')).toBe([...other].sort().join(''));
  });
});

describe('the attestation of a head', () => {
  let base: Told;
  beforeAll(async () => {
    base = await tell(attestation, post);
  });
  const arbiterOf = (told: Told) => told.kase.panel.at(-1)!.personId;

  it('shows nobody outside the panel who its experts and its arbiter are; a name in a task is caught', async () => {
    expect(peopleOf(base).length).toBeGreaterThan(2);
    expect(failures(base)).toEqual([]);
    expect(readers(base)).toEqual(expect.arrayContaining(['аттестуемый', 'наблюдатель', 'эксперт', 'арбитр']));
    const viewers = ['аттестуемый', 'другой аттестуемый', 'наблюдатель'];
    const other = await tell(attestation, post, { like: base, viewers, variant: { last: { '*': peopleOf(base) } } });
    expect(peopleOf(other).filter((id) => peopleOf(base).includes(id))).toEqual([]);
    expect(differences(base, other, (viewer) => viewers.includes(viewer))).toEqual([]);
    const [one, two] = controlled(base, other, 'имя в задаче');
    expect(one === two).toBe(false);
  });

  it('shows an expert nobody else of the panel, and neither him nor an observer whom he evaluates', async () => {
    const [first, ...rest] = peopleOf(base);
    const other = await tell(attestation, post, {
      like: base,
      viewers: ['эксперт', 'наблюдатель'],
      variant: { last: { '*': rest }, renamed: [personId('terekhov')] },
    });
    expect(peopleOf(other)[0]).toBe(first);
    expect(differences(base, other, (viewer) => viewer === 'эксперт' || viewer === 'наблюдатель')).toEqual([]);
  });

  it('shows the arbiter conclusions without their authors', async () => {
    const reviewers = peopleOf(base).slice(0, -1);
    const other = await tell(attestation, post, {
      like: base,
      viewers: ['арбитр'],
      variant: {
        last: { [base.seeds.get('expert')!]: peopleOf(base), [base.seeds.get('arbiter')!]: reviewers },
        renamed: [personId('terekhov')],
      },
    });
    expect(arbiterOf(other)).toBe(arbiterOf(base));
    expect(peopleOf(other).filter((id) => reviewers.includes(id))).toEqual([]);
    expect(differences(base, other, (viewer) => viewer === 'арбитр')).toEqual([]);
  });
});

it.each([
  ['an assessment of qualifications: who the examiners are', assessment, 'имя в уведомлении'],
  ['a cycle of mentoring: who its people are', mentoring, 'имя в названии'],
] as const)('nobody who reads without names learns of %s; a leaked name is caught', async (_what, scene, control) => {
  const plain = await tell(scene, post);
  const hidden = peopleOf(plain);
  expect(failures(plain)).toEqual([]);
  expect(hidden.length).toBeGreaterThan(1);
  expect(readers(plain), 'somebody does read the case').toContain(Object.keys(scene.blinded)[0]);
  const other = await tell(scene, post, { like: plain, variant: { renamed: hidden } });
  expect(differences(plain, other, () => true)).toEqual([]);
  const [one, two] = controlled(plain, other, control);
  expect(one).not.toContain(RENAMED);
  expect(two).toContain(RENAMED);
});
