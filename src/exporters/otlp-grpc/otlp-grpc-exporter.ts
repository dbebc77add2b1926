import type { Component, ComponentSettings, Host } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import type { Signal, SignalData } from '#component/signals.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import { ExporterHelper } from '#exporterhelper/exporter-helper.ts';
import { OtlpGrpcSender } from '#otlp-client/otlp-grpc-sender.ts';
import type { OtlpGrpcExporterConfig } from './config.ts';

/** Sends the data of one signal by OTLP over gRPC, see docs/reference/collector-behaviour.md#otlp-exporters. */
export class OtlpGrpcExporter<S extends Signal> implements Component, Consumer<SignalData[S]> {
  readonly #sender: OtlpGrpcSender<S>;
  readonly #helper: ExporterHelper<S>;

  constructor(signal: S, config: OtlpGrpcExporterConfig, settings: ComponentSettings) {
    const { sendingQueue, retryOnFailure, timeout } = config;
    this.#sender = new OtlpGrpcSender(signal, config, settings);
    this.#helper = new ExporterHelper<S>({
      signal,
      settings,
      queue: sendingQueue,
      retry: retryOnFailure,
      // grpc-js enforces the timeout, with its own error.
      send: (data, attempt) => this.#sender.send(data, { ...attempt, timeoutMs: timeout }),
    });
  }

  async start(host: Host): Promise<void> {
    await this.#sender.start(host);
    await this.#helper.start(host);
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    await this.#helper.shutdown(deadline);
    this.#sender.close();
  }

  consume(data: SignalData[S], context: ClientContext): Promise<void> | undefined {
    return this.#helper.consume(data, context);
  }

  views(): ComponentViews {
    return this.#helper.views();
  }
}
