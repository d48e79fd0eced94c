/** The API on loopback over the real database, the real engine and a worker, with cases of every process in many stages. */
import { createHash } from 'node:crypto';
import { serve } from '@hono/node-server';
import { hashToken } from '../../api/session.ts';
import { createLogger } from '../../platform/log.ts';
import { personId } from '../../prisma/seed/people.ts';
import { assessmentStories } from '../../scripts/demo/assessment.ts';
import { attestationStories } from '../../scripts/demo/attestation.ts';
import { cycleStories } from '../../scripts/demo/cycle-stories.ts';
import { stories } from '../../scripts/demo/stories.ts';
import { type ApiWorld, createApiWorld } from '../api/world.ts';

/** In whose names the API is asked; who may do more is asked for more often. */
const ASKERS = [
  'sokolov',
  'sokolov',
  'sokolov',
  'belova',
  'koroleva',
  'goncharov',
  'astakhova',
  'danilova',
  'mironova',
  'bashtannik',
  null,
];

interface FuzzWorld {
  world: ApiWorld;
  url: string;
  stop(): Promise<void>;
}

/**
 * Tells the stories and listens. The same request is always asked in the same name, so that a failure repeats by its line alone; the name
 * begins the id of the request. A session that a request has ended is there again for the next one.
 */
export async function createFuzzWorld(): Promise<FuzzWorld> {
  const world = await createApiWorld();
  await tell(world);
  const revive = async (asker: string): Promise<string> => {
    const token = `token-of-${asker}-0000000000000000000000000000`;
    await world.deps.sql`insert into session (token_hash, person_id, expires_at)
      values (${hashToken(token)}, ${personId(asker)}::uuid, now() + interval '12 hours')
      on conflict (token_hash) do update set person_id = excluded.person_id, rotation_due = false`;
    return token;
  };
  const fetch = async (request: Request, env: unknown) => {
    const body = request.method === 'GET' || request.method === 'HEAD' ? '' : await request.clone().text();
    const chance = createHash('sha256')
      .update(`${request.method} ${new URL(request.url).pathname} ${body}`)
      .digest();
    const asker = ASKERS[chance[0]! % ASKERS.length];
    const headers = new Headers(request.headers);
    headers.set('x-request-id', `${asker ?? 'nobody'}-${chance.toString('hex').slice(0, 12)}`);
    if (asker) headers.set('authorization', `Bearer ${await revive(asker)}`);
    // A copy of TRACE would be a GET.
    const asked = request.method === 'TRACE' ? request : new Request(request, { headers });
    return world.app.fetch(asked, env as never);
  };
  return new Promise((resolve) => {
    const server = serve({ fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
      resolve({
        world,
        url: `http://127.0.0.1:${port}`,
        stop: async () => {
          if ('closeAllConnections' in server) server.closeAllConnections();
          await new Promise((done) => server.close(done));
          await world.stop();
        },
      }),
    );
  });
}

/** Some stories of the demonstration: of each process, open and closed. */
async function tell({ deps }: ApiWorld): Promise<void> {
  const teller = {
    pool: deps.sql,
    keys: deps.keys,
    references: deps.references,
    log: createLogger('fuzz', 'silent'),
    documents: deps.documents,
    isLocalWork: () => true,
  };
  const programmes = await stories(teller as never);
  const picked = [
    ...programmes.filter((_, n) => n % 4 === 0),
    ...cycleStories(teller as never).filter((_, n) => n % 3 === 0),
  ];
  for (const story of picked) await story.tell();
  for (const story of [
    ...attestationStories(teller as never).slice(0, 2),
    ...assessmentStories(teller as never).slice(0, 2),
  ])
    await story.tell();
}
