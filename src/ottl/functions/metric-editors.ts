import { truncatedInteger } from '#go/integer.ts';
import { type Aggregation, aggregated, aggregations } from '#pdata/aggregate-points.ts';
import { noAttributes } from '#pdata/attributes.ts';
import { type DataPoint, type Metric, temporality } from '#pdata/metrics.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { literalBool, literalDouble, literalText, literalTexts, optional, text } from '../parameters.ts';
import { type Editors, editor } from './define.ts';
import { explicitHistogram } from './explicit-histogram.ts';

/** @throws OttlParseError for a text other than `delta` and `cumulative` */
export function temporalityOf(name: string): number {
  if (name === 'delta') return temporality.delta;
  if (name === 'cumulative') return temporality.cumulative;
  throw new OttlParseError(`unknown aggregation temporality: ${name}`);
}

function aggregationOf(name: string): Aggregation {
  if (Object.hasOwn(aggregations, name)) return aggregations[name]!;
  throw new OttlParseError(
    `invalid aggregation function: '${name}', valid options: [${Object.keys(aggregations).join(' ')}]`,
  );
}

function aggregatedMetric(
  metric: Metric,
  kept: ReadonlySet<string> | undefined,
  aggregation: Aggregation,
  editorName: string,
) {
  if (metric.type === 'Summary') throw new OttlError(`${editorName} does not support aggregating Summary metrics`);
  return withoutMetadata(aggregated(metric, kept, aggregation));
}

function withoutMetadata(metric: Metric): Metric {
  return { ...metric, descriptor: { ...metric.descriptor, metadata: noAttributes } };
}

/** Editors of the context `metric` that change a metric. */
export const metricEditors: Editors = {
  convert_sum_to_gauge: editor({}, () => (context) => {
    const { metric } = context;
    if (metric.type !== 'Sum') return;
    context.metric = { type: 'Gauge', descriptor: metric.descriptor, dataPoints: metric.dataPoints };
  }),
  convert_gauge_to_sum: editor(
    { string_agg_temp: literalText, monotonic: literalBool },
    ({ string_agg_temp: name, monotonic: isMonotonic }) => {
      const aggregationTemporality = temporalityOf(name);
      return (context) => {
        const { metric } = context;
        if (metric.type !== 'Gauge') return;
        const { descriptor, dataPoints } = metric;
        context.metric = { type: 'Sum', descriptor, aggregationTemporality, isMonotonic, dataPoints };
      };
    },
  ),
  convert_exponential_histogram_to_histogram: explicitHistogram,
  copy_metric: editor(
    { name: optional(text), description: optional(text), unit: optional(text) },
    ({ name, description, unit }) =>
      (context) => {
        const { descriptor } = context.metric;
        const changed = {
          ...descriptor,
          name: name?.(context) ?? descriptor.name,
          description: description?.(context) ?? descriptor.description,
          unit: unit?.(context) ?? descriptor.unit,
        };
        context.added.push({ ...context.metric, descriptor: changed });
      },
  ),
  scale_metric: editor({ multiplier: literalDouble, unit: optional(text) }, ({ multiplier, unit }) => (context) => {
    const newUnit = unit?.(context);
    context.metric = scaled(context.metric, multiplier);
    if (newUnit === undefined) return;
    context.metric = { ...context.metric, descriptor: { ...context.metric.descriptor, unit: newUnit } };
  }),
  aggregate_on_attributes: editor(
    { aggregation_function: literalText, attributes: optional(literalTexts) },
    ({ aggregation_function: name, attributes }) => {
      const aggregation = aggregationOf(name);
      const kept = attributes && new Set(attributes);
      return (context) => {
        context.metric = aggregatedMetric(context.metric, kept, aggregation, 'aggregate_on_attributes');
      };
    },
  ),
  aggregate_on_attribute_value: editor(
    { aggregation_function: literalText, attribute: literalText, values: literalTexts, new_value: literalText },
    ({ aggregation_function: name, attribute, values, new_value: newValue }) => {
      const aggregation = aggregationOf(name);
      const replaced = new Set<unknown>(values);
      return (context) => {
        const { metric } = context;
        if (metric.type === 'Summary' || metric.type === 'Empty') return;
        const points: readonly DataPoint[] = metric.dataPoints;
        const dataPoints = points.map((point) => {
          const index = point.attributes.entries.findIndex(({ key }) => key === attribute);
          const entry = point.attributes.entries[index];
          if (!entry || !replaced.has(entry.value)) return point;
          const entries = point.attributes.entries.with(index, { key: attribute, value: newValue });
          return { ...point, attributes: { entries } };
        });
        context.metric = withoutMetadata(
          aggregated({ ...metric, dataPoints } as unknown as Metric, undefined, aggregation),
        );
      };
    },
  ),
};

/**
 * Returns a copy of a metric with multiplied values. Ints remain ints.
 * @throws OttlError for an exponential histogram
 */
function scaled(metric: Metric, factor: number): Metric {
  const times = <T extends number | bigint | undefined>(value: T) =>
    (typeof value === 'bigint'
      ? truncatedInteger(Number(value) * factor)
      : value === undefined
        ? value
        : value * factor) as T;
  switch (metric.type) {
    case 'Gauge':
    case 'Sum':
      return { ...metric, dataPoints: metric.dataPoints.map((point) => ({ ...point, value: times(point.value) })) };
    case 'Histogram':
      return {
        ...metric,
        dataPoints: metric.dataPoints.map((point) => ({
          ...point,
          sum: times(point.sum),
          min: times(point.min),
          max: times(point.max),
          explicitBounds: point.explicitBounds.map(times),
          exemplars: point.exemplars.map((exemplar) => ({ ...exemplar, value: times(exemplar.value) })),
        })),
      };
    case 'Summary':
      return {
        ...metric,
        dataPoints: metric.dataPoints.map((point) => ({
          ...point,
          sum: times(point.sum),
          quantileValues: point.quantileValues.map(({ quantile, value }) => ({ quantile, value: times(value) })),
        })),
      };
    case 'ExponentialHistogram':
      throw new OttlError("exponential histograms are not supported by the 'scale_metric' function");
    case 'Empty':
      throw new OttlError("unsupported metric type: 'Empty'");
  }
}
