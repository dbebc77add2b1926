import type { Agent, buildConnector, Dispatcher, ProxyAgent } from 'undici';
import type { Clock } from '#component/component.ts';
import { timerDelay } from '#component/timer-delay.ts';
import { TlsClientContext } from '#http/tls-client-context.ts';
import type { HttpClientConfig } from './config.ts';
import { proxyOf } from './proxy.ts';

/** The parts of undici that a client needs. It is loaded only if a client is configured. */
interface Undici {
  readonly Agent: typeof Agent;
  readonly ProxyAgent: typeof ProxyAgent;
  readonly buildConnector: typeof buildConnector;
}

/** Maximum time to open a connection, ms, same as in Go. */
const connectTimeout = 30_000;

/** Open connections of a client: direct, or through a proxy. */
export class Connections {
  readonly #undici: Undici;
  readonly #options: Agent.Options;
  readonly #direct: Agent;
  readonly #configuredProxy: string;
  readonly #tls: TlsClientContext;
  /** The environment's proxy for the origin of the last request: a look-up costs as much as the rest of a small request. */
  #fromEnvironment: { readonly origin: string; readonly proxy: string | undefined } | undefined;
  /** By URL: one that is configured, or one for each scheme. */
  readonly #proxies = new Map<string, { readonly agent: ProxyAgent; readonly secureContext: unknown }>();

  /** @throws Error if TLS files cannot be read, or `proxy_url` is not a URL */
  constructor(config: HttpClientConfig, undici: Undici, clock: Clock) {
    this.#undici = undici;
    this.#configuredProxy = config.proxyUrl;
    if (config.proxyUrl !== '' && !URL.canParse(config.proxyUrl)) {
      throw new Error(`parse ${JSON.stringify(config.proxyUrl)}: invalid URI for request`);
    }
    const tls = new TlsClientContext(config.tls, () => clock.monotonic());
    this.#tls = tls;
    const connect: buildConnector.connector = (target, callback) => {
      let options: ReturnType<TlsClientContext['options']>;
      try {
        options = tls.options();
      } catch (error) {
        callback(error as Error, null);
        return;
      }
      undici.buildConnector({ ...options, timeout: connectTimeout, maxCachedSessions: 0 })(target, callback);
    };
    const idle = idleTimeout(config);
    this.#options = {
      connect,
      // The timeout of the request limits everything.
      bodyTimeout: 0,
      headersTimeout: 0,
      allowH2: false,
      connections: config.maxConnsPerHost > 0 ? config.maxConnsPerHost : null,
      pipelining: idle === undefined ? 0 : 1,
      ...(idle !== undefined && { keepAliveTimeout: idle, keepAliveMaxTimeout: idle }),
    };
    this.#direct = new undici.Agent(this.#options);
  }

  /**
   * Returns what sends a request to `url`.
   * @throws TypeError if an environment variable for proxies is not a URL
   */
  dispatcher(url: URL): Dispatcher {
    const uri = this.#configuredProxy === '' ? this.#proxyOf(url) : this.#configuredProxy;
    if (uri === undefined) return this.#direct;
    const tls = this.#tls.options();
    const existing = this.#proxies.get(uri);
    if (existing && existing.secureContext === tls.secureContext) return existing.agent;
    void existing?.agent.close();
    const { connect: _, ...options } = this.#options;
    const agent = new this.#undici.ProxyAgent({ ...options, uri, requestTls: tls as buildConnector.BuildOptions });
    this.#proxies.set(uri, { agent, secureContext: tls.secureContext });
    return agent;
  }

  /** Same as in Go, the environment is read once. */
  #proxyOf(url: URL): string | undefined {
    const { origin } = url;
    if (this.#fromEnvironment?.origin !== origin) {
      this.#fromEnvironment = { origin, proxy: proxyOf(url, process.env)?.href };
    }
    return this.#fromEnvironment.proxy;
  }

  /** Closes all connections, and fails the requests on them. */
  async close(): Promise<void> {
    const proxies = [...this.#proxies.values()].map(({ agent }) => agent);
    await Promise.all([this.#direct, ...proxies].map((agent) => agent.destroy()));
  }
}

/** Time after which an idle connection is closed in milliseconds. Undefined if each request opens a connection. */
function idleTimeout(config: HttpClientConfig): number | undefined {
  const { keepalive, idleConnTimeout, disableKeepAlives } = config;
  if (disableKeepAlives === true || keepalive === undefined) return undefined;
  const timeout = idleConnTimeout ?? keepalive.idleConnTimeout;
  return timerDelay(timeout > 0 ? timeout : Number.POSITIVE_INFINITY);
}
