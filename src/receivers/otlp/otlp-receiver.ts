import type { Component, ComponentSettings, Host } from '#component/component.ts';
import type { ConsumersBySignal } from '#component/factory.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import { GrpcListener } from '#grpc-server/grpc-listener.ts';
import { type HttpServer, openHttpServer } from '#http/http-server.ts';
import { RejectionLog } from '#http/rejected-requests.ts';
import { unknownMetricsField } from '#pdata/json/unknown-field.ts';
import { BodyDeadlines } from './body-deadlines.ts';
import type { OtlpConfig, OtlpHttpConfig } from './config.ts';
import { answerRefusal } from './export-response.ts';
import { exportMethods } from './grpc/export-methods.ts';
import { addExportRoutes, type SignalRoute } from './http-routes.ts';
import { InFlightGate } from './in-flight-gate.ts';
import { RequestTap } from './request-tap.ts';
import { type Handlings, handlingsOf } from './signal-decoders.ts';
import { SignalIntake } from './signal-intake.ts';
import { SourceTable } from './source-table.ts';

/** Receives OTLP over gRPC and HTTP; both listeners feed the same pipelines. */
export class OtlpReceiver implements Component {
  readonly #config: OtlpConfig;
  readonly #settings: ComponentSettings;
  readonly #handlings: Handlings;
  readonly #sources: SourceTable;
  readonly #rejected: RejectionLog;
  readonly #tap = new RequestTap();
  #gate: InFlightGate | undefined;
  #grpc: GrpcListener | undefined;
  #http: HttpServer | undefined;

  constructor(config: OtlpConfig, settings: ComponentSettings, next: ConsumersBySignal) {
    this.#config = config;
    this.#settings = settings;
    const { textBytes, attributes, listLength, itemBytes } = config.limits;
    this.#sources = new SourceTable(settings.clock);
    this.#handlings = handlingsOf(next, {
      limits: {
        maxTextBytes: textBytes,
        maxAttributes: attributes,
        maxListLength: listLength,
        maxItemBytes: itemBytes,
      },
      sources: this.#sources,
    });
    this.#rejected = new RejectionLog(settings);
  }

  /** Same as in the Collector: opens gRPC first. If a port cannot be bound, neither listens. */
  async start(host: Host): Promise<void> {
    this.#rejected.views = host.views;
    try {
      await this.#listen(host);
    } catch (error) {
      await this.shutdown(AbortSignal.abort());
      throw error;
    }
  }

  async #listen(host: Host): Promise<void> {
    const { protocols, limits } = this.#config;
    const { grpc, http } = protocols;
    const settings = this.#settings;
    const deadlines = new BodyDeadlines({
      timeoutMs: limits.bodyTimeout,
      minRate: limits.minBodyRate,
      now: () => settings.clock.monotonic(),
    });
    const gate = new InFlightGate({ limit: limits.inFlightBytes, settings, host, deadlines });
    this.#gate = gate;
    if (grpc) {
      const rejected = this.#rejected;
      const handlings = this.#handlings;
      const tap = this.#tap;
      this.#grpc = new GrpcListener({
        config: grpc,
        settings,
        methods: exportMethods({ config: grpc, settings, handlings, rejected, gate, tap }),
        rejected,
        host,
        headerTimeoutMs: this.#config.limits.headerTimeout,
      });
      settings.logger.info('Starting GRPC server', { endpoint: await this.#grpc.listen() });
    }
    if (http) {
      this.#http = this.#openHttp(http, host, gate);
      settings.logger.info('Starting HTTP server', { endpoint: await this.#http.listen() });
    }
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    await Promise.all([this.#grpc?.close(deadline), this.#http?.close(deadline)]);
    this.#gate?.close();
  }

  views() {
    return {
      listeners: () => [
        ...(this.#http?.listeners('otlp_http', this.#config.protocols.http?.metricsUrlPath ?? '') ?? []),
        ...(this.#grpc?.listeners('otlp_grpc') ?? []),
      ],
      rejected: () => this.#rejected.entries,
      clients: this.#sources,
      requests: this.#tap,
    } satisfies ComponentViews;
  }

  #openHttp(config: OtlpHttpConfig, host: Host, gate: InFlightGate): HttpServer {
    const { id, logger, metrics } = this.#settings;
    const server = openHttpServer({
      config,
      logger,
      host,
      name: id,
      metrics,
      headerTimeout: this.#config.limits.headerTimeout,
      rejected: this.#rejected,
      reasonOfUnknownPath: () => 'path',
      refuse: (request, response, refusal) => answerRefusal(response, request.headers['content-type'], refusal),
    });
    const { metrics: points, traces, logs } = this.#handlings;
    const routes: SignalRoute[] = [];
    if (traces) routes.push({ path: config.tracesUrlPath, intake: new SignalIntake(traces, this.#settings, 'http') });
    if (points) {
      const intake = new SignalIntake(points, this.#settings, 'http');
      routes.push({ path: config.metricsUrlPath, intake, unknownField: unknownMetricsField });
    }
    if (logs) routes.push({ path: config.logsUrlPath, intake: new SignalIntake(logs, this.#settings, 'http') });
    addExportRoutes(server, { config, routes, gate, tap: this.#tap, rejected: this.#rejected, logger });
    return server;
  }
}
