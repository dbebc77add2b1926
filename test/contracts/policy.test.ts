import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { SumOfStreams } from '#series/accumulation/accumulation.ts';
import { LastValue } from '#series/last-value/last-value.ts';
import { type AccumulatedPage, accumulatedPage } from '../support/accumulated-page.ts';
import { testSettings } from '../support/component-settings.ts';
import { StoredPage } from '../support/stored-page.ts';
import { describePolicy } from './policy.ts';

const longestMs = 86_400_000;

describePolicy(LastValue.name, async () => {
  const settings = testSettings('prometheus');
  const policy = new LastValue({ logger: settings.logger, expirationMs: longestMs });
  return { page: new StoredPage({ settings, policy, expirationMs: longestMs }), policy, longestMs };
});

describePolicy(SumOfStreams.name, async () => {
  const page = await accumulatedPage();
  return { page, policy: page.policy, longestMs };
});

const onDisk: AccumulatedPage[] = [];
afterAll(async () => {
  for (const page of onDisk) await page.stop();
});

describePolicy(`${SumOfStreams.name} with storage`, async () => {
  const page = await accumulatedPage({
    directory: mkdtempSync(join(tmpdir(), 'pitot-contract-')),
    isAckDurable: false,
  });
  onDisk.push(page);
  return { page, policy: page.policy, longestMs };
});
