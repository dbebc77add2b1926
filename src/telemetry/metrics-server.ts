import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Host, Logger } from '#component/component.ts';
import type { ListenerView } from '#component/views/component-views.ts';
import type { ServiceViews } from '#component/views/service-views.ts';
import { config } from '#config/schema.ts';
import { allowedHostsOf } from '#http/host-check.ts';
import { type HttpServer, openHttpServer } from '#http/http-server.ts';
import { addLandingPage } from '#http/landing-page.ts';
import type { RejectionLog } from '#http/rejected-requests.ts';
import { httpServerShape } from '#http/server-config.ts';

/** Settings and dependencies of {@link MetricsServer}. */
export interface MetricsServerOptions {
  readonly host: string;
  /** `0` selects any free port. */
  readonly port: number;
  /** Host names in addition to those that are always allowed. */
  readonly allowedHosts: readonly string[];
  readonly logger: Logger;
  readonly contentType: string;
  page(): Promise<string>;
  readonly rejected?: RejectionLog;
  /** Views for the links on the HTML page at `/`. */
  readonly views?: () => ServiceViews | undefined;
}

const serverConfig = config('telemetry.MetricsServer', httpServerShape({}));

/** A host without extensions: this server has no authentication. */
const noHost: Host = { extension: () => undefined, fatal: () => undefined };

/** Serves `/metrics` with pitot's own metrics (port 8888). */
export class MetricsServer {
  readonly #options: MetricsServerOptions;
  #server: HttpServer | undefined;
  /** The address on which it listens, after the start. */
  address = '';

  constructor(options: MetricsServerOptions) {
    this.#options = options;
  }

  /** Binds. @throws Error `binding address localhost:8888 for Prometheus exporter: …` */
  async start(): Promise<void> {
    const { host, port, allowedHosts, logger, page, contentType, rejected } = this.#options;
    const endpoint = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const server = openHttpServer({
      config: serverConfig.parse({ endpoint }),
      logger,
      host: noHost,
      name: 'telemetry',
      allowedHosts: allowedHostsOf(allowedHosts, endpoint),
      rejected,
      reasonOfUnknownPath: ({ method }) => (method === 'POST' ? 'wrong_port' : undefined),
    });
    addLandingPage(server.app, () => this.#options.views?.());
    server.app.get('/metrics', async (request, reply) => {
      reply.type(contentType);
      const text = await page();
      const accepted = request.headers['accept-encoding'] ?? '';
      if (!/\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)) return reply.send(text);
      return reply.header('content-encoding', 'gzip').send(await promisify(gzip)(text));
    });
    try {
      this.address = await server.listen();
    } catch (error) {
      const { message } = error as Error;
      throw new Error(`binding address ${host}:${port} for Prometheus exporter: ${message}`, { cause: error });
    }
    this.#server = server;
  }

  listeners(): readonly ListenerView[] {
    return this.#server?.listeners('own_metrics', '/metrics') ?? [];
  }

  async close(deadline: AbortSignal): Promise<void> {
    await this.#server?.close(deadline);
  }
}
