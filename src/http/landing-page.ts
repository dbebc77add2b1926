import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { ServiceViews } from '#component/views/service-views.ts';
import { hostOf } from './host-check.ts';
import { answerNotFound } from './plain-text.ts';
import { portsOf } from './rejection-causes.ts';

const names = {
  metrics: 'Airflow’s metrics for Prometheus',
  own_metrics: 'pitot’s own metrics',
  console: 'Console',
  zpages: 'Status pages',
};

/**
 * Answers `/` on a listener that is scraped. A browser receives an HTML page with links, any other client the
 * Collector's response.
 */
export function addLandingPage(app: FastifyInstance, views: () => ServiceViews | undefined): void {
  app.get('/', (request, reply) => {
    if (!acceptsHtml(request.raw)) {
      reply.hijack();
      answerNotFound(request.raw, reply.raw);
      return;
    }
    reply
      .header('Content-Type', 'text/html; charset=utf-8')
      .header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
      .header('X-Content-Type-Options', 'nosniff')
      .send(pageFor(request.raw, views()));
  });
}

/** Returns the ports to which clients send. */
function receiving(views: ServiceViews | undefined): string {
  const { http, grpc } = portsOf(views);
  return `OTLP clients send to port ${http}${grpc === undefined ? '' : ` or ${grpc}`}.`;
}

function acceptsHtml({ headers }: IncomingMessage): boolean {
  return /(^|[\s,])text\/html\b/.test(headers.accept ?? '');
}

function pageFor(request: IncomingMessage, views: ServiceViews | undefined): string {
  const host = hostOf(request.headers.host ?? '') || 'localhost';
  const shown = host.includes(':') ? `[${host}]` : host;
  const listeners = views?.components().flatMap((component) => component.views.listeners?.() ?? []) ?? [];
  const links = listeners.flatMap(({ purpose, address, path, hasTls }) => {
    const name = names[purpose as keyof typeof names];
    const port = /:(\d+)$/.exec(address)?.[1];
    if (name === undefined || port === undefined) return [];
    return [
      `<li><a href="${escaped(`${hasTls ? 'https' : 'http'}://${shown}:${port}${path}`)}">${name}</a> (port ${port})</li>`,
    ];
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>pitot</title><style>:root{color-scheme:light dark}body{font:15px/1.6 system-ui,sans-serif;margin:3rem auto;max-width:40rem;padding:0 1rem}</style></head><body><h1>pitot</h1><p>This port is for Prometheus. ${receiving(views)}</p><ul>${links.join('')}</ul></body></html>\n`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
