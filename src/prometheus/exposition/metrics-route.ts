import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Clock, Logger } from '#component/component.ts';
import { queryParameters } from '#go/query.ts';
import type { MetricFamily } from '../metric-family.ts';
import type { ExpositionFormat } from './exposition-format.ts';
import type { ExpositionRenderer } from './exposition-renderer.ts';
import { type ContentCoding, negotiateCompression } from './negotiate-compression.ts';
import { negotiateFormat } from './negotiate-format.ts';
import { ResponseWriter } from './response-writer.ts';

/** The result of collecting metrics for one scrape. */
export interface Collected {
  /** In exposition order. */
  readonly families: readonly MetricFamily[];
  /** Reason why series are missing, in the words of the Collector's gatherer (without `error gathering metrics: `). */
  readonly gatherError: string | undefined;
  /** Awaited before each piece of the response is sent. Totals must be on disk before Prometheus receives them. */
  readonly settled?: () => Promise<void> | undefined;
  /** Called after the last byte of the response was sent. Not called for HEAD requests and aborted scrapes. */
  readonly sent?: () => void;
}

/** Parameters of {@link registerMetricsRoute}. */
export interface MetricsRouteOptions {
  readonly collect: (request: IncomingMessage) => Promise<Collected> | Collected;
  readonly renderer: ExpositionRenderer;
  readonly offersOpenMetrics: boolean;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Called for each answered scrape. */
  readonly observe?: (scrape: ObservedScrape, request: IncomingMessage) => void;
  /** Returns the maximum number of scrapes at the same time. */
  readonly maxScrapes: () => number;
  /** Called for each scrape above that limit. */
  readonly onRefused?: () => void;
}

/** A scrape that has ended. */
export interface ObservedScrape {
  readonly format: ExpositionFormat;
  readonly coding: ContentCoding;
  readonly bodyBytes: number;
  /** Time from the end of the request headers to the last byte of the response, ms. */
  readonly durationMs: number;
  readonly outcome: 'sent' | 'aborted' | 'failed';
}

/**
 * Registers `/metrics` for every method (docs/reference/collector-behaviour.md#requests-to-metrics). The HTTP server answers other
 * paths.
 */
export function registerMetricsRoute(app: FastifyInstance, options: MetricsRouteOptions): void {
  let scrapes = 0;
  app.all('/metrics', (request, reply) => {
    reply.hijack();
    const maxScrapes = options.maxScrapes();
    if (scrapes >= maxScrapes) {
      options.onRefused?.();
      refuse(request.raw, reply.raw, maxScrapes);
      return;
    }
    scrapes += 1;
    void answer(request.raw, reply.raw, options).finally(() => {
      scrapes -= 1;
    });
  });
}

/** Same text as the Collector's library has for such a limit. */
function refuse(request: IncomingMessage, response: ServerResponse, maxScrapes: number): void {
  const body = Buffer.from(`Limit of concurrent requests reached (${maxScrapes}), try again later.\n`);
  response.writeHead(503, [
    ...['Content-Type', 'text/plain; charset=utf-8', 'Retry-After', '1'],
    ...['X-Content-Type-Options', 'nosniff', 'Content-Length', String(body.length)],
  ]);
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function answer(request: IncomingMessage, response: ServerResponse, options: MetricsRouteOptions): Promise<void> {
  const { logger } = options;
  const beganMs = options.clock.monotonic();
  try {
    const collected = await options.collect(request);
    const { gatherError } = collected;
    if (gatherError !== undefined) {
      logger.error(`error gathering metrics: ${gatherError}`);
      if (collected.families.length === 0) return answerGatherError(request, response, gatherError);
    }
    await sendResponse(request, response, { ...options, collected: selected(collected, request), beganMs });
  } catch (error) {
    logger.error('error encoding and sending metric family', { error: String(error) });
    response.destroy();
  }
}

async function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  options: MetricsRouteOptions & { readonly collected: Collected; readonly beganMs: number },
): Promise<void> {
  const { clock, collected, logger, observe, offersOpenMetrics, renderer } = options;
  const format = negotiateFormat(headerLines(request, 'accept')[0], { offersOpenMetrics });
  const negotiated = negotiateCompression(headerLines(request, 'accept-encoding'));
  if (negotiated === undefined) {
    logger.error(
      'error getting writer content compression format not recognized: . Valid formats are: [identity gzip]',
    );
  }
  const coding = negotiated ?? 'identity';
  const headers = ['Content-Type', format.contentType, 'Vary', 'Accept', 'Vary', 'Accept-Encoding'];
  if (coding !== 'identity') headers.push('Content-Encoding', coding);
  const sender = new ResponseWriter(response, { headers, hasBody: request.method !== 'HEAD' });
  let outcome: ObservedScrape['outcome'] = 'failed';
  try {
    for await (const bytes of renderer.render({ families: collected.families, format, coding })) {
      await collected.settled?.();
      if (!(await sender.send(bytes))) break;
    }
    outcome = (await sender.end()) ? 'sent' : 'aborted';
  } finally {
    const durationMs = clock.monotonic() - options.beganMs;
    observe?.({ format, coding, bodyBytes: sender.bytes, durationMs, outcome }, request);
  }
  if (outcome === 'sent' && request.method !== 'HEAD') collected.sent?.();
}

/**
 * Returns the families that the query names with `name[]`. A partial response does not count as a scrape: its reader does not store
 * all series.
 */
function selected(collected: Collected, { url = '' }: IncomingMessage): Collected {
  const at = url.indexOf('?');
  const parameters = at === -1 ? [] : queryParameters(url.slice(at + 1)).filter(([key]) => key === 'name[]');
  if (parameters.length === 0) return collected;
  const wanted = new Set(parameters.map(([, name]) => Buffer.from(name, 'utf8').toString('latin1')));
  const { sent: _, ...rest } = collected;
  return { ...rest, families: collected.families.filter(({ name }) => wanted.has(name)) };
}

function answerGatherError(request: IncomingMessage, response: ServerResponse, gatherError: string): void {
  const body = Buffer.from(`An error has occurred while serving metrics:\n\n${gatherError}\n`);
  response.writeHead(500, [
    ...['Content-Type', 'text/plain; charset=utf-8'],
    ...['X-Content-Type-Options', 'nosniff'],
    ...['Content-Length', String(body.length)],
  ]);
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Returns the lines of a header in order. `request.headers` would join them. */
function headerLines(request: IncomingMessage, name: string): string[] {
  const { rawHeaders } = request;
  const lines: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if ((rawHeaders[i] as string).toLowerCase() === name) lines.push(rawHeaders[i + 1] as string);
  }
  return lines;
}
