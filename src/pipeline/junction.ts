import type { ClientContext, Consumer } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import type { Consume } from './consume.ts';

/** Requests that wait for the next stage at most; more are refused for now. */
export const maxWaiting = 10_000;

/**
 * The place where one stage is joined to the next. A stage keeps its junction for life while a reload may put another next
 * stage behind it; meanwhile data waits here, so that nothing is lost and its sender is answered by the new stage.
 */
export class Junction implements Consumer<never> {
  #next: Consume | undefined;
  #waiting: { resume(): void; refuse(error: Error): void }[] = [];

  /** Joins the next stage and lets waiting data through, in order. */
  connect(next: Consume): void {
    this.#next = next;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resume } of waiting) resume();
  }

  /** From here on data waits for `connect`. */
  disconnect(): void {
    this.#next = undefined;
  }

  /** There will be no next stage: what waits, and what still comes, is refused for now. */
  close(): void {
    if (this.#next) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#next = () => Promise.reject(noNextStage());
    for (const { refuse } of waiting) refuse(noNextStage());
  }

  consume(data: never, context: ClientContext): Promise<void> | undefined {
    if (this.#next) return this.#next(data, context);
    if (this.#waiting.length >= maxWaiting) return Promise.reject(noNextStage());
    return new Promise((resolve, reject) => {
      const resume = () => {
        try {
          const finished = this.#next!(data, context);
          if (finished) finished.then(resolve, reject);
          else resolve();
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.push({ resume, refuse: reject });
    });
  }
}

function noNextStage(): RetryableError {
  return new RetryableError('the configuration is being reloaded', { retryAfterSeconds: 1 });
}
