import type { FastifyReply } from 'fastify';
import type { Component, ComponentSettings, Host, ServiceDescription } from '#component/component.ts';
import type { ComponentViews } from '#component/views/component-views.ts';
import { allowedHostsOf } from '#http/host-check.ts';
import { type HttpServer, openHttpServer } from '#http/http-server.ts';
import type { ZpagesConfig } from './config.ts';
import { componentsPage, extensionsPage, featuresPage, pagePaths, pipelinesPage, servicePage } from './pages.ts';

const nothing: ServiceDescription = { pipelines: [], extensions: [], status: [], featureGates: [] };
/** The pages load no external files. */
const policy = "default-src 'none'; style-src 'unsafe-inline'";

/** Serves status pages about the running service (docs/reference/collector-behaviour.md#zpages-extension). */
export class Zpages implements Component {
  readonly #config: ZpagesConfig;
  readonly #settings: ComponentSettings;
  #server: HttpServer | undefined;

  constructor(config: ZpagesConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
  }

  async start(host: Host): Promise<void> {
    const { id, logger, metrics, clock } = this.#settings;
    const startedMs = clock.now();
    const allowedHosts = allowedHostsOf(this.#config.allowedHosts, this.#config.endpoint);
    const server = openHttpServer({ config: this.#config, logger, host, name: id, metrics, allowedHosts });
    const describe = () => host.describe?.() ?? nothing;
    const pages: Readonly<Record<string, () => string>> = {
      [pagePaths.Service]: () => servicePage(startedMs),
      [pagePaths.Pipelines]: () => pipelinesPage(describe()),
      [pagePaths.Extensions]: () => extensionsPage(describe()),
      [pagePaths.Components]: () => componentsPage(describe()),
      [pagePaths.Features]: () => featuresPage(describe()),
    };
    for (const [path, render] of Object.entries(pages)) {
      server.app.get(path, (_request, reply: FastifyReply) => {
        reply
          .header('content-type', 'text/html; charset=utf-8')
          .header('content-security-policy', policy)
          .send(render());
      });
    }
    if (this.#config.expvar.enabled) {
      server.app.get('/debug/expvarz', (_request, reply: FastifyReply) => {
        const figures = { memory: process.memoryUsage(), resources: process.resourceUsage() };
        reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(figures));
      });
    }
    const address = await server.listen();
    this.#server = server;
    logger.info('Starting zPages extension', { endpoint: address });
  }

  views(): ComponentViews {
    return { listeners: () => this.#server?.listeners('zpages', '/debug/servicez') ?? [] };
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    await this.#server?.close(deadline);
    this.#server = undefined;
  }
}
