import { join } from 'node:path';
import { toByteString } from '#bytes/utf8.ts';
import type { ComponentSettings, Host } from '#component/component.ts';
import type { RetryConfig } from '#exporterhelper/retry-config.ts';
import type { HttpClientConfig } from '#http-client/config.ts';
import { LabelNamer } from '#prometheus/naming/label-namer.ts';
import { PushedLabels } from '#prometheus/remote-write/pushed-labels.ts';
import { type ConnectedSender, connectSender } from './connect-sender.ts';
import { versionOf } from './protobuf-message.ts';
import { PushDelivery } from './push-delivery.ts';
import { type PushedFamilies, Pusher } from './pusher.ts';

/** Subdirectory of the write-ahead log, same as in the Collector. */
export const walDirectory = 'prom_remotewrite';

/** Settings of pushes. */
export interface StorePushConfig {
  readonly client: HttpClientConfig;
  readonly pushInterval: number;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly protobufMessage: string;
  readonly sendMetadata: boolean;
  readonly maxBatchSizeBytes: number;
  readonly retryOnFailure: RetryConfig;
  readonly wal: { readonly directory: string; readonly maxSizeBytes: number } | undefined;
  readonly sendNativeHistograms: boolean;
  readonly maxPendingBytes: number;
}

/** Settings and dependencies of {@link StorePush}. */
export interface StorePushOptions {
  readonly settings: ComponentSettings;
  readonly userAgent: string;
  /** Collects the families for a scraper of this name. */
  readonly collect: (scraper: string) => Promise<PushedFamilies>;
}

/** Pushes the series of a store to one receiver: the sender, the delivery, and the interval. */
export class StorePush {
  readonly #connection: ConnectedSender;
  readonly #delivery: PushDelivery;
  readonly #pusher: Pusher;
  #isStarted = false;

  /** @throws Error if the endpoint is not a URL */
  constructor(config: StorePushConfig, { settings, userAgent, collect }: StorePushOptions) {
    const { client, wal } = config;
    this.#connection = connectSender(
      { client, version: versionOf(config.protobufMessage), userAgent, metadataKeys: [] },
      settings,
    );
    const { sender } = this.#connection;
    this.#delivery = new PushDelivery({
      settings,
      sender,
      retry: config.retryOnFailure,
      maxPendingBytes: config.maxPendingBytes,
      wal: wal && { directory: join(wal.directory, walDirectory), maxBytes: wal.maxSizeBytes },
    });
    const namer = new LabelNamer('UnderscoreEscapingWithSuffixes', { keepsSeries: true });
    this.#pusher = new Pusher({
      settings,
      intervalMs: config.pushInterval,
      collect: () => collect(`remote_write ${client.endpoint}`),
      version: () => sender.version,
      maxBytes: config.maxBatchSizeBytes,
      labels: new PushedLabels(
        Object.entries(config.externalLabels).map(([name, value]) => [
          toByteString(namer.strictName(name)),
          toByteString(value),
        ]),
      ),
      sendsNative: () => config.sendNativeHistograms && sender.acceptsNative,
      sendsMetadata: config.sendMetadata,
      deliver: (requests, outcome) => this.#delivery.add(requests, outcome),
    });
  }

  /** @throws Error that the user sees */
  async start(host: Host): Promise<void> {
    await this.#connection.start(host);
    await this.#delivery.start();
    this.#pusher.start();
    this.#isStarted = true;
  }

  /** Pushes now. */
  push(): Promise<void> {
    return this.#pusher.push();
  }

  /** Pushes a last time, and sends what waits until the deadline. Call it while the store can still be read. */
  async shutdown(deadline: AbortSignal): Promise<void> {
    if (this.#isStarted) await this.#pusher.stop();
    this.#isStarted = false;
    await this.#delivery.shutdown(deadline);
    await this.#connection.close();
  }
}
