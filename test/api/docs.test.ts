/** The lines of docs/api.md are run as they stand, in one shell, and every answer has the shape the page shows. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectRoot } from '../../platform/config.ts';
import { type ApiWorld, createApiWorld, listen } from './world.ts';

let world: ApiWorld;
let server: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  world = await createApiWorld();
  server = await listen(world.app);
});
afterAll(async () => {
  await server?.close();
  await world?.stop();
});

interface Step {
  line: number;
  command: string;
  shown?: { kind: string; text: string };
}

/** Blocks of bash, each with the block of output that follows it. */
function stepsOf(page: string): Step[] {
  const steps: Step[] = [];
  for (const match of page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    const [, kind = '', text = ''] = match;
    if (kind === 'bash') steps.push({ line: page.slice(0, match.index).split('\n').length, command: text });
    else if (steps.length > 0) steps.at(-1)!.shown = { kind, text };
  }
  return steps;
}

const mark = '=====step=====';

function runShell(script: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-euo', 'pipefail'], { cwd: projectRoot, env });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk));
    child.on('close', (code) => resolve({ code, out, err }));
    child.stdin.end(script);
  });
}

/** Everything the page shows is there, with the same kind of value; values themselves are one's own. */
function missing(shown: unknown, real: unknown, path: string): string[] {
  if (Array.isArray(shown)) {
    if (!Array.isArray(real)) return [`${path}: no list`];
    if (shown.length > 0 && real.length === 0) return [`${path}: the list is empty`];
    return shown.flatMap((item, i) =>
      real.some((candidate) => missing(item, candidate, '').length === 0)
        ? []
        : missing(item, real[i] ?? real[0], `${path}/${i}`),
    );
  }
  if (shown !== null && typeof shown === 'object') {
    if (real === null || typeof real !== 'object') return [`${path}: no object`];
    return Object.entries(shown).flatMap(([key, value]) =>
      key in real
        ? missing(value, (real as Record<string, unknown>)[key], `${path}/${key}`)
        : [`${path}/${key}: is not there`],
    );
  }
  if (shown === null || real === null)
    return shown === real || typeof shown === 'string' ? [] : [`${path}: ${String(real)} instead of ${String(shown)}`];
  if (typeof shown !== typeof real) return [`${path}: ${typeof real} instead of ${typeof shown}`];
  // Codes, flags and words of the platform are the same for everybody; numbers, dates and names are not.
  const fixed =
    /\/(code|stage|stageRu|status|statusRu|kind|ready|mandatory|mine|type|row|result|verdict|labelRu|roleRu|proposalRu|existing|allowed|mayOpenGroup)$/.test(
      path,
    ) && shown !== '…';
  return fixed && shown !== real ? [`${path}: «${String(real)}» instead of «${String(shown)}»`] : [];
}

it('carries a programme to the register by the lines of the page', async () => {
  const steps = stepsOf(readFileSync(join(projectRoot, 'docs/api.md'), 'utf8'));
  expect(steps.length).toBeGreaterThan(20);
  const script = steps.map(({ command }) => `${command}\necho; echo '${mark}'\n`).join('');
  // Where colours are wanted without a terminal (`CI`), the page still shows none.
  const { code, out, err } = await runShell(script, { ...process.env, NO_COLOR: '1', API: server.url });
  const answers = out.split(`${mark}\n`).map((text) => text.trim());
  expect(code, `${err}\nafter step ${answers.length - 1}: ${answers.at(-2)}`).toBe(0);
  const wrong = steps.flatMap(({ line, shown }, i) => {
    const answer = answers[i] ?? '';
    if (!shown) return [];
    if (shown.kind === 'text') {
      const shape = new RegExp(
        `^${shown.text
          .trim()
          .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
          .replaceAll(/\d+/g, '\\d+')
          .replace(/ноября/, '[а-я]+')}$`,
        'm',
      );
      return shape.test(answer) ? [] : [`line ${line}: «${answer.slice(0, 300)}»`];
    }
    try {
      return missing(JSON.parse(shown.text), JSON.parse(answer), '').map(
        (fault) => `line ${line}: ${fault}; the answer was ${answer.slice(0, 400)}`,
      );
    } catch (error) {
      return [`line ${line}: ${String(error)}; the answer was ${answer.slice(0, 400)}`];
    }
  });
  expect(wrong).toEqual([]);
});
