import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import type { ChannelCredentials, ChannelOptions, Client, ServiceError } from '@grpc/grpc-js';
import { userAgent } from '#build-info.ts';
import type { ComponentSettings, Host } from '#component/component.ts';
import { type ClientContext, noClientContext } from '#component/consumer.ts';
import type { ClientAuthenticator } from '#component/extension.ts';
import { TlsClientContext } from '#http/tls-client-context.ts';
import { resolveClientAuthenticator } from '#http-client/client-authenticator.ts';
import { addressOf, type GrpcClientConfig } from './config.ts';

/** grpc-js is loaded only if a client is configured. */
type Grpc = typeof import('@grpc/grpc-js');

/** Longest time between two attempts to connect, ms. A receiver that is back receives data after at most this time. */
const maxReconnectDelay = 10_000;

/** Server name that TLS sends if the endpoint is an IP address: Node.js refuses an address there, and grpc-js always sends a name. */
const anyName = 'localhost';

/** A unary request, encoded without the frame of gRPC. */
export interface GrpcRequest {
  /** `/package.Service/Method` */
  readonly method: string;
  readonly body: Buffer;
  readonly client?: ClientContext;
  /** Time after which the receiver can stop processing the request, ms. 0 for none. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Makes unary calls with the settings of `grpcClientShape`. Messages are bytes. */
export class GrpcClient {
  readonly #config: GrpcClientConfig;
  readonly #settings: Pick<ComponentSettings, 'clock' | 'logger'>;
  #grpc: Grpc | undefined;
  #tls: TlsClientContext | undefined;
  #authenticator: ClientAuthenticator | undefined;
  #current: { readonly client: Client; readonly secureContext: unknown } | undefined;

  constructor(config: GrpcClientConfig, settings: Pick<ComponentSettings, 'clock' | 'logger'>) {
    this.#config = config;
    this.#settings = settings;
  }

  /** Reads TLS files and finds the authenticator. Waits for no connection. @throws Error that the user sees */
  async start(host: Host): Promise<void> {
    const { auth, tls, endpoint, compression } = this.#config;
    if (['lz4', 'deflate', 'zlib', 'x-snappy-framed'].includes(compression)) {
      throw new Error(`unsupported compression type ${JSON.stringify(compression)}`);
    }
    if (compression === 'snappy' || compression === 'zstd') {
      this.#settings.logger.warn('Compression not supported over gRPC; using gzip', { compression });
    }
    if (auth) this.#authenticator = resolveClientAuthenticator(auth.authenticator, host, 'gRPC');
    const isPlain = tls.insecure && tls.caFile === '' && tls.caPem === '' && !endpoint.startsWith('https://');
    if (!isPlain) this.#tls = new TlsClientContext(tls, () => this.#settings.clock.monotonic());
    this.#grpc = await import('@grpc/grpc-js');
  }

  /** Closes the connections. Safe to call twice or before `start`. */
  close(): void {
    this.#current?.client.close();
    this.#current = undefined;
  }

  /**
   * Makes a call. Resolves with the bytes of the answer.
   * @throws ServiceError of grpc-js, or the error of the authenticator
   */
  async call({ method, body, client = noClientContext, timeoutMs, signal }: GrpcRequest): Promise<Buffer> {
    const grpc = this.#grpc;
    if (!grpc) throw new Error('the client is not started');
    const metadata = new grpc.Metadata({ waitForReady: this.#config.waitForReady });
    const headers = new Map(this.#config.headers.map(({ name, value }) => [name.toLowerCase(), value]));
    for (const [name, value] of (await this.#authenticator?.requestHeaders({ client, headers })) ?? []) {
      if (value === undefined) headers.delete(name.toLowerCase());
      else headers.set(name.toLowerCase(), value);
    }
    for (const [name, value] of headers) metadata.set(name, value);
    const deadline = timeoutMs > 0 ? Date.now() + timeoutMs : Number.POSITIVE_INFINITY;
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, answer?: Buffer) => {
        signal.removeEventListener('abort', cancel);
        if (error) reject(error);
        else resolve(answer ?? Buffer.alloc(0));
      };
      const serialize = (bytes: Buffer) => bytes;
      const call = this.#connected(grpc).makeUnaryRequest(
        method,
        serialize,
        serialize,
        body,
        metadata,
        { deadline },
        done,
      );
      const cancel = () => call.cancel();
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
    });
  }

  /** Returns the client, a new one if the certificate has changed. */
  #connected(grpc: Grpc): Client {
    const tls = this.#tls?.options();
    if (this.#current && this.#current.secureContext === tls?.secureContext) return this.#current.client;
    this.#current?.client.close();
    const channel: ChannelCredentials =
      tls?.secureContext === undefined
        ? grpc.credentials.createInsecure()
        : grpc.credentials.createFromSecureContext(tls.secureContext, {
            ...(tls.rejectUnauthorized === false && { rejectUnauthorized: false }),
            checkServerIdentity: (_host, certificate) => checkServerIdentity(this.#serverName(), certificate),
          });
    const target = this.#config.endpoint.replace(/^https?:\/\//, '');
    const client = new grpc.Client(target, channel, this.#channelOptions(grpc));
    this.#current = { client, secureContext: tls?.secureContext };
    return client;
  }

  /** The name or IP address that the certificate of the receiver must have. */
  #serverName(): string {
    const { tls, endpoint } = this.#config;
    return (
      tls.serverNameOverride ||
      addressOf(endpoint)
        .replace(/:[^:]*$/, '')
        .replace(/^\[(.*)\]$/, '$1')
    );
  }

  #channelOptions({ compressionAlgorithms }: Grpc): ChannelOptions {
    const { keepalive, balancerName, authority, compression } = this.#config;
    const isCompressed = compression !== '' && compression !== 'none';
    return {
      'grpc.primary_user_agent': this.#config.userAgent || userAgent,
      'grpc.max_receive_message_length': 4 * 1024 * 1024,
      'grpc.max_send_message_length': -1,
      'grpc.max_reconnect_backoff_ms': maxReconnectDelay,
      // Each exporter has its own connections, same as in the Collector.
      'grpc.use_local_subchannel_pool': 1,
      ...(isCompressed && { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip }),
      ...(balancerName !== '' && {
        'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ [balancerName]: {} }] }),
      }),
      ...(authority !== '' && { 'grpc.default_authority': authority }),
      'grpc.ssl_target_name_override': isIP(this.#serverName()) === 0 ? this.#serverName() : anyName,
      ...(keepalive && {
        'grpc.keepalive_time_ms': keepalive.time,
        'grpc.keepalive_timeout_ms': keepalive.timeout,
        'grpc.keepalive_permit_without_calls': keepalive.permitWithoutStream ? 1 : 0,
      }),
    };
  }
}
