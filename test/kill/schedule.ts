import { sleep } from '../../platform/stack/process.ts';
import type { KillWorld, Part } from './kill-world.ts';
import { Random } from './random.ts';

/**
 * One moment of the plan: after so many more answers and so many milliseconds these parts die, and come back after a while; or the
 * worker starts anew with a fault inside and dies right after its n-th commit.
 */
export interface Moment {
  answers: number;
  afterMs: number;
  parts: Part[];
  downMs: number;
  faultAt?: number;
}

export interface PlanOptions {
  /** How often each part dies alone. */
  perPart: number;
  /** How often several die together. */
  together: number;
  /** How often the worker dies between a commit and the end of its task. */
  faults: number;
}

/** The moments of a seed: each part dies equally often, in mixed order, and now and then several die together. */
export function planOf(seed: number, { perPart, together, faults }: PlanOptions): Moment[] {
  const random = new Random(seed);
  const single: Part[] = ['worker', 'api', 'engine', 'database'];
  const several: Part[][] = [
    ['worker', 'api', 'engine'],
    ['worker', 'api', 'engine', 'database'],
  ];
  const targets: Array<{ parts: Part[]; fault?: true }> = [
    ...single.flatMap((part) => Array.from({ length: perPart }, () => ({ parts: [part] }))),
    ...Array.from({ length: together }, (_, index) => ({ parts: several[index % several.length] as Part[] })),
    ...Array.from({ length: faults }, () => ({ parts: ['worker'] as Part[], fault: true as const })),
  ];
  return random.shuffled(targets).map(({ parts, fault }) => ({
    answers: random.between(1, 12),
    afterMs: random.between(0, 120),
    parts,
    downMs: random.between(0, 600),
    ...(fault ? { faultAt: random.between(1, 8) } : {}),
  }));
}

/** Order in which parts that died together come back: everybody stands on the database. */
const revival: Part[] = ['database', 'engine', 'api', 'worker'];

/** Carries the plan out while `answered` grows. A moment does not wait for answers longer than `patienceMs`. */
export async function carryOut(
  world: KillWorld,
  plan: Moment[],
  answered: () => number,
  tell: (line: string) => void,
  patienceMs = 6_000,
): Promise<void> {
  for (const [index, { answers, afterMs, parts, downMs, faultAt }] of plan.entries()) {
    const wanted = answered() + answers;
    const until = Date.now() + patienceMs;
    while (answered() < wanted && Date.now() < until) await sleep(5);
    await sleep(afterMs);
    const before = answered();
    const began = Date.now();
    if (faultAt !== undefined) {
      await world.runIntoFault(faultAt, 120_000);
      tell(
        `${index + 1}. worker at answer ${before}, again after its commit no. ${faultAt} (${Date.now() - began} ms)`,
      );
      continue;
    }
    await Promise.all(parts.map((part) => world.kill(part)));
    await sleep(downMs);
    for (const part of revival) if (parts.includes(part)) await world.revive(part);
    tell(`${index + 1}. ${parts.join(' + ')} at answer ${before}, back after ${Date.now() - began} ms`);
  }
}
