import type { OwnMetrics } from '#component/component.ts';
import type { StreamKind } from './stream-kind.ts';

type Counter = ReturnType<OwnMetrics['counter']>;

/** Own metrics about streams and their points. */
export interface StreamCounters {
  /** New streams that do not count in full, by kind. */
  readonly kinds: Readonly<Partial<Record<StreamKind | 'resumed', Counter>>>;
  readonly expired: Counter;
  readonly evicted: Counter;
  /** Counts of forked streams at the time of their first point. */
  readonly forkedBaseline: Counter;
  /** Points that repeat the value and time of their stream. */
  readonly repeats: Counter;
  readonly nonFiniteSums: Counter;
}

/** Registers the own metrics about streams. */
export function streamCounters(options: {
  readonly metrics: OwnMetrics;
  readonly labels: Readonly<Record<string, string>>;
}): StreamCounters {
  const { metrics, labels } = options;
  const counter = (name: string, help: string) => metrics.counter(name, help, labels);
  const preexisting = counter(
    'pitot_accumulation_preexisting_streams_total',
    "Total number of streams that started before pitot's state did. Only their growth is counted.",
  );
  return {
    kinds: {
      forked: counter(
        'pitot_accumulation_forked_streams_total',
        'Total number of streams of forked processes. Only their growth is counted.',
      ),
      preexisting,
      preexisting_unrecorded: preexisting,
      returning: counter(
        'pitot_accumulation_returning_streams_total',
        'Total number of streams that pitot can have counted but has no record of. Only their growth is counted.',
      ),
      continued: counter(
        'pitot_accumulation_continued_streams_total',
        'Total number of streams that continue another one whose start time an agent has rewritten.',
      ),
      resumed: counter(
        'pitot_accumulation_resumed_streams_total',
        'Total number of discarded streams that became active again.',
      ),
    },
    expired: counter(
      'pitot_accumulation_expired_streams_total',
      'Total number of streams that expired. Their contributions stay in the totals.',
    ),
    evicted: counter(
      'pitot_accumulation_evicted_streams_total',
      'Total number of streams evicted because of max_streams.',
    ),
    forkedBaseline: counter(
      'pitot_accumulation_forked_baseline_total',
      'Total of the counts of forked streams at the time of their first point. They are not added to the totals.',
    ),
    repeats: counter(
      'pitot_accumulation_duplicate_points_total',
      'Total number of data points that repeated a known value.',
    ),
    nonFiniteSums: counter(
      'pitot_accumulation_nonfinite_sums_total',
      'Total number of histogram and summary points whose sum was not finite. The last finite sum of their stream is kept.',
    ),
  };
}
