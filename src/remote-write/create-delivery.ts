import type { ComponentSettings } from '#component/component.ts';
import { ExportLog } from '#exporterhelper/export-log.ts';
import type { RetryConfig } from '#exporterhelper/retry-config.ts';
import type { Attempt, Send } from '#exporterhelper/send.ts';
import { withRetry } from '#exporterhelper/with-retry.ts';
import type { EncodedRequest } from '#prometheus/remote-write/encode-requests.ts';
import { BackgroundDelivery } from './background-delivery.ts';
import type { RemoteWriteSender } from './remote-write-sender.ts';
import { sendInParallel } from './send-in-parallel.ts';
import { observeWal } from './wal/wal-metrics.ts';
import { WalRequests } from './wal/wal-requests.ts';

/** Parameters of {@link createDelivery}. */
export interface DeliveryOptions {
  readonly settings: ComponentSettings;
  readonly sender: RemoteWriteSender;
  readonly retry: RetryConfig;
  /** Number of requests that are sent at the same time. */
  readonly parallelism: number;
  /** Files in which requests wait until they are sent. */
  readonly wal: { readonly directory: string; readonly maxBytes: number } | undefined;
}

/** The way of encoded requests to their receiver. */
export interface Delivery {
  start(): Promise<void>;
  /**
   * Resolves when the requests are stored: by the receiver or, with a write-ahead log, on disk.
   * @throws PermanentError, or RetryableError if a retry could help
   */
  deliver(requests: readonly EncodedRequest[], attempt: Attempt): Promise<void>;
  /** Ends the delays between attempts. From now on, each request gets one attempt. */
  stopRetries(): void;
  shutdown(deadline: AbortSignal): Promise<void>;
}

/** Creates a delivery: through the write-ahead log if `wal` is set, otherwise directly. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const send: Send<EncodedRequest> = (request, attempt) => options.sender.send(request, attempt);
  return options.wal === undefined ? direct(options, send) : throughWal(options, options.wal, send);
}

/** Sends requests when they are delivered, with retries. */
function direct({ settings, retry, parallelism }: DeliveryOptions, send: Send<EncodedRequest>): Delivery {
  const stopping = new AbortController();
  const log = new ExportLog({ ...settings, advice: '' });
  const repeated = withRetry(
    retry,
    {
      clock: settings.clock,
      random: Math.random,
      stopping: stopping.signal,
      onRetry: (error, delayMs) => log.retrying(error, delayMs),
    },
    send,
  );
  return {
    start: async () => {},
    deliver: async (requests, attempt) => {
      await sendInParallel(requests, { send: repeated, parallelism }, attempt);
      log.succeeded();
    },
    stopRetries: () => stopping.abort(),
    shutdown: async () => {},
  };
}

/** Writes requests to disk and sends them from there. */
function throughWal(
  { settings, retry }: DeliveryOptions,
  wal: { readonly directory: string; readonly maxBytes: number },
  send: Send<EncodedRequest>,
): Delivery {
  const log = new ExportLog({ ...settings, advice: '' });
  const store = new WalRequests({ ...wal, logger: settings.logger });
  const observe = observeWal(settings, store);
  const background = new BackgroundDelivery({
    store,
    send,
    retry,
    clock: settings.clock,
    random: Math.random,
    onRetry: (error, delayMs) => log.retrying(error, delayMs),
    onSent: () => log.succeeded(),
    onRejected: (error, { counts }) => {
      observe.rejected(counts);
      log.dropped(error, counts.samples + counts.histograms, '');
    },
  });
  return {
    start: () => background.start(),
    deliver: (requests) => background.add(requests),
    stopRetries: () => {},
    shutdown: (deadline) => background.shutdown(deadline),
  };
}
