import type { Component, ComponentSettings, Host, StatusTable } from '#component/component.ts';
import { type ClientContext, type Consumer, noClientContext } from '#component/consumer.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import { ExporterHelper } from '#exporterhelper/exporter-helper.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { StorePush } from '#remote-write/store-push.ts';
import { remoteWriteUserAgent } from '#remote-write/user-agent.ts';
import { SeriesOwner } from '#series/owner/series-owner.ts';
import { statusTablesOf } from '#series/owner/status-tables.ts';
import { batchBytesOf, clientOf } from './client-settings.ts';
import type { RemoteWriteConfig } from './config.ts';
import { strategyOf } from './create-translator.ts';

/**
 * The prometheusremotewrite exporter with `push_interval`: stores the series as the prometheus exporter does, and writes all of them to the
 * receiver at the interval.
 */
export class TotalsExporter implements Component, Consumer<Metrics> {
  readonly #owner: SeriesOwner;
  readonly #push: StorePush;
  readonly #helper: ExporterHelper<'metrics'>;

  /** @throws Error if the endpoint is not a URL */
  constructor(config: RemoteWriteConfig, settings: ComponentSettings) {
    const owner = new SeriesOwner(
      {
        ...config,
        translationStrategy: strategyOf(config),
        constLabels: {},
        withoutScopeInfo: config.disableScopeInfo,
        sendTimestamps: false,
      },
      settings,
    );
    this.#owner = owner;
    this.#push = new StorePush(
      { ...config, client: clientOf(config), maxBatchSizeBytes: batchBytesOf(config) },
      {
        settings,
        userAgent: remoteWriteUserAgent,
        collect: async (scraper) => {
          const collected = await owner.collect(scraper);
          if (config.targetInfo.enabled) return collected;
          const families = collected.families.filter(({ name }) => name !== owner.targetInfoName);
          return { ...collected, families };
        },
      },
    );
    this.#helper = new ExporterHelper({ signal: 'metrics', settings, send: (metrics) => owner.append(metrics) });
  }

  async start(host: Host): Promise<void> {
    await this.#owner.start(host);
    await this.#push.start(host);
  }

  consume(metrics: Metrics, context: ClientContext = noClientContext): Promise<void> | undefined {
    return this.#helper.consume(metrics, context);
  }

  /** Pushes now. */
  push(): Promise<void> {
    return this.#push.push();
  }

  statusTables(): readonly StatusTable[] {
    return statusTablesOf(this.#owner.store);
  }

  views(): ComponentViews {
    return { series: this.#owner.inspector };
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    await this.#push.shutdown(deadline);
    await this.#owner.shutdown(deadline);
  }
}
