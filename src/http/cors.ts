import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CorsConfig } from './server-config.ts';

/**
 * Responses of the Collector's CORS library (rs/cors), computed once per configuration
 * (docs/reference/collector-behaviour.md#cors).
 */
export class CrossOrigin {
  readonly #anyOrigin: boolean;
  readonly #origins: ReadonlySet<string>;
  readonly #wildcards: readonly { readonly start: string; readonly end: string }[];
  readonly #anyHeader: boolean;
  readonly #headers: ReadonlySet<string>;
  readonly #exposed: string | undefined;
  readonly #maxAge: string | undefined;

  /** `config.allowedOrigins` must not be empty. */
  constructor(config: CorsConfig) {
    const origins = config.allowedOrigins.map((origin) => origin.toLowerCase());
    this.#anyOrigin = origins.includes('*');
    this.#origins = new Set(origins.filter((origin) => !origin.includes('*')));
    this.#wildcards = origins
      .filter((origin) => origin.includes('*'))
      .map((origin) => ({ start: origin.slice(0, origin.indexOf('*')), end: origin.slice(origin.indexOf('*') + 1) }));
    this.#anyHeader = config.allowedHeaders.includes('*');
    this.#headers = new Set(
      config.allowedHeaders.length === 0
        ? ['accept', 'content-type', 'x-requested-with']
        : config.allowedHeaders.map((name) => name.toLowerCase()),
    );
    this.#exposed =
      config.exposedHeaders.length === 0 ? undefined : config.exposedHeaders.map(canonicalName).join(', ');
    this.#maxAge = config.maxAge === 0 ? undefined : String(Math.max(config.maxAge, 0));
  }

  /** Sets the headers of the response. Answers a preflight request itself and then returns true. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const method = request.headers['access-control-request-method'];
    if (request.method === 'OPTIONS' && method) {
      this.#preflight(request, response, method);
      response.writeHead(204).end();
      return true;
    }
    const { origin } = request.headers;
    response.setHeader('Vary', 'Origin');
    if (!origin || !this.#allows(origin) || !isAllowedMethod(request.method)) return false;
    response.setHeader('Access-Control-Allow-Origin', this.#anyOrigin ? '*' : origin);
    if (this.#exposed) response.setHeader('Access-Control-Expose-Headers', this.#exposed);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    return false;
  }

  #preflight(request: IncomingMessage, response: ServerResponse, method: string): void {
    response.setHeader('Vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers');
    const { origin } = request.headers;
    const headers = request.headers['access-control-request-headers'];
    if (!origin || !this.#allows(origin) || !isAllowedMethod(method) || !this.#allowsHeaders(headers)) return;
    response.setHeader('Access-Control-Allow-Origin', this.#anyOrigin ? '*' : origin);
    response.setHeader('Access-Control-Allow-Methods', method);
    if (headers) response.setHeader('Access-Control-Allow-Headers', headers);
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    if (this.#maxAge) response.setHeader('Access-Control-Max-Age', this.#maxAge);
  }

  #allows(origin: string): boolean {
    if (this.#anyOrigin) return true;
    const lower = origin.toLowerCase();
    if (this.#origins.has(lower)) return true;
    return this.#wildcards.some(
      ({ start, end }) => lower.length >= start.length + end.length && lower.startsWith(start) && lower.endsWith(end),
    );
  }

  /**
   * Same as in the Collector: browsers send the names in lower case, sorted, without duplicates. Anything else is
   * refused.
   */
  #allowsHeaders(requested: string | undefined): boolean {
    if (this.#anyHeader || requested === undefined) return true;
    let last = '';
    let empty = 0;
    for (const element of requested.split(',')) {
      const name = element.trim();
      if (name === '') {
        empty += 1;
        if (empty > 16) return false;
        continue;
      }
      if (name <= last || !this.#headers.has(name)) return false;
      last = name;
    }
    return true;
  }
}

function isAllowedMethod(method: string | undefined): boolean {
  return method === 'GET' || method === 'POST' || method === 'HEAD' || method === 'OPTIONS';
}

/** Returns a header name in Go's form: `x-mine` → `X-Mine`. */
function canonicalName(name: string): string {
  return name.toLowerCase().replace(/(^|-)([a-z])/g, (match) => match.toUpperCase());
}
