import type { NumberDataPoint } from '#pdata/metrics.ts';
import type { LabelSet, NumberSeries } from '#prometheus/metric-family.ts';
import { type AppendOutcome, changed, dropped, unchanged } from '../../outcome.ts';
import { beforeAllTimes, signedTime } from '../../point-times.ts';
import type { PointContext, SeriesIdentity } from '../../policy.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { deltaStart, type Stream, type StreamContent } from '../streams/stream.ts';
import type { StreamUse } from '../streams/stream-table.ts';
import { combined, type GaugeCombination } from './gauge-combination.ts';
import { StreamRule } from './stream-rule.ts';

/** A gauge: the latest value from any process, or the values of all active processes combined. */
class AccumulatedGauge extends AccumulatedSeries implements NumberSeries {
  readonly kind = 'number';
  readonly exemplar = undefined;
  /** Set by its first point. */
  combination: GaugeCombination | undefined = undefined;
  /** Time of the latest point, signed. */
  latestUnixNano = beforeAllTimes;
  #value = 0;
  #mustCombine = false;

  get value(): number {
    if (this.#mustCombine) {
      this.#mustCombine = false;
      const values = this.streams.all().map((stream) => stream.value as number);
      // The last value remains if no process is active.
      if (values.length > 0) this.#value = combined(this.combination ?? 'last', values);
    }
    return this.#value;
  }

  set value(value: number) {
    this.#value = value;
  }

  /** Call when the value of a process has changed. */
  combineAgain(): void {
    this.#mustCombine = true;
  }
}

const outOfOrder = dropped('out_of_order');

/** Gauges. They are not persisted. */
export class GaugeRule extends StreamRule {
  override readonly isPersisted = false;

  protected override createSeries(labels: LabelSet, _: SeriesIdentity, identityHash: number): AccumulatedGauge {
    return new AccumulatedGauge(labels, this, identityHash);
  }

  override expirationMs(series: AccumulatedGauge): number {
    return this.accumulation.expirationMs(series, 'level');
  }

  protected override add(
    series: AccumulatedGauge,
    point: NumberDataPoint,
    context: PointContext,
    identity: number,
  ): AppendOutcome {
    series.combination ??= this.accumulation.combinationOf([series.variant.family.name, series.instrument.metricName]);
    const outcome =
      series.combination === 'last'
        ? this.#replace(series, point)
        : this.#combine(series, point, { context, identity });
    if (outcome === changed) series.noteChange(context.nowUnixMs, context.scrape);
    return outcome;
  }

  #replace(series: AccumulatedGauge, point: NumberDataPoint): AppendOutcome {
    const time = signedTime(point.timeUnixNano);
    if (time < series.latestUnixNano) return outOfOrder;
    const value = numberOf(point);
    const isFirst = series.latestUnixNano === beforeAllTimes;
    series.latestUnixNano = time;
    if (Object.is(value, series.value) && !isFirst) return unchanged;
    series.value = value;
    return changed;
  }

  #combine(
    series: AccumulatedGauge,
    point: NumberDataPoint,
    { context, identity }: { readonly context: PointContext; readonly identity: number },
  ): AppendOutcome {
    const { streams } = this.accumulation;
    const { timeUnixNano } = point;
    const { arrivalMs, process } = context;
    const value = numberOf(point);
    const key = { identity, process, startTimeUnixNano: deltaStart };
    const stream = series.streams.find(key) as Stream<number> | undefined;
    if (!stream) {
      streams.open(series, key, { value, lowest: value, timeUnixNano, baseline: undefined }, arrivalMs);
    } else {
      streams.seen(stream, arrivalMs);
      if (signedTime(timeUnixNano) < signedTime(stream.timeUnixNano)) return outOfOrder;
      stream.timeUnixNano = timeUnixNano;
      if (Object.is(stream.value, value)) return unchanged;
      stream.value = value;
    }
    series.combineAgain();
    return changed;
  }

  protected override endStream(
    series: AccumulatedGauge,
    { timeUnixNano }: NumberDataPoint,
    { process }: PointContext,
    identity: number,
  ): 'keep' | 'remove' {
    if (series.combination === 'last') return signedTime(timeUnixNano) >= series.latestUnixNano ? 'remove' : 'keep';
    const stream = series.streams.find({ identity, process, startTimeUnixNano: deltaStart });
    if (!stream || timeUnixNano < stream.timeUnixNano) return 'keep';
    if (series.streams.isSingle) return 'remove';
    this.accumulation.streams.end(stream);
    return 'keep';
  }

  override discarded(stream: Stream): void {
    const series = stream.series as AccumulatedGauge;
    series.combineAgain();
    this.accumulation.shown(series);
  }

  override tombstoneOf(): undefined {
    return undefined;
  }

  override useOf(): StreamUse {
    return 'level';
  }

  override writeTotal(): void {}

  override addTotal(): void {}

  override writeStream(): void {}

  override readStream(_: ByteReader): StreamContent {
    throw new Error('gauges are not persisted');
  }
}

function numberOf({ value }: NumberDataPoint): number {
  return typeof value === 'number' ? value : Number(value ?? 0);
}
