import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Host, Logger } from '#component/component.ts';
import { RetryableError } from '#component/errors.ts';
import type { ServerAuthenticator } from '#component/extension.ts';
import { authenticate, resolveAuthenticator } from './authentication.ts';
import { cleanedPath, redirect } from './clean-path.ts';
import { CrossOrigin } from './cors.ts';
import { foreignRequest } from './host-check.ts';
import { malformedAnswer } from './malformed-request.ts';
import { type Refusal, type Refuse, refuseInPlainText } from './plain-text.ts';
import type { RejectionLog } from './rejected-requests.ts';
import type { HttpServerConfig } from './server-config.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

interface ChainOptions {
  readonly config: HttpServerConfig;
  readonly host: Host;
  readonly logger: Logger;
  readonly refuse?: Refuse | undefined;
  readonly rejected?: RejectionLog | undefined;
  /** Host names of a status server, see `foreignRequest`. Without it, every name is answered. */
  readonly allowedHosts?: ReadonlySet<string> | undefined;
}

/**
 * Stages of every request before routing, in the Collector's order: response headers, CORS, authentication, content encoding, clean
 * path (docs/reference/collector-behaviour.md#request-handling).
 */
export class RequestChain {
  readonly #next: RequestHandler;
  readonly #headers: HttpServerConfig['responseHeaders'];
  readonly #crossOrigin: CrossOrigin | undefined;
  readonly #authenticator: ServerAuthenticator | undefined;
  readonly #requestParameters: readonly string[];
  readonly #encodings: ReadonlySet<string>;
  readonly #refuse: Refuse;
  readonly #rejected: RejectionLog | undefined;
  readonly #allowedHosts: ReadonlySet<string> | undefined;

  constructor(
    { config, host, logger, rejected, allowedHosts, refuse = refuseInPlainText }: ChainOptions,
    next: RequestHandler,
  ) {
    this.#next = next;
    this.#headers = config.responseHeaders;
    this.#refuse = refuse;
    this.#rejected = rejected;
    this.#allowedHosts = allowedHosts;
    const encodings: readonly string[] = config.compressionAlgorithms;
    this.#encodings = new Set(encodings.includes('') ? [...encodings, 'identity'] : encodings);
    this.#authenticator = config.auth ? resolveAuthenticator(config.auth.authenticator, host) : undefined;
    this.#requestParameters = config.auth?.requestParams ?? [];
    if (config.cors && config.cors.allowedOrigins.length > 0) this.#crossOrigin = new CrossOrigin(config.cors);
    else if (config.cors && config.cors.allowedHeaders.length > 0) {
      logger.warn('The CORS configuration specifies allowed headers but no allowed origins, and is therefore ignored.');
    }
    const [middleware] = config.middlewares;
    if (middleware) {
      throw new Error(`failed to resolve middleware ${JSON.stringify(middleware.id)}: middleware not found`);
    }
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (!isWellFormed(request, response) || this.#isForeign(request, response)) return;
    for (const { name, value } of this.#headers) response.setHeader(name, value);
    if (this.#crossOrigin?.answer(request, response)) return;
    if (this.#authenticator) void this.#authenticate(this.#authenticator, request, response);
    else this.#route(request, response);
  }

  #isForeign(request: IncomingMessage, response: ServerResponse): boolean {
    const reason = this.#allowedHosts && foreignRequest(request, this.#allowedHosts);
    if (reason === undefined) return false;
    this.#refuse(request, response, { status: 403, message: `${reason}; add it to allowed_hosts if you trust it` });
    return true;
  }

  async #authenticate(
    authenticator: ServerAuthenticator,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    try {
      await authenticate(request, authenticator, this.#requestParameters);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#rejected?.request('auth', request, message);
      this.#refuse(request, response, authRefusal(error, message));
      return;
    }
    this.#route(request, response);
  }

  #route(request: IncomingMessage, response: ServerResponse): void {
    // Same as in the Collector: an empty list disables decoding and this check.
    if (this.#encodings.size > 0) {
      const encoding = request.headers['content-encoding'] ?? '';
      if (!this.#encodings.has(encoding)) {
        this.#rejected?.request('encoding', request, encoding);
        this.#refuse(request, response, { status: 400, message: `unsupported Content-Encoding: ${encoding}` });
        return;
      }
    }
    const path = cleanedPath(request.url ?? '/');
    if (path === undefined) this.#next(request, response);
    else redirect(request, response, path);
  }
}

/** gRPC RESOURCE_EXHAUSTED. */
const resourceExhausted = 8;

/** Returns 401, or 429 or 503 if the authenticator cannot decide at present (RetryableError). */
function authRefusal(error: unknown, message: string): Refusal {
  if (!(error instanceof RetryableError)) return { status: 401, message };
  const status = error.code === resourceExhausted ? 429 : 503;
  return { status, message, retryAfterSeconds: error.retryAfterSeconds };
}

/** Responds to requests that Go's server refuses before any handler. Converts an absolute target to a path. */
function isWellFormed(request: IncomingMessage, response: ServerResponse): boolean {
  const target = request.url ?? '';
  if (target.charCodeAt(0) !== 0x2f) {
    const absolute = /^https?:\/\/[^/?]*(.*)$/i.exec(target);
    if (absolute) {
      const rest = absolute[1] ?? '';
      request.url = rest.startsWith('/') ? rest : `/${rest}`;
    } else if (target === '*' && request.method === 'OPTIONS') {
      response.writeHead(200, ['Content-Length', '0']).end();
      return false;
    } else {
      answerRaw(response, malformedAnswer('400 Bad Request'));
      return false;
    }
  }
  // A broken escape in the query is left to its reader.
  if (target.includes('%') && /%(?![0-9a-fA-F]{2})/.test(target.split('?', 1)[0]!)) {
    answerRaw(response, malformedAnswer('400 Bad Request'));
    return false;
  }
  if (request.headers.host === undefined && request.httpVersion === '1.1') {
    answerRaw(response, malformedAnswer('400 Bad Request: missing required Host header'));
    return false;
  }
  const transferEncoding = request.headers['transfer-encoding'];
  if (transferEncoding !== undefined && transferEncoding.toLowerCase() !== 'chunked') {
    answerRaw(response, malformedAnswer('501 Not Implemented', 'Unsupported transfer encoding'));
    return false;
  }
  return true;
}

/** These responses have no Date and close the connection, so they are written directly to the socket. */
function answerRaw(response: ServerResponse, text: string): void {
  if (response.socket && response.req.httpVersionMajor === 1) response.socket.end(text);
  else response.writeHead(400).end();
}
