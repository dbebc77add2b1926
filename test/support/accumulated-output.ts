import type { Host } from '#component/component.ts';
import type { StorageExtension } from '#component/extension.ts';
import { parseConfig } from '#config/schema.ts';
import { fileStorageConfig } from '#extensions/file-storage/config.ts';
import { FileStorage } from '#extensions/file-storage/file-storage.ts';
import type { Metric, Metrics } from '#pdata/metrics.ts';
import { type AccumulationOptions, AccumulationPolicy } from '#series/accumulation/accumulation-policy.ts';
import { Expirations } from '#series/expirations.ts';
import type { LabelRules } from '#series/scope-labels.ts';
import type { TargetInfoSource } from '#series/target-info/target-info-source.ts';
import { ManualClock, type TestSettings, testSettings } from './component-settings.ts';
import { request, resource } from './pdata.ts';
import { StoreOutput, sampleLines } from './store-output.ts';

/** State start of the tests, ns since the Unix epoch. The clock is stopped at this time. */
export const epoch = 1_700_000_000_000_000_000n;
/** Start time shortly after the state start, finer than a millisecond, as in SDKs. */
export const started = epoch + 1_000_000_001n;
/** Returns the time `seconds` after `started`, ns since the Unix epoch. */
export const secondsIn = (seconds: number): bigint => started + BigInt(Math.round(seconds * 1e9));

export interface AccumulatedOptions extends Partial<Omit<AccumulationOptions, 'storage' | 'classicBounds'>> {
  readonly settings?: TestSettings;
  /** Upper bounds of classic buckets for every unit. */
  readonly classicBounds?: readonly number[];
  /** A storage other than a file in `directory`. */
  readonly storage?: StorageExtension;
  /** Directory of a file_storage extension that persists totals. */
  readonly directory?: string;
  /** Raw settings of the storage in addition to `directory`. */
  readonly storageConfig?: object;
  readonly maxSeries?: number;
  readonly sendsTimestamps?: boolean;
  readonly labels?: LabelRules;
  readonly targetInfo?: TargetInfoSource;
}

/** Output of a store with accumulation. */
export interface AccumulatedOutput extends StoreOutput {
  readonly policy: AccumulationPolicy;
  readonly storage: StorageExtension | undefined;
  /** Problems that the storage reported. Undefined means recovery. */
  readonly problems: (string | undefined)[];
  /** Scrapes once and returns the sample lines. With `isAborted`, the response does not arrive completely. */
  scrape(options?: { readonly isAborted?: boolean; readonly scraper?: string }): string[];
  /** The sample lines that a request gets which is not from a scraper. */
  totals(): string[];
  /** Stops as on SIGTERM. */
  stop(): Promise<void>;
}

/** Starts a store with accumulation. By default, without initial zero and without storage. */
export async function accumulatedOutput(options: AccumulatedOptions = {}): Promise<AccumulatedOutput> {
  const settings = options.settings ?? testSettings('prometheus', new ManualClock(Number(epoch / 1_000_000n)));
  const { directory } = options;
  const problems: (string | undefined)[] = [];
  const storage =
    options.storage ?? (directory === undefined ? undefined : storageIn(directory, settings, options.storageConfig));
  const host: Host = {
    extension: (id) => (id === 'file_storage' ? storage : undefined),
    fatal: (error) => problems.push(error.message),
    reportStatus: (_, problem) => problems.push(problem?.message),
  };
  const policy = new AccumulationPolicy({
    processAttributes: ['service.instance.id'],
    streamExpirationMs: 3_600_000,
    maxStreams: 1_000_000,
    seriesExpirationMs: 86_400_000,
    metricExpirationMs: 300_000,
    isZeroFirst: false,
    zeroHoldMs: 0,
    isAckDurable: true,
    maxTombstones: 1_000_000,
    historyMarginMs: 86_400_000,
    expirations: new Expirations([]),
    gauges: [],
    zeroHoldMaxMs: 120_000,
    fingerprint: '',
    ...options,
    ...settings,
    classicBounds: () => options.classicBounds ?? [],
    storage: storage ? 'file_storage' : '',
  });
  const { maxSeries = 1_000_000, sendsTimestamps = false } = options;
  const { labels, targetInfo } = options;
  const page = new StoreOutput({
    settings,
    policy,
    maxSeries,
    sendsTimestamps,
    ...(labels && { labels }),
    ...(targetInfo && { targetInfo }),
  });
  await storage?.start(host);
  await policy.start(host, page.store);
  return Object.assign(page, {
    policy,
    storage,
    problems,
    scrape({ isAborted = false, scraper = 'prometheus' } = {}) {
      const number = page.store.beginScrape(scraper);
      const samples = page.samples();
      if (!isAborted) page.store.endScrape(scraper, number);
      return samples;
    },
    totals() {
      page.store.beginScrape('');
      return sampleLines([...page.store.collectTotals(settings.clock.monotonic())]);
    },
    async stop() {
      await policy.shutdown();
      await storage?.shutdown(new AbortController().signal);
    },
  });
}

/** Returns a request of one process. `''` means a process without an ID. */
export function from(process: string, ...metrics: Metric[]): Metrics {
  const id = process === '' ? {} : { 'service.instance.id': process };
  return request({ resource: resource({ 'service.name': 'airflow', ...id }) }, ...metrics);
}

function storageIn(directory: string, settings: TestSettings, raw: object = {}): FileStorage {
  const parsed = parseConfig(fileStorageConfig, { directory, commit_interval: '1ms', ...raw });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return new FileStorage(parsed.value, { ...settings, id: 'file_storage' });
}
