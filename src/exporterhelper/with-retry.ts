import type { Clock } from '#component/component.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import { timerDelay } from '#component/timer-delay.ts';
import { Backoff } from './backoff.ts';
import { errorText } from './error-text.ts';
import type { RetryConfig } from './retry-config.ts';
import type { Attempt, Send } from './send.ts';

/** Parameters of {@link withRetry}. */
export interface RetryOptions {
  readonly clock: Clock;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
  /** Called before each delay, in milliseconds. */
  readonly onRetry: (error: unknown, delayMs: number) => void;
  /** Aborts at shutdown: delays end immediately, and each request gets one last attempt. */
  readonly stopping: AbortSignal;
}

/**
 * Repeats `send` until it succeeds, fails permanently, or `max_elapsed_time` would pass during the next delay. Rejects with the Collector's
 * text: `not retryable error: …`, `no more retries left: …`, or `interrupted due to shutdown: …`.
 */
export function withRetry<Data>(config: RetryConfig, options: RetryOptions, send: Send<Data>): Send<Data> {
  if (!config.enabled) return send;
  return (data, attempt) => {
    const sent = begun(send, data, attempt);
    return sent && retried({ config, options, send }, { data, attempt, sent });
  };
}

interface Sender<Data> {
  readonly config: RetryConfig;
  readonly options: RetryOptions;
  readonly send: Send<Data>;
}

interface Sending<Data> {
  readonly data: Data;
  readonly attempt: Attempt;
  /** The first call of `send`. */
  readonly sent: Promise<void>;
}

async function retried<Data>(
  { config, options, send }: Sender<Data>,
  { data, attempt, sent }: Sending<Data>,
): Promise<void> {
  const { clock, random, onRetry, stopping } = options;
  const backoff = new Backoff(config, random);
  const until = config.maxElapsedTime === 0 ? Number.POSITIVE_INFINITY : clock.monotonic() + config.maxElapsedTime;
  for (let current: Promise<void> | undefined = sent; ; ) {
    const wasLast = stopping.aborted;
    try {
      await current;
      return;
    } catch (error) {
      if (error instanceof PermanentError) {
        throw new PermanentError(`not retryable error: ${error.message}`, { code: error.code, cause: error });
      }
      if (wasLast || attempt.signal.aborted) throw retryable('interrupted due to shutdown', error);
      const delay = Math.max(backoff.next(), requestedDelay(error));
      if (clock.monotonic() + delay > until) throw retryable('no more retries left', error);
      onRetry(error, delay);
      await pause(delay, stopping);
    }
    current = begun(send, data, attempt);
  }
}

/** Calls `send` and turns what it throws into a rejection. */
function begun<Data>(send: Send<Data>, data: Data, attempt: Attempt): Promise<void> | undefined {
  try {
    return send(data, attempt);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Delay that the receiver asked for, in milliseconds. */
function requestedDelay(error: unknown): number {
  return error instanceof RetryableError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
}

function retryable(why: string, error: unknown): RetryableError {
  const code = error instanceof RetryableError ? { code: error.code } : {};
  return new RetryableError(`${why}: ${errorText(error)}`, { ...code, cause: error });
}

/** Resolves after `ms` milliseconds, or when `stopping` aborts. */
export function pause(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopping.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(end, timerDelay(ms));
    stopping.addEventListener('abort', end, { once: true });
    function end() {
      clearTimeout(timer);
      stopping.removeEventListener('abort', end);
      resolve();
    }
  });
}
