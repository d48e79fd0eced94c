/** Every route of the API asked by everybody: of the region of the case and of another one. What they get stands in `attack-table.ts`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TABLE } from './attack-table.ts';
import { createDirectWorld, type DirectWorld } from './direct-world.ts';
import { everyRequest, type Route } from './every-request.ts';
import { type FixtureCase, MARK, openFixtureCase } from './fixture-case.ts';

let world: DirectWorld;
let kase: FixtureCase;
let requests: Awaited<ReturnType<typeof everyRequest>>;
let askers: Array<[label: string, person: string | null]>;

beforeAll(async () => {
  world = await createDirectWorld();
  kase = await openFixtureCase(world, 1);
  const panel = new Set(kase.panel.map((member) => member.personId));
  const [stranger] = await world.pool<Array<{ id: string }>>`
    select person_id as id from expert where person_id <> all(${[...panel]}::uuid[]) order by 1 limit 1`;
  askers = [
    ['никто', null],
    ['педагог', 'bashtannik'],
    ['эксперт', kase.panel[0]!.personId],
    ['эксперт-др', stranger!.id],
    ['заявитель', 'goncharov'],
    ['заявит-др', 'kalinin'],
    ['оператор', 'belova'],
    ['секрет-др', 'astakhova'],
    ['наблюд', 'orlov'],
    ['наблюд-др', 'chepkasov'],
    ['кадры', 'danilova'],
    ['опд', 'mironova'],
    ['админ', 'sokolov'],
  ];
  requests = await everyRequest(world, kase);
});
afterAll(() => world?.stop());

/** `200+`: the answer tells of the case of Rostov; `200-`: it does not. */
async function outcome(route: Route, person: string | null): Promise<string> {
  const { path, ...init } = await requests.prepare(route, person);
  const response = await world.app.request(path, init);
  if (route.path === '/api/stream') {
    await response.body?.cancel();
    return String(response.status);
  }
  const text = await response.text();
  const told = [MARK, kase.caseId, kase.number].some((word) => text.replaceAll(path, '').includes(word));
  return `${response.status}${response.status < 300 && route.method === 'GET' ? (told ? '+' : '-') : ''}`;
}

describe('every route of the description', () => {
  it('answers everybody as the table says, and has a row in it', async () => {
    const found: Row[] = [['маршрут', askers.map(([label]) => label)]];
    for (const route of requests.routes) {
      const cells: string[] = [];
      for (const [, person] of askers) cells.push(await outcome(route, person));
      found.push([route.name, cells]);
    }
    // The table as it would be now is the message of a failure: read what changed, and take it over only if it is meant.
    expect(`\n${layout(found)}\n`).toBe(TABLE);
  });
});

type Row = [name: string, cells: string[]];

function layout(rows: Row[]): string {
  const first = Math.max(...rows.map(([name]) => name.length));
  const widths = rows[0]![1].map((_, i) => Math.max(...rows.map(([, cells]) => cells[i]!.length)));
  return rows
    .map(([name, cells]) =>
      `${name.padEnd(first)} | ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')}`.trimEnd(),
    )
    .join('\n');
}
