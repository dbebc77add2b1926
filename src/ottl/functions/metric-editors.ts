import { truncatedInteger } from '#go/integer.ts';
import { aggregated, aggregations } from '#pdata/aggregate-points.ts';
import type { DataPoint, Metric, NumberDataPoint, SumMetric } from '#pdata/metrics.ts';
import { temporality } from '#pdata/metrics.ts';
import type { CompiledStatement, OttlFunction } from '../compile.ts';
import type { OttlContext } from '../context.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { required, text, writtenText, writtenTexts } from './arguments.ts';

type Editor = OttlFunction<CompiledStatement>;

const temporalities: Readonly<Record<string, number>> = {
  delta: temporality.delta,
  cumulative: temporality.cumulative,
};

/** A sum of one number of each point of a histogram or summary, with the name's suffix. */
function extracted(
  context: OttlContext,
  ending: { readonly name: string; readonly unit?: string },
  isMonotonic: boolean,
  read: (point: DataPoint & { count: number; sum: number | undefined }) => number | bigint | undefined,
): void {
  const { metric } = context;
  if (metric.type !== 'Histogram' && metric.type !== 'ExponentialHistogram' && metric.type !== 'Summary') {
    throw new OttlError(
      `extract${ending.name} requires an input metric of type Histogram, ExponentialHistogram or Summary, got ${metric.type}`,
    );
  }
  const dataPoints = metric.dataPoints.flatMap((point): NumberDataPoint[] => {
    const value = read(point);
    if (value === undefined) return [];
    const { attributes, startTimeUnixNano, timeUnixNano } = point;
    return [{ attributes, startTimeUnixNano, timeUnixNano, flags: 0, value, exemplars: [] }];
  });
  if (dataPoints.length === 0) return;
  const { descriptor } = metric;
  const aggregationTemporality = metric.type === 'Summary' ? temporality.cumulative : metric.aggregationTemporality;
  const sum: SumMetric = {
    type: 'Sum',
    descriptor: { ...descriptor, name: descriptor.name + ending.name, unit: ending.unit ?? descriptor.unit },
    aggregationTemporality,
    isMonotonic,
    dataPoints,
  };
  context.added.push(sum);
}

const isTrue = (value: unknown) => value === true;

/** Editors of the context `metric` that change a metric's type or make another of it. */
export const metricEditors: Readonly<Record<string, Editor>> = {
  convert_sum_to_gauge: {
    parameters: [],
    context: 'metric',
    build: () => (context) => {
      const { metric } = context;
      if (metric.type === 'Sum')
        context.metric = { type: 'Gauge', descriptor: metric.descriptor, dataPoints: metric.dataPoints };
    },
  },
  convert_gauge_to_sum: {
    parameters: ['aggregation_temporality', 'monotonic'],
    context: 'metric',
    build: ([temporalityName, monotonic]) => {
      const name = writtenText(temporalityName);
      const aggregationTemporality = temporalities[name];
      if (aggregationTemporality === undefined) throw new OttlParseError(`unknown aggregation temporality: ${name}`);
      const isMonotonic = isTrue(required(monotonic).constant);
      return (context) => {
        const { metric } = context;
        if (metric.type !== 'Gauge') return;
        const { descriptor, dataPoints } = metric;
        context.metric = { type: 'Sum', descriptor, aggregationTemporality, isMonotonic, dataPoints };
      };
    },
  },
  extract_count_metric: {
    parameters: ['monotonic', 'suffix?'],
    context: 'metric',
    build: ([monotonic, suffix]) => {
      const isMonotonic = isTrue(required(monotonic).constant);
      const ending = suffix ? writtenText(suffix) : '_count';
      return (context) => extracted(context, { name: ending, unit: '1' }, isMonotonic, (point) => BigInt(point.count));
    },
  },
  extract_sum_metric: {
    parameters: ['monotonic', 'suffix?'],
    context: 'metric',
    build: ([monotonic, suffix]) => {
      const isMonotonic = isTrue(required(monotonic).constant);
      const ending = suffix ? writtenText(suffix) : '_sum';
      return (context) => extracted(context, { name: ending }, isMonotonic, (point) => point.sum);
    },
  },
  copy_metric: {
    parameters: ['name?', 'description?', 'unit?'],
    context: 'metric',
    build:
      ([name, description, unit]) =>
      (context) => {
        const { descriptor } = context.metric;
        const changed = {
          ...descriptor,
          ...(name ? { name: text(name, context) } : {}),
          ...(description ? { description: text(description, context) } : {}),
          ...(unit ? { unit: text(unit, context) } : {}),
        };
        context.added.push({ ...context.metric, descriptor: changed } as Metric);
      },
  },
  scale_metric: {
    parameters: ['multiplier', 'unit?'],
    context: 'metric',
    build: ([multiplier, unit]) => {
      const { get } = required(multiplier);
      return (context) => {
        const factor = Number(get(context));
        if (Number.isNaN(factor)) throw new OttlError('scale_metric needs a number');
        context.metric = scaled(context.metric, factor);
        if (!unit) return;
        const descriptor = { ...context.metric.descriptor, unit: text(unit, context) };
        context.metric = { ...context.metric, descriptor };
      };
    },
  },
  aggregate_on_attributes: {
    parameters: ['aggregation_function', 'attributes?'],
    context: 'metric',
    build: ([how, attributes]) => {
      const aggregation = aggregations[writtenText(how)];
      if (!aggregation)
        throw new OttlParseError(
          `invalid aggregation function: '${writtenText(how)}', valid options: [${Object.keys(aggregations).join(' ')}]`,
        );
      const kept = attributes ? new Set(writtenTexts(attributes)) : undefined;
      return (context) => {
        context.metric = aggregated(context.metric, kept, aggregation);
      };
    },
  },
};

/** A copy of a metric whose values are multiplied; ints stay ints. */
function scaled(metric: Metric, factor: number): Metric {
  const maybe = (value: number | undefined) => (value === undefined ? undefined : value * factor);
  switch (metric.type) {
    case 'Gauge':
    case 'Sum':
      return {
        ...metric,
        dataPoints: metric.dataPoints.map((point) => {
          if (typeof point.value === 'bigint')
            return { ...point, value: truncatedInteger(Number(point.value) * factor) };
          return { ...point, value: maybe(point.value) };
        }),
      };
    case 'Histogram':
      return {
        ...metric,
        dataPoints: metric.dataPoints.map((point) => ({
          ...point,
          sum: maybe(point.sum),
          min: maybe(point.min),
          max: maybe(point.max),
          explicitBounds: point.explicitBounds.map((bound) => bound * factor),
        })),
      };
    case 'Summary':
      return {
        ...metric,
        dataPoints: metric.dataPoints.map((point) => ({
          ...point,
          sum: point.sum * factor,
          quantileValues: point.quantileValues.map(({ quantile, value }) => ({ quantile, value: value * factor })),
        })),
      };
    case 'ExponentialHistogram':
      throw new OttlError(`unsupported metric type: '${metric.type}'`);
    default:
      return metric;
  }
}
