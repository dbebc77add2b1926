import type { OwnMetrics } from '#component/component.ts';
import { type Signal, type SignalData, type SignalItems, signalItems } from '#component/signals.ts';
import type { Send } from './send.ts';

/**
 * Wraps `send` so that it counts sent items, failed items, and requests in flight, same as every exporter of the Collector:
 * `otelcol_exporter_{sent,send_failed}_…`, `otelcol_exporter_in_flight_requests`.
 */
export function countSent<S extends Signal>(
  signal: S,
  { id, metrics }: { readonly id: string; readonly metrics: OwnMetrics },
  send: Send<SignalData[S]>,
): Send<SignalData[S]> {
  const { name, words, count } = signalItems[signal] as SignalItems<SignalData[S]>;
  // Same text as the Collector.
  const sentWords = signal === 'logs' ? 'log record' : words;
  const counter = (outcome: string, help: string) =>
    metrics.counter(`otelcol_exporter_${outcome}_${name}`, `${help} [Alpha]`, { exporter: id });
  let sentCounter: { add(value: number): void } | undefined;
  const succeeded = (data: SignalData[S]) => {
    sentCounter ??= counter('sent', `Number of ${sentWords} successfully sent to destination.`);
    sentCounter.add(count(data));
  };
  const failed = (data: SignalData[S], error: unknown): never => {
    counter('send_failed', `Number of ${words} in failed attempts to send to destination.`).add(count(data));
    throw error;
  };
  let inFlight: { add(value: number): void } | undefined;
  return (data, attempt) => {
    inFlight ??= metrics.upDownCounter(
      'otelcol_exporter_in_flight_requests',
      'Number of export requests currently in-flight (including retry backoff). [Development]',
      { data_type: signal, exporter: id },
    );
    let finished: Promise<void> | undefined;
    try {
      finished = send(data, attempt);
    } catch (error) {
      failed(data, error);
    }
    if (finished === undefined) {
      succeeded(data);
      return undefined;
    }
    const { add } = inFlight;
    add(1);
    return finished
      .then(
        () => succeeded(data),
        (error) => failed(data, error),
      )
      .finally(() => add(-1));
  };
}
