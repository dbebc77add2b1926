import type { ByteString } from '#bytes/utf8.ts';
import type { Slices } from '#flow/slices.ts';
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

  *write({ resourceMetrics }: Metrics, body: BodyText): Slices<void> {
    for (const [i, { resource, scopeMetrics, schemaUrl }] of resourceMetrics.entries()) {
      body.add(`ResourceMetrics #${i}\n${this.#envelope.resource(resource, schemaUrl)}`);
      for (const [j, { scope, metrics, schemaUrl }] of scopeMetrics.entries()) {
        body.add(`ScopeMetrics #${j}\n${this.#envelope.scope('ScopeMetrics', scope, schemaUrl)}`);
        for (let k = 0; k < metrics.length; k++) {
          const metric = metrics[k]!;
          body.add(this.#headings.at(k));
          this.#head(metric, body);
          for (let from = 0; from < metric.dataPoints.length; ) {
            from = this.#points.write(metric, from, body);
            if (body.isTooLong) return;
            if (body.isPauseDue()) yield;
          }
          if (body.isTooLong) return;
          if (body.isPauseDue()) yield;
        }
      }
      if (body.isTooLong) return;
      if (body.isPauseDue()) yield;
    }
  }

  #head(metric: Metric, body: BodyText): void {
    const { beforeType, afterType } = this.#descriptors.of(metric.descriptor);
    body.add(`${beforeType}${metric.type}${afterType}`);
    if (metric.type === 'Sum') body.add(`     -> IsMonotonic: ${metric.isMonotonic}\n`);
    if ('aggregationTemporality' in metric) body.add(temporality(metric));
  }
}

/** A number that OTLP does not define has no name. */
function temporality(metric: { readonly aggregationTemporality: number }): ByteString {
  return `     -> AggregationTemporality: ${temporalities[metric.aggregationTemporality] ?? ''}\n`;
}
