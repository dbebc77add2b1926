import type { BuildInfo } from '#build-info.ts';
import type { Clock, LogLevel, OwnMetrics } from '#component/component.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import type { Reading, ServiceViews } from '#component/views/service-views.ts';
import { fingerprintOf } from '#config/fingerprint.ts';
import { resourceAttributesOf, type TelemetryConfig } from '#config/telemetry-config.ts';
import { RejectionLog } from '#http/rejected-requests.ts';
import { defaultLogSettings, Log, type LogSettings } from '#telemetry/logger.ts';
import { metricsPage } from '#telemetry/metrics-page.ts';
import { MetricsRegistry } from '#telemetry/own-metrics.ts';
import { registerProcessMetrics } from '#telemetry/process-metrics.ts';
import { MetricsReaders } from './metrics-readers.ts';

interface TelemetryOptions {
  readonly build: BuildInfo;
  readonly clock: Clock;
}

/** The log and the metrics of a service. A reload can change their settings. */
export class ServiceTelemetry {
  readonly log: Log;
  readonly #registry = new MetricsRegistry();
  readonly #build: BuildInfo;
  #config: TelemetryConfig;
  readonly #rejected: RejectionLog;
  #views: ServiceViews | undefined;
  readonly #readers: MetricsReaders;

  /** Opens the log. @throws Error `failed to create logger: …` */
  constructor(config: TelemetryConfig, { build, clock }: TelemetryOptions) {
    this.#config = config;
    this.#build = build;
    this.log = new Log(this.#logSettings(config), {
      clock,
      onDrop: (_, reason) => dropped(reason).add(1),
    });
    const dropped = (reason: string) =>
      this.#registry.counter(
        'pitot_log_dropped_entries_total',
        'Total number of log entries dropped because an output was blocked.',
        { reason },
      );
    registerProcessMetrics(this.#registry, clock);
    this.#rejected = new RejectionLog({ id: 'telemetry', metrics: this.#registry, clock, logger: this.log.root });
    this.#readers = new MetricsReaders({
      registry: this.#registry,
      build,
      clock,
      logger: this.log.root,
      rejected: this.#rejected,
      views: () => this.#views,
    });
  }

  /** Set by the service. Used for the HTML page at `/` of port 8888 and for warnings about clients. */
  set serviceViews(views: ServiceViews) {
    this.#views = views;
    this.#rejected.views = views;
  }

  get metrics(): OwnMetrics {
    return this.#registry;
  }

  /** Returns the values of one of pitot's own metrics. */
  readings(name: string): readonly Reading[] {
    return this.#registry.readings(name);
  }

  /** Returns all of pitot's own metrics in the text format. */
  page(): Promise<string> {
    const resource = resourceAttributesOf(this.#config, this.#build);
    return metricsPage(this.#registry.registry, {
      resource,
      constantLabels: {},
      level: 'detailed',
      ...{ withoutUnits: false, withoutTypeSuffix: false, withoutScopeInfo: true },
    });
  }

  views(): ComponentViews {
    return { listeners: () => this.#readers.listeners(), rejected: () => this.#rejected.entries };
  }

  /** Opens the readers. @throws Error `failed to create meter provider: …` */
  async start(): Promise<void> {
    this.#logNotices();
    await this.#applyReaders(new AbortController().signal);
    this.log.root.info('Internal trace telemetry disabled');
  }

  /**
   * Applies other settings. Unchanged readers keep their listeners.
   * @throws Error if the previous settings remain active
   */
  async reconfigure(config: TelemetryConfig, deadline: AbortSignal): Promise<void> {
    const previous = this.#config;
    if (fingerprintOf(previous) === fingerprintOf(config)) return;
    await this.log.reconfigure(this.#logSettings(config));
    this.#config = config;
    this.#logNotices();
    try {
      await this.#applyReaders(deadline);
    } catch (error) {
      this.#config = previous;
      await this.log.reconfigure(this.#logSettings(previous));
      await this.#readers.apply(previous, deadline);
      throw error;
    }
  }

  async close(deadline: AbortSignal): Promise<void> {
    await this.#readers.close(deadline);
    await this.log.close();
  }

  async #applyReaders(deadline: AbortSignal): Promise<void> {
    if (this.#config.metrics.level === 'none') this.log.root.info('Internal metrics telemetry disabled');
    await this.#readers.apply(this.#config, deadline);
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
    const { resource, logs } = this.#config;
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
  }
}

const logLevels: Readonly<Record<TelemetryConfig['logs']['level'], LogLevel | 'none'>> = {
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  error: 'error',
  dpanic: 'none',
  panic: 'none',
  fatal: 'none',
};
