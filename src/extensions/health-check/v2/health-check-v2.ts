import type { ComponentId, ComponentKind, ComponentSettings, Host } from '#component/component.ts';
import type { PipelineWatcher } from '#component/extension.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import { GrpcListener } from '#grpc-server/grpc-listener.ts';
import { type HttpServer, openHttpServer } from '#http/http-server.ts';
import { RejectionLog } from '#http/rejected-requests.ts';
import type { HealthCheckV2Config } from './config.ts';
import { HealthService } from './health-service.ts';
import { HealthState } from './health-state.ts';
import { addStatusRoutes } from './status-routes.ts';

/** Reports the statuses of pipelines and components over HTTP and gRPC (docs/reference/collector-behaviour.md#health-check-extension). */
export class HealthCheckV2 implements PipelineWatcher {
  readonly #config: HealthCheckV2Config;
  readonly #settings: ComponentSettings;
  readonly #state: HealthState;
  readonly #service: HealthService;
  readonly #rejected: RejectionLog;
  #http: HttpServer | undefined;
  #grpc: GrpcListener | undefined;

  constructor(config: HealthCheckV2Config, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#state = new HealthState(settings.clock);
    const { clock } = settings;
    this.#service = new HealthService({ state: this.#state, health: config.componentHealth, clock });
    this.#rejected = new RejectionLog(settings);
  }

  /** Same as in the Collector: opens gRPC first. If a port cannot be bound, neither listens. */
  async start(host: Host): Promise<void> {
    this.#state.host = host;
    this.#rejected.views = host.views;
    try {
      await this.#listen(host);
    } catch (error) {
      await this.shutdown(AbortSignal.abort());
      throw error;
    }
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    this.#service.close();
    await Promise.all([this.#grpc?.close(deadline), this.#http?.close(deadline)]);
  }

  views() {
    return {
      listeners: () => [
        ...(this.#http?.listeners('health', this.#config.http?.status.path ?? '') ?? []),
        ...(this.#grpc?.listeners('health_grpc') ?? []),
      ],
      rejected: () => this.#rejected.entries,
    } satisfies ComponentViews;
  }

  ready(): void {
    this.#enter('StatusOK');
  }

  notReady(): void {
    this.#enter('StatusStopping');
  }

  componentStatus(id: ComponentId, problem: Error | undefined, kind: ComponentKind): void {
    this.#state.record(kind, id, problem);
    this.#service.changed();
  }

  pipelinesChanged(): void {
    this.#service.changed();
  }

  #enter(phase: 'StatusOK' | 'StatusStopping'): void {
    this.#state.enter(phase);
    this.#service.changed();
  }

  async #listen(host: Host): Promise<void> {
    const settings = this.#settings;
    const { http, grpc } = this.#config;
    const rejected = this.#rejected;
    if (grpc) {
      const methods = this.#service.methods();
      this.#grpc = new GrpcListener({ config: grpc, settings, methods, rejected, host });
      await this.#grpc.listen();
    }
    if (!http) return;
    const { id, logger, metrics, clock } = settings;
    this.#http = openHttpServer({ config: http, logger, host, name: id, metrics, rejected });
    addStatusRoutes(this.#http.app, { config: this.#config, state: this.#state, host, clock });
    try {
      await this.#http.listen();
    } catch (error) {
      const problem = `failed to bind to address ${http.endpoint}: ${(error as Error).message}`;
      throw new Error(problem, { cause: error });
    }
  }
}
