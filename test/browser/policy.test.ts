/** The content policy in a real browser: no page does what it forbids, and what it forbids does not happen. */
import { describe, expect, it } from 'vitest';
import { personId } from '../../prisma/seed/people.ts';
import { createDirectWorld } from '../api/direct-world.ts';
import { type FixtureCase, must, openFixtureCase } from '../api/fixture-case.ts';
import { hasBrowser, type Visitor } from './drive.ts';
import { useStage } from './stage.ts';

declare global {
  interface Window {
    violations?: string[];
  }
}

describe.skipIf(!hasBrowser)('the content policy', () => {
  let kase: FixtureCase;
  const stage = useStage(
    (over) => createDirectWorld({ over }),
    async (world) => {
      kase = await openFixtureCase(world, 2);
    },
  );

  /** A visitor whose pages write down what their policy forbade them. */
  async function watched(
    person?: string,
    expecting?: RegExp,
  ): Promise<{ who: Visitor; see(path: string): Promise<string[]> }> {
    const who = await stage.visit(expecting ? { expecting } : {});
    await who.context.addInitScript(() => {
      window.violations = [];
      document.addEventListener('securitypolicyviolation', (e) =>
        window.violations?.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`),
      );
    });
    if (person) await who.signInAs(personId(person));
    const see = async (path: string): Promise<string[]> => {
      await who.page.goto(`${stage.url}${path}`);
      // Pages of the application are there with their title; the reference draws itself into an element.
      await who.page.locator('h1').first().waitFor();
      await who.page.waitForFunction(() => !document.body.innerText.includes('Загружаем…'));
      return (await who.page.evaluate(() => window.violations ?? ['the page was not watched'])).map(
        (violation) => `${path}: ${violation}`,
      );
    };
    return { who, see };
  }

  it('is kept by every page, the reference of the API among them', { timeout: 120_000 }, async () => {
    const draft = await must(
      stage.world,
      'goncharov',
      'POST',
      '/api/drafts',
      { process: 'dpp-certification', body: {} },
      201,
    );
    await stage.world.pool`
      insert into register_entry (id, register, number, status, version, title_ru, facts, valid_from, public, keeper_case_id, updated_at)
      values (gen_random_uuid(), 'federal_programmes', 'FR-9', 'certified', 1, 'Запись', '{}', '2026-01-01', true, ${kase.caseId}, now())`;
    const at = `/cases/${kase.caseId}`;
    // Other tests of this folder walk through the rest and fail on any message of the policy (`Visitor.errors`).
    const pages: Record<string, string[]> = {
      '': ['/sign-in', '/link', '/registry', '/registry/FR-9', '/registry/integrity', '/api/reference'],
      goncharov: [`/drafts/${draft.id}`, at, '/profile'],
      sokolov: [`${at}/history`, '/processes/dpp-certification', '/admin', `/admin/people/${personId('belova')}`],
    };
    const found = await Promise.all(
      Object.entries(pages).map(async ([person, paths]) => {
        const { see } = await watched(person || undefined);
        const seen: string[] = [];
        for (const path of paths) seen.push(...(await see(path)));
        return seen;
      }),
    );
    // The reference asks whether code from strings is allowed here, is told no, and does without: nothing else is tried anywhere.
    const probe = /^\/api\/reference: script-src eval .*\/api\/reference\/scalar\.js:\d+$/;
    expect(found.flat().filter((line) => !probe.test(line))).toEqual([]);
  });

  it('stops code made of strings, scripts in the page and scripts of another host: the browser says so', async () => {
    const { who, see } = await watched(undefined, /Content Security Policy/);
    await see('/registry');
    const { page } = who;
    const outcome = await page.evaluate(async () => {
      const tries: Record<string, string> = {};
      // In a task of the page's own: what the test itself evaluates is let through.
      await new Promise<void>((resolve) => {
        setTimeout(() => {
          for (const make of ['eval', 'Function'] as const)
            try {
              // oxlint-disable-next-line no-implied-eval, no-eval, no-new-func
              tries[make] = String(make === 'eval' ? (0, eval)('1 + 1') : new Function('return 1 + 1')());
            } catch (error) {
              tries[make] = (error as Error).name;
            }
          resolve();
        }, 0);
      });
      for (const [name, fill] of [
        ['inline', (s: HTMLScriptElement) => (s.textContent = 'window.ran = true')],
        ['foreign', (s: HTMLScriptElement) => (s.src = 'https://foreign.invalid/x.js')],
      ] as const) {
        const script = document.createElement('script');
        fill(script);
        document.body.append(script);
        await new Promise((resolve) => setTimeout(resolve, 50));
        tries[name] = 'ran' in window ? 'ran' : 'stopped';
      }
      return { tries, seen: window.violations?.map((line) => line.split(' ')[0]) };
    });
    expect(outcome.tries).toEqual({ eval: 'EvalError', Function: 'EvalError', inline: 'stopped', foreign: 'stopped' });
    // What the other test looks for is seen when it happens.
    expect(new Set(outcome.seen)).toEqual(new Set(['script-src', 'script-src-elem']));
  });

  it('stands on every answer without code from strings and without scripts of the page', async () => {
    const paths = [
      '/',
      '/inbox',
      '/api/reference',
      '/api/openapi.json',
      '/registry',
      '/registry/none',
      '/api/none',
      '/x.js',
    ];
    for (const path of paths) {
      const { headers } = await stage.world.app.request(path);
      const policy = headers.get('content-security-policy') ?? '';
      const scripts = /script-src ([^;]*)/.exec(policy)?.[1];
      expect([path, scripts, policy.includes('unsafe-eval')]).toEqual([path, "'self'", false]);
    }
  });
});
