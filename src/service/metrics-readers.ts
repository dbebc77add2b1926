import type { BuildInfo } from '#build-info.ts';
import type { Clock, Logger } from '#component/component.ts';
import type { ListenerView } from '#component/views/component-views.ts';
import type { ServiceViews } from '#component/views/service-views.ts';
import { fingerprintOf } from '#config/fingerprint.ts';
import { type MetricsReaderConfig, resourceAttributesOf, type TelemetryConfig } from '#config/telemetry-config.ts';
import type { RejectionLog } from '#http/rejected-requests.ts';
import { metricsPage, pageContentType } from '#telemetry/metrics-page.ts';
import { MetricsServer } from '#telemetry/metrics-server.ts';
import type { MetricsRegistry } from '#telemetry/own-metrics.ts';
import { headersList } from '#telemetry/push/headers-list.ts';

interface ReadersOptions {
  readonly registry: MetricsRegistry;
  readonly build: BuildInfo;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly rejected: RejectionLog;
  readonly views: () => ServiceViews | undefined;
}

/** A server for scrapes, or a push at intervals. */
interface OpenReader {
  /** Readers with equal keys are interchangeable: a reload keeps the running one. */
  readonly key: string;
  close(deadline: AbortSignal): Promise<void>;
  readonly listeners?: () => readonly ListenerView[];
}

type PrometheusReader = NonNullable<NonNullable<MetricsReaderConfig['pull']>['exporter']['prometheus']>;
type PeriodicReader = NonNullable<MetricsReaderConfig['periodic']>;

/** The readers of pitot's own metrics, `service.telemetry.metrics.readers`. */
export class MetricsReaders {
  readonly #options: ReadersOptions;
  #open: OpenReader[] = [];

  constructor(options: ReadersOptions) {
    this.#options = options;
  }

  /** Opens the readers that `config` adds and closes those that it removes. @throws Error `failed to create meter provider: …` */
  async apply(config: TelemetryConfig, deadline: AbortSignal): Promise<void> {
    const { level } = config.metrics;
    const resource = resourceAttributesOf(config, this.#options.build);
    const wanted =
      level === 'none'
        ? []
        : config.metrics.readers.map((reader) => ({ reader, key: keyOf(reader, [level, resource]) }));
    const keys = new Set(wanted.map(({ key }) => key));
    const gone = this.#open.filter(({ key }) => !keys.has(key));
    this.#open = this.#open.filter(({ key }) => keys.has(key));
    await Promise.all(gone.map((reader) => reader.close(deadline)));
    for (const { reader, key } of wanted) {
      if (this.#open.some((open) => open.key === key)) continue;
      try {
        const opened = await this.#openReader(reader, config);
        if (opened) this.#open.push({ key, ...opened });
      } catch (error) {
        throw new Error(`failed to create meter provider: ${(error as Error).message}`, { cause: error });
      }
    }
  }

  listeners(): readonly ListenerView[] {
    return this.#open.flatMap((reader) => reader.listeners?.() ?? []);
  }

  async close(deadline: AbortSignal): Promise<void> {
    await Promise.all(this.#open.map((reader) => reader.close(deadline)));
    this.#open = [];
  }

  async #openReader(
    { pull, periodic }: MetricsReaderConfig,
    config: TelemetryConfig,
  ): Promise<Omit<OpenReader, 'key'> | undefined> {
    if (pull) {
      if (!pull.exporter.prometheus) throw new Error('no valid metric exporter');
      return this.#serve(pull.exporter.prometheus, config);
    }
    if (periodic) {
      const close = await this.#pushAtIntervals(periodic, config);
      return close && { close };
    }
    throw new Error('no valid metric reader');
  }

  async #serve(settings: PrometheusReader, config: TelemetryConfig): Promise<Omit<OpenReader, 'key'>> {
    const server = new MetricsServer({
      host: settings.host,
      port: settings.port,
      allowedHosts: settings.allowedHosts,
      logger: this.#options.logger,
      contentType: pageContentType,
      page: () => this.#page(settings, config),
      rejected: this.#options.rejected,
      views: this.#options.views,
    });
    await server.start();
    return { close: (deadline) => server.close(deadline), listeners: () => server.listeners() };
  }

  #page(settings: PrometheusReader, config: TelemetryConfig): Promise<string> {
    const { registry, build } = this.#options;
    const resource = resourceAttributesOf(config, build);
    const { withResourceConstantLabels: chosen } = settings;
    const matches = (patterns: readonly string[] = [], key: string) =>
      patterns.some((pattern) => glob(pattern).test(key));
    const constantLabels = Object.fromEntries(
      Object.entries(resource).filter(([key]) => matches(chosen?.included, key) && !matches(chosen?.excluded, key)),
    );
    const { level } = config.metrics;
    return metricsPage(registry.registry, { ...settings, resource, constantLabels, level });
  }

  async #pushAtIntervals(
    { interval, timeout, exporter }: PeriodicReader,
    config: TelemetryConfig,
  ): Promise<OpenReader['close'] | undefined> {
    const { registry, build, clock, logger } = this.#options;
    const { otlp, console } = exporter;
    if (console) {
      logger.warn('The console exporter of a periodic metrics reader is not served');
      return undefined;
    }
    if (!otlp || otlp.protocol === '') throw new Error('no valid metric exporter');
    const preference = otlp.temporalityPreference;
    if (!['', 'cumulative', 'delta', 'lowmemory'].includes(preference)) {
      throw new Error(`unsupported temporality preference ${JSON.stringify(preference)}`);
    }
    if (preference === 'delta' || preference === 'lowmemory') {
      logger.warn('Own metrics are pushed as cumulative; temporality_preference has no effect', { preference });
    }
    // Loaded only if used, because it delays the start.
    const { MetricsPusher } = await import('#telemetry/push/metrics-pusher.ts');
    const pusher = new MetricsPusher({
      destination: { ...otlp, headers: [...headersList(otlp.headersList), ...otlp.headers] },
      intervalMs: interval,
      timeoutMs: Math.min(timeout, otlp.timeout),
      registry: registry.registry,
      resource: resourceAttributesOf(config, build),
      version: build.version,
      level: config.metrics.level,
      clock,
      logger,
    });
    pusher.start();
    return (deadline) => pusher.close(deadline);
  }
}

function keyOf(reader: MetricsReaderConfig, context: unknown): string {
  return fingerprintOf([reader, context]);
}

/** Converts `*` and `?` in names of resource attributes to a regular expression. */
function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
