/** The screens driven as people drive them: by labels and roles, never by class names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { projectRoot } from '../../platform/config.ts';

export const browserPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
export const hasBrowser = existsSync(browserPath);

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
}

export type Scheme = 'light' | 'dark';

export interface Visit {
  scheme?: Scheme;
  width?: number;
  height?: number;
  /** Lines of the console that belong to what is tried. */
  expecting?: RegExp;
}

/** A person at a browser of their own. Errors of the page and of its content policy are kept. */
export class Visitor {
  readonly errors: string[] = [];
  readonly #base: string;
  readonly context: BrowserContext;
  readonly page: Page;

  private constructor(base: string, context: BrowserContext, page: Page, expecting?: RegExp) {
    this.#base = base;
    this.context = context;
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      const line = message.text();
      if (message.type() === 'error' && !/status of (401|404|409|412|422|503)/.test(line) && !expecting?.test(line))
        this.errors.push(line);
    });
  }

  static async open(browser: Browser, base: string, options: Visit = {}): Promise<Visitor> {
    const context = await browser.newContext({
      baseURL: base,
      locale: 'ru-RU',
      timezoneId: 'Europe/Moscow',
      colorScheme: options.scheme ?? 'light',
      viewport: { width: options.width ?? 1360, height: options.height ?? 900 },
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(20_000);
    return new Visitor(base, context, await context.newPage(), options.expecting);
  }

  /** Through the sign-in screen: search by name, choose the card. */
  async signIn(name: string): Promise<void> {
    await this.context.clearCookies();
    await this.page.goto(`${this.#base}/inbox`);
    await this.page.getByLabel('Имя, роль, организация или регион').fill(name);
    await this.page.getByRole('main').getByRole('button').filter({ hasText: name }).first().click();
    await this.page.getByRole('heading', { level: 1, name: 'Что требует меня' }).waitFor();
  }

  /** Somebody whose id is known, without the screen. */
  async signInAs(personId: string): Promise<void> {
    await this.context.clearCookies();
    const answer = await this.page.request.post('/api/session', { data: { personId } });
    if (!answer.ok()) throw new Error(`sign-in answered ${answer.status()}: ${await answer.text()}`);
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(`${this.#base}${path}`);
    await this.settled();
  }

  /** The page has its title and is not loading. */
  async settled(): Promise<void> {
    await this.page
      .getByRole('heading', { level: 1 })
      .first()
      .waitFor()
      .catch(async () => {
        throw new Error(
          `${this.page.url()} has no title: ${(await this.page.locator('body').innerText()).slice(0, 400)}`,
        );
      });
    await this.page.waitForFunction(() => !document.body.innerText.includes('Загружаем…'));
  }

  /** What axe says is serious or worse, as readable lines. */
  async serious(where: string): Promise<string[]> {
    await this.page.waitForTimeout(150);
    const { violations } = await new AxeBuilder({ page: this.page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .exclude('.diagram')
      .analyze();
    return violations
      .filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .flatMap((v) =>
        v.nodes
          .slice(0, 4)
          .map(
            (n) =>
              `${where}: ${v.id}: ${n.target.join(' ')}: ${n.failureSummary?.split('\n').slice(1, 2).join(' ').trim() ?? ''}`,
          ),
      );
  }

  async getJson<T>(path: string): Promise<T> {
    const answer = await this.page.request.get(path);
    if (!answer.ok()) throw new Error(`${path} answered ${answer.status()}`);
    return (await answer.json()) as T;
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

export const programmeFile = (name: string) => join(projectRoot, 'data/programmes', `${name}.json`);

/** Draft from a file, a look at the form, submission. Answers with the number of the case and its id. */
export async function submitProgramme(
  who: Visitor,
  file: string,
  atOpenDialog?: () => Promise<void>,
): Promise<{ number: string; caseId: string }> {
  const { page } = who;
  await who.goto('/start');
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByRole('button', { name: 'Загрузить из файла JSON' }).click(),
  ]);
  await chooser.setFiles(file);
  await page.waitForURL(/\/drafts\//);
  await page.getByRole('navigation', { name: 'Разделы заявки' }).waitFor();
  await page.getByRole('button', { name: 'Подать…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Подать', exact: true }).waitFor();
  await atOpenDialog?.();
  await dialog.getByRole('button', { name: 'Подать', exact: true }).click();
  const number = page.getByTestId('case-number').first();
  await number.waitFor();
  const words = (await number.innerText()).trim();
  await page.getByRole('dialog').getByRole('link', { name: 'Открыть дело' }).click();
  await page.waitForURL(/\/cases\//);
  await who.settled();
  return { number: words, caseId: new URL(page.url()).pathname.split('/')[2]! };
}

/** Opens the task of this case from the list «Что требует меня». */
export async function openTask(who: Visitor, number: string): Promise<void> {
  await who.goto('/inbox');
  await who.page.getByRole('link').filter({ hasText: number }).first().click();
  await who.page.waitForURL(/\/tasks\//);
  await who.settled();
}

/** An act of an office: the button, its dialog with fields, the button of the dialog. */
export async function decide(
  who: Visitor,
  action: string,
  fill: (dialog: ReturnType<Page['getByRole']>) => Promise<void> = async () => undefined,
): Promise<void> {
  const { page } = who;
  await page.locator(`[data-action="${action}"]`).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await fill(dialog);
  await dialog.locator('button[type=submit]').click();
}

/** Accepts the invitation and states that there is no conflict of interest. */
export async function acceptInvitation(who: Visitor): Promise<void> {
  await who.page.getByRole('checkbox', { name: /конфликта интересов нет/ }).check();
  await who.page.getByRole('button', { name: 'Конфликта нет, принимаю' }).click();
}

/** Full marks, a verdict and a summary; sends. */
export async function writeReview(who: Visitor, summary: string, atOpenDialog?: () => Promise<void>): Promise<void> {
  const { page } = who;
  await page.getByRole('heading', { name: 'Заключение эксперта' }).waitFor();
  const criteria = page.locator('[data-criterion]');
  for (let i = 0; i < (await criteria.count()); i++)
    await criteria.nth(i).getByText('2', { exact: true }).first().click();
  await page.getByRole('radio', { name: 'Одобрить' }).check();
  await page.getByLabel('Общий вывод').fill(summary);
  await page.getByTestId('save-state').filter({ hasText: 'сохранено' }).waitFor();
  await page.getByRole('button', { name: 'Отправить заключение…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Отправить', exact: true }).waitFor();
  await atOpenDialog?.();
  await page.getByRole('dialog').getByRole('button', { name: 'Отправить', exact: true }).click();
  await page.getByText('Заключение отправлено').first().waitFor();
}

/** Waits until the case page says so; the page follows the stream by itself. */
export async function untilStage(who: Visitor, caseId: string, stage: string): Promise<void> {
  await who.goto(`/cases/${caseId}`);
  await who.page.getByTestId('case-stage').filter({ hasText: stage }).waitFor({ timeout: 30_000 });
}
