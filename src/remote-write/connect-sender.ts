import type { ComponentSettings, Host } from '#component/component.ts';
import type { ClientContext } from '#component/consumer.ts';
import type { HttpClientConfig } from '#http-client/config.ts';
import { HttpClient } from '#http-client/http-client.ts';
import { retryAfterSeconds } from '#http-client/retry-after.ts';
import type { ProtocolVersion } from '#prometheus/remote-write/encode-requests.ts';
import { RemoteWriteSender, type WriteResponse } from './remote-write-sender.ts';
import { SenderMetrics } from './sender-metrics.ts';

/** Parameters of {@link connectSender}. */
export interface ConnectionOptions {
  readonly client: HttpClientConfig;
  readonly version: ProtocolVersion;
  /** Value of `User-Agent`. */
  readonly userAgent: string;
  /** Headers of the client that sent the data, to forward. */
  readonly metadataKeys: readonly string[];
}

/** A sender with its HTTP client. */
export interface ConnectedSender {
  readonly sender: RemoteWriteSender;
  start(host: Host): Promise<void>;
  close(): Promise<void>;
}

/** Characters of a response that an error contains. */
const maxText = 1_024;

/** Creates a sender for the receiver at the endpoint of `client`. @throws Error `invalid endpoint` */
export function connectSender(options: ConnectionOptions, settings: ComponentSettings): ConnectedSender {
  const { endpoint } = options.client;
  if (!URL.canParse(endpoint)) throw new Error('invalid endpoint');
  // The body is compressed before.
  const http = new HttpClient({ ...options.client, compression: '' }, settings);
  const sender = new RemoteWriteSender({
    settings,
    endpoint,
    version: options.version,
    metrics: new SenderMetrics(settings, endpoint),
    post: async (body, headers, { client, signal }): Promise<WriteResponse> => {
      const response = await http.send({
        url: endpoint,
        headers: { ...forwarded(client, options.metadataKeys), 'User-Agent': options.userAgent, ...headers },
        body,
        client,
        signal,
      });
      const delay = retryAfterSeconds(response.headers.get('retry-after'), settings.clock.now());
      return {
        status: response.status,
        text: response.body.toString('utf8', 0, maxText),
        retryAfterSeconds: delay === undefined ? undefined : Math.ceil(delay),
        header: (name) => response.headers.get(name),
      };
    },
  });
  return { sender, start: (host) => http.start(host), close: () => http.close() };
}

function forwarded({ metadata }: ClientContext, keys: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const key of keys) {
    const values = metadata.get(key.toLowerCase());
    if (values !== undefined && values.length > 0) headers[key] = values.join(', ');
  }
  return headers;
}
