import type { ComponentSettings, Host, Logger } from '#component/component.ts';
import { eventLoop } from '#flow/event-loop.ts';
import { Lane } from '#flow/lane.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { isUnset } from '#prometheus/from-otlp/resource-labels-config.ts';
import type { ResourceToTelemetry } from '#prometheus/from-otlp/resource-to-telemetry.ts';
import { translationOf } from '#prometheus/from-otlp/translation.ts';
import type { ByteString, MetricFamily } from '#prometheus/metric-family.ts';
import type { LabelNamer } from '#prometheus/naming/label-namer.ts';
import { createPolicy } from '../create-policy.ts';
import { StoreInspector } from '../inspect/store-inspector.ts';
import { LogOnce } from '../log-once.ts';
import type { SeriesPolicy } from '../policy.ts';
import { SeriesStore } from '../series-store.ts';
import { createTargetInfoSource } from '../target-info/create-target-info-source.ts';
import { AppendInSlices } from './append-in-slices.ts';
import { resourceLabelsOf, resourceLabelsOfCollector } from './resource-labels.ts';
import { seriesFingerprint } from './series-fingerprint.ts';
import type { SeriesOwnerConfig } from './series-owner-config.ts';
import { ShortLivedProcesses } from './short-lived-processes.ts';

/** Minimum and maximum interval of the background sweep, ms. */
const minSweepMs = 1_000;
const maxSweepMs = 60_000;

/** The families of one scrape or push. */
export interface CollectedFamilies {
  readonly families: readonly MetricFamily[];
  /** Settles when everything that the families contain is on disk. Await it before they leave the process. */
  settled(): Promise<void> | undefined;
  /** Call when the receiver has all of them. */
  sent(): void;
}

/** The series of one exporter: store, policy, translation, and the background sweep. Used by every exporter that shows or pushes totals. */
export class SeriesOwner {
  readonly store: SeriesStore;
  readonly inspector: StoreInspector;
  /** Name of the target_info family. */
  readonly targetInfoName: ByteString;
  readonly #config: SeriesOwnerConfig;
  readonly #settings: ComponentSettings;
  readonly #policy: SeriesPolicy;
  readonly #resourceToTelemetry: ResourceToTelemetry | undefined;
  readonly #shortLivedProcesses: ShortLivedProcesses;
  readonly #requests: AppendInSlices;
  /** Runs passes over all series one after the other: scrapes, pushes, and the background sweep. */
  readonly #upkeep = new Lane();
  /** Called after each sweep. */
  readonly #onSwept: () => void;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(config: SeriesOwnerConfig, settings: ComponentSettings, onSwept: () => void = () => {}) {
    this.#config = config;
    this.#settings = settings;
    this.#onSwept = onSwept;
    this.#shortLivedProcesses = new ShortLivedProcesses(settings);
    const isWatched = !config.accumulation.enabled;
    const { strategy, labelNamer, metricNamer, targetInfoName } = translationOf(
      { ...config, keepsSeries: config.accumulation.enabled },
      settings.logger,
    );
    this.targetInfoName = targetInfoName;
    this.#policy = createPolicy(config, {
      settings,
      fingerprint: seriesFingerprint(config),
      translationStrategy: strategy,
      onRestart: (series) => this.#shortLivedProcesses.restarted(series),
    });
    this.store = new SeriesStore({
      policy: this.#policy,
      labels: {
        constLabels: new Map(Object.entries(config.constLabels)),
        hasScopeLabels: !config.withoutScopeInfo,
        labelName: loggedLabelName(labelNamer, settings.logger),
      },
      namer: metricNamer,
      targetInfoName,
      targetInfo: createTargetInfoSource(config),
      sendsTimestamps: config.sendTimestamps,
      expirationMs: config.metricExpiration,
      maxSeries: config.maxSeries,
      ...settings,
      ...(isWatched && { onNewCounter: (series) => this.#shortLivedProcesses.appeared(series) }),
    });
    this.#resourceToTelemetry = resourceLabelsOf(config, settings);
    this.inspector = new StoreInspector(this.store, resourceLabelsOfCollector(config));
    this.#requests = new AppendInSlices((metrics) => this.#append(metrics));
  }

  /** Restores the series. @throws Error that the user sees */
  async start(host: Host): Promise<void> {
    const { logger } = this.#settings;
    if (!isUnset(this.#config.resourceToTelemetryConversion)) {
      // Same text as the Collector.
      logger.warn('resource_to_telemetry_conversion is deprecated; use resource_constant_labels instead');
    }
    await this.#policy.start(host, this.store);
    this.#sweeper = setInterval(
      () => void this.#sweep().catch((error) => logger.error('Background sweep failed', { error: String(error) })),
      this.#sweepMs(),
    ).unref();
  }

  /** Applies a request. The promise, if any, settles when its contributions are on disk. */
  append(metrics: Metrics): Promise<void> | undefined {
    return this.#requests.append(metrics);
  }

  /** Collects the families for a scraper, or without initial zeros for `''`. */
  collect(scraper: string): Promise<CollectedFamilies> {
    return this.#upkeep.enter(async () => {
      const { store } = this;
      const scrape = store.beginScrape(scraper);
      const nowMs = this.#settings.clock.monotonic();
      const families = await eventLoop.begin(scraper === '' ? store.collectingTotals(nowMs) : store.collecting(nowMs));
      this.#shortLivedProcesses.evaluate();
      return {
        families,
        settled: () => this.#policy.settled(),
        sent: () => store.endScrape(scraper, scrape),
      };
    });
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#policy.shutdown(deadline);
  }

  #append(metrics: Metrics): Promise<void> | undefined {
    const converted = this.#resourceToTelemetry?.convert(metrics) ?? metrics;
    const durable = this.store.append(converted);
    this.inspector.applied(converted);
    return durable;
  }

  async #sweep(): Promise<void> {
    // It does not wait for long scrapes, each of which does the same.
    if (!this.#upkeep.isFree) return;
    await this.#upkeep.enter(async () => eventLoop.begin(this.store.sweeping(this.#settings.clock.monotonic())));
    this.#onSwept();
    this.#shortLivedProcesses.evaluate();
  }

  #sweepMs(): number {
    const { metricExpiration, accumulation } = this.#config;
    const expirationMs = metricExpiration > 0 ? metricExpiration : maxSweepMs;
    const wanted = accumulation.enabled ? Math.min(expirationMs, accumulation.streamExpiration) : expirationMs;
    return Math.min(Math.max(wanted, minSweepMs), maxSweepMs);
  }
}

/** Maximum number of attribute keys to log with their substituted label names. */
const maxRenamedKeys = 20;

/** Returns a function that names labels and logs the attribute keys that escaping turns into invalid names. */
function loggedLabelName(namer: LabelNamer, logger: Logger): (key: string) => string | undefined {
  const renamed = new LogOnce(logger, maxRenamedKeys);
  return (key) => {
    const label = namer.name(key);
    // `key_1x` is a name that the Prometheus translator produces.
    if (label?.startsWith('key_') && !/^(?:key_|[0-9])/.test(key)) {
      renamed.warn(key, 'Attribute key has no valid label name; using another one', { key, label });
    }
    return label;
  };
}
