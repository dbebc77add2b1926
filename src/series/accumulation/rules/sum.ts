import type { NumberDataPoint } from '#pdata/metrics.ts';
import type { LabelSet } from '#prometheus/metric-family.ts';
import type { AppendOutcome } from '../../outcome.ts';
import type { PointContext, SeriesIdentity, SeriesRule } from '../../policy.ts';
import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { CounterRule } from './counter.ts';
import type { Accumulation } from './stream-rule.ts';
import { UpDownCounterRule } from './up-down-counter.ts';

/** Sums are counters or levels, as their first point was; a series keeps its way of adding. */
export class SumRule implements SeriesRule {
  readonly #counters: CounterRule;
  readonly #levels: UpDownCounterRule;

  constructor(accumulation: Accumulation) {
    this.#counters = new CounterRule(accumulation);
    this.#levels = new UpDownCounterRule(accumulation);
  }

  create(labels: LabelSet, identity: SeriesIdentity): AccumulatedSeries {
    const { metric } = identity;
    const isMonotonic = metric.type === 'Sum' && metric.isMonotonic;
    return (isMonotonic ? this.#counters : this.#levels).create(labels, identity);
  }

  accept(series: AccumulatedSeries, point: NumberDataPoint, context: PointContext): AppendOutcome {
    return series.rule.accept(series, point, context);
  }

  end(series: AccumulatedSeries, point: NumberDataPoint, context: PointContext): 'keep' {
    return series.rule.end(series, point, context);
  }

  expirationMs(series: AccumulatedSeries): number {
    return series.rule.expirationMs();
  }
}
