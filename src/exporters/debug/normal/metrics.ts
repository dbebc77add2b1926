import { toByteString } from '#bytes/utf8.ts';
import type { DataPoint, Metric, Metrics } from '#pdata/metrics.ts';
import { AttributePairs } from '../attributes-text.ts';
import type { BodyText } from '../body-text.ts';
import type { Layout } from '../layout.ts';
import { exponentialHistogramText, histogramText, numberText, summaryText } from './data-points.ts';
import { Envelope } from './envelope.ts';

/** The normal layout of metrics: one line for each data point. */
export class NormalMetrics implements Layout<Metrics> {
  readonly #envelope = new Envelope();
  readonly #attributes = new AttributePairs(',');

  write({ resourceMetrics }: Metrics, body: BodyText): void {
    for (const [i, { resource, scopeMetrics, schemaUrl }] of resourceMetrics.entries()) {
      body.add(`ResourceMetrics #${i}${this.#envelope.resource(resource, schemaUrl)}`);
      for (const [j, { scope, metrics, schemaUrl }] of scopeMetrics.entries()) {
        body.add(`ScopeMetrics #${j}${this.#envelope.scope(scope, schemaUrl)}`);
        for (const metric of metrics) this.#metric(metric, body);
      }
    }
  }

  #metric(metric: Metric, body: BodyText): void {
    switch (metric.type) {
      case 'Empty':
        break;
      case 'Gauge':
      case 'Sum':
        this.#lines(metric, metric.dataPoints, { valueText: numberText, body });
        break;
      case 'Histogram':
        this.#lines(metric, metric.dataPoints, { valueText: histogramText, body });
        break;
      case 'ExponentialHistogram':
        this.#lines(metric, metric.dataPoints, { valueText: exponentialHistogramText, body });
        break;
      case 'Summary':
        this.#lines(metric, metric.dataPoints, { valueText: summaryText, body });
        break;
    }
  }

  #lines<Point extends DataPoint>(
    { descriptor }: Metric,
    points: readonly Point[],
    { valueText, body }: { valueText: (point: Point) => string; body: BodyText },
  ): void {
    const name = toByteString(descriptor.name);
    for (const point of points) body.add(`${name}{${this.#attributes.of(point.attributes)}} ${valueText(point)}\n`);
  }
}
