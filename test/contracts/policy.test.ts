import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { AccumulationPolicy } from '#series/accumulation/accumulation-policy.ts';
import { LastValuePolicy } from '#series/last-value/last-value-policy.ts';
import { type AccumulatedOutput, accumulatedOutput } from '../support/accumulated-output.ts';
import { testSettings } from '../support/component-settings.ts';
import { StoreOutput } from '../support/store-output.ts';
import { describePolicy } from './policy.ts';

const longestMs = 86_400_000;

describePolicy(LastValuePolicy.name, async () => {
  const settings = testSettings('prometheus');
  const policy = new LastValuePolicy({ logger: settings.logger, expirationMs: longestMs });
  return { page: new StoreOutput({ settings, policy, expirationMs: longestMs }), policy, longestMs };
});

describePolicy(AccumulationPolicy.name, async () => {
  const page = await accumulatedOutput();
  return { page, policy: page.policy, longestMs };
});

const onDisk: AccumulatedOutput[] = [];
afterAll(async () => {
  for (const page of onDisk) await page.stop();
});

describePolicy(`${AccumulationPolicy.name} with storage`, async () => {
  const page = await accumulatedOutput({
    directory: mkdtempSync(join(tmpdir(), 'pitot-contract-')),
    isAckDurable: false,
  });
  onDisk.push(page);
  return { page, policy: page.policy, longestMs };
});
