import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Look, looks, openBrowser, screenshots, Visitor } from './browser.ts';
import { type Situation, situations, startSituation } from './situations.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

describe.each(situations)('with %s', (name) => {
  let situation: Situation;
  beforeAll(async () => {
    situation = await startSituation(name);
  });
  afterAll(() => situation.pitot.stop());

  test.each(Object.keys(looks) as Look[])('every view works and is accessible, %s', async (look) => {
    const visitor = await Visitor.open(browser, situation.origin, look);
    const found: string[] = [];
    const times: number[] = [];
    for (const route of situation.routes) {
      const began = performance.now();
      await visitor.show(route);
      times.push(performance.now() - began);
      const view = route.split('/')[0]!;
      found.push(...(await visitor.accessibilityFaults()).map((fault) => `${view}: ${fault}`));
      if ((await visitor.overflow()) > 0) found.push(`${view}: wider than the window`);
      await visitor.screenshot(`${name} ${look} ${view}`);
    }
    found.push(...visitor.faults);
    await visitor.close();
    process.stdout.write(
      `console: ${name}, ${look}: slowest view ${Math.round(Math.max(...times))} ms; ${screenshots}\n`,
    );
    expect(found).toEqual([]);
  });

  test('without JavaScript, the facts are below each other', async () => {
    const context = await browser.newContext({ ...looks['light desktop'], javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${situation.origin}/`);
    await page.screenshot({ path: join(screenshots, `${name.replace(/[^\w]+/g, '-')}-without-script.png`) });
    const boxes = await Promise.all(
      ['main > h1', 'main > p[role=status]', 'main > table'].map((part) => page.locator(part).first().boundingBox()),
    );
    await context.close();
    expect(new Set(boxes.map((box) => box?.x)).size).toBe(1);
    const ends = boxes.map((box) => box!.y + box!.height);
    expect(ends).toEqual(ends.toSorted((a, b) => a - b));
  });
});
