import { toByteString } from '#bytes/utf8.ts';
import type { Slices } from '#flow/slices.ts';
import type { DataPoint, Metric, Metrics } from '#pdata/metrics.ts';
import { AttributePairs } from '../attributes-text.ts';
import type { BodyText } from '../body-text.ts';
import type { Layout } from '../layout.ts';
import { exponentialHistogramText, histogramText, numberText, summaryText } from './data-points.ts';
import { Envelope } from './envelope.ts';

/** Number of points to write without a pause. */
const pointsPerPart = 16;

/** The normal layout of metrics: one line for each data point. */
export class NormalMetrics implements Layout<Metrics> {
  readonly #envelope = new Envelope();
  readonly #attributes = new AttributePairs(',');

  *write({ resourceMetrics }: Metrics, body: BodyText): Slices<void> {
    for (const [i, { resource, scopeMetrics, schemaUrl }] of resourceMetrics.entries()) {
      body.add(`ResourceMetrics #${i}${this.#envelope.resource(resource, schemaUrl)}`);
      for (const [j, { scope, metrics, schemaUrl }] of scopeMetrics.entries()) {
        body.add(`ScopeMetrics #${j}${this.#envelope.scope(scope, schemaUrl)}`);
        for (const metric of metrics) {
          for (let from = 0; from < metric.dataPoints.length; ) {
            from = this.#points(metric, from, body);
            if (body.isTooLong) return;
            if (body.isPauseDue()) yield;
          }
        }
        if (body.isTooLong) return;
        if (body.isPauseDue()) yield;
      }
      if (body.isTooLong) return;
      if (body.isPauseDue()) yield;
    }
  }

  /**
   * Writes some points from an index.
   * @returns the index of the first remaining point
   */
  #points(metric: Metric, from: number, body: BodyText): number {
    const range = { from, until: Math.min(from + pointsPerPart, metric.dataPoints.length) };
    switch (metric.type) {
      case 'Empty':
        break;
      case 'Gauge':
      case 'Sum':
        this.#lines(metric, metric.dataPoints, range, { valueText: numberText, body });
        break;
      case 'Histogram':
        this.#lines(metric, metric.dataPoints, range, { valueText: histogramText, body });
        break;
      case 'ExponentialHistogram':
        this.#lines(metric, metric.dataPoints, range, { valueText: exponentialHistogramText, body });
        break;
      case 'Summary':
        this.#lines(metric, metric.dataPoints, range, { valueText: summaryText, body });
        break;
    }
    return range.until;
  }

  #lines<Point extends DataPoint>(
    { descriptor }: Metric,
    points: readonly Point[],
    { from, until }: { readonly from: number; readonly until: number },
    { valueText, body }: { valueText: (point: Point) => string; body: BodyText },
  ): void {
    const name = toByteString(descriptor.name);
    for (let i = from; i < until; i++) {
      const point = points[i]!;
      body.add(`${name}{${this.#attributes.of(point.attributes)}} ${valueText(point)}\n`);
    }
  }
}
