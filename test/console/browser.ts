import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Where screenshots are written: an artifact of the run. */
export const screenshots = process.env.PITOT_SCREENSHOTS ?? join(tmpdir(), 'pitot-screenshots');

/** Themes and window sizes in which the console is opened. */
export const looks = {
  'light desktop': { colorScheme: 'light', viewport: { width: 1400, height: 900 } },
  'dark phone': { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
} as const;
export type Look = keyof typeof looks;

/** Starts Debian's chromium. */
export function openBrowser(): Promise<Browser> {
  mkdirSync(screenshots, { recursive: true });
  return chromium.launch({
    executablePath: process.env.PITOT_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--enable-precise-memory-info'],
  });
}

/** An open console, with all errors that occurred in it. */
export class Visitor {
  readonly page: Page;
  /** Errors of the script, messages on the browser's console, dialogs, and requests to other origins. */
  readonly faults: string[] = [];
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page, origin: string) {
    this.#context = context;
    this.page = page;
    page.on('pageerror', (error) => this.faults.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.faults.push(`console: ${message.text()}`);
    });
    page.on('dialog', (dialog) => {
      this.faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(origin) && !url.startsWith('data:')) this.faults.push(`request: ${url}`);
    });
  }

  static async open(browser: Browser, origin: string, look: Look): Promise<Visitor> {
    const context = await browser.newContext(looks[look]);
    const visitor = new Visitor(context, await context.newPage(), origin);
    await visitor.page.goto(`${origin}/`);
    await visitor.page.waitForSelector('header.top');
    return visitor;
  }

  /** Shows a view, and waits until it has its data. */
  async show(route: string): Promise<void> {
    await this.page.evaluate((hash) => {
      location.hash = hash;
    }, `#/${route}`);
    const view = route.split(/[/?]/, 1)[0];
    await this.page.waitForFunction(
      (name) => location.hash.startsWith(`#/${name}`) && (document.querySelector('main')?.childElementCount ?? 0) > 1,
      view,
    );
    await this.page.waitForLoadState('networkidle').catch(() => undefined);
  }

  /** Shows a view. Returns the time until its data is there, ms. */
  showData(route: string): Promise<number> {
    return this.page.evaluate(async (hash) => {
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      location.hash = '#/nowhere';
      await frame();
      await frame();
      const began = performance.now();
      location.hash = hash;
      await frame();
      while (!document.querySelector('main > :not(h1)')) await frame();
      return performance.now() - began;
    }, `#/${route}`);
  }

  /** Returns the memory of the page's objects after a collection. */
  async heapBytes(): Promise<number> {
    const session = await this.#context.newCDPSession(this.page);
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  }

  /** Returns the sentence about the state. */
  async verdict(): Promise<string> {
    return (await this.page.locator('.verdict .state').textContent()) ?? '';
  }

  /** Returns the violations that axe reports: rule and element. */
  async accessibilityFaults(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    return this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
      interface Violation {
        id: string;
        nodes: { html: string; failureSummary: string }[];
      }
      const { violations } = await axe.run();
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`),
      );
    });
  }

  /** Returns the number of pixels by which the console is wider than the window. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: join(screenshots, `${name.replace(/[^\w]+/g, '-')}.png`) });
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
