import type { Registry } from 'prom-client';
import type { Clock, Logger } from '#component/component.ts';
import { withDeadline } from '#component/deadline.ts';
import { timerDelay } from '#component/timer-delay.ts';
import { metricsRequest, type RequestOptions } from './metrics-request.ts';
import { openGrpcClient } from './open-grpc-client.ts';
import { type OtlpClient, type OtlpDestination, openHttpClient } from './otlp-client.ts';

/** Settings and dependencies of {@link MetricsPusher}. */
export interface PusherOptions extends Omit<RequestOptions, 'now' | 'startedAt'> {
  readonly destination: OtlpDestination;
  readonly intervalMs: number;
  /** Maximum duration of a push in milliseconds. */
  readonly timeoutMs: number;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Pushes pitot's own metrics over OTLP at intervals and once more at shutdown. A failed push is logged; the next one contains the same
 * totals. Pushes never overlap: if the previous push is still running, an interval is skipped.
 */
export class MetricsPusher {
  readonly #options: PusherOptions;
  readonly #startedAt: number;
  readonly #sender: OtlpClient;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  /** @throws Error with the Collector's text when the destination is invalid */
  constructor(options: PusherOptions) {
    this.#options = options;
    this.#sender = openClient(options.destination);
    this.#startedAt = options.clock.now();
  }

  start(): void {
    this.#timer = setInterval(() => this.#push(), timerDelay(this.#options.intervalMs));
    this.#timer.unref();
  }

  /** Pushes a last time. Returns when `deadline` aborts; never rejects. */
  async close(deadline: AbortSignal): Promise<void> {
    clearInterval(this.#timer);
    const last = async () => {
      await this.#running;
      await this.#push();
    };
    await withDeadline(last(), deadline);
    this.#sender.close();
  }

  #push(): Promise<void> {
    this.#running ??= this.#send().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #send(): Promise<void> {
    const { registry, clock, logger, timeoutMs, destination } = this.#options;
    try {
      const body = await metricsRequest(registry, { ...this.#options, startedAt: this.#startedAt, now: clock.now() });
      await this.#sender.send(body, timeoutMs);
    } catch (error) {
      logger.error('failed to upload metrics', { endpoint: destination.endpoint, error });
    }
  }
}

function openClient(destination: OtlpDestination): OtlpClient {
  const { protocol, compression } = destination;
  if (!['', 'gzip', 'none'].includes(compression)) {
    throw new Error(`unsupported compression ${JSON.stringify(compression)}`);
  }
  if (protocol === 'http/protobuf') return openHttpClient(destination);
  if (protocol === 'grpc') return openGrpcClient(destination);
  throw new Error(`unsupported protocol ${JSON.stringify(protocol)}`);
}
