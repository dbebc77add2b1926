import type { Metric, Metrics } from '../../../pdata/metrics.ts';
import type { ByteString } from '../../../pdata/utf8.ts';
import { NumberedLines } from '../text.ts';
import { DataPoints } from './data-points.ts';
import { Descriptors } from './descriptors.ts';
import { Envelope } from './envelope.ts';

const temporalities = ['Unspecified', 'Delta', 'Cumulative'];

/** The detailed layout of metrics; behaviour.md §3.4. */
export class DetailedMetrics {
  readonly #envelope = new Envelope();
  readonly #descriptors = new Descriptors();
  readonly #points = new DataPoints();
  readonly #headings = new NumberedLines('Metric #');

  body({ resourceMetrics }: Metrics): ByteString {
    let text = '';
    for (const [i, { resource, scopeMetrics, schemaUrl }] of resourceMetrics.entries()) {
      text += `ResourceMetrics #${i}\n${this.#envelope.resource(resource, schemaUrl)}`;
      for (const [j, { scope, metrics, schemaUrl }] of scopeMetrics.entries()) {
        text += `ScopeMetrics #${j}\n${this.#envelope.scope('ScopeMetrics', scope, schemaUrl)}`;
        for (let k = 0; k < metrics.length; k++) {
          text += this.#headings.at(k);
          text += this.#metric(metrics[k]!);
        }
      }
    }
    return text;
  }

  #metric(metric: Metric): ByteString {
    const { beforeType, afterType } = this.#descriptors.of(metric.descriptor);
    const head = beforeType + metric.type + afterType;
    switch (metric.type) {
      case 'Empty':
        return head;
      case 'Gauge':
        return head + this.#points.numbers(metric.dataPoints);
      case 'Sum':
        return `${head}     -> IsMonotonic: ${metric.isMonotonic}\n${temporality(metric)}${this.#points.numbers(metric.dataPoints)}`;
      case 'Histogram':
        return head + temporality(metric) + this.#points.histograms(metric.dataPoints);
      case 'ExponentialHistogram':
        return head + temporality(metric) + this.#points.exponentialHistograms(metric.dataPoints);
      case 'Summary':
        return head + this.#points.summaries(metric.dataPoints);
    }
  }
}

/** A number that OTLP does not define shows as nothing. */
function temporality(metric: { readonly aggregationTemporality: number }): ByteString {
  return `     -> AggregationTemporality: ${temporalities[metric.aggregationTemporality] ?? ''}\n`;
}
