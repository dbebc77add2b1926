import type { ComponentSettings, Host } from '#component/component.ts';
import { type ClientContext, noClientContext } from '#component/consumer.ts';
import type { ClientAuthenticator } from '#component/extension.ts';
import { resolveClientAuthenticator } from './client-authenticator.ts';
import { type Compress, compressionOf } from './compress-body.ts';
import type { HttpClientConfig } from './config.ts';
import { Connections } from './connections.ts';
import { CookieJar } from './cookie-jar.ts';
import { Ending, exchange } from './exchange.ts';
import { networkReason } from './request-error.ts';
import { type RequestTarget, targetOf, targetOfUrl, withoutPassword } from './request-target.ts';

/** Maximum number of redirects of a request, same as in Go. */
const maxRedirects = 10;

/** A request to the endpoint or to another URL. */
export interface HttpRequest {
  readonly url: string;
  readonly method?: 'POST' | 'GET' | 'PUT';
  /** Headers with names in any case. The configured headers replace them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Body without encoding. It is compressed unless `headers` has a `Content-Encoding`. */
  readonly body?: Uint8Array;
  /** Client whose data the body contains, for authenticators that forward its metadata. */
  readonly client?: ClientContext;
  readonly signal?: AbortSignal;
}

/** An answer with any status, after redirects. */
export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; several values are joined with a comma and a space. */
  readonly headers: ReadonlyMap<string, string>;
  /** The first 64 KiB of the body. */
  readonly body: Buffer;
  /** URL that answered, after redirects. */
  readonly url: string;
}

/** A request that nothing answered. The message has Go's form: `Post "URL": REASON`. */
export class HttpRequestError extends Error {
  override readonly name = 'HttpRequestError';
}

/** Sends requests with the settings of `httpClientShape`. */
export class HttpClient {
  readonly #config: HttpClientConfig;
  readonly #settings: Pick<ComponentSettings, 'clock'>;
  readonly #compress: Compress | undefined;
  readonly #cookies: CookieJar | undefined;
  #authenticator: ClientAuthenticator | undefined;
  #connections: Connections | undefined;
  /** URL of the last request, which the next one usually has too. */
  #target: { readonly text: string; readonly target: RequestTarget } | undefined;

  /** @throws Error for a compression that pitot does not have */
  constructor(config: HttpClientConfig, settings: Pick<ComponentSettings, 'clock'>) {
    this.#config = config;
    this.#settings = settings;
    this.#compress = compressionOf(config.compression, config.compressionParams.level);
    if (config.cookies) this.#cookies = new CookieJar(() => settings.clock.now());
  }

  /** Reads TLS files and finds the authenticator. Opens no connection. @throws Error that the user sees */
  async start(host: Host): Promise<void> {
    const { auth } = this.#config;
    if (auth) this.#authenticator = resolveClientAuthenticator(auth.authenticator, host);
    this.#connections = new Connections(this.#config, await import('undici'), this.#settings.clock);
  }

  /** Closes all connections, and fails the requests on them. Safe to call twice or before `start`. */
  async close(): Promise<void> {
    await this.#connections?.close();
  }

  /**
   * Sends a request, follows redirects, and reads the answer, whatever its status.
   * @throws HttpRequestError if nothing answers within `timeout`, or before `signal` aborts
   */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const { method = 'POST', signal } = request;
    const { timeout } = this.#config;
    const ending = new Ending();
    let isTimeout = false;
    const stop = () => ending.end();
    const onTimeout = () => {
      isTimeout = !ending.isEnded;
      stop();
    };
    const timer = timeout > 0 ? setTimeout(onTimeout, timeout) : undefined;
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    try {
      return await this.#follow(request, ending);
    } catch (error) {
      const reason = isTimeout
        ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
        : ending.isEnded
          ? 'context canceled'
          : networkReason(error);
      const verb = method.charAt(0) + method.slice(1).toLowerCase();
      throw new HttpRequestError(`${verb} ${JSON.stringify(withoutPassword(request.url))}: ${reason}`, {
        cause: error,
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    }
  }

  async #follow(request: HttpRequest, ending: Ending): Promise<HttpResponse> {
    const compressed = this.#encoded(request);
    const { body, encoding } = compressed instanceof Promise ? await compressed : compressed;
    const headers = new Map<string, string>();
    for (const name in request.headers) headers.set(name.toLowerCase(), request.headers[name]!);
    if (encoding !== undefined) headers.set('content-encoding', encoding);
    const first = this.#targetOf(request.url);
    let sending: Sending = { target: first, method: request.method ?? 'POST', headers, body };
    for (let redirects = 0; ; redirects++) {
      const isFirstHost = sending.target.url.host === first.url.host;
      const response = await this.#once(sending, { request, ending, isFirstHost });
      const next = redirected(sending, response);
      if (next === undefined) return response;
      if (redirects === maxRedirects) throw new Error(`stopped after ${maxRedirects} redirects`);
      sending = next;
    }
  }

  #targetOf(text: string): RequestTarget {
    if (this.#target?.text !== text) this.#target = { text, target: targetOf(text) };
    return this.#target.target;
  }

  #encoded({ body, headers }: HttpRequest): Encoded | Promise<Encoded> {
    if (body === undefined || this.#compress === undefined) return { body };
    for (const name in headers) if (name.toLowerCase() === 'content-encoding') return { body };
    const encoding = this.#config.compression;
    const compressed = this.#compress(body);
    if (compressed instanceof Promise) return compressed.then((bytes) => ({ body: bytes, encoding }));
    return { body: compressed, encoding };
  }

  async #once(
    { target, method, headers, body }: Sending,
    { request, ending, isFirstHost }: { request: HttpRequest; ending: Ending; isFirstHost: boolean },
  ): Promise<HttpResponse> {
    if (!this.#connections) throw new Error('the client is not started');
    const { url, origin, path, authorization } = target;
    const sent = new Map(headers);
    const cookies = this.#cookies?.header(url) ?? '';
    if (cookies !== '') sent.set('cookie', cookies);
    // Another host that the receiver names must not learn the credentials.
    if (isFirstHost) {
      for (const { name, value } of this.#config.headers) sent.set(name.toLowerCase(), value);
      if (this.#authenticator) await authenticate(this.#authenticator, request, sent);
    }
    if (authorization !== undefined && !sent.has('authorization')) sent.set('authorization', authorization);
    const fields: string[] = [];
    for (const [name, value] of sent) fields.push(name, value);
    const dispatcher = this.#connections.dispatcher(url);
    const answer = await exchange(dispatcher, { origin, path, method, headers: fields, body: body ?? null }, ending);
    const received = new Map<string, string>();
    for (const name in answer.headers) {
      const value = answer.headers[name] ?? '';
      if (name === 'set-cookie') this.#cookies?.store(url, [value].flat());
      received.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
    return { status: answer.status, headers: received, body: answer.body, url: target.shown };
  }
}

interface Encoded {
  readonly body: Uint8Array | undefined;
  readonly encoding?: string;
}

/** Lets an authenticator change the headers of a request. */
async function authenticate(
  authenticator: ClientAuthenticator,
  { client = noClientContext }: HttpRequest,
  headers: Map<string, string>,
): Promise<void> {
  for (const [name, value] of await authenticator.requestHeaders({ client, headers })) {
    if (value === undefined) headers.delete(name.toLowerCase());
    else headers.set(name.toLowerCase(), value);
  }
}

interface Sending {
  readonly target: RequestTarget;
  readonly method: 'POST' | 'GET' | 'PUT';
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array | undefined;
}

/** Returns the request that follows a redirect, by Go's rules; undefined if there is none. */
function redirected({ target, method, headers, body }: Sending, response: HttpResponse): Sending | undefined {
  const location = response.headers.get('location');
  if (location === undefined || ![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const url = new URL(location, target.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Error(`unsupported protocol scheme ${JSON.stringify(url.protocol.slice(0, -1))}`);
  }
  const next = targetOfUrl(url);
  if (response.status === 307 || response.status === 308) return { target: next, method, headers, body };
  const kept = [...headers].filter(([name]) => !name.startsWith('content-'));
  return { target: next, method: 'GET', headers: new Map(kept), body: undefined };
}
