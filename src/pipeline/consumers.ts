import type { Signal } from '#component/component.ts';
import type { ClientContext, LogsConsumer, MetricsConsumer, TracesConsumer } from '#component/consumer.ts';
import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import type { Traces } from '#pdata/traces.ts';

/** Consumers by signal: the three interfaces differ in the name of their method only. */
interface ConsumerBySignal {
  metrics: MetricsConsumer;
  traces: TracesConsumer;
  logs: LogsConsumer;
}

/** What the graph passes on: any signal's data, to a function. Nothing is returned when it was finished at once. */
export type Consume = (data: never, context: ClientContext) => Promise<void> | undefined;

/** How many data points, spans or log records a signal's data has. */
export function itemCounter(signal: Signal): (data: never) => number {
  const counters = {
    metrics: (data: Metrics) => data.dataPointCount,
    traces: (data: Traces) => data.spanCount,
    logs: (data: Logs) => data.logRecordCount,
  };
  return counters[signal];
}

/** A component's consuming method as a function. */
export function consumeOf(signal: Signal, consumer: ConsumerBySignal[Signal]): Consume {
  if (signal === 'metrics') {
    const metrics = consumer as MetricsConsumer;
    return (data, context) => metrics.consumeMetrics(data, context);
  }
  if (signal === 'traces') {
    const traces = consumer as TracesConsumer;
    return (data, context) => traces.consumeTraces(data, context);
  }
  const logs = consumer as LogsConsumer;
  return (data, context) => logs.consumeLogs(data, context);
}
