import type { Logger } from '#component/component.ts';
import type { Slices } from '#flow/slices.ts';
import { type Metric, temporality } from '#pdata/metrics.ts';
import type { MetricFamily } from '#prometheus/metric-family.ts';
import type { ClassicBounds } from '../classic-bounds.ts';
import { type ExpirationMs, Expirations } from '../expirations.ts';
import { type AppendOutcome, dropped } from '../outcome.ts';
import type { DataType, SeriesPolicy, SeriesRule } from '../policy.ts';
import { DeltaAlignment } from './delta-alignment.ts';
import { LastExponentialRule } from './exponential-histogram.ts';
import { LastHistogramRule } from './histogram.ts';
import { LastGaugeRule, LastSumRule, type OnRestart } from './number.ts';
import { LastSummaryRule } from './summary.ts';

const unspecifiedTemporality = dropped('unspecified_temporality');
const deltaNonMonotonic = dropped('delta_non_monotonic');

/** Settings and dependencies of {@link LastValuePolicy}. */
export interface LastValuePolicyOptions {
  readonly logger: Logger;
  /** `metric_expiration`: ms, Infinity for never. */
  readonly expirationMs: number;
  /** By default, there are none. */
  readonly expirations?: Expirations;
  /** By default, there are no classic buckets. */
  readonly classicBounds?: ClassicBounds;
  /** Called when a process continues the counter of another one. */
  readonly onRestart?: OnRestart;
}

/**
 * Same as the Collector: a series shows its latest point (docs/reference/collector-behaviour.md#last-value-rules).
 * Nothing else is stored, and nothing is on disk.
 */
export class LastValuePolicy implements SeriesPolicy {
  readonly processAttributes: ReadonlySet<string> = new Set();
  readonly merging = undefined;
  readonly #rules: Readonly<Record<DataType, SeriesRule>>;

  constructor(options: LastValuePolicyOptions) {
    const { logger, classicBounds = () => [], onRestart = () => {} } = options;
    const alignment = new DeltaAlignment(logger);
    const expirations = options.expirations ?? new Expirations([]);
    const expirationMs: ExpirationMs = (series) => expirations.of(series, options.expirationMs);
    this.#rules = {
      Gauge: new LastGaugeRule(expirationMs),
      Sum: new LastSumRule(expirationMs, onRestart),
      Histogram: new LastHistogramRule(expirationMs, alignment),
      ExponentialHistogram: new LastExponentialRule({ expirationMs, alignment, classicBounds }),
      Summary: new LastSummaryRule(expirationMs),
    };
  }

  async start(): Promise<void> {}

  admit(metric: Metric): AppendOutcome | undefined {
    if (metric.type !== 'Sum') return undefined;
    if (metric.aggregationTemporality === temporality.unspecified) return unspecifiedTemporality;
    if (metric.aggregationTemporality === temporality.delta && !metric.isMonotonic) return deltaNonMonotonic;
    return undefined;
  }

  ruleFor(metric: Metric): SeriesRule {
    return this.#rules[metric.type as DataType];
  }

  resourceSeen(): void {}

  commit(): undefined {
    return undefined;
  }

  settled(): undefined {
    return undefined;
  }

  *refresh(): Slices<void> {}

  // biome-ignore lint/correctness/useYield: there is nothing to wait for.
  *totalsOf(family: MetricFamily): Slices<MetricFamily> {
    return family;
  }

  scrapeBegan(): void {}

  scrapeCompleted(): void {}

  removed(): void {}

  async shutdown(): Promise<void> {}
}
