import { type NumberDataPoint, type SumMetric, temporality } from '#pdata/metrics.ts';
import type { LabelSet, NumberSeries, PrometheusExemplar } from '#prometheus/metric-family.ts';
import { lastExemplar } from '../exemplar-view.ts';
import type { ExpirationMs } from '../expirations.ts';
import { type AppendOutcome, changed, dropped, unchanged } from '../outcome.ts';
import { beforeAllTimes, createdTime, floorToMs, signedTime } from '../point-times.ts';
import type { PointContext, SeriesRule } from '../policy.ts';
import { SeriesRecord, type StoredSeries } from '../stored-series.ts';

const outOfOrder = dropped('out_of_order');

/** The last value of a gauge or sum. */
class LastNumber extends SeriesRecord implements NumberSeries {
  value = 0;
  timeUnixNano = beforeAllTimes;
  startUnixNano = 0n;
  exemplar: PrometheusExemplar | undefined = undefined;
  /** The exact value of an integer. `true` if `number` is exact. Undefined if the value is a double. */
  integer: bigint | true | undefined = undefined;

  get kind(): 'number' {
    return 'number';
  }

  get timestampMs(): number | undefined {
    return this.variant.family.sendsTimestamps ? floorToMs(this.timeUnixNano) : undefined;
  }

  get createdUnixNano(): bigint | undefined {
    return this.variant.family.type === 'counter' ? createdTime(this.startUnixNano) : undefined;
  }
}

/** Gauges: the point with the latest time (docs/reference/collector-behaviour.md#last-value-rules). */
export class LastGaugeRule implements SeriesRule {
  readonly #expirationMs: ExpirationMs;

  constructor(expirationMs: ExpirationMs) {
    this.#expirationMs = expirationMs;
  }

  create(labels: LabelSet): SeriesRecord {
    return new LastNumber(labels);
  }

  accept(stored: SeriesRecord, point: NumberDataPoint): AppendOutcome {
    const series = stored as LastNumber;
    const time = signedTime(point.timeUnixNano);
    if (time < series.timeUnixNano) return outOfOrder;
    return replace(series, point, time);
  }

  end(): 'remove' {
    return 'remove';
  }

  expirationMs(series: SeriesRecord): number {
    return this.#expirationMs(series);
  }
}

/** Called for monotonic sums whose start time changes, because another process continues the series. */
export type OnRestart = (series: StoredSeries) => void;

/** Sums: the last cumulative value. Deltas are added up while each begins exactly where the last one ended. */
export class LastSumRule extends LastGaugeRule {
  readonly #onRestart: OnRestart;

  constructor(expirationMs: ExpirationMs, onRestart: OnRestart) {
    super(expirationMs);
    this.#onRestart = onRestart;
  }

  override accept(stored: SeriesRecord, point: NumberDataPoint, context?: PointContext): AppendOutcome {
    const series = stored as LastNumber;
    const metric = context?.metric as SumMetric;
    const time = signedTime(point.timeUnixNano);
    if (time < series.timeUnixNano) return outOfOrder;
    const { isMonotonic } = metric;
    let isVisible = false;
    if (metric.aggregationTemporality === temporality.delta) {
      if (signedTime(point.startTimeUnixNano) === series.timeUnixNano) {
        return addDelta(series, point, time);
      }
      isVisible = restart(series, point) || isVisible;
    } else if (restart(series, point)) {
      isVisible = true;
      if (isMonotonic && series.timeUnixNano !== beforeAllTimes) this.#onRestart(series);
    }
    if (point.exemplars.length > 0 || series.exemplar !== undefined) {
      series.exemplar = isMonotonic ? lastExemplar(point.exemplars) : undefined;
      isVisible = true;
    }
    const outcome = replace(series, point, time);
    return isVisible ? changed : outcome;
  }
}

/** Sets the start time, and returns whether it has changed. */
function restart(series: LastNumber, { startTimeUnixNano }: NumberDataPoint): boolean {
  const start = signedTime(startTimeUnixNano);
  if (start === series.startUnixNano) return false;
  series.startUnixNano = start;
  return true;
}

function replace(series: LastNumber, { value }: NumberDataPoint, time: bigint): AppendOutcome {
  const number = typeof value === 'number' ? value : Number(value ?? 0);
  const isSame =
    Object.is(number, series.value) && !(series.variant.family.sendsTimestamps && time !== series.timeUnixNano);
  series.value = number;
  series.integer = typeof value !== 'bigint' ? undefined : Number.isSafeInteger(number) ? true : value;
  series.timeUnixNano = time;
  return isSame ? unchanged : changed;
}

/** Adds a delta. Same as in the Collector, a stored value of the other kind (integer or double) counts as zero. */
function addDelta(series: LastNumber, { value, exemplars }: NumberDataPoint, time: bigint): AppendOutcome {
  const before = series.integer === true ? BigInt(series.value) : series.integer;
  if (typeof value === 'bigint') {
    const sum = BigInt.asIntN(64, value + (before ?? 0n));
    series.value = Number(sum);
    series.integer = Number.isSafeInteger(series.value) ? true : sum;
  } else {
    series.value = before === undefined ? series.value + (value ?? 0) : (value ?? 0);
    series.integer = undefined;
  }
  series.timeUnixNano = time;
  series.exemplar = lastExemplar(exemplars);
  return changed;
}
