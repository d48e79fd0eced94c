/** Every route of the API asked by everybody: of the region of the case and of another one. What they get stands in `attack-table.ts`. */
import { randomUUID } from 'node:crypto';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvCell } from '../../api/queries/registers.ts';
import { hashToken } from '../../api/session.ts';
import { municipalityId } from '../../processes/kit/municipality.ts';
import { seedId } from '../../prisma/seed/ids.ts';
import { personId } from '../../prisma/seed/people.ts';
import { TABLE } from './attack-table.ts';
import { createDirectWorld, type DirectWorld } from './direct-world.ts';
import { everyRequest, type PreparedRequest, type Route } from './every-request.ts';
import { type FixtureCase, MARK, must, openFixtureCase } from './fixture-case.ts';
import { programmeOf } from './world.ts';

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
  const methodistOf = async (nameRu: string, key: string): Promise<string> => {
    const { status, body } = await (await world.as('sokolov'))('POST', '/api/admin/people', {
      familyName: 'Округова',
      givenName: 'Вера',
      email: `${key}@example.invalid`,
      assignment: {
        role: 'methodist',
        scopeKind: 'municipality',
        scopeId: municipalityId('61', nameRu),
        from: '2026-01-01',
        act: 'Приказ № 4 от 11.01.2026',
      },
    });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body.id;
  };
  /** An administrator of another jurisdiction, and of nothing else. */
  const localAdmin = async (): Promise<string> => {
    await world.pool`
      insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on, act)
      values (gen_random_uuid(), ${personId('gabdullin')}::uuid, 'admin', 'jurisdiction', 'region-42', '2026-01-01', 'Приказ № 7')`;
    await world.pool`delete from role_assignment where person_id = ${personId('gabdullin')}::uuid and role <> 'admin'`;
    return personId('gabdullin');
  };
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
    ['мет-окр', await methodistOf('Приморский округ', 'own')],
    ['мет-окр-др', await methodistOf('Новочеркасск', 'other')],
    ['кадры', 'danilova'],
    ['опд', 'mironova'],
    ['админ', 'sokolov'],
    ['админ-др', await localAdmin()],
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

/** Who is tried, in this order, until one of them is let to write. */
const WRITERS = ['sokolov', 'goncharov', 'belova', 'danilova', 'mironova'];
const nextKey = () => `key-${randomUUID()}`;

const isJson = ({ body, headers }: PreparedRequest) =>
  headers['content-type'] === 'application/json' && body !== undefined;

/** Tables with a row that holds the text anywhere. */
async function holding(text: string): Promise<string[]> {
  const tables = await world.pool<Array<{ name: string }>>`
    select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
  const found: string[] = [];
  for (const { name } of tables) {
    const rows =
      await world.pool`select 1 from ${world.pool(name)} t where to_jsonb(t)::text like ${`%${text}%`} limit 1`;
    if (rows.length > 0) found.push(name);
  }
  return found;
}

describe('fields that a form does not know', () => {
  const word = `Взлом-${randomUUID().slice(0, 8)}`;
  const id = randomUUID();
  const planted = {
    ...Object.fromEntries(
      ['state', 'stage', 'stageRu', 'outcome', 'status', 'number', 'title', 'titleRu', 'role', 'scopes', 'actorId'].map(
        (name) => [name, word],
      ),
    ),
    ...Object.fromEntries(
      ['id', 'caseId', 'ownerId', 'grantedBy', 'onBehalfOf', 'initiatorId', 'tokenHash', '__proto__x'].map((name) => [
        name,
        id,
      ]),
    ),
    admin: true,
    isAdmin: true,
    closed: true,
    createdAt: '2001-02-03T04:05:06.000Z',
    policyVersionId: word,
    constructor: word,
  };

  it('are refused or left out on every route, and reach no column of any table', async () => {
    let asked = 0;
    for (const route of requests.routes) {
      if (route.method === 'GET') continue;
      for (const writer of WRITERS) {
        const { path, ...init } = await requests.prepare(route, writer);
        if (!isJson({ path, ...init })) break;
        // A text `{..., "__proto__": {...}}` is a field of its own for JSON.
        const given = JSON.parse(init.body as string) as Record<string, unknown>;
        const body = JSON.stringify({ ...planted, ...given }).replace(
          /\}$/,
          `,"__proto__":{"role":"admin","id":"${id}"}}`,
        );
        const answer = await world.app.request(path, {
          ...init,
          body,
          headers: { ...init.headers, 'idempotency-key': nextKey() },
        });
        expect(answer.status, `${route.name} by ${writer}`).toBeLessThan(500);
        asked += 1;
        if (answer.status < 300) break;
      }
    }
    expect(asked).toBeGreaterThan(100);
    expect(Object.hasOwn(Object.prototype, 'role')).toBe(false);
    expect(await holding(MARK), 'the search finds what is there').toContain('case');
    expect([...(await holding(word)), ...(await holding(id))]).toEqual([]);
  });
});

describe('a file that unpacks to too much', () => {
  const bomb = (inside: Record<string, Uint8Array>) => zipSync(inside, { level: 6 });
  const zeros = new Uint8Array(96_000_000).fill(32);
  const put = async (bytes: Uint8Array) =>
    world.app.request('/api/files', {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${await world.tokenOf('danilova')}`,
        'content-type': 'application/octet-stream',
      },
      body: bytes as never,
    });

  it.each([
    ['[Content_Types].xml', 'its list of types'],
    ['xl/worksheets/sheet1.xml', 'a sheet'],
  ])('is not unpacked on the way in: %s', async (name) => {
    const types = strToU8(
      '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    );
    const bytes = bomb({ '[Content_Types].xml': types, 'xl/workbook.xml': strToU8('<workbook/>'), [name]: zeros });
    const before = process.memoryUsage().rss;
    const answer = await put(bytes);
    expect(answer.status).toBeLessThan(500);
    expect(process.memoryUsage().rss - before).toBeLessThan(90_000_000);
    const { sha256 } = (await answer.json()) as { sha256?: string };
    if (!sha256) return;
    const imported = await (await world.as('danilova'))('POST', '/api/hr-imports', { name: 'x.xlsx', sha256 });
    expect([imported.status, imported.body.errors[0].pointer]).toEqual([422, '/sha256']);
    expect(imported.body.errors[0].detail).toContain('CSV');
  });
});

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
    for (const sign of ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
      expect(csvCell(`${sign}cmd|' /C calc'!A0`).replace(/^"/, ''), JSON.stringify(sign)).toMatch(/^'/);
    expect([csvCell(-5), csvCell('а-б')]).toEqual(['-5', 'а-б']);
  });
});

describe('an insider', () => {
  // The routes above ended sessions, as they should.
  beforeAll(() => world.renewSessions());

  it('reports no fact about the case of his own organisation, in whatever office', async () => {
    const source = programmeOf('veroyatnost-i-statistika', 'Программа своей организации') as { provider: object };
    const provider = { ...source.provider, organisationId: seedId('organisation', 'academy') };
    const body = { process: 'dpp-certification', body: { programme: { ...source, provider } } };
    const { caseId } = await must(world, 'laptev', 'POST', '/api/cases', body, 201);
    const stay = { kind: 'court_act', body: { effect: 'stay', on: '2026-11-20', act: 'Определение № 1' } };
    const report = async (who: string) =>
      (await world.as(who))('POST', `/api/cases/${caseId}/facts`, { factId: randomUUID(), ...stay });
    // Both are operators of the portal; she works in the Academy, he does not.
    const own = await report('belova');
    expect([own.status, own.body.code]).toEqual([403, 'segregation']);
    expect((await report('tarasov')).status).toBe(202);
  });

  it('with a task of HR in a case reports what became of somebody’s work, and no act of a court', async () => {
    await world.pool`
      insert into task (id, case_id, process, kind, title_ru, state, open, nature, role, scope_kind, scope_id, created_at, updated_at)
      values (gen_random_uuid(), ${kase.caseId}, 'dpp-certification', 'checks', 'Проверка', 'done', false, 'office', 'hr_officer', 'region', '61', now(), now())`;
    const report = async (kind: string, body: object) =>
      (await world.as('danilova'))('POST', `/api/cases/${kase.caseId}/facts`, { factId: randomUUID(), kind, body });
    const act = { effect: 'stay', on: '2026-11-20', act: 'Определение № 2' };
    expect((await report('court_act', act)).status).toBe(403);
    const left = { personId: personId('bashtannik'), event: 'dismissed', on: '2026-11-20' };
    expect((await report('employment', left)).status).not.toBe(403);
  });

  it('is not told who evaluates his organisation, as staff of the jurisdiction either', async () => {
    const source = programmeOf('smyslovoe-chtenie', 'Программа, которую оценивают чужие') as { provider: object };
    const provider = { ...source.provider, organisationId: seedId('organisation', 'academy') };
    const body = { process: 'dpp-certification', body: { programme: { ...source, provider } } };
    const { caseId } = (await (await world.as('laptev'))('POST', '/api/cases', body)).body;
    const [check] =
      await world.pool`select id from task where case_id = ${caseId} and kind = 'technical_check' and open`;
    const path = `/api/cases/${caseId}`;
    await must(world, 'tarasov', 'POST', `${path}/actions/completeTechnicalCheck`, { taskId: check!.id });
    const panel = await world.pool<Array<{ id: string; name: string; task: string }>>`
      select p.id, p.display_name as name, t.id as task from task t join person p on p.id = t.assignee_id where t.case_id = ${caseId} and t.kind = 'review'`;
    expect(panel.length).toBeGreaterThan(2);
    const told = async (who: string) => {
      const asker = await world.as(who);
      const answers = await Promise.all(
        [
          path,
          `${path}/events`,
          `/api/tasks?caseId=${caseId}`,
          `/api/tasks/${panel[0]!.task}`,
          '/api/tasks?kind=review',
        ].map(async (address) => {
          const answer = await asker('GET', address);
          expect([who, address, answer.status]).toEqual([who, address, 200]);
          return JSON.stringify(answer.body);
        }),
      );
      const ofThem = await asker('GET', `/api/tasks?caseId=${caseId}&assigneeId=${panel[0]!.id}`);
      return {
        named: panel.some(({ id, name }) =>
          answers.slice(0, 4).some((text) => text.includes(id) || text.includes(name)),
        ),
        found: ofThem.body.items.length > 0,
      };
    };
    // The operator who does not work there, the one who does, and his deputy.
    expect(await told('tarasov')).toEqual({ named: true, found: true });
    expect(await told('belova')).toEqual({ named: false, found: false });
    await world.pool`insert into relation (kind, person_a, person_b) values ('relative', ${personId('tarasov')}, ${personId('laptev')})`;
    expect(await told('tarasov')).toEqual({ named: false, found: false });
    await world.pool`delete from relation where person_a = ${personId('tarasov')}::uuid`;
  });

  it('cannot act on a case of one process by the forms of another', async () => {
    await world.pool`
      insert into role_assignment (id, person_id, role, scope_kind, scope_id, from_on)
      values (gen_random_uuid(), ${personId('polyanskaya')}, 'provider_rep', 'organisation', ${seedId('organisation', 'cnppm-rostov')}, '2026-01-01')`;
    const applied = await must(
      world,
      'polyanskaya',
      'POST',
      '/api/cases',
      {
        process: 'qualification-assessment',
        action: 'apply',
        jurisdiction: 'region-61',
        body: {
          qualification: 'teacher-general-6',
          centreId: seedId('organisation', 'cnppm-rostov'),
          payer: 'budget',
          education: 'Высшее педагогическое образование, стаж двенадцать лет.',
          consent: true,
          rules: true,
        },
      },
      201,
    );
    const draft = await (await world.as('polyanskaya'))('POST', '/api/drafts', {
      process: 'dpp-certification',
      body: {},
      forCaseId: applied.caseId,
    });
    expect(draft.status).toBe(404);
  });
});
