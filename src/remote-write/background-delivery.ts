import type { Clock } from '#component/component.ts';
import { noClientContext } from '#component/consumer.ts';
import { withDeadline } from '#component/deadline.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import type { RetryConfig } from '#exporterhelper/retry-config.ts';
import type { Send } from '#exporterhelper/send.ts';
import { pause, withRetry } from '#exporterhelper/with-retry.ts';
import type { EncodedRequest } from '#prometheus/remote-write/encode-requests.ts';
import { ContentRejectedError } from './remote-write-sender.ts';
import type { RequestStore } from './request-store.ts';

/** Settings and dependencies of {@link BackgroundDelivery}. */
export interface BackgroundDeliveryOptions {
  readonly store: RequestStore;
  readonly clock: Clock;
  /** Sends one request once. */
  readonly send: Send<EncodedRequest>;
  /** Intervals between attempts. */
  readonly retry: RetryConfig;
  readonly random: () => number;
  readonly onRetry: (error: unknown, delayMs: number) => void;
  readonly onSent: (request: EncodedRequest) => void;
  /** Called for a request whose content was rejected, and which is lost. */
  readonly onRejected: (error: PermanentError, request: EncodedRequest) => void;
}

/** Pause after the store could not be read, ms. */
const storeRetryMs = 1_000;

/**
 * Sends the requests of a store one after the other, in order. A request stays first until it is sent or its content is rejected; any other
 * failure is repeated without end, and the store limits what waits in the meantime.
 */
export class BackgroundDelivery {
  readonly #options: BackgroundDeliveryOptions;
  readonly #stopping = new AbortController();
  readonly #ended = new AbortController();
  /** Repeats a request until it is sent, rejected, or the delivery ends. */
  readonly #send: Send<EncodedRequest>;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  constructor(options: BackgroundDeliveryOptions) {
    this.#options = options;
    const { clock, random, onRetry, retry } = options;
    this.#send = withRetry(
      { ...retry, enabled: true, maxElapsedTime: 0 },
      { clock, random, onRetry, stopping: this.#stopping.signal },
      retryingAll(options.send),
    );
  }

  async start(): Promise<void> {
    await this.#options.store.open();
    this.#running = this.#runAlways();
  }

  /** Adds requests. Resolves when they are in the store. */
  async add(requests: readonly EncodedRequest[]): Promise<void> {
    await this.#options.store.add(requests);
    this.#wake?.();
  }

  /** Sends what waits, each request at most once more, until the deadline. */
  async shutdown(deadline: AbortSignal): Promise<void> {
    this.#stopping.abort();
    this.#wake?.();
    await withDeadline(this.#running ?? Promise.resolve(), deadline);
    this.#ended.abort();
    await this.#running;
    await this.#options.store.close();
  }

  /** Delivers until the shutdown. A store that cannot be read now may be readable later. */
  async #runAlways(): Promise<void> {
    for (;;) {
      try {
        await this.#run();
        return;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#options.onRetry(error, storeRetryMs);
        await pause(storeRetryMs, this.#stopping.signal);
      }
    }
  }

  async #run(): Promise<void> {
    const { store } = this.#options;
    while (!this.#ended.signal.aborted) {
      const request = await store.first();
      if (request === undefined) {
        if (this.#stopping.signal.aborted) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          if (store.size > 0 || this.#stopping.signal.aborted) resolve();
        });
        this.#wake = undefined;
        continue;
      }
      if (!(await this.#deliver(request))) return;
      await store.remove();
    }
  }

  /** Returns whether the request is done. Otherwise, the delivery ends. */
  async #deliver(request: EncodedRequest): Promise<boolean> {
    const { onSent, onRejected } = this.#options;
    try {
      await this.#send(request, { client: noClientContext, signal: this.#ended.signal });
      onSent(request);
      return true;
    } catch (error) {
      if (!(error instanceof PermanentError)) return false;
      onRejected(error, request);
      return true;
    }
  }
}

/** Makes every error retryable except a rejection of the content: a wrong password, for example, can be corrected in the receiver. */
function retryingAll(send: Send<EncodedRequest>): Send<EncodedRequest> {
  return async (request, attempt) => {
    try {
      await send(request, attempt);
    } catch (error) {
      if (error instanceof ContentRejectedError || !(error instanceof PermanentError)) throw error;
      throw new RetryableError(error.message, { cause: error });
    }
  };
}
