import type { ByteString } from '#bytes/utf8.ts';
import type { Metric, Metrics } from '#pdata/metrics.ts';
import type { BodyText } from '../body-text.ts';
import type { Layout } from '../layout.ts';
import { NumberedLines } from '../text.ts';
import { DataPoints } from './data-points.ts';
import { Descriptors } from './descriptors.ts';
import { Envelope } from './envelope.ts';

const temporalities = ['Unspecified', 'Delta', 'Cumulative'];

/** The detailed layout of metrics, see docs/reference/collector-behaviour.md#detailed-verbosity. */
export class DetailedMetrics implements Layout<Metrics> {
  readonly #envelope = new Envelope();
  readonly #descriptors = new Descriptors();
  readonly #points = new DataPoints();
  readonly #headings = new NumberedLines('Metric #');

  write({ resourceMetrics }: Metrics, body: BodyText): void {
    for (const [i, { resource, scopeMetrics, schemaUrl }] of resourceMetrics.entries()) {
      body.add(`ResourceMetrics #${i}\n${this.#envelope.resource(resource, schemaUrl)}`);
      for (const [j, { scope, metrics, schemaUrl }] of scopeMetrics.entries()) {
        body.add(`ScopeMetrics #${j}\n${this.#envelope.scope('ScopeMetrics', scope, schemaUrl)}`);
        for (let k = 0; k < metrics.length; k++) {
          body.add(this.#headings.at(k));
          this.#metric(metrics[k]!, body);
        }
      }
    }
  }

  #metric(metric: Metric, body: BodyText): void {
    const { beforeType, afterType } = this.#descriptors.of(metric.descriptor);
    body.add(`${beforeType}${metric.type}${afterType}`);
    switch (metric.type) {
      case 'Empty':
        break;
      case 'Gauge':
        this.#points.numbers(metric.dataPoints, body);
        break;
      case 'Sum':
        body.add(`     -> IsMonotonic: ${metric.isMonotonic}\n${temporality(metric)}`);
        this.#points.numbers(metric.dataPoints, body);
        break;
      case 'Histogram':
        body.add(temporality(metric));
        this.#points.histograms(metric.dataPoints, body);
        break;
      case 'ExponentialHistogram':
        body.add(temporality(metric));
        this.#points.exponentialHistograms(metric.dataPoints, body);
        break;
      case 'Summary':
        this.#points.summaries(metric.dataPoints, body);
        break;
    }
  }
}

/** A number that OTLP does not define has no name. */
function temporality(metric: { readonly aggregationTemporality: number }): ByteString {
  return `     -> AggregationTemporality: ${temporalities[metric.aggregationTemporality] ?? ''}\n`;
}
