import type { OwnMetrics } from '#component/component.ts';
import { type Signal, signalItems } from '#component/signals.ts';
import type { Consume } from './consume.ts';

/**
 * Counts what an exporter took, what it failed to take and what it has not decided about yet, as every exporter of the
 * collector: `otelcol_exporter_{sent,send_failed}_…`, `otelcol_exporter_in_flight_requests`.
 */
export function countExported(
  signal: Signal,
  { id, metrics }: { readonly id: string; readonly metrics: OwnMetrics },
  consume: Consume,
): Consume {
  const { name, words } = signalItems[signal];
  // Same text as the Collector.
  const sentWords = signal === 'logs' ? 'log record' : words;
  const count = signalItems[signal].count as (data: never) => number;
  const counter = (outcome: string, help: string) =>
    metrics.counter(`otelcol_exporter_${outcome}_${name}`, `${help} [Alpha]`, { exporter: id });
  let sentCounter: { add(value: number): void } | undefined;
  const sent = (data: never) => {
    sentCounter ??= counter('sent', `Number of ${sentWords} successfully sent to destination.`);
    sentCounter.add(count(data));
  };
  const failed = (data: never, error: unknown): never => {
    counter('send_failed', `Number of ${words} in failed attempts to send to destination.`).add(count(data));
    throw error;
  };
  let inFlight: { add(value: number): void } | undefined;
  return (data, context) => {
    inFlight ??= metrics.upDownCounter(
      'otelcol_exporter_in_flight_requests',
      'Number of export requests currently in-flight (including retry backoff). [Development]',
      { data_type: signal, exporter: id },
    );
    let finished: Promise<void> | undefined;
    try {
      finished = consume(data, context);
    } catch (error) {
      failed(data, error);
    }
    if (finished) {
      const { add } = inFlight;
      add(1);
      return finished
        .then(
          () => sent(data),
          (error) => failed(data, error),
        )
        .finally(() => add(-1));
    }
    sent(data);
    return undefined;
  };
}
