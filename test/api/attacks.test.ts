/** Every route of the API asked by everybody: of the region of the case and of another one. What they get stands in `attack-table.ts`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashToken } from '../../api/session.ts';
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
    const [head, ...rows] = found;
    rows.sort((a, b) => (byPath(a) < byPath(b) ? -1 : 1));
    expect(`\n${layout([head!, ...rows])}\n`).toBe(TABLE);
  });
});

type Row = [name: string, cells: string[]];
const byPath = ([name]: Row): string => name.split(' ').reverse().join(' ');

function layout(rows: Row[]): string {
  const first = Math.max(...rows.map(([name]) => name.length));
  const widths = rows[0]![1].map((_, i) => Math.max(...rows.map(([, cells]) => cells[i]!.length)));
  return rows
    .map(([name, cells]) =>
      `${name.padEnd(first)} | ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')}`.trimEnd(),
    )
    .join('\n');
}

describe('a request that asks for more than it may', () => {
  it('sets no field that is not its own: what the form does not know is left out everywhere', async () => {
    const head = await world.as('litvinova');
    const stolen = {
      id: kase.caseId,
      ownerId: kase.caseId,
      version: 77,
      submittedCaseId: kase.caseId,
      createdAt: '2000-01-01',
    };
    const created = await head('POST', '/api/drafts', { process: 'dpp-certification', body: {}, ...stolen });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ version: 1, submittedCaseId: null });
    expect(created.body.id).not.toBe(kase.caseId);
    expect(created.body.createdAt).not.toContain('2000');
    const token = await head('POST', '/api/tokens', {
      nameRu: 'Выгрузка',
      scopes: ['cases'],
      days: 1,
      personId: kase.caseId,
      admin: true,
    });
    const owners = await world.pool`select 1 from api_token where person_id = ${kase.caseId}::uuid`;
    expect([token.status < 500, owners.length]).toEqual([true, 0]);
  });

  it('opens nothing with a session that is over, is nobody’s, or is half of one', async () => {
    const token = await world.tokenOf('rozanova');
    const status = async (given: string) =>
      (await world.app.request('/api/inbox', { headers: { authorization: `Bearer ${given}` } })).status;
    expect(await status(token)).toBe(200);
    for (const wrong of [token.slice(0, -1), `${token}0`, 'x'.repeat(43), "' or 1=1 --"])
      expect(await status(wrong), wrong).toBe(401);
    await world.pool`update session set expires_at = '2020-01-01' where token_hash = ${hashToken(token)}`;
    expect(await status(token)).toBe(401);
  });

  it('writes no formula into a table', async () => {
    await world.pool`
      insert into register_entry (id, register, number, status, version, title_ru, facts, public, keeper_case_id, updated_at)
      values (gen_random_uuid(), 'formulas', 'F-1', 'certified', 1, '=HYPERLINK("http://evil.invalid";"x")', '{"kind":"@SUM(1)"}', true, ${kase.caseId}, now())`;
    const { body } = await (await world.as('litvinova'))('GET', '/api/registers/formulas/export.csv');
    for (const cell of body.split(/[;\r\n]+/)) expect(cell.replace(/^"/, ''), cell).not.toMatch(/^[=+\-@]/);
  });
});
