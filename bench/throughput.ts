import { randomUUID } from 'node:crypto';
import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client';
import { createCases } from '../platform/cases/commands.ts';
import { sleep } from '../platform/stack/process.ts';
import { createEngine } from '../platform/temporal/client.ts';
import { buildCommand } from '../test/driver.ts';
import { floorAct } from './programs/floor-workflow.ts';
import { cpuOf } from './cpu.ts';
import { type Part, request, type Stage } from './stage.ts';
import { median, spread } from './statistics.ts';

const actsOfCase = 4;

type Side = 'floor' | 'client' | 'http' | 'letters';

/**
 * Cases per second of «start, two reviews, decision», four ways in alternating rounds on the same servers: the floor (a bare
 * workflow whose four updates insert one row each), our record path called directly, through HTTP, and through HTTP while the
 * letters of the round are drawn and sent as well. In the second and third the letters rest in the outbox, which is written, and
 * leave between the rounds. What was done is counted in the database, not by the clients.
 */
export async function measureThroughput(
  stage: Stage,
  options: { rounds: number; cases: number; clients: number },
): Promise<void> {
  const connection = await Connection.connect({ address: stage.config.temporal.address });
  const bare = new Client({ connection, namespace: stage.config.temporal.namespace });
  const engine = createEngine(stage.config.temporal, stage.keys);
  const { taskQueue } = stage.config.temporal;
  const cases = createCases({ client: engine.client, pool: stage.pool, keys: stage.keys, taskQueue, answerMs: 60_000 });
  const { jurisdiction, organisationId, people, reviewersOf } = stage.world;
  let started = 0;

  async function viaFloor(): Promise<void> {
    const id = randomUUID();
    const startWorkflowOperation = new WithStartWorkflowOperation('floor', {
      workflowId: `floor:${id}`,
      taskQueue: 'floor',
      args: [{ id, acts: actsOfCase }],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    await bare.workflow.executeUpdateWithStart(floorAct, { args: [1], startWorkflowOperation });
    const handle = bare.workflow.getHandle(`floor:${id}`);
    for (let n = 2; n <= actsOfCase; n += 1) await handle.executeUpdate(floorAct, { args: [n] });
  }

  async function viaClient(): Promise<void> {
    const caseId = randomUUID();
    const reviewers = reviewersOf(started++);
    const payload = { topic: `Тема ${caseId}`, reviewers, organisationId };
    const command = buildCommand({ personId: people.methodist, type: 'submit', payload });
    expectRecorded(await cases.startCase({ process: 'review-pair', caseId, jurisdiction, uniqueKey: caseId, command }));
    for (const personId of reviewers)
      expectRecorded(await cases.act(caseId, buildCommand({ personId, type: 'review', payload: { verdict: 'да' } })));
    const decide = buildCommand({ personId: people.coordinator, type: 'decide', payload: { granted: true } });
    expectRecorded(await cases.act(caseId, decide));
  }

  async function viaHttp(): Promise<void> {
    const reviewers = reviewersOf(started++);
    const body = { topic: `Тема ${randomUUID()}`, reviewers, organisationId };
    const start = { process: 'review-pair', action: 'submit', jurisdiction, body };
    const { caseId } = await request(stage, people.methodist, 'POST', '/api/cases', start);
    const act = (personId: string, type: string, of: unknown) =>
      request(stage, personId, 'POST', `/api/cases/${caseId}/actions/${type}`, of);
    for (const personId of reviewers) await act(personId, 'review', { verdict: 'да' });
    await act(people.coordinator, 'decide', { granted: true });
  }

  const ways: Record<Side, () => Promise<void>> = {
    floor: viaFloor,
    client: viaClient,
    http: viaHttp,
    letters: viaHttp,
  };
  const sides: Side[] = ['floor', 'client', 'http', 'letters'];
  const parts = Object.keys(stage.pids) as Part[];
  const cpu: Record<Side, Array<Record<Part, number>>> = { floor: [], client: [], http: [], letters: [] };
  const perSecond: Record<Side, number[]> = { floor: [], client: [], http: [], letters: [] };

  const total = (one: Record<Part, number>) => Object.values(one).reduce((sum, ms) => sum + ms, 0);

  function mapParts(of: (part: Part) => number): Record<Part, number> {
    return Object.fromEntries(parts.map((part) => [part, of(part)])) as Record<Part, number>;
  }

  function cpuNow(): Record<Part, number> {
    return mapParts((part) => cpuOf(stage.pids[part](), { children: part === 'database' }));
  }

  async function round(side: Side, count: number): Promise<number> {
    await outboxIsEmpty(stage);
    const before = await doneBy(stage, side);
    if (side !== 'letters') await stage.pool`insert into letters_held values (true)`;
    const cpuBefore = cpuNow();
    let left = count;
    const began = performance.now();
    const client = async () => {
      while (left-- > 0) await ways[side]();
    };
    await Promise.all(Array.from({ length: options.clients }, client));
    const seconds = (performance.now() - began) / 1_000;
    const cpuAfter = cpuNow();
    await stage.pool`delete from letters_held`;
    await stage.pool`update notice set due_at = now() where state = 'queued'`;
    await stage.pool`select pg_notify('outbox', '')`;
    cpu[side].push(mapParts((part) => (cpuAfter[part] - cpuBefore[part]) / count));
    const done = (await doneBy(stage, side)) - before;
    if (done !== count) throw new Error(`${side}: ${count} cases were asked for, ${done} are in the database`);
    return count / seconds;
  }

  for (const side of sides) {
    await round(side, Math.min(options.cases, 96));
    cpu[side].length = 0;
  }
  for (let nr = 1; nr <= options.rounds; nr += 1) {
    for (const side of nr % 2 === 1 ? sides : sides.toReversed())
      perSecond[side].push(await round(side, options.cases));
    const shown = sides
      .map((side) => {
        const spent = total(cpu[side].at(-1) as Record<Part, number>);
        return `${side} ${perSecond[side].at(-1)?.toFixed(1)}/s (CPU ${spent.toFixed(0)} ms)`;
      })
      .join(', ');
    console.log(`  round ${nr}: ${shown}`);
  }
  console.log(
    `  cases per second, k = ${options.clients}, ${options.rounds} rounds of ${options.cases}, median (range):`,
  );
  for (const side of sides) console.log(`    ${side.padEnd(7)}${spread(perSecond[side])}`);
  for (const side of ['client', 'http', 'letters'] as const) {
    const ratios = perSecond[side].map((rate, index) => rate / (perSecond.floor[index] as number));
    const spent = cpu[side].map((one, index) => total(cpu.floor[index] as Record<Part, number>) / total(one));
    console.log(
      `    ${side} / floor ${spread(ratios, 2)}, by CPU ${spread(spent, 2)}   median to median ${(median(perSecond[side]) / median(perSecond.floor)).toFixed(2)}`,
    );
  }
  // On a busy machine the wall clock says little; the CPU a case costs is what bounds the rate once all cores are busy.
  const totals = sides.map((side) => median(cpu[side].map(total)));
  for (const [nr, side] of sides.entries()) {
    const shares = parts.map((part) => `${part} ${median(cpu[side].map((one) => one[part])).toFixed(1)}`).join(', ');
    console.log(`    ${side.padEnd(7)}CPU of a case ${totals[nr]?.toFixed(1)} ms: ${shares}`);
  }
  const byCpu = (side: 1 | 2 | 3) => ((totals[0] as number) / (totals[side] as number)).toFixed(2);
  console.log(`    floor / ours by CPU: client ${byCpu(1)}, http ${byCpu(2)}, letters ${byCpu(3)}`);
  const [counted] = await stage.pool`
    select (select count(*) from floor)::int as floor_rows, (select count(*) from "case" where closed)::int as cases,
      (select count(*) from case_event)::int as events, (select count(distinct number) from "case")::int as numbers,
      (select count(*) from command)::int as commands, (select count(*) from notice)::int as notices`;
  console.log(`    in the database: ${JSON.stringify(counted)}`);
  await Promise.all([connection.close(), engine.close()]);
}

function expectRecorded(answer: { kind: string }): void {
  if (answer.kind !== 'recorded') throw new Error(JSON.stringify(answer));
}

/** The letters of one round are not sent at the cost of the next one. */
async function outboxIsEmpty({ pool }: Stage): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    const [row] = await pool<
      Array<{ n: number }>
    >`select count(*)::int as n from notice where state in ('queued', 'digest')`;
    if (row?.n === 0) return;
    if (Date.now() > until) throw new Error(`${row?.n} letters are still waiting`);
    await sleep(200);
  }
}

/** Whole cases of one side that are in the database. */
async function doneBy({ pool }: Stage, side: Side): Promise<number> {
  const [row] =
    side === 'floor'
      ? await pool<Array<{ n: number }>>`
          select count(*)::int as n from (select from floor group by id having count(*) = ${actsOfCase}) whole`
      : await pool<
          Array<{ n: number }>
        >`select count(*)::int as n from "case" where closed and sequence = ${actsOfCase}`;
  return row?.n ?? 0;
}
