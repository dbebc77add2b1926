import type { DataPoint, Metric } from '#pdata/metrics.ts';
import type { OttlContext } from '../context.ts';
import { OttlError } from '../ottl-error.ts';
import { type DataItems, goType, isItems } from '../value.ts';
import { boolPart, intPart, mapPart, type PathTable, textPart } from './accessors.ts';

const types: readonly Metric['type'][] = ['Empty', 'Gauge', 'Sum', 'Histogram', 'ExponentialHistogram', 'Summary'];
const goNames: Readonly<Record<Metric['type'], string>> = {
  Empty: '',
  Gauge: 'pmetric.NumberDataPointSlice',
  Sum: 'pmetric.NumberDataPointSlice',
  Histogram: 'pmetric.HistogramDataPointSlice',
  ExponentialHistogram: 'pmetric.ExponentialHistogramDataPointSlice',
  Summary: 'pmetric.SummaryDataPointSlice',
};

const changeDescriptor = (context: OttlContext, changes: Partial<Metric['descriptor']>) => {
  context.metric = { ...context.metric, descriptor: { ...context.metric.descriptor, ...changes } };
};

const descriptorText = (name: 'name' | 'description' | 'unit') =>
  textPart({
    read: ({ metric }) => metric.descriptor[name],
    write: (context, value) => changeDescriptor(context, { [name]: value }),
  });

/** Paths of the context `metric`. */
export const metricPaths: PathTable = {
  name: descriptorText('name'),
  description: descriptorText('description'),
  unit: descriptorText('unit'),
  // An assignment has no effect, same as in the Collector.
  type: { get: ({ metric }) => BigInt(types.indexOf(metric.type)), set: () => undefined },
  metadata: mapPart({
    read: ({ metric }) => metric.descriptor.metadata,
    write: (context, metadata) => changeDescriptor(context, { metadata }),
  }),
  aggregation_temporality: intPart({
    read: ({ metric }) => ('aggregationTemporality' in metric ? BigInt(metric.aggregationTemporality) : undefined),
    write: (context, value) => {
      const { metric } = context;
      if (!('aggregationTemporality' in metric)) return;
      context.metric = { ...metric, aggregationTemporality: Number(BigInt.asIntN(32, value)) };
    },
  }),
  is_monotonic: boolPart({
    read: ({ metric }) => (metric.type === 'Sum' ? metric.isMonotonic : undefined),
    write: (context, isMonotonic) => {
      if (context.metric.type === 'Sum') context.metric = { ...context.metric, isMonotonic };
    },
  }),
  data_points: {
    get: ({ metric }): DataItems | undefined =>
      metric.type === 'Empty' ? undefined : { kind: 'items', type: goNames[metric.type], items: metric.dataPoints },
    set: (context, value) => {
      const type = goNames[context.metric.type];
      if (type === '') return;
      if (value !== undefined && !(isItems(value) && value.type === type)) {
        throw new OttlError(`expects ${type} but got ${goType(value)}`);
      }
      const dataPoints = (value?.items ?? []) as readonly DataPoint[];
      context.metric = { ...context.metric, dataPoints } as unknown as Metric;
    },
  },
};
