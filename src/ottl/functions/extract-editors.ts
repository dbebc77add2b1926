import { noAttributes } from '#pdata/attributes.ts';
import {
  type DataPoint,
  type Metric,
  type MetricDescriptor,
  type NumberDataPoint,
  temporality,
} from '#pdata/metrics.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { literalBool, literalDouble, literalText, optional } from '../parameters.ts';
import { type Editors, editor } from './define.ts';
import { temporalityOf } from './metric-editors.ts';
import { percentileOf } from './percentiles.ts';

/** A data point with a count and a sum. */
type Distribution = DataPoint & { readonly count: number; readonly sum: number | undefined };

/**
 * Returns the points of a histogram or summary.
 * @throws OttlError for another metric
 */
function distributions(metric: Metric, editorName: string): readonly Distribution[] {
  if (metric.type === 'Histogram' || metric.type === 'ExponentialHistogram' || metric.type === 'Summary') {
    return metric.dataPoints;
  }
  throw new OttlError(
    `${editorName} requires an input metric of type Histogram, ExponentialHistogram or Summary, got ${metric.type}`,
  );
}

/** Returns points with a number of each point that has it. */
function numbers<T extends DataPoint>(
  points: readonly T[],
  read: (point: T) => number | bigint | undefined,
): NumberDataPoint[] {
  return points.flatMap((point) => {
    const value = read(point);
    if (value === undefined) return [];
    const { attributes, startTimeUnixNano, timeUnixNano } = point;
    return [{ attributes, startTimeUnixNano, timeUnixNano, flags: 0, value, exemplars: [] }];
  });
}

function renamed(descriptor: MetricDescriptor, suffix: string): MetricDescriptor {
  return { ...descriptor, name: descriptor.name + suffix, metadata: noAttributes };
}

/**
 * Returns the temporality of an extracted sum.
 * @throws OttlError for a metric without temporality
 */
function temporalityOfMetric(metric: Metric, editorName: string): number {
  const found =
    metric.type === 'Summary'
      ? temporality.cumulative
      : 'aggregationTemporality' in metric
        ? metric.aggregationTemporality
        : 0;
  distributions(metric, editorName);
  if (found !== temporality.unspecified) return found;
  throw new OttlError(`${editorName} requires an input metric with an aggregation temporality`);
}

/** Editors that add a metric derived from another. */
export const extractEditors: Editors = {
  extract_sum_metric: editor(
    { monotonic: literalBool, suffix: optional(literalText) },
    ({ monotonic: isMonotonic, suffix = '_sum' }) =>
      (context) => {
        const { metric } = context;
        const aggregationTemporality = temporalityOfMetric(metric, 'extract_sum_metric');
        const dataPoints = numbers(distributions(metric, 'extract_sum_metric'), ({ sum }) => sum);
        if (dataPoints.length === 0) return;
        const descriptor = renamed(metric.descriptor, suffix);
        context.added.push({ type: 'Sum', descriptor, aggregationTemporality, isMonotonic, dataPoints });
      },
  ),
  extract_count_metric: editor(
    { monotonic: literalBool, suffix: optional(literalText) },
    ({ monotonic: isMonotonic, suffix = '_count' }) =>
      (context) => {
        const { metric } = context;
        const aggregationTemporality = temporalityOfMetric(metric, 'extract_count_metric');
        const dataPoints = numbers(distributions(metric, 'extract_count_metric'), ({ count }) => BigInt(count));
        if (dataPoints.length === 0) return;
        const descriptor = { ...renamed(metric.descriptor, suffix), unit: '1' };
        context.added.push({ type: 'Sum', descriptor, aggregationTemporality, isMonotonic, dataPoints });
      },
  ),
  extract_avg_metric: editor({ suffix: optional(literalText) }, ({ suffix = '_avg' }) => (context) => {
    const { metric } = context;
    const dataPoints = numbers(distributions(metric, 'extract_avg_metric'), ({ sum, count }) =>
      sum === undefined || count === 0 ? undefined : sum / count,
    );
    if (dataPoints.length === 0) return;
    context.added.push({ type: 'Gauge', descriptor: renamed(metric.descriptor, suffix), dataPoints });
  }),
  extract_percentile_metric: editor(
    { percentile: literalDouble, suffix: optional(literalText) },
    ({ percentile, suffix }) => {
      if (percentile <= 0 || percentile >= 100) {
        throw new OttlParseError(`percentile must be greater than 0 and less than 100, got ${percentile.toFixed(6)}`);
      }
      return (context) => {
        const { metric } = context;
        if (metric.type !== 'Histogram' && metric.type !== 'ExponentialHistogram') return;
        const points: readonly DataPoint[] = metric.dataPoints;
        const dataPoints = numbers(points, (point) => percentileOf(point as never, percentile));
        if (dataPoints.length === 0) return;
        const { description } = metric.descriptor;
        const descriptor = renamed(metric.descriptor, suffix || `_p${percentile}`);
        const name = description === '' ? `p${percentile}` : `${description} (p${percentile})`;
        context.added.push({ type: 'Gauge', descriptor: { ...descriptor, description: name }, dataPoints });
      };
    },
  ),
  convert_summary_quantile_val_to_gauge: editor(
    { attribute_key: optional(literalText), suffix: optional(literalText) },
    ({ attribute_key: key = 'quantile', suffix = '.quantiles' }) =>
      (context) => {
        const { metric } = context;
        if (metric.type !== 'Summary') return;
        const dataPoints = metric.dataPoints.flatMap((point) =>
          point.quantileValues.flatMap(({ quantile, value }) => {
            const others = point.attributes.entries.filter((entry) => entry.key !== key);
            const attributes = { entries: [...others, { key, value: quantile }] };
            return numbers([{ ...point, attributes }], () => value);
          }),
        );
        context.added.push({ type: 'Gauge', descriptor: renamed(metric.descriptor, suffix), dataPoints });
      },
  ),
};

/** Defines an editor of the context `datapoint` that adds a sum with a number of each point of a summary. */
const summaryToSum = (defaultSuffix: string, read: (point: Distribution) => number | bigint | undefined) =>
  editor(
    { string_agg_temp: literalText, monotonic: literalBool, suffix: optional(literalText) },
    ({ string_agg_temp: name, monotonic: isMonotonic, suffix = defaultSuffix }) => {
      const aggregationTemporality = temporalityOf(name);
      return (context) => {
        const { metric } = context;
        if (metric.type !== 'Summary') return;
        const descriptor = renamed(metric.descriptor, suffix);
        const dataPoints = numbers(metric.dataPoints, read);
        context.added.push({ type: 'Sum', descriptor, aggregationTemporality, isMonotonic, dataPoints });
      };
    },
  );

export const summaryEditors: Editors = {
  convert_summary_sum_val_to_sum: summaryToSum('_sum', ({ sum }) => sum),
  convert_summary_count_val_to_sum: summaryToSum('_count', ({ count }) => BigInt(count)),
};
