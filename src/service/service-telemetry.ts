import type { BuildInfo } from '../build-info.ts';
import type { Clock, LogLevel, OwnMetrics } from '../component/component.ts';
import { type MetricsReaderConfig, resourceAttributesOf, type TelemetryConfig } from '../config/telemetry-config.ts';
import { defaultLogSettings, Log, type LogSettings } from '../telemetry/logger.ts';
import { metricsPage, pageContentType } from '../telemetry/metrics-page.ts';
import { MetricsServer } from '../telemetry/metrics-server.ts';
import { MetricsRegistry } from '../telemetry/own-metrics.ts';
import { registerProcessMetrics } from '../telemetry/process-metrics.ts';

interface TelemetryOptions {
  readonly build: BuildInfo;
  readonly clock: Clock;
}

/** What a service tells about itself: its log and its metrics. A reload puts other settings in force. */
export class ServiceTelemetry {
  readonly log: Log;
  readonly #registry = new MetricsRegistry();
  readonly #build: BuildInfo;
  #config: TelemetryConfig;
  #servers: { readonly key: string; readonly server: MetricsServer }[] = [];

  /** Opens the log. @throws Error `failed to create logger: …` */
  constructor(config: TelemetryConfig, { build, clock }: TelemetryOptions) {
    this.#config = config;
    this.#build = build;
    this.log = new Log(this.#logSettings(config), {
      clock,
      onDrop: (_, reason) => dropped(reason).add(1),
    });
    const dropped = (reason: string) =>
      this.#registry.counter('pitot_log_dropped_entries', 'Log entries that an output did not take', { reason });
    registerProcessMetrics(this.#registry, clock);
  }

  get metrics(): OwnMetrics {
    return this.#registry;
  }

  /** Opens the listeners of the readers. @throws Error `failed to create meter provider: …` */
  async start(): Promise<void> {
    this.#logNotices();
    await this.#openServers();
    this.log.root.info('Internal trace telemetry disabled');
  }

  /** Puts other settings in force: readers that stay the same keep their listeners. @throws Error, and the old ones stay */
  async reconfigure(config: TelemetryConfig, deadline: AbortSignal): Promise<void> {
    const previous = this.#config;
    if (JSON.stringify(previous) === JSON.stringify(config)) return;
    await this.log.reconfigure(this.#logSettings(config));
    this.#config = config;
    this.#logNotices();
    const wanted = new Set(this.#pullReaders().map(({ key }) => key));
    for (const { key, server } of this.#servers) if (!wanted.has(key)) await server.close(deadline);
    this.#servers = this.#servers.filter(({ key }) => wanted.has(key));
    await this.#openServers();
  }

  async close(deadline: AbortSignal): Promise<void> {
    await Promise.all(this.#servers.map(({ server }) => server.close(deadline)));
    await this.log.close();
  }

  async #openServers(): Promise<void> {
    if (this.#config.metrics.level === 'none') this.log.root.info('Internal metrics telemetry disabled');
    for (const { key, settings } of this.#pullReaders()) {
      if (this.#servers.some((open) => open.key === key)) continue;
      const server = new MetricsServer({
        host: settings.host,
        port: settings.port,
        logger: this.log.root,
        contentType: pageContentType,
        page: () => this.#page(settings),
      });
      try {
        await server.start();
      } catch (error) {
        throw new Error(`failed to create meter provider: ${(error as Error).message}`, { cause: error });
      }
      this.#servers.push({ key, server });
    }
  }

  #pullReaders(): { readonly key: string; readonly settings: PrometheusReader }[] {
    const { level, readers } = this.#config.metrics;
    if (level === 'none') return [];
    return readers.flatMap(({ pull }) => {
      const settings = pull?.exporter.prometheus;
      return settings ? [{ key: JSON.stringify(settings), settings }] : [];
    });
  }

  #page(settings: PrometheusReader): Promise<string> {
    const resource = resourceAttributesOf(this.#config, this.#build);
    const { withResourceConstantLabels: chosen } = settings;
    const matches = (patterns: readonly string[] = [], key: string) =>
      patterns.some((pattern) => glob(pattern).test(key));
    const constantLabels = Object.fromEntries(
      Object.entries(resource).filter(([key]) => matches(chosen?.included, key) && !matches(chosen?.excluded, key)),
    );
    return metricsPage(this.#registry.registry, {
      ...settings,
      resource,
      constantLabels,
      level: this.#config.metrics.level,
    });
  }

  #logSettings(config: TelemetryConfig): LogSettings {
    const { logs } = config;
    if (logs.encoding !== 'console' && logs.encoding !== 'json') {
      throw new Error(`failed to create logger: no encoder registered for name ${JSON.stringify(logs.encoding)}`);
    }
    const { enabled, ...sampling } = logs.sampling;
    return {
      ...defaultLogSettings,
      level: logLevels[logs.level],
      encoding: logs.encoding,
      disableCaller: logs.disableCaller,
      sampling: enabled ? sampling : undefined,
      outputPaths: logs.outputPaths,
      initialFields: (logs.initialFields ?? {}) as LogSettings['initialFields'],
      resource: logs.disableZapResource ? undefined : resourceAttributesOf(config, this.#build),
    };
  }

  #logNotices(): void {
    const { resource, logs, metrics } = this.#config;
    const { root } = this.log;
    const legacy = Object.keys(resource.legacy).sort();
    if (legacy.length > 0) {
      root.warn(
        'Using legacy service.telemetry.resource inline map format; prefer service.telemetry.resource.attributes (array of maps with `name` and `value` keys)',
        { legacy_resource_attributes: legacy },
      );
    }
    if (logs.processors.length > 0)
      root.warn('service::telemetry::logs::processors is not served: logs are not exported');
    if (metrics.readers.some(({ periodic }) => periodic?.exporter.console)) {
      root.warn('The console exporter of a periodic metrics reader is not served');
    }
  }
}

type PrometheusReader = NonNullable<NonNullable<MetricsReaderConfig['pull']>['exporter']['prometheus']>;

const logLevels: Readonly<Record<TelemetryConfig['logs']['level'], LogLevel | 'none'>> = {
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
  dpanic: 'none',
  panic: 'none',
  fatal: 'none',
};

/** `*` and `?` in names of resource attributes. */
function glob(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
