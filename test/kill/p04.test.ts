/**
 * Acceptance scenarios 17 and 18 in full length on the production programs, acted through the public API, while engine, worker and API are
 * killed and started again: 36 months of timers, a leave of three years, two changes of the policy, and nothing lost or done twice.
 */
import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { References } from '../../platform/cases/references.ts';
import { scanCases } from '../../platform/cases/scanner.ts';
import { createLogger } from '../../platform/log.ts';
import { sleep } from '../../platform/stack/process.ts';
import { TimeSkippingUnavailable } from '../../platform/temporal/skipped-time.ts';
import { createDriver, type Deed, type Driver } from '../driver.ts';
import { checkJournal } from '../p04/invariants.ts';
import { createMentoringWorld, RealCycle } from '../p04/real-world.ts';
import { leaveAndReturn, threeYears } from '../p04/scenarios.ts';
import { KillWorld, type Part } from './kill-world.ts';
import { describeDeaths, untilNothing } from './look.ts';

/** Who dies after so many answered acts of both stories. */
const PLAN: Array<[acts: number, parts: Part[]]> = [
  [12, ['worker']],
  [30, ['engine']],
  [55, ['worker', 'api']],
  [85, ['engine', 'worker']],
  [115, ['worker', 'api', 'engine']],
];
const patienceMs = 90_000;

let world: KillWorld | undefined;
let driver: Driver | undefined;

afterEach(async () => {
  await driver?.close();
  await world?.stop();
});

test('17 and 18 go their whole length on their days while engine, worker and API are killed in turn and together', async () => {
  world = await KillWorld.create({ programs: { worker: 'worker/main.ts', api: 'api/main.ts' } });
  driver = await createDriver(world.config, { withoutWorker: true });
  await createMentoringWorld(driver.pool);
  await Promise.all([world.start('worker'), world.start('api')]);
  const desk = new Desk(world.apiUrl);
  const patient = withPatience(driver, desk);
  const cycles = [await RealCycle.start(patient, '2026-09-01'), await RealCycle.start(patient, '2026-09-01')] as const;
  for (const c of cycles) c.patienceMs = patienceMs;
  let over = false;
  const killing = carryOut(world, desk, () => over);
  await Promise.all([threeYears(cycles[0]), leaveAndReturn(cycles[1])]).finally(() => (over = true));
  await killing;
  expect(world.deaths.filter(({ cause }) => cause === 'kill')).toHaveLength(PLAN.flatMap(([, parts]) => parts).length);
  console.info(`[kill] ${describeDeaths(world)}, ${desk.answered} acts, ${desk.repeated} requests repeated`);
  for (const c of cycles) {
    const events = await c.events();
    expect(checkJournal(events, await c.state(), c.caseId)).toEqual([]);
    expect(events.map((e) => e.sequence)).toEqual(events.map((_, i) => i + 1));
    // A step that was done twice would be in the journal twice on one day.
    const once = events.filter((e) => /^(month|quarter|gate|leave|transfer|policy|cycle)\./.test(e.type));
    expect(new Set(once.map((e) => `${e.type} ${e.on} ${JSON.stringify(e.facts)}`)).size).toBe(once.length);
  }
  const { pool, client, cases } = driver;
  const log = createLogger('scanner', 'error');
  const scan = async () =>
    (
      await scanCases(
        { pool, client, cases, references: new References(), log },
        { caseIds: cycles.map((c) => c.caseId) },
      )
    ).findings;
  expect(await untilNothing(async () => (await scan()).map((finding) => JSON.stringify(finding)))).toEqual([]);
  const [letters] = await pool<Array<{ doubled: number; all: number }>>`
    select count(*)::int as all, (count(*) - count(distinct dedupe_key))::int as doubled from notice`;
  expect(letters?.all).toBeGreaterThan(100);
  expect(letters?.doubled).toBe(0);
  expect(await pool`select kind, message from incident where kind <> 'notice_without_addressee'`).toEqual([]);
}, 600_000);

/** Kills what the plan names when its number of acts is answered; what is dead comes back a moment later. */
async function carryOut(world: KillWorld, desk: Desk, isOver: () => boolean): Promise<void> {
  for (const [acts, parts] of PLAN) {
    while (desk.answered < acts) {
      if (isOver()) return;
      await sleep(20);
    }
    const began = Date.now();
    await Promise.all(parts.map((part) => world.kill(part)));
    await sleep(300);
    // The engine first: the others give up where there is none.
    for (const part of (['engine', 'worker', 'api'] as const).filter((one) => parts.includes(one)))
      await world.revive(part);
    console.info(`[kill] ${parts.join(' + ')} after ${desk.answered} acts, back after ${Date.now() - began} ms`);
  }
}

/** Everything the story asks is asked again while somebody it needs is away; acts go through the API. */
function withPatience(driver: Driver, desk: Desk): Driver {
  const over: Partial<Driver> = {
    act: (caseId, deed) => desk.act(caseId, deed) as never,
    sendFact: (caseId, fact) => again(() => driver.sendFact(caseId, fact)),
    fastForwardTo: (caseId, instant) => again(() => driver.fastForwardTo(caseId, instant)),
    settled: (caseId, by) => again(() => driver.settled(caseId, by)),
    startCaseSkipped: (start) => driver.startCaseSkipped(start),
  };
  return Object.assign(Object.create(driver) as Driver, over);
}

async function again<T>(ask: () => Promise<T>): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const away = error instanceof TimeSkippingUnavailable || !(error instanceof TypeError);
      if (!away || Date.now() > end) throw error;
      await sleep(150);
    }
  }
}

/** Bodies of the forms by the command the story tells. */
const FORMS: Record<string, (payload: any) => Record<string, unknown>> = {
  proposeMentor: ({ taskId, mentorId, mentor }) => ({ taskId, mentorId, ...mentor }),
  signPpn: () => ({ agree: true }),
  proposePpn: ({ taskId }) => ({ taskId, programme: 'Программа наставничества на год' }),
  recordContent: ({ item }) => ({ item, report: 'Пункт программы выполнен' }),
  passGate: ({ taskId }) => ({ taskId, conclusion: 'Рубеж года пройден' }),
  concludeCycle: ({ taskId, recommendations }) => ({ taskId, recommendations, conclusion: 'Цикл завершён' }),
  logWork: ({ entries }) => ({ entries }),
};

/** People at the public API; a request is repeated with its key until it is answered. */
class Desk {
  readonly #tokens = new Map<string, string>();
  answered = 0;
  repeated = 0;

  constructor(private readonly url: string) {}

  async act(caseId: string, { personId, type, payload = {} }: Deed): Promise<unknown> {
    const body = JSON.stringify(FORMS[type]?.(payload) ?? payload);
    const key = randomUUID();
    const end = Date.now() + patienceMs;
    for (;;) {
      const answer = await this.#send(personId, `/api/cases/${caseId}/actions/${type}`, body, key);
      if (answer && answer.status < 500) {
        if (answer.status >= 300) throw new Error(`${type}: ${answer.status} ${answer.text}`);
        this.answered += 1;
        return JSON.parse(answer.text);
      }
      if (Date.now() > end) throw new Error(`${type}: no answer within ${patienceMs} ms`);
      this.repeated += 1;
      await sleep(150);
    }
  }

  async #send(
    personId: string,
    path: string,
    body: string,
    key: string,
  ): Promise<{ status: number; text: string } | undefined> {
    try {
      const token = this.#tokens.get(personId) ?? (await this.#signIn(personId));
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key };
      const response = await fetch(`${this.url}${path}`, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.timeout(15_000),
      });
      return { status: response.status, text: await response.text() };
    } catch {
      // Nobody answered, or the answer broke off: nothing is known.
      return undefined;
    }
  }

  async #signIn(personId: string): Promise<string> {
    const response = await fetch(`${this.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ personId }),
      signal: AbortSignal.timeout(15_000),
    });
    const { token } = (await response.json()) as { token?: string };
    if (!token) throw new Error('no session yet');
    this.#tokens.set(personId, token);
    return token;
  }
}
