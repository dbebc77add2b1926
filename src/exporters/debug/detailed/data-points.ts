import type { ByteString } from '#bytes/utf8.ts';
import { formatFixed6 } from '#go/format.ts';
import { Timestamps } from '#go/timestamp.ts';
import type {
  DataPoint,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  Metric,
  NumberDataPoint,
  SummaryDataPoint,
} from '#pdata/metrics.ts';
import { AttributesBlocks } from '../attributes-text.ts';
import type { BodyText } from '../body-text.ts';
import { countText, flat, NumberedLines, numberText } from '../text.ts';
import { BucketLines } from './bucket-lines.ts';
import { exemplarsText } from './exemplars.ts';
import { ExponentialBuckets } from './exponential-buckets.ts';

/** Indexes of points from `from` to below `until`. */
interface Range {
  readonly from: number;
  readonly until: number;
}

/**
 * Returns the number of points to write without a pause. Number points are short; others can have ten thousand lines.
 */
function pointsPerPart({ type }: Metric): number {
  return type === 'Gauge' || type === 'Sum' ? 256 : 1;
}

/**
 * Data points of all types in the detailed layout. This is the exporter's hot path: repeated texts are cached, and a body is
 * concatenated piece by piece (bench/micro/debug.bench.ts).
 */
export class DataPoints {
  readonly #attributes = new AttributesBlocks('Data point attributes:');
  readonly #exponential = new ExponentialBuckets();
  readonly #numbers = new NumberedLines('NumberDataPoints #');
  readonly #histograms = new NumberedLines('HistogramDataPoints #');
  readonly #exponentials = new NumberedLines('ExponentialHistogramDataPoints #');
  readonly #summaries = new NumberedLines('SummaryDataPoints #');
  readonly #bounds = new NumberedLines('ExplicitBounds #', ': ');
  readonly #buckets = new BucketLines();
  readonly #timestamps = new Timestamps();
  #lastStart = -1n;
  #lastTime = -1n;
  #lastTimes = '';
  #lastBounds: readonly number[] = [];
  #lastBoundsText = '';

  /**
   * Writes a limited number of a metric's points from an index.
   * @returns the index of the first remaining point
   */
  write(metric: Metric, from: number, body: BodyText): number {
    const until = Math.min(from + pointsPerPart(metric), metric.dataPoints.length);
    switch (metric.type) {
      case 'Gauge':
      case 'Sum':
        this.#writeNumbers(metric.dataPoints, { from, until }, body);
        break;
      case 'Histogram':
        this.#writeHistograms(metric.dataPoints, { from, until }, body);
        break;
      case 'ExponentialHistogram':
        this.#writeExponentialHistograms(metric.dataPoints, { from, until }, body);
        break;
      case 'Summary':
        this.#writeSummaries(metric.dataPoints, { from, until }, body);
        break;
    }
    return until;
  }

  #writeNumbers(points: readonly NumberDataPoint[], { from, until }: Range, body: BodyText): void {
    for (let i = from; i < until; i++) {
      const point = points[i]!;
      body.add(this.#numbers.at(i));
      body.add(this.#attributes.of(point.attributes));
      body.add(this.#times(point));
      if (point.value !== undefined) body.add(`Value: ${numberText(point.value)}\n`);
      if (point.exemplars.length > 0) body.add(exemplarsText(point.exemplars));
    }
  }

  #writeHistograms(points: readonly HistogramDataPoint[], { from, until }: Range, body: BodyText): void {
    for (let i = from; i < until; i++) {
      const point = points[i]!;
      body.add(this.#histograms.at(i));
      body.add(this.#head(point));
      body.add(this.#explicitBounds(point.explicitBounds));
      const counts = point.bucketCounts;
      for (let j = 0; j < counts.length; j++) body.add(this.#buckets.line(j, counts[j]!));
      if (point.exemplars.length > 0) body.add(exemplarsText(point.exemplars));
    }
  }

  #writeExponentialHistograms(
    points: readonly ExponentialHistogramDataPoint[],
    { from, until }: Range,
    body: BodyText,
  ): void {
    for (let i = from; i < until; i++) {
      const point = points[i]!;
      body.add(this.#exponentials.at(i));
      body.add(this.#head(point));
      body.add(this.#exponential.text(point));
      body.add(exemplarsText(point.exemplars));
    }
  }

  #writeSummaries(points: readonly SummaryDataPoint[], { from, until }: Range, body: BodyText): void {
    for (let i = from; i < until; i++) {
      const point = points[i]!;
      body.add(this.#summaries.at(i) + this.#attributes.of(point.attributes) + this.#times(point));
      body.add(`Count: ${countText(point.count)}\nSum: ${formatFixed6(point.sum)}\n`);
      for (const [j, { quantile, value }] of point.quantileValues.entries()) {
        body.add(`QuantileValue #${j}: Quantile ${formatFixed6(quantile)}, Value ${formatFixed6(value)}\n`);
      }
    }
  }

  /** Writes the lines that both kinds of histogram have before their buckets. */
  #head(point: HistogramDataPoint | ExponentialHistogramDataPoint): ByteString {
    let text = `${this.#attributes.of(point.attributes)}${this.#times(point)}Count: ${countText(point.count)}\n`;
    if (point.sum !== undefined) text += `Sum: ${formatFixed6(point.sum)}\n`;
    if (point.min !== undefined) text += `Min: ${formatFixed6(point.min)}\n`;
    if (point.max !== undefined) text += `Max: ${formatFixed6(point.max)}\n`;
    return text;
  }

  /** Neighboring points usually have the same two times. */
  #times(point: DataPoint): ByteString {
    const { startTimeUnixNano, timeUnixNano } = point;
    if (startTimeUnixNano !== this.#lastStart || timeUnixNano !== this.#lastTime) {
      this.#lastStart = startTimeUnixNano;
      this.#lastTime = timeUnixNano;
      const [start, time] = [this.#timestamps.text(startTimeUnixNano), this.#timestamps.text(timeUnixNano)];
      this.#lastTimes = flat(`StartTimestamp: ${start}\nTimestamp: ${time}\n`);
    }
    return this.#lastTimes;
  }

  /** Neighboring histograms usually have the same bounds. */
  #explicitBounds(bounds: readonly number[]): ByteString {
    if (!sameNumbers(bounds, this.#lastBounds)) {
      this.#lastBounds = bounds;
      this.#lastBoundsText = flat(bounds.map((bound, i) => `${this.#bounds.at(i)}${formatFixed6(bound)}\n`).join(''));
    }
    return this.#lastBoundsText;
  }
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
