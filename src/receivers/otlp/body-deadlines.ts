import { RetryableError } from '#component/errors.ts';
import { rpcCode } from '#component/rpc-codes.ts';

/** A body arrives too slowly. The response is 503 over HTTP, and DEADLINE_EXCEEDED over gRPC. */
export class SlowBodyError extends RetryableError {
  constructor(message: string) {
    super(message, { code: rpcCode.deadlineExceeded });
  }
}

interface BodyDeadlinesOptions {
  /** Maximum time for a whole body, ms; 0: no limit. */
  readonly timeoutMs: number;
  /** Minimum rate after `graceMs`, bytes per second; 0: no limit. */
  readonly minRate: number;
  /** Monotonic clock, ms. */
  readonly now: () => number;
}

interface Body {
  readonly beganMs: number;
  readonly received: () => number;
  readonly expire: (error: SlowBodyError) => void;
}

/** Time without a check of the rate, so that short pauses do not matter, ms. */
const graceMs = 10_000;
/** Time between checks, ms. */
const checkMs = 1_000;

/** Ends requests whose bodies arrive too slowly to be from an exporter, so that no client can keep many requests open. */
export class BodyDeadlines {
  readonly #options: BodyDeadlinesOptions;
  /** Watched bodies. */
  readonly #open = new Set<Body>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BodyDeadlinesOptions) {
    this.#options = options;
  }

  /**
   * Begins to watch a body. `received` returns the number of bytes so far. `expire` is called at most once.
   * @returns a function that stops watching the body; it may be called twice
   */
  begin(received: () => number, expire: (error: SlowBodyError) => void): () => void {
    const body: Body = { beganMs: this.#options.now(), received, expire };
    this.#open.add(body);
    this.#timer ??= setInterval(() => this.check(), checkMs).unref();
    return () => this.#open.delete(body);
  }

  /** Ends the bodies that are too slow now. */
  check(): void {
    for (const body of this.#open) {
      const error = this.#problemOf(body);
      if (error === undefined) continue;
      this.#open.delete(body);
      body.expire(error);
    }
  }

  /** Stops watching all bodies. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #problemOf({ beganMs, received }: Body): SlowBodyError | undefined {
    const { timeoutMs, minRate, now } = this.#options;
    const elapsedMs = now() - beganMs;
    if (timeoutMs > 0 && elapsedMs > timeoutMs) {
      return new SlowBodyError(`the body did not arrive within ${timeoutMs / 1000} seconds`);
    }
    if (minRate > 0 && elapsedMs > graceMs && received() < (minRate * elapsedMs) / 1000) {
      return new SlowBodyError(`the body arrives with less than ${minRate} bytes per second`);
    }
    return undefined;
  }
}
