import type { FastifyReply } from 'fastify';
import type { ComponentId, ComponentSettings, Host } from '#component/component.ts';
import type { PipelineWatcher } from '#component/extension.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import { formatDuration } from '#go/duration.ts';
import { rfc3339 } from '#go/timestamp.ts';
import { redirect } from '#http/clean-path.ts';
import { type HttpServer, openHttpServer } from '#http/http-server.ts';
import { isExporters, isMisdirectedExport } from '#http/misdirected-export.ts';
import { routesOf } from '#http/path-pattern.ts';
import { RejectionLog } from '#http/rejected-requests.ts';
import type { HttpServerConfig } from '#http/server-config.ts';
import type { HealthCheckConfig } from './config.ts';

/** The settings of `health_check`, which `healthcheckv2` also has. */
type CheckConfig = HttpServerConfig & Pick<HealthCheckConfig, 'path' | 'responseBody'>;

/**
 * Reports to probes whether the pipelines are ready: 200, or 503 during start and shutdown, and while a component reports a problem
 * (docs/reference/collector-behaviour.md#health-check-extension).
 */
export class HealthCheck implements PipelineWatcher {
  readonly #config: CheckConfig;
  readonly #settings: ComponentSettings;
  readonly #rejected: RejectionLog;
  readonly #problems = new Map<ComponentId, Error>();
  #server: HttpServer | undefined;
  /** Start of readiness: milliseconds since the epoch, and on the monotonic clock. Undefined while not ready. */
  #upSince: { readonly date: number; readonly monotonic: number } | undefined;

  constructor(config: CheckConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#rejected = new RejectionLog(settings, isExporters);
  }

  async start(host: Host): Promise<void> {
    const { id, logger, metrics } = this.#settings;
    this.#rejected.views = host.views;
    logger.info('Starting health_check extension', {
      config: { endpoint: this.#config.endpoint, path: this.#config.path },
    });
    // The Collector replaces its handler with one that ignores these settings, so they have no effect there either.
    const config = {
      ...this.#config,
      ...{ auth: undefined, cors: undefined, responseHeaders: [], compressionAlgorithms: [] },
    };
    const server = openHttpServer({
      ...{ config, logger, host, name: id, metrics },
      rejected: this.#rejected,
      reasonOfUnknownPath: (request) => (isMisdirectedExport(request) ? 'wrong_port' : undefined),
    });
    const { path, redirectFrom } = routesOf(
      this.#config.path.startsWith('/') ? this.#config.path : `/${this.#config.path}`,
    );
    server.app.all(path, (request, reply) => {
      // Same as in the Collector, it is answered with 200: without the log, its client would seem to work.
      if (isMisdirectedExport(request.raw)) this.#rejected.request('wrong_port', request.raw);
      this.#answer(reply, { isLiveness: isLiveness(request.url) });
    });
    if (redirectFrom !== undefined) {
      server.app.all(redirectFrom, (request, reply) => {
        reply.hijack();
        redirect(request.raw, reply.raw, this.#config.path);
      });
    }
    this.#server = server;
    try {
      await server.listen();
    } catch (error) {
      const problem = `failed to bind to address ${this.#config.endpoint}: ${(error as Error).message}`;
      throw new Error(problem, { cause: error });
    }
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    await this.#server?.close(deadline);
  }

  views(): ComponentViews {
    return {
      listeners: () => this.#server?.listeners('health', this.#config.path) ?? [],
      rejected: () => this.#rejected.entries,
    };
  }

  ready(): void {
    const { clock, logger } = this.#settings;
    this.#upSince ??= { date: clock.now(), monotonic: clock.monotonic() };
    logger.info('Health Check state change', { status: 'ready' });
  }

  notReady(): void {
    this.#upSince = undefined;
    this.#settings.logger.info('Health Check state change', { status: 'unavailable' });
  }

  componentStatus(id: ComponentId, problem: Error | undefined): void {
    if (problem) this.#problems.set(id, problem);
    else this.#problems.delete(id);
  }

  #answer(reply: FastifyReply, { isLiveness }: { readonly isLiveness: boolean }): void {
    const upSince = this.#problems.size === 0 || isLiveness ? this.#upSince : undefined;
    reply.code(upSince ? 200 : 503);
    const text = upSince ? this.#config.responseBody?.healthy : this.#config.responseBody?.unhealthy;
    if (this.#config.responseBody) reply.type(contentTypeOf(text ?? '')).send(text ?? '');
    else reply.type('application/json').send(Buffer.from(this.#stateText(upSince)));
  }

  #stateText(upSince: { readonly date: number; readonly monotonic: number } | undefined): string {
    if (upSince) {
      const uptime = formatDuration(this.#settings.clock.monotonic() - upSince.monotonic);
      return JSON.stringify({ status: 'Server available', upSince: rfc3339(upSince.date), uptime });
    }
    const state = { status: 'Server not available', upSince: '0001-01-01T00:00:00Z', uptime: '' };
    const problems = [...this.#problems].map(([id, { message }]) => `${id}: ${message}`);
    return JSON.stringify(problems.length === 0 ? state : { ...state, problems });
  }
}

/**
 * Whether the path is for liveness probes. Such a probe ignores problems of components, because a restart would lose
 * data in memory and cannot correct them, for example a full disk.
 */
function isLiveness(url: string): boolean {
  return url.split('?', 1)[0]!.endsWith('/livez');
}

/** Returns the content type that Go detects by the first bytes of a text. */
function contentTypeOf(text: string): string {
  const isHtml =
    /^\s*<(!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|!--)[\s>]/i.test(text);
  return isHtml ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8';
}
