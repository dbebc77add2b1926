import type { Component, ComponentSettings, Host, StatusTable } from '#component/component.ts';
import { type ClientContext, type Consumer, noClientContext } from '#component/consumer.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import { ExporterHelper } from '#exporterhelper/exporter-helper.ts';
import { memoryReserve } from '#flow/memory-reserve.ts';
import { type HttpServer, openHttpServer } from '#http/http-server.ts';
import { addLandingPage } from '#http/landing-page.ts';
import { RejectionLog } from '#http/rejected-requests.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { ExpositionRenderer } from '#prometheus/exposition/exposition-renderer.ts';
import { registerMetricsRoute } from '#prometheus/exposition/metrics-route.ts';
import { StorePush } from '#remote-write/store-push.ts';
import { remoteWriteUserAgent } from '#remote-write/user-agent.ts';
import { SeriesOwner } from '#series/owner/series-owner.ts';
import { statusTablesOf } from '#series/owner/status-tables.ts';
import type { SeriesStore } from '#series/series-store.ts';
import type { PrometheusConfig } from './config.ts';
import { OmittedSeries } from './omitted-series.ts';
import { observeExporter } from './own-metrics.ts';
import { ScrapeLog } from './scrape-log.ts';
import { scraperOf } from './scraper.ts';

/** Memory that a scrape may need while it is rendered and compressed, bytes. */
const scrapeBytes = 16 * 1024 * 1024;
/** Two Prometheus servers can always scrape at the same time. */
const fewestScrapes = 2;

/** Returns the number of scrapes for which there is memory. */
const affordableScrapes = () => Math.max(memoryReserve.affordable(scrapeBytes), fewestScrapes);

/**
 * The prometheus exporter: stores the received series and exposes them on `/metrics`. The instance owns the stored
 * series. If a reload does not change its configuration, the running instance is reused in the new pipelines.
 */
export class PrometheusExporter implements Component, Consumer<Metrics> {
  readonly #config: PrometheusConfig;
  readonly #settings: ComponentSettings;
  readonly #owner: SeriesOwner;
  readonly #renderer: ExpositionRenderer;
  readonly #helper: ExporterHelper<'metrics'>;
  readonly #scrapes: ScrapeLog;
  readonly #rejected: RejectionLog;
  /** `remote_write`, if it is configured. */
  readonly #push: StorePush | undefined;
  #server: HttpServer | undefined;

  /** @throws Error if there is no endpoint */
  constructor(config: PrometheusConfig, settings: ComponentSettings) {
    if (config.endpoint.trim() === '') {
      throw new Error('expecting a non-blank address to run the Prometheus metrics handler');
    }
    this.#config = config;
    this.#settings = settings;
    this.#owner = new SeriesOwner(config, settings, () => this.#renderer.sweep());
    const { remoteWrite } = config;
    this.#push =
      remoteWrite &&
      new StorePush(
        { ...remoteWrite, client: remoteWrite },
        { settings, userAgent: remoteWriteUserAgent, collect: (scraper) => this.#owner.collect(scraper) },
      );
    const omitted = new OmittedSeries(settings);
    this.#renderer = new ExpositionRenderer({
      clock: settings.clock,
      onOmittedSeries: (family) => omitted.add(family),
    });
    this.#scrapes = new ScrapeLog(settings.clock);
    this.#rejected = new RejectionLog(settings);
    this.#helper = new ExporterHelper({
      signal: 'metrics',
      settings,
      send: (metrics) => this.#owner.append(metrics),
    });
  }

  /** The store, for the status page. */
  get store(): SeriesStore {
    return this.#owner.store;
  }

  async start(host: Host): Promise<void> {
    this.#rejected.views = host.views;
    const { logger, id, metrics } = this.#settings;
    if (this.#config.metricExpiration <= 0) {
      logger.warn(
        'metric_expiration is 0, so every series expires immediately and /metrics is empty; set a duration or `never`',
      );
    }
    await this.#owner.start(host);
    this.#server = openHttpServer({
      config: this.#config,
      logger,
      host,
      metrics,
      name: id,
      rejected: this.#rejected,
      reasonOfUnknownPath: ({ method }) => (method === 'POST' ? 'wrong_port' : undefined),
    });
    const { maxConcurrentScrapes } = this.#config;
    const observe = observeExporter({ ...this.#settings, store: this.store, renderer: this.#renderer });
    addLandingPage(this.#server.app, () => host.views);
    registerMetricsRoute(this.#server.app, {
      collect: async (request) => {
        const scraper = scraperOf(request, this.#config.accumulation.zeroFirst === 'all');
        if (affordableScrapes() === fewestScrapes) await memoryReserve.free(Number.POSITIVE_INFINITY);
        return { ...(await this.#owner.collect(scraper)), gatherError: undefined };
      },
      renderer: this.#renderer,
      offersOpenMetrics: this.#config.enableOpenMetrics,
      logger,
      clock: this.#settings.clock,
      maxScrapes: () => Math.min(affordableScrapes(), maxConcurrentScrapes),
      onRefused: observe.refused,
      observe: (scrape, request) => {
        observe.scraped(scrape);
        this.#scrapes.record(scrape, request);
      },
    });
    await this.#server.listen();
    await this.#push?.start(host);
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
      series: this.#owner.inspector,
      scrapes: () => this.#scrapes.view(),
    };
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    await this.#server?.close(deadline);
    await this.#push?.shutdown(deadline);
    await this.#owner.shutdown(deadline);
  }
}
