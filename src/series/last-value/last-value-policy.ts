import type { Logger } from '#component/component.ts';
import { type Metric, temporality } from '#pdata/metrics.ts';
import { type AppendOutcome, dropped } from '../outcome.ts';
import type { DataType, SeriesPolicy, SeriesRule } from '../policy.ts';
import { DeltaAlignment } from './delta-alignment.ts';
import { type ClassicView, LastExponentialRule } from './exponential-histogram.ts';
import { LastHistogramRule } from './histogram.ts';
import { LastGaugeRule, LastSumRule, type OnRestart } from './number.ts';
import { LastSummaryRule } from './summary.ts';

const unspecifiedTemporality = dropped('unspecified_temporality');
const deltaNonMonotonic = dropped('delta_non_monotonic');

export interface LastValuePolicyOptions {
  readonly logger: Logger;
  /** `metric_expiration`: ms, Infinity for never. */
  readonly expirationMs: number;
  /** See `classic_buckets`. */
  readonly classicView?: ClassicView | undefined;
  /** Told when a process takes a counter over from another one. */
  readonly onRestart?: OnRestart;
}

/** The collector's policy: a series shows its latest point (behaviour.md §1.3). Nothing is kept besides, and nothing on disk. */
export class LastValuePolicy implements SeriesPolicy {
  readonly processAttributes: ReadonlySet<string> = new Set();
  readonly #rules: Readonly<Record<DataType, SeriesRule>>;

  constructor({ logger, expirationMs, classicView, onRestart = () => {} }: LastValuePolicyOptions) {
    const alignment = new DeltaAlignment(logger);
    this.#rules = {
      Gauge: new LastGaugeRule(expirationMs),
      Sum: new LastSumRule(expirationMs, onRestart),
      Histogram: new LastHistogramRule(expirationMs, alignment),
      ExponentialHistogram: new LastExponentialRule({ expirationMs, alignment, classicView }),
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

  ruleFor(type: DataType): SeriesRule {
    return this.#rules[type];
  }

  commit(): undefined {
    return undefined;
  }

  settled(): undefined {
    return undefined;
  }

  refresh(): void {}

  scraped(): void {}

  removed(): void {}

  async shutdown(): Promise<void> {}
}
