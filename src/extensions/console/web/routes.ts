import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import type { Logger } from '#component/component.ts';
import { foreignRequest, hostOf } from '#http/host-check.ts';
import { type ApiContext, ApiError } from '../api/context.ts';
import { diagnosticsOf } from '../api/diagnostics.ts';
import { type Endpoint, endpoints } from '../api/endpoints.ts';
import { gettingStartedOf } from '../api/getting-started.ts';
import { metricsOf } from '../api/metrics.ts';
import { Parameters } from '../api/parameters.ts';
import { pipelinesOf } from '../api/pipelines.ts';
import { problemsOf } from '../api/problems.ts';
import { sourcesOf } from '../api/sources.ts';
import { statusOf } from '../api/status.ts';
import { acceptsGzip, answer } from './answer.ts';
import type { Assets } from './assets.ts';
import { type Facts, pageOf } from './page.ts';
import { setSecurityHeaders } from './security-headers.ts';

const compress = promisify(gzip);
const jsonType = 'application/json; charset=utf-8';

/** Parameters of {@link addRoutes}. */
export interface RouteOptions {
  readonly context: ApiContext;
  readonly logger: Logger;
  /** Path before all others. Empty if there is none. */
  readonly prefix: string;
  readonly allowedHosts: ReadonlySet<string>;
  readonly loadAssets: () => Promise<Assets>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

/** Adds the HTML page, its files, and the API to a server. Checks every request first: see `foreignRequest`. */
export function addRoutes(app: FastifyInstance, options: RouteOptions): { get(path: string, handler: Handler): void } {
  const { context, prefix, logger } = options;
  const get = (path: string, handler: Handler) => {
    app.route({
      method: ['GET', 'HEAD'],
      url: `${prefix}${path}`,
      handler: (request, reply) => {
        reply.hijack();
        void handle(request.raw, reply.raw, { ...options, handler });
      },
    });
  };
  let assets: Promise<Assets | undefined> | undefined;
  const load = () => {
    assets ??= options.loadAssets().catch((error: unknown) => {
      logger.warn('Console assets not built; the console shows facts without a script', { error });
      return undefined;
    });
    return assets;
  };
  get('/', async (request, response) => {
    const version = (await load())?.version;
    const facts = await factsOf(context, hostOf(request.headers.host ?? ''));
    await answer(request, response, { type: 'text/html; charset=utf-8', body: pageOf(facts, version) });
  });
  if (prefix !== '') app.get(prefix, (_request, reply) => reply.redirect(`${prefix}/`, 308));
  get('/assets/*', async (request, response) => {
    const file = assetOf(await load(), request.url ?? '');
    if (!file) return notFound(request, response);
    response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
    sendAsset(request, response, file);
  });
  for (const [name, endpoint] of Object.entries(endpoints)) {
    get(`/api/v1/${name}`, (request, response) => answerEndpoint(endpoint, context, { request, response }));
  }
  get('/api/v1/diagnostics', async (request, response) => {
    const archive = await compress(await diagnosticsOf(context, hostOf(request.headers.host ?? '')));
    const time = new Date(context.clock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    response.setHeader('Content-Disposition', `attachment; filename="pitot-diagnostics-${time}.tar.gz"`);
    await answer(request, response, { type: 'application/gzip', body: archive });
  });
  get('/api/v1/*', notFound);
  return { get };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  { handler, allowedHosts, logger }: RouteOptions & { readonly handler: Handler },
): Promise<void> {
  setSecurityHeaders(response);
  const foreign = foreignRequest(request, allowedHosts);
  if (foreign !== undefined) {
    const body = errorBody(`${foreign}; add it to allowed_hosts of the console extension if you trust it`);
    return answer(request, response, { status: 403, type: jsonType, body });
  }
  try {
    await handler(request, response);
  } catch (error) {
    if (response.headersSent) {
      response.destroy();
    } else if (error instanceof ApiError) {
      await answer(request, response, { status: error.status, type: jsonType, body: errorBody(error.message) });
    } else {
      logger.error('Console request failed', { path: request.url, error });
      await answer(request, response, { status: 500, type: jsonType, body: errorBody('internal error, see the log') });
    }
  }
}

async function answerEndpoint(
  endpoint: Endpoint,
  context: ApiContext,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const parameters = new Parameters(request.url ?? '');
  const result = await endpoint.answer(context, parameters, hostOf(request.headers.host ?? ''));
  await answer(request, response, { type: jsonType, body: JSON.stringify(result) });
}

function notFound(request: IncomingMessage, response: ServerResponse): Promise<void> {
  return answer(request, response, { status: 404, type: jsonType, body: errorBody('there is nothing at this path') });
}

function errorBody(error: string): string {
  return JSON.stringify({ error });
}

async function factsOf(context: ApiContext, host: string): Promise<Facts> {
  return {
    status: statusOf(context),
    start: gettingStartedOf(context, host),
    problems: problemsOf(context),
    metrics: await metricsOf(context, new Parameters('?limit=100')),
    sources: sourcesOf(context),
    pipelines: pipelinesOf(context),
  };
}

interface File {
  readonly type: string;
  readonly gzipped: Buffer;
}

function assetOf(assets: Assets | undefined, target: string): File | undefined {
  const name = /\/assets\/([\w.]+)$/.exec(target)?.[1];
  if (assets && name === `${assets.version}.js`)
    return { type: 'text/javascript; charset=utf-8', gzipped: assets.script };
  if (assets && name === `${assets.version}.css`) return { type: 'text/css; charset=utf-8', gzipped: assets.style };
  return undefined;
}

function sendAsset(request: IncomingMessage, response: ServerResponse, { type, gzipped }: File): void {
  const isCompressed = acceptsGzip(request);
  const body = isCompressed ? gzipped : gunzipSync(gzipped);
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', body.length);
  response.setHeader('Vary', 'Accept-Encoding');
  if (isCompressed) response.setHeader('Content-Encoding', 'gzip');
  response.writeHead(200);
  response.end(request.method === 'HEAD' ? undefined : body);
}
