import type { ClientContext, Consumer } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import type { Consume } from './consume.ts';

/** Maximum number of requests that wait for the next stage. Further requests fail with a retryable error. */
export const maxWaiting = 10_000;

/**
 * The connection from one stage to the next. A stage keeps its junction for its lifetime. During a reload, which can
 * replace the next stage, data waits in the junction: nothing is lost, and the new stage answers the client.
 */
export class Junction implements Consumer<never> {
  #next: Consume | undefined;
  #waiting: { resume(): void; refuse(error: Error): void }[] = [];

  /** Connects the next stage and passes waiting data to it, in order. */
  connect(next: Consume): void {
    this.#next = next;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resume } of waiting) resume();
  }

  /** Makes data wait until `connect` is called. */
  disconnect(): void {
    this.#next = undefined;
  }

  /** Refuses waiting and future data with a retryable error: there will be no next stage. */
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
