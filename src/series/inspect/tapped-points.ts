import type { TappedPoint } from '#component/views/series-view.ts';
import type { DataPoint, Metric, Metrics } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';
import type { InstrumentRegistry } from '../instrument-registry.ts';
import type { StoredSeries } from '../stored-series.ts';
import { processText } from './streams.ts';

interface TapContext {
  readonly instruments: InstrumentRegistry;
  readonly unixMs: number;
  readonly lineOf: (series: StoredSeries) => string | undefined;
}

/** Yields the points of an applied request. Nothing is computed for a point before it is accessed. */
export function* tappedPoints(metrics: Metrics, { instruments, unixMs, lineOf }: TapContext): Iterable<TappedPoint> {
  for (const { resource, scopeMetrics } of metrics.resourceMetrics) {
    const identity = instruments.identityOf(resource);
    const process = processText(identity.process) || (identity.instance ?? '');
    for (const { scope, schemaUrl, metrics: ofScope } of scopeMetrics) {
      for (const metric of ofScope) {
        const { name, unit } = metric.descriptor;
        for (const point of metric.dataPoints) {
          yield {
            ...{ unixMs, unit, process },
            metricName: name,
            metricType: metric.type,
            job: identity.job ?? '',
            attributes: () => point.attributes.entries.map(({ key, value }) => [key, valueText(value)] as const),
            valueText: () => pointText(metric, point),
            line: () => {
              const instrument = instruments.known(resource, { scope, schemaUrl, metric });
              const series = instrument?.find(point.attributes)?.shownBy as StoredSeries | undefined;
              return series && lineOf(series);
            },
          };
        }
      }
    }
  }
}

function pointText(metric: Metric, point: DataPoint): string {
  const { value, count, sum } = point as Partial<{ value: number | bigint; count: number; sum: number }>;
  if (metric.type === 'Gauge' || metric.type === 'Sum') return String(value ?? '');
  return sum === undefined ? `count=${count}` : `count=${count} sum=${sum}`;
}
