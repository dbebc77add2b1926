import type { ComponentSettings, Host } from '#component/component.ts';
import { type ClientContext, noClientContext } from '#component/consumer.ts';
import type { ClientAuthenticator } from '#component/extension.ts';
import { resolveClientAuthenticator } from './client-authenticator.ts';
import { type Compress, compressionOf } from './compress-body.ts';
import type { HttpClientConfig } from './config.ts';
import { Connections } from './connections.ts';
import { CookieJar } from './cookie-jar.ts';
import { networkReason } from './request-error.ts';

/** Bytes of a response that are read. The rest is discarded. */
const maxResponseBytes = 64 * 1024;
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
    const limit = new AbortController();
    const stop = () => limit.abort(signal?.reason);
    const timer = timeout > 0 ? setTimeout(() => limit.abort(), timeout) : undefined;
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    try {
      return await this.#follow(request, limit.signal);
    } catch (error) {
      const isTimeout = limit.signal.aborted && !signal?.aborted;
      const reason = isTimeout
        ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
        : limit.signal.aborted
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

  async #follow(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const { body, encoding } = await this.#encoded(request);
    const headers = new Map(Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    if (encoding !== undefined) headers.set('content-encoding', encoding);
    const first = new URL(request.url);
    let sending: Sending = { url: first, method: request.method ?? 'POST', headers, body };
    for (let redirects = 0; ; redirects++) {
      const response = await this.#once(sending, { request, signal, isFirstHost: sending.url.host === first.host });
      const next = redirected(sending, response);
      if (next === undefined) return response;
      if (redirects === maxRedirects) throw new Error(`stopped after ${maxRedirects} redirects`);
      sending = next;
    }
  }

  async #encoded({ body, headers = {} }: HttpRequest): Promise<{ body: Uint8Array | undefined; encoding?: string }> {
    const isEncoded = Object.keys(headers).some((name) => name.toLowerCase() === 'content-encoding');
    if (body === undefined || isEncoded || this.#compress === undefined) return { body };
    return { body: await this.#compress(body), encoding: this.#config.compression };
  }

  async #once(
    { url, method, headers, body }: Sending,
    { request, signal, isFirstHost }: { request: HttpRequest; signal: AbortSignal; isFirstHost: boolean },
  ): Promise<HttpResponse> {
    if (!this.#connections) throw new Error('the client is not started');
    const sent = new Map(headers);
    const cookies = this.#cookies?.header(url) ?? '';
    if (cookies !== '') sent.set('cookie', cookies);
    // Another host that the receiver names must not learn the credentials.
    if (isFirstHost) {
      for (const { name, value } of this.#config.headers) sent.set(name.toLowerCase(), value);
      const client = request.client ?? noClientContext;
      const changes = await this.#authenticator?.requestHeaders({ client, headers: sent });
      for (const [name, value] of changes ?? []) {
        if (value === undefined) sent.delete(name.toLowerCase());
        else sent.set(name.toLowerCase(), value);
      }
    }
    const response = await this.#connections.dispatcher(url).request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: { ...Object.fromEntries(sent), ...credentialsOf(url, sent) },
      body: body ?? null,
      signal,
    });
    const received = new Map<string, string>();
    for (const [name, value = ''] of Object.entries(response.headers)) {
      if (name === 'set-cookie') this.#cookies?.store(url, [value].flat());
      received.set(name, Array.isArray(value) ? value.join(', ') : value);
    }
    const content = await firstBytes(response.body);
    return { status: response.statusCode, headers: received, body: content, url: withoutPassword(url.href) };
  }
}

interface Sending {
  readonly url: URL;
  readonly method: 'POST' | 'GET' | 'PUT';
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array | undefined;
}

/** Returns the request that follows a redirect, by Go's rules; undefined if there is none. */
function redirected({ url, method, headers, body }: Sending, response: HttpResponse): Sending | undefined {
  const location = response.headers.get('location');
  if (location === undefined || ![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const target = new URL(location, url);
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new Error(`unsupported protocol scheme ${JSON.stringify(target.protocol.slice(0, -1))}`);
  }
  if (response.status === 307 || response.status === 308) return { url: target, method, headers, body };
  const kept = [...headers].filter(([name]) => !name.startsWith('content-'));
  return { url: target, method: 'GET', headers: new Map(kept), body: undefined };
}

/** `user:password@` of a URL as a header, unless there is one. */
function credentialsOf({ username, password }: URL, headers: ReadonlyMap<string, string>): Record<string, string> {
  if (username === '' || headers.has('authorization')) return {};
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` };
}

function withoutPassword(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.password === '') return text;
  url.password = 'xxxxx';
  return url.href;
}

/** Reads a body to its end, and returns its first 64 KiB. */
async function firstBytes(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body) {
    if (bytes < maxResponseBytes) pieces.push(piece.subarray(0, maxResponseBytes - bytes));
    bytes += piece.length;
    // The connection cannot be used again, but a body without end would never release it.
    if (bytes > 2 * maxResponseBytes) break;
  }
  return Buffer.concat(pieces);
}
