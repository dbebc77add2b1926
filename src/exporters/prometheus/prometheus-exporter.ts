import type { IncomingMessage } from 'node:http';
import type { Component, ComponentSettings, Host, Logger, StatusTable } from '#component/component.ts';
import { type ClientContext, type Consumer, noClientContext } from '#component/consumer.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import { ExporterHelper } from '#exporterhelper/exporter-helper.ts';
import { eventLoop } from '#flow/event-loop.ts';
import { Lane } from '#flow/lane.ts';
import { type HttpServer, openHttpServer } from '#http/http-server.ts';
import { addLandingPage } from '#http/landing-page.ts';
import { RejectionLog } from '#http/rejected-requests.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { ExpositionRenderer } from '#prometheus/exposition/exposition-renderer.ts';
import { type Collected, registerMetricsRoute } from '#prometheus/exposition/metrics-route.ts';
import { resourceLabelMatcher } from '#prometheus/from-otlp/resource-label-matcher.ts';
import { isUnset } from '#prometheus/from-otlp/resource-labels-config.ts';
import { ResourceToTelemetry } from '#prometheus/from-otlp/resource-to-telemetry.ts';
import { translationOf } from '#prometheus/from-otlp/translation.ts';
import type { LabelNamer } from '#prometheus/naming/label-namer.ts';
import { createPolicy } from '#series/create-policy.ts';
import { StoreInspector } from '#series/inspect/store-inspector.ts';
import { LogOnce } from '#series/log-once.ts';
import type { SeriesPolicy } from '#series/policy.ts';
import { SeriesStore } from '#series/series-store.ts';
import { createTargetInfoSource } from '#series/target-info/create-target-info-source.ts';
import { AppendInSlices } from './append-in-slices.ts';
import type { PrometheusConfig } from './config.ts';
import { OmittedSeries } from './omitted-series.ts';
import { observeExporter } from './own-metrics.ts';
import { ResourceAttributeValues } from './resource-attribute-values.ts';
import { ScrapeLog } from './scrape-log.ts';
import { scraperOf } from './scraper.ts';
import { seriesFingerprint } from './series-fingerprint.ts';
import { ShortLivedProcesses } from './short-lived-processes.ts';
import { statusTablesOf } from './status-tables.ts';

/** Minimum and maximum interval of the background sweep, ms. */
const minSweepMs = 1_000;
const maxSweepMs = 60_000;
const dayMs = 86_400_000;

/**
 * The prometheus exporter: stores the received series and exposes them on `/metrics`. The instance owns the stored
 * series. If a reload does not change its configuration, the running instance is reused in the new pipelines.
 */
export class PrometheusExporter implements Component, Consumer<Metrics> {
  /** The store, for the status page. */
  readonly store: SeriesStore;
  readonly #config: PrometheusConfig;
  readonly #settings: ComponentSettings;
  readonly #policy: SeriesPolicy;
  readonly #renderer: ExpositionRenderer;
  readonly #resourceToTelemetry: ResourceToTelemetry | undefined;
  readonly #shortLivedProcesses: ShortLivedProcesses;
  readonly #requests: AppendInSlices;
  /** What goes through all series, one after the other: scrapes and the background sweep. */
  readonly #upkeep = new Lane();
  readonly #helper: ExporterHelper<'metrics'>;
  readonly #inspector: StoreInspector;
  readonly #scrapes: ScrapeLog;
  readonly #rejected: RejectionLog;
  #server: HttpServer | undefined;
  #sweeper: NodeJS.Timeout | undefined;

  /** @throws Error if there is no endpoint */
  constructor(config: PrometheusConfig, settings: ComponentSettings) {
    if (config.endpoint.trim() === '') {
      throw new Error('expecting a non-blank address to run the Prometheus metrics handler');
    }
    this.#config = config;
    this.#settings = settings;
    this.#shortLivedProcesses = new ShortLivedProcesses(settings);
    const isWatched = !config.accumulation.enabled;
    const { strategy, labelNamer, metricNamer, targetInfoName } = translationOf(
      { ...config, keepsSeries: config.accumulation.enabled },
      settings.logger,
    );
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
    const omitted = new OmittedSeries(settings);
    this.#renderer = new ExpositionRenderer({
      clock: settings.clock,
      onOmittedSeries: (family) => omitted.add(family),
    });
    this.#resourceToTelemetry = resourceConversion(config, settings);
    this.#inspector = new StoreInspector(this.store);
    this.#scrapes = new ScrapeLog(settings.clock);
    this.#rejected = new RejectionLog(settings);
    this.#requests = new AppendInSlices((metrics) => this.#append(metrics));
    this.#helper = new ExporterHelper({
      signal: 'metrics',
      settings,
      send: (metrics) => this.#requests.append(metrics),
    });
  }

  async start(host: Host): Promise<void> {
    this.#rejected.views = host.views;
    const { logger, id, metrics } = this.#settings;
    if (this.#config.metricExpiration <= 0) {
      logger.warn(
        'metric_expiration is 0, so every series expires immediately and /metrics is empty; set a duration or `never`',
      );
    }
    if (!isUnset(this.#config.resourceToTelemetryConversion)) {
      // Same text as the Collector.
      logger.warn('resource_to_telemetry_conversion is deprecated; use resource_constant_labels instead');
    }
    await this.#policy.start(host, this.store);
    this.#server = openHttpServer({
      config: this.#config,
      logger,
      host,
      metrics,
      name: id,
      rejected: this.#rejected,
      reasonOfUnknownPath: ({ method }) => (method === 'POST' ? 'wrong_port' : undefined),
    });
    const observe = observeExporter({ ...this.#settings, store: this.store, renderer: this.#renderer });
    addLandingPage(this.#server.app, () => host.views);
    registerMetricsRoute(this.#server.app, {
      collect: (request) => this.#collect(request),
      renderer: this.#renderer,
      offersOpenMetrics: this.#config.enableOpenMetrics,
      logger,
      clock: this.#settings.clock,
      maxScrapes: this.#config.maxConcurrentScrapes,
      onRefused: observe.refused,
      observe: (scrape, request) => {
        observe.scraped(scrape);
        this.#scrapes.record(scrape, request);
      },
    });
    await this.#server.listen();
    this.#sweeper = setInterval(
      () => void this.#sweep().catch((error) => logger.error('Background sweep failed', { error: String(error) })),
      this.#sweepMs(),
    ).unref();
  }

  consume(metrics: Metrics, context: ClientContext = noClientContext): Promise<void> | undefined {
    return this.#helper.consume(metrics, context);
  }

  statusTables(): readonly StatusTable[] {
    return statusTablesOf(this.store);
  }

  views(): ComponentViews {
    return {
      listeners: () => this.#server?.listeners('metrics', '/metrics') ?? [],
      rejected: () => this.#rejected.entries,
      series: this.#inspector,
      scrapes: () => this.#scrapes.view(),
    };
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    clearInterval(this.#sweeper);
    await this.#server?.close(deadline);
    await this.#policy.shutdown(deadline);
  }

  #append(metrics: Metrics): Promise<void> | undefined {
    const converted = this.#resourceToTelemetry?.convert(metrics) ?? metrics;
    const durable = this.store.append(converted);
    this.#inspector.applied(converted);
    return durable;
  }

  #collect(request: IncomingMessage): Promise<Collected> {
    return this.#upkeep.enter(() => this.#collectNow(request));
  }

  async #collectNow(request: IncomingMessage): Promise<Collected> {
    const { store } = this;
    const scraper = scraperOf(request, this.#config.accumulation.zeroFirst === 'all');
    const scrape = store.beginScrape(scraper);
    const nowMs = this.#settings.clock.monotonic();
    const families = await eventLoop.begin(scraper === '' ? store.collectingTotals(nowMs) : store.collecting(nowMs));
    this.#shortLivedProcesses.evaluate();
    return {
      families,
      gatherError: undefined,
      settled: () => this.#policy.settled(),
      sent: () => store.endScrape(scraper, scrape),
    };
  }

  async #sweep(): Promise<void> {
    // It does not wait for long scrapes, each of which does the same.
    if (!this.#upkeep.isFree) return;
    await this.#upkeep.enter(async () => eventLoop.begin(this.store.sweeping(this.#settings.clock.monotonic())));
    this.#renderer.sweep();
    this.#shortLivedProcesses.evaluate();
  }

  #sweepMs(): number {
    const { metricExpiration, accumulation } = this.#config;
    const expirationMs = metricExpiration > 0 ? metricExpiration : maxSweepMs;
    const wanted = accumulation.enabled ? Math.min(expirationMs, accumulation.streamExpiration) : expirationMs;
    return Math.min(Math.max(wanted, minSweepMs), maxSweepMs);
  }
}

function resourceConversion(config: PrometheusConfig, settings: ComponentSettings) {
  const { resourceConstantLabels, resourceToTelemetryConversion, accumulation } = config;
  const isIncluded = resourceLabelMatcher(
    isUnset(resourceConstantLabels) ? resourceToTelemetryConversion : resourceConstantLabels,
  );
  if (!isIncluded) return undefined;
  if (!accumulation.enabled) return new ResourceToTelemetry(isIncluded);
  const processAttributes = new Set(accumulation.processAttributes);
  const values = new ResourceAttributeValues({ ...settings, windowMs: Math.min(accumulation.seriesExpiration, dayMs) });
  return new ResourceToTelemetry(
    (key) => !processAttributes.has(key) && isIncluded(key),
    (added) => values.add(added),
  );
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
