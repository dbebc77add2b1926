import type { Metric, Metrics } from '../../../pdata/metrics.ts';
import { type ByteString, toByteString } from '../../../pdata/utf8.ts';
import { AttributePairs } from '../attributes-text.ts';
import { exponentialHistogramText, histogramText, numberText, summaryText } from './data-points.ts';
import { Envelope } from './envelope.ts';

/** The normal layout of metrics: one line for each data point; behaviour.md §3.3. */
export class NormalMetrics {
  readonly #envelope = new Envelope();
  readonly #attributes = new AttributePairs(',');

  body({ resourceMetrics }: Metrics): ByteString {
    let text = '';
    for (const [i, { resource, scopeMetrics, schemaUrl }] of resourceMetrics.entries()) {
      text += `ResourceMetrics #${i}${this.#envelope.resource(resource, schemaUrl)}`;
      for (const { scope, metrics, schemaUrl } of scopeMetrics) {
        // The collector numbers scopes by their resource.
        text += `ScopeMetrics #${i}${this.#envelope.scope(scope, schemaUrl)}`;
        for (const metric of metrics) text += this.#metric(metric);
      }
    }
    return text;
  }

  #metric(metric: Metric): ByteString {
    switch (metric.type) {
      case 'Empty':
        return '';
      case 'Gauge':
      case 'Sum':
        return this.#lines(metric, metric.dataPoints, numberText);
      case 'Histogram':
        return this.#lines(metric, metric.dataPoints, histogramText);
      case 'ExponentialHistogram':
        return this.#lines(metric, metric.dataPoints, exponentialHistogramText);
      case 'Summary':
        return this.#lines(metric, metric.dataPoints, summaryText);
    }
  }

  #lines<Point extends Metric['dataPoints'][number]>(
    metric: Metric,
    points: readonly Point[],
    valueText: (point: Point) => string,
  ): ByteString {
    const name = toByteString(metric.descriptor.name);
    let text = '';
    for (const point of points) text += `${name}{${this.#attributes.of(point.attributes)}} ${valueText(point)}\n`;
    return text;
  }
}
