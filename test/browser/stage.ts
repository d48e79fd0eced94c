/** A world with its screens: the API at a real address, one browser, and everybody who visits. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createApp } from '../../api/app.ts';
import type { ApiDeps } from '../../api/ports.ts';
import { projectRoot } from '../../platform/config.ts';
import { buildWeb } from '../../platform/stack/web-build.ts';
import { type ApiWorld, listen } from '../api/world.ts';
import { openBrowser, type Visit, Visitor } from './drive.ts';

/** `SHOTS=folder` keeps a picture of every look, for whoever looks at the screens. */
const shots = process.env.SHOTS;

type World = Pick<ApiWorld, 'app' | 'deps' | 'stop'>;

export interface Stage<W extends World> {
  readonly world: W;
  /** Where the screens are, without a slash at the end. */
  readonly url: string;
  /** Somebody at a browser of his own until the test ends; an error of his pages fails the test. */
  visit(options?: Visit): Promise<Visitor>;
  /** Serious faults that axe finds and a page wider than its screen fail the test when it ends; a picture is kept when asked. */
  look(who: Visitor, where: string): Promise<void>;
}

/** Raised before the tests of the file, left after each of them, taken down after the last. */
export function useStage<W extends World>(
  make: (over: Partial<ApiDeps>) => Promise<W>,
  arrange: (world: W) => Promise<void> = async () => undefined,
): Stage<W> {
  let world: W | undefined;
  let server: Awaited<ReturnType<typeof listen>> | undefined;
  let browser: Browser | undefined;
  const visitors: Visitor[] = [];
  const faults: string[] = [];

  beforeAll(async () => {
    await buildWeb();
    world = await make({ webRoot: join(projectRoot, 'dist/web') });
    let app = world.app;
    server = await listen({ fetch: (...request) => app.fetch(...request) });
    // Outside the embedded mode a page of another port is foreign, and the port is known only now.
    Object.assign(world.deps.config.api, { publicUrl: server.url });
    app = createApp(world.deps);
    await arrange(world);
    browser = await openBrowser();
  });
  afterEach(async () => {
    const errors = visitors.flatMap((visitor) => visitor.errors);
    for (const visitor of visitors.splice(0)) await visitor.close();
    expect({ errors, faults: faults.splice(0) }).toEqual({ errors: [], faults: [] });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await world?.stop();
  });

  const raised = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('the stage is raised before the first test, not before');
    return part;
  };
  return {
    get world() {
      return raised(world);
    },
    get url() {
      return raised(server).url;
    },
    visit: async (options) => {
      const visitor = await Visitor.open(raised(browser), raised(server).url, options);
      visitors.push(visitor);
      return visitor;
    },
    look: async (who, where) => {
      faults.push(...(await who.serious(where)));
      faults.push(
        ...(await who.page.evaluate(widerThanScreen)).map((what) => `${where}: wider than the screen: ${what}`),
      );
      if (!shots) return;
      mkdirSync(shots, { recursive: true });
      await who.page.screenshot({
        path: join(shots, `${where.replaceAll(/[^\p{L}\d]+/giu, '-')}.png`),
        fullPage: true,
      });
    },
  };
}

/** Runs in the page: where it scrolls sideways, the innermost elements that reach beyond it. */
function widerThanScreen(): string[] {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const beyond = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > clientWidth);
  return beyond
    .filter((e) => !beyond.some((other) => other !== e && e.contains(other)))
    .map((e) => `${e.outerHTML.slice(0, 200)} by ${scrollWidth - clientWidth}`);
}
