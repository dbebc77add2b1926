import { userAgent } from '#build-info.ts';
import type { Component, ComponentSettings, Host } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { PermanentError, RetryableError, SettingError } from '#component/errors.ts';
import type { Signal, SignalData } from '#component/signals.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import { ExporterHelper } from '#exporterhelper/exporter-helper.ts';
import type { Attempt } from '#exporterhelper/send.ts';
import { eventLoop } from '#flow/event-loop.ts';
import type { Slices } from '#flow/slices.ts';
import { HttpClient, type HttpResponse } from '#http-client/http-client.ts';
import { decodeJsonResponse, decodeResponse, logPartialSuccess } from '#otlp-client/partial-success.ts';
import { requestEncoders } from '#pdata/encode/request-encoders.ts';
import { errorOfAnswer } from './answer-error.ts';
import type { OtlpHttpExporterConfig } from './config.ts';

/** Sends the data of one signal by OTLP over HTTP, see docs/reference/collector-behaviour.md#otlp-exporters. */
export class OtlpHttpExporter<S extends Signal> implements Component, Consumer<SignalData[S]> {
  readonly #signal: S;
  readonly #url: string;
  readonly #isJson: boolean;
  readonly #settings: ComponentSettings;
  readonly #client: HttpClient;
  readonly #helper: ExporterHelper<S>;

  /** @throws Error with the Collector's message if no endpoint is configured for the signal, or it is not a URL */
  constructor(signal: S, config: OtlpHttpExporterConfig, settings: ComponentSettings) {
    this.#signal = signal;
    this.#url = urlOf(signal, config);
    this.#isJson = config.encoding === 'json';
    this.#settings = settings;
    this.#client = new HttpClient(config, settings);
    this.#helper = new ExporterHelper<S>({
      signal,
      settings,
      queue: config.sendingQueue,
      retry: config.retryOnFailure,
      send: (data, attempt) => this.#send(data, attempt),
    });
  }

  async start(host: Host): Promise<void> {
    await this.#client.start(host);
    await this.#helper.start(host);
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    await this.#helper.shutdown(deadline);
    await this.#client.close();
  }

  consume(data: SignalData[S], context: ClientContext): Promise<void> | undefined {
    return this.#helper.consume(data, context);
  }

  views(): ComponentViews {
    return this.#helper.views();
  }

  async #send(data: SignalData[S], { client, signal }: Attempt): Promise<void> {
    const encoder = requestEncoders[this.#signal][this.#isJson ? 'json' : 'protobuf'] as (
      data: SignalData[S],
    ) => Slices<Buffer | string>;
    const encoded = await eventLoop.begin(encoder(data));
    const body = typeof encoded === 'string' ? Buffer.from(encoded) : encoded;
    const headers = {
      'Content-Type': this.#isJson ? 'application/json' : 'application/x-protobuf',
      'User-Agent': userAgent,
    };
    let answer: HttpResponse;
    try {
      answer = await this.#client.send({ url: this.#url, headers, body, client, signal });
    } catch (error) {
      // Same text as the Collector.
      throw new RetryableError(`failed to make an HTTP request: ${(error as Error).message}`, { cause: error });
    }
    if (answer.status < 200 || answer.status > 299) throw errorOfAnswer(answer, this.#settings.clock.now());
    this.#reportRejected(answer);
  }

  /** Logs the items that the receiver did not accept. */
  #reportRejected({ headers, body }: HttpResponse): void {
    if (body.length === 0) return;
    const type = headers.get('content-type');
    const form = type === 'application/json' ? 'json' : 'protobuf';
    if (form === 'protobuf' && type !== 'application/x-protobuf') return;
    try {
      const rejected = form === 'json' ? decodeJsonResponse(body, this.#signal) : decodeResponse(body);
      logPartialSuccess(this.#settings.logger, this.#signal, rejected);
    } catch (error) {
      throw new PermanentError(`Permanent error: error parsing ${form} response: ${(error as Error).message}`);
    }
  }
}

function urlOf(signal: Signal, config: OtlpHttpExporterConfig): string {
  const own = config[`${signal}Endpoint`];
  if (own === '' && config.endpoint === '') {
    throw new Error(`either endpoint or ${signal}_endpoint must be specified`);
  }
  const url = own === '' ? `${config.endpoint.replace(/\/$/, '')}/v1/${signal}` : own;
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  const key = own === '' ? 'endpoint' : `${signal}_endpoint`;
  const written = own || config.endpoint;
  const remedy = `write ${JSON.stringify(`http://${written.replace(/^.*:\/\//, '')}`)}, or https`;
  const message = `${key} must be a valid URL: ${JSON.stringify(written)} is not http://host:port or https://host:port`;
  throw new SettingError(message, { keys: [key], remedy });
}
