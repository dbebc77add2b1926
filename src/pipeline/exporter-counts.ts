import type { OwnMetrics, Signal } from '../component/component.ts';
import type { Logs } from '../pdata/logs.ts';
import type { Metrics } from '../pdata/metrics.ts';
import type { Traces } from '../pdata/traces.ts';
import type { Consume } from './consumers.ts';

/** How own metrics name the items of a signal, their help, and how many a request has. */
const items = {
  metrics: ['metric_points', 'metric points', (data: Metrics) => data.dataPointCount],
  traces: ['spans', 'spans', (data: Traces) => data.spanCount],
  logs: ['log_records', 'log records', (data: Logs) => data.logRecordCount],
} as const;

/** Counts what an exporter took and what it failed to take: `otelcol_exporter_{sent,send_failed}_…`, as every exporter of the collector. */
export function countExported(
  signal: Signal,
  { id, metrics }: { readonly id: string; readonly metrics: OwnMetrics },
  consume: Consume,
): Consume {
  const [name, words, count] = items[signal];
  const counter = (outcome: string, help: string) =>
    metrics.counter(`otelcol_exporter_${outcome}_${name}`, `${help} [Alpha]`, { exporter: id });
  let sentCounter: { add(value: number): void } | undefined;
  const sent = (data: never) => {
    sentCounter ??= counter('sent', `Number of ${words} successfully sent to destination.`);
    sentCounter.add(count(data));
  };
  const failed = (data: never, error: unknown): never => {
    counter('send_failed', `Number of ${words} in failed attempts to send to destination.`).add(count(data));
    throw error;
  };
  return (data, context) => {
    let finished: Promise<void> | undefined;
    try {
      finished = consume(data, context);
    } catch (error) {
      failed(data, error);
    }
    if (finished) {
      return finished.then(
        () => sent(data),
        (error) => failed(data, error),
      );
    }
    sent(data);
    return undefined;
  };
}
