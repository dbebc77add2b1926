import type { ClientContext, LogsConsumer, MetricsConsumer, TracesConsumer } from '../component/consumer.ts';
import type { Logs } from '../pdata/logs.ts';
import type { Metrics } from '../pdata/metrics.ts';
import type { Traces } from '../pdata/traces.ts';
import type { Consume } from './consumers.ts';

/**
 * The place where one stage is joined to the next. A stage keeps its junction for life while a reload may put another next
 * stage behind it; meanwhile data waits here, so that nothing is lost and its sender is answered by the new stage.
 */
export class Junction implements MetricsConsumer, TracesConsumer, LogsConsumer {
  #next: Consume | undefined;
  #waiting: (() => void)[] = [];

  /** Joins the next stage and lets waiting data through, in order. */
  connect(next: Consume): void {
    this.#next = next;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  /** From here on data waits for `connect`. */
  disconnect(): void {
    this.#next = undefined;
  }

  consumeMetrics(metrics: Metrics, context: ClientContext): Promise<void> | undefined {
    return this.#consume(metrics as never, context);
  }

  consumeTraces(traces: Traces, context: ClientContext): Promise<void> | undefined {
    return this.#consume(traces as never, context);
  }

  consumeLogs(logs: Logs, context: ClientContext): Promise<void> | undefined {
    return this.#consume(logs as never, context);
  }

  #consume(data: never, context: ClientContext): Promise<void> | undefined {
    if (this.#next) return this.#next(data, context);
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          const finished = this.#next!(data, context);
          if (finished) finished.then(resolve, reject);
          else resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }
}
