import type { ComponentSettings, Host, ServiceDescription } from '#component/component.ts';
import type { PipelineWatcher } from '#component/extension.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import { allowedHostsOf, hostOf } from '#http/host-check.ts';
import { type HttpServer, openHttpServer } from '#http/http-server.ts';
import { isExporters, isMisdirectedExport } from '#http/misdirected-export.ts';
import { RejectionLog } from '#http/rejected-requests.ts';
import { type ApiContext, ApiError, offered } from './api/context.ts';
import { Parameters as QueryParameters } from './api/parameters.ts';
import { pointFilter } from './api/point-filter.ts';
import type { ConsoleConfig } from './config.ts';
import { Sampler, stepMs } from './observe/sampler.ts';
import { EventStreams } from './web/event-streams.ts';
import { listenOnFreePort } from './web/listen.ts';
import { isLocal, LiveRequests, maxRecordings } from './web/live-requests.ts';
import { LiveStatus, noViews } from './web/live-status.ts';
import { LiveTail } from './web/live-tail.ts';
import { addRoutes } from './web/routes.ts';

const notLocal =
  'without auth, the console gives requests only to the same host or pod; use kubectl port-forward, or set auth of the extension console';
const nothing: ServiceDescription = { pipelines: [], extensions: [], status: [], featureGates: [] };

/**
 * Serves the console: an HTML page about the running pitot, and its JSON API. Reads the views of components and changes
 * nothing.
 */
export class Console implements PipelineWatcher {
  readonly #config: ConsoleConfig;
  readonly #settings: ComponentSettings;
  readonly #streams = new EventStreams();
  readonly #rejected: RejectionLog;
  #server: HttpServer | undefined;
  #sampling: NodeJS.Timeout | undefined;

  constructor(config: ConsoleConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#rejected = new RejectionLog(settings, isExporters);
  }

  async start(host: Host): Promise<void> {
    const { id, logger, metrics, clock } = this.#settings;
    const views = host.views ?? noViews;
    const sampler = new Sampler(views, clock);
    const describe = () => host.describe?.() ?? nothing;
    const context: ApiContext = { clock, views, sampler, describe, startedUnixMs: clock.now() };
    this.#rejected.views = host.views;
    const server = openHttpServer({
      ...{ config: this.#config, logger, host, name: id, metrics, refuse: askForCredentials },
      rejected: this.#rejected,
      reasonOfUnknownPath: (request) => (isMisdirectedExport(request) ? 'wrong_port' : undefined),
    });
    this.#addRoutes(server, context);
    this.#server = server;
    await listenOnFreePort(server, this.#config);
    this.#sampling = setInterval(() => sampler.sample(), stepMs).unref();
  }

  ready(): void {
    const url = this.#url();
    if (url !== undefined) this.#settings.logger.info('Console is ready', { url });
  }

  notReady(): void {}

  views(): ComponentViews {
    return {
      listeners: () => this.#server?.listeners('console', `${this.#config.pathPrefix}/`) ?? [],
      rejected: () => this.#rejected.entries,
    };
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    clearInterval(this.#sampling);
    this.#streams.closeAll();
    await this.#server?.close(deadline);
  }

  #addRoutes(server: HttpServer, context: ApiContext): void {
    const { pathPrefix: prefix, allowedHosts, endpoint } = this.#config;
    const { get } = addRoutes(server.app, {
      ...{ context, prefix, logger: this.#settings.logger },
      allowedHosts: allowedHostsOf(allowedHosts, endpoint),
      loadAssets: async () => (await import('./web/built-assets.ts')).loadAssets(),
    });
    const statuses = new LiveStatus(context);
    get('/api/v1/live', (request, response) => {
      const stream = this.#streams.open(request, response, () => statuses.remove(stream));
      if (!stream) throw new ApiError(503, 'too many live streams are open');
      statuses.add(stream);
    });
    get('/api/v1/tail', (request, response) => {
      const filter = pointFilter(new QueryParameters(request.url ?? ''));
      const views = () => offered(context.views, 'series').map(({ view }) => view);
      const stream = this.#streams.open(request, response, () => tail?.stop());
      if (!stream) throw new ApiError(503, 'too many live streams are open');
      const tail = new LiveTail(stream, views, filter);
    });
    let recordings = 0;
    get('/api/v1/requests', (request, response) => {
      if (this.#config.auth === undefined && !isLocal(request)) throw new ApiError(403, notLocal);
      if (recordings >= maxRecordings) throw new ApiError(503, `${maxRecordings} recordings are running`);
      const views = () => offered(context.views, 'requests').map(({ view }) => view);
      const stream = this.#streams.open(request, response, () => {
        recordings -= 1;
        live?.stop();
      });
      if (!stream) throw new ApiError(503, 'too many live streams are open');
      recordings += 1;
      const live = new LiveRequests(stream, views, context.clock);
    });
  }

  /** Returns the URL for users. Undefined before `start`. */
  #url(): string | undefined {
    const [listener] = this.#server?.listeners('console', '') ?? [];
    if (!listener) return undefined;
    const port = /:(\d+)$/.exec(listener.address)?.[1];
    const host = hostOf(this.#config.endpoint);
    const shown = host === '' || host === '0.0.0.0' || host === '::' ? 'localhost' : host;
    const authority = shown.includes(':') ? `[${shown}]` : shown;
    return `${listener.hasTls ? 'https' : 'http'}://${authority}:${port}${this.#config.pathPrefix}/`;
  }
}

/** Browsers request credentials from their user only if the response contains this header. */
const askForCredentials: NonNullable<Parameters<typeof openHttpServer>[0]['refuse']> = (
  _request,
  response,
  { status, message },
) => {
  const body = `${JSON.stringify({ error: message })}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    ...(status === 401 && { 'WWW-Authenticate': 'Basic realm="pitot"' }),
  });
  response.end(body);
};
