import { join } from 'node:path';
import type { Component, ComponentSettings, Host } from '#component/component.ts';
import { type ClientContext, type Consumer, noClientContext } from '#component/consumer.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import { ExporterHelper } from '#exporterhelper/exporter-helper.ts';
import type { Attempt } from '#exporterhelper/send.ts';
import type { SendingQueueConfig } from '#exporterhelper/sending-queue-config.ts';
import { eventLoop } from '#flow/event-loop.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { resourceLabelMatcher } from '#prometheus/from-otlp/resource-label-matcher.ts';
import { isUnset } from '#prometheus/from-otlp/resource-labels-config.ts';
import { ResourceToTelemetry } from '#prometheus/from-otlp/resource-to-telemetry.ts';
import { type EncodedRequest, encodeRequests } from '#prometheus/remote-write/encode-requests.ts';
import { type ConnectedSender, connectSender } from '#remote-write/connect-sender.ts';
import { createDelivery, type Delivery } from '#remote-write/create-delivery.ts';
import { versionOf } from '#remote-write/protobuf-message.ts';
import { walDirectory } from '#remote-write/store-push.ts';
import { remoteWriteUserAgent } from '#remote-write/user-agent.ts';
import { batchBytesOf, clientOf } from './client-settings.ts';
import type { RemoteWriteConfig } from './config.ts';
import { createTranslator } from './create-translator.ts';
import { RefusedPoints } from './refused-points.ts';
import type { Translator } from './translate/translator.ts';

/** The prometheusremotewrite exporter: translates each OTLP request and sends its series to a Remote Write receiver. */
export class RemoteWriteExporter implements Component, Consumer<Metrics> {
  readonly #config: RemoteWriteConfig;
  readonly #settings: ComponentSettings;
  readonly #translator: Translator;
  readonly #resourceToTelemetry: ResourceToTelemetry | undefined;
  readonly #connection: ConnectedSender;
  readonly #delivery: Delivery;
  readonly #refused: RefusedPoints;
  readonly #translated: { add(value: number): void };
  readonly #helper: ExporterHelper<'metrics'>;

  /** @throws Error if the endpoint is not a URL, or an external label is empty */
  constructor(config: RemoteWriteConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
    const omitted = settings.metrics.counter(
      'pitot_remote_write_omitted_labels_total',
      'Total number of attributes of new series that have an empty key, and therefore no label.',
      { exporter: settings.id },
    );
    this.#translator = createTranslator(config, () => omitted.add(1));
    const client = clientOf(config);
    const { endpoint } = client;
    this.#resourceToTelemetry = resourceConversion(config);
    this.#connection = connectSender(
      {
        client,
        version: versionOf(config.protobufMessage),
        userAgent: remoteWriteUserAgent,
        metadataKeys: config.includeMetadataKeys,
      },
      settings,
    );
    const { wal } = config;
    this.#delivery = createDelivery({
      settings,
      sender: this.#connection.sender,
      retry: config.retryOnFailure,
      parallelism: parallelismOf(config),
      wal: wal && { directory: join(wal.directory, walDirectory), maxBytes: wal.maxSizeBytes },
    });
    this.#refused = new RefusedPoints(settings, endpoint);
    this.#translated = settings.metrics.counter(
      'otelcol_exporter_prometheusremotewrite_translated_time_series',
      'Number of Prometheus time series that were translated from OTel metrics [Development]',
      { exporter: settings.id, endpoint },
    );
    const { enabled, queueSize } = config.remoteWriteQueue;
    this.#helper = new ExporterHelper({
      signal: 'metrics',
      settings,
      queue: enabled ? queueOf(queueSize) : undefined,
      send: (metrics, attempt) => this.#send(metrics, attempt),
    });
  }

  async start(host: Host): Promise<void> {
    const { logger } = this.#settings;
    if (!isUnset(this.#config.resourceToTelemetryConversion)) {
      // Same text as the Collector.
      logger.warn('resource_to_telemetry_conversion is deprecated; use resource_constant_labels instead');
    }
    await this.#connection.start(host);
    await this.#delivery.start();
    await this.#helper.start(host);
  }

  consume(metrics: Metrics, context: ClientContext = noClientContext): Promise<void> | undefined {
    return this.#helper.consume(metrics, context);
  }

  views(): ComponentViews {
    return this.#helper.views();
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    this.#delivery.stopRetries();
    await this.#helper.shutdown(deadline);
    await this.#delivery.shutdown(deadline);
    await this.#connection.close();
  }

  async #send(metrics: Metrics, attempt: Attempt): Promise<void> {
    const requests = await this.#encode(this.#resourceToTelemetry?.convert(metrics) ?? metrics);
    if (requests.length > 0) await this.#delivery.deliver(requests, attempt);
  }

  async #encode(metrics: Metrics): Promise<readonly EncodedRequest[]> {
    const { version } = this.#connection.sender;
    const { series, metadata, refused } = await eventLoop.begin(this.#translator.translate(metrics, version));
    this.#translated.add(series.length);
    this.#refused.add(refused);
    if (series.length === 0) return [];
    const described = this.#config.sendMetadata ? metadata : [];
    const maxBytes = batchBytesOf(this.#config);
    return eventLoop.begin(encodeRequests(series, described, { version, maxBytes }));
  }
}

/** Requests that wait, in the order in which they arrived. */
function queueOf(queueSize: number): SendingQueueConfig {
  return {
    queueSize,
    numConsumers: 1,
    sizer: 'requests',
    waitForResult: false,
    blockOnOverflow: false,
    storage: '',
    batch: undefined,
  };
}

function parallelismOf({ maxBatchRequestParallelism, remoteWriteQueue }: RemoteWriteConfig): number {
  return Math.max(maxBatchRequestParallelism ?? remoteWriteQueue.numConsumers, 1);
}

function resourceConversion(config: RemoteWriteConfig): ResourceToTelemetry | undefined {
  const { resourceConstantLabels, resourceToTelemetryConversion } = config;
  const isIncluded = resourceLabelMatcher(
    isUnset(resourceConstantLabels) ? resourceToTelemetryConversion : resourceConstantLabels,
  );
  return isIncluded && new ResourceToTelemetry(isIncluded);
}
