import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RetryableError } from '#component/errors.ts';
import { accumulatedOutput, from, secondsIn, started } from '../../../test/support/accumulated-output.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { MemoryStorage } from '../../../test/support/memory-storage.ts';
import { attributes, counter, number } from '../../../test/support/pdata.ts';
import { Expirations } from '../expirations.ts';
import { AccumulationPolicy } from './accumulation-policy.ts';

const newDirectory = () => mkdtempSync(join(tmpdir(), 'pitot-policy-'));
const events = (process: string, value: number, { name = 'c', nth = 0 } = {}) =>
  from(
    process,
    counter(name, number(value, { startTimeUnixNano: started + BigInt(nth), timeUnixNano: secondsIn(value) })),
  );

describe('durable_ack', () => {
  test('the answer waits until the contribution is on disk', async () => {
    const page = await accumulatedOutput({ directory: newDirectory() });
    const answer = page.store.append(events('a', 1));
    expect(answer).toBeInstanceOf(Promise);
    await answer;
    expect(page.settings.measured('pitot_file_storage_commits_total', { extension: 'file_storage' })).toBe(1);
    // A repeated point needs no write.
    expect(page.store.append(events('a', 1))).toBeUndefined();
    await page.stop();
  });

  test('requests that arrive together share a transaction', async () => {
    const page = await accumulatedOutput({ directory: newDirectory(), storageConfig: { commit_interval: '20ms' } });
    await Promise.all(Array.from({ length: 50 }, (_, i) => page.store.append(events(`p${i}`, 1, { nth: i }))));
    expect(page.settings.measured('pitot_file_storage_commits_total', { extension: 'file_storage' })).toBe(1);
    expect(page.samples()).toEqual(['c_total{job="airflow"} 50']);
    await page.stop();
  });

  test('off: the answer does not wait, and it is written all the same', async () => {
    const directory = newDirectory();
    const page = await accumulatedOutput({ directory, isAckDurable: false });
    expect(page.store.append(events('a', 1))).toBeUndefined();
    await page.policy.settled();
    await page.stop();
    const again = await accumulatedOutput({ directory });
    expect(again.samples()).toEqual(['c_total{job="airflow"} 1']);
    await again.stop();
  });

  test('without storage nothing waits', async () => {
    const page = await accumulatedOutput();
    expect(page.store.append(events('a', 1))).toBeUndefined();
    expect(page.policy.settled()).toBeUndefined();
  });
});

describe('only what changed is written', () => {
  test('one stream of many: a few rows, however many there are', async () => {
    const directory = newDirectory();
    const page = await accumulatedOutput({ directory });
    const grownBy = async (send: () => Promise<void>) => {
      const size = () => statSync(join(directory, 'file_storage.db-wal')).size;
      const before = size();
      await send();
      return size() - before;
    };
    const one = async (nth: number) => void (await page.store.append(events(`p${nth}`, 1, { name: `c${nth}`, nth })));
    await one(0);
    await one(1);
    for (let i = 2; i < 1_000; i++) page.store.append(events(`p${i}`, 1, { name: `c${i}`, nth: i }))?.catch(() => {});
    await page.policy.settled();
    // One page of the file per row and its index. All rows would take a hundred kilobytes.
    expect(await grownBy(() => one(1_000))).toBeLessThan(16 * 4_096);
    await page.stop();
  });
});

describe('a disk that is full', () => {
  test('clients receive a retryable error, /metrics continues, and everything is written after there is space', async () => {
    const directory = newDirectory();
    const page = await accumulatedOutput({ directory, storageConfig: { max_size_mib: 1 } });
    const refused: RetryableError[] = [];
    let nth = 0;
    while (refused.length === 0 && nth < 100) {
      const name = `c${nth}${'x'.repeat(20_000)}`;
      await page.store.append(events('a', 1, { name, nth }))?.catch((error) => refused.push(error));
      nth++;
    }
    expect(refused[0]).toBeInstanceOf(RetryableError);
    expect(refused[0]?.retryAfterSeconds).toBeGreaterThan(0);
    expect(refused[0]?.message).toContain('full');
    expect(page.problems).toEqual([expect.stringContaining('full')]);
    expect(page.settings.measured('pitot_file_storage_failing', { extension: 'file_storage' })).toBe(1);
    expect(page.samples()).toHaveLength(nth);
    // The client retries like an exporter, and nothing counts twice.
    await page.store.append(events('a', 1, { name: 'small', nth: 0 }))?.catch(() => {});
    expect(page.samples().find((line) => line.startsWith('small'))).toBe('small_total{job="airflow"} 1');
    // Half of the series expire, which makes room.
    page.settings.clock.advance(86_400_001);
    page.samples();
    await page.policy.settled();
    expect(page.problems.at(-1)).toBeUndefined();
    await page.store.append(events('a', 1, { name: 'after', nth: 1 }));
    await page.stop();
    const again = await accumulatedOutput({ directory });
    expect(again.samples()).toEqual(['after_total{job="airflow"} 1']);
    await again.stop();
  });
});

describe('storage that is not there', () => {
  const settings = testSettings('prometheus');
  const options = {
    ...settings,
    processAttributes: [],
    streamExpirationMs: 1,
    maxStreams: 1,
    seriesExpirationMs: 1,
    metricExpirationMs: 1,
    isZeroFirst: false,
    zeroHoldMs: 0,
    isAckDurable: true,
    classicBounds: () => [],
    maxTombstones: 1,
    historyMarginMs: 1,
    expirations: new Expirations([]),
    gauges: [],
    zeroHoldMaxMs: 1,
    fingerprint: '',
  };
  const registry = { restore: () => undefined, changed: () => {} };

  test('an id that no extension has', async () => {
    const policy = new AccumulationPolicy({ ...options, storage: 'file_storage/x' });
    const host = { extension: () => undefined, fatal: () => {} };
    await expect(policy.start(host, registry)).rejects.toThrow("storage client extension 'file_storage/x' not found");
  });

  test('an extension that stores nothing', async () => {
    const policy = new AccumulationPolicy({ ...options, storage: 'health_check' });
    const extension = { start: async () => {}, shutdown: async () => {} };
    const host = { extension: () => extension, fatal: () => {} };
    await expect(policy.start(host, registry)).rejects.toThrow("non-storage extension 'health_check' found");
  });
});

test('many changes do not wait for the end of the interval, because their transaction would take long', async () => {
  const storage = new MemoryStorage();
  const page = await accumulatedOutput({ storage });
  page.store.append(events('a', 1));
  expect(storage.hastened).toBe(0);
  const points = Array.from({ length: 2_000 }, (_, i) =>
    number(1, { startTimeUnixNano: started, attributes: attributes({ k: `${i}` }) }),
  );
  await page.store.append(from('b', counter('many', ...points)));
  expect(storage.hastened).toBeGreaterThan(0);
});
