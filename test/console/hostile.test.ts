import { connect } from 'node:net';
import fc from 'fast-check';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scraperHeaders } from '../support/bridge.ts';
import { ask, postMetrics } from '../support/http.ts';
import { openBrowser, Visitor } from './browser.ts';
import { hostileConfig, hostileRequest, hostileText } from './hostile.ts';
import { type Situation, startSituation } from './situations.ts';

/** Duration; an hour before a release. */
const seconds = Number(process.env.PITOT_CONSOLE_FUZZ_SECONDS ?? 20);
/** Repeats a run. */
const seed = Number(process.env.PITOT_CONSOLE_FUZZ_SEED ?? Date.now() % 1_000_000_000);
/** Rounds after which pitot starts again, with another configuration. */
const roundsPerStart = 40;
const textsPerRound = 9;

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test(
  'no text from outside leaves its place',
  async () => {
    process.stdout.write(`console: fuzz with seed ${seed} for ${seconds} s\n`);
    const end = Date.now() + seconds * 1_000;
    let rounds = 0;
    for (let start = 0; Date.now() < end; start++) rounds += await oneStart(seed + start, end);
    process.stdout.write(`console: fuzz showed ${rounds} rounds of hostile texts\n`);
    expect(rounds).toBeGreaterThan(0);
  },
  seconds * 1_000 + 120_000,
);

/** Starts pitot with a hostile configuration, and shows hostile texts until its rounds are over. */
async function oneStart(startSeed: number, end: number): Promise<number> {
  const texts = fc.sample(hostileText, { seed: startSeed, numRuns: 2 + roundsPerStart * textsPerRound });
  const situation = await startSituation('nothing', (base) => hostileConfig(base, [texts[0]!, texts[1]!]));
  const visitor = await Visitor.open(browser, situation.origin, startSeed % 2 === 0 ? 'light desktop' : 'dark phone');
  let round = 0;
  try {
    for (; round < roundsPerStart && Date.now() < end; round++) {
      const offset = 2 + round * textsPerRound;
      await oneRound(situation, visitor, texts.slice(offset, offset + textsPerRound));
    }
    await withoutScript(situation);
  } finally {
    await visitor.close();
    expect(await situation.pitot.stop()).toBe(0);
  }
  return round;
}

async function oneRound({ ports, routes }: Situation, visitor: Visitor, texts: readonly string[]): Promise<void> {
  const header = texts[0]!.replace(/[^\x20-\x7e\x80-\xff]/g, '').slice(0, 500);
  const path = `/${encodeURI(texts[1]!.toWellFormed()).slice(0, 500)}`;
  await postMetrics(ports.http, hostileRequest(texts));
  await ask(ports.http, { method: 'POST', path, headers: { 'user-agent': header, 'content-type': header } });
  await ask(ports.metrics, { path: '/metrics', headers: { 'user-agent': header, ...scraperHeaders } });
  connect(ports.http, '127.0.0.1')
    .on('error', () => undefined)
    .end(texts[2] ?? '');
  const shown = [
    ...routes,
    `metrics?match=${encodeURIComponent(texts[3]!.toWellFormed())}`,
    `metric/${encodeURIComponent(texts[4]!.toWellFormed())}`,
    `series/${encodeURIComponent(texts[5]!.toWellFormed())}`,
    `tail?match=${encodeURIComponent(texts[6]!.toWellFormed())}`,
    `problems?filter=${encodeURIComponent(texts[7]!.toWellFormed())}`,
    `${texts[8]!.replace(/[\s#]/g, '')}`,
    `airflow`,
  ];
  for (const route of shown) {
    await visitor.page.evaluate((hash) => {
      location.hash = hash;
    }, `#/${route}`);
    await visitor.page.waitForTimeout(40);
    await follow(visitor, route);
    // A name that does not exist is answered with 404, which the browser reports.
    const faults = visitor.faults.filter((fault) => !/status of 40[04]/.test(fault));
    expect({ texts, route, faults, injected: await injected(visitor) }).toEqual({
      texts,
      route,
      faults: [],
      injected: [],
    });
  }
}

/** Follows the first links of the table, which contain texts from outside, and types into the filter. */
async function follow({ page }: Visitor, route: string): Promise<void> {
  if (!/^(metrics|airflow|cardinality|problems)$/.test(route)) return;
  await page
    .locator('input.filter')
    .first()
    .fill('<img src=x onerror=alert(1)>', { timeout: 2_000 })
    .catch(() => undefined);
  await page
    .locator('input.filter')
    .first()
    .fill('', { timeout: 2_000 })
    .catch(() => undefined);
  await page
    .locator('main td a')
    .last()
    .click({ timeout: 1_000 })
    .catch(() => undefined);
}

/** Returns elements and attributes that the console never creates. */
function injected({ page }: Visitor): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((element) => {
      const isForeign = /^(img|iframe|object|embed|base|form|template|textarea|math)$/i.test(element.tagName);
      const isScript = element.tagName === 'SCRIPT' && !element.getAttribute('src')?.startsWith('assets/');
      const attributes = [...element.attributes].filter(
        ({ name, value }) =>
          /^on/i.test(name) || (/^(href|src)$/i.test(name) && /^\s*(javascript|vbscript):/i.test(value)),
      );
      return isForeign || isScript || attributes.length > 0 ? [element.outerHTML.slice(0, 300)] : [];
    }),
  );
}

/** The page before any script runs contains the texts, too. */
async function withoutScript({ origin }: Situation): Promise<void> {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  const foreign = await page
    .locator('img, iframe, object, embed, base, form, textarea, svg, script:not([src^="assets/"])')
    .count();
  expect(foreign).toBe(0);
  await context.close();
}
