import type { OwnMetrics } from '#component/component.ts';
import { type Signal, signalItems } from '#component/signals.ts';
import type { Consume } from './consume.ts';

/** The two ends of a processor where the Collector counts: `otelcol_processor_{incoming,outgoing}_items`. */
const directions = {
  incoming: 'Number of items passed to the processor. [Alpha]',
  outgoing: 'Number of items emitted from the processor. [Alpha]',
} as const;

/** Counts the items that pass, regardless of the outcome in later stages. */
export function countPassing(
  direction: keyof typeof directions,
  { id, signal, metrics }: { readonly id: string; readonly signal: Signal; readonly metrics: OwnMetrics },
  consume: Consume,
): Consume {
  const count = signalItems[signal].count as (data: never) => number;
  const labels = { otel_signal: signal, processor: id };
  let counter: { add(value: number): void } | undefined;
  return (data, context) => {
    counter ??= metrics.counter(`otelcol_processor_${direction}_items`, directions[direction], labels);
    counter.add(count(data));
    return consume(data, context);
  };
}
