import type {
  Buckets,
  DataPoint,
  Exemplar,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  Metric,
  NumberDataPoint,
  SummaryDataPoint,
} from '#pdata/metrics.ts';
import type { Accessor, OttlContext } from '../context.ts';
import { OttlError } from '../ottl-error.ts';
import { goType, isArray, isItems, isSlice, type OttlValue, slice } from '../value.ts';
import {
  countPart,
  doublePart,
  expectType,
  int32Part,
  intPart,
  itemsPart,
  mapPart,
  type PathTable,
  timeParts,
  uint32Part,
} from './accessors.ts';

type PointTypes = {
  readonly Number: NumberDataPoint;
  readonly Histogram: HistogramDataPoint;
  readonly ExponentialHistogram: ExponentialHistogramDataPoint;
  readonly Summary: SummaryDataPoint;
};
type PointType = keyof PointTypes;

const pointTypes: Readonly<Record<Metric['type'], PointType | undefined>> = {
  Empty: undefined,
  Gauge: 'Number',
  Sum: 'Number',
  Histogram: 'Histogram',
  ExponentialHistogram: 'ExponentialHistogram',
  Summary: 'Summary',
};

/** Returns the data point if it is of one of the types. */
function pointOf<Type extends PointType>(context: OttlContext, types: readonly Type[]): PointTypes[Type] | undefined {
  const type = pointTypes[context.metric.type];
  return types.includes(type as Type) ? (context.point as PointTypes[Type]) : undefined;
}

/** Reads and replaces a part that only some types of data points have. */
function ofTypes<Type extends PointType, T>(
  types: readonly Type[],
  read: (point: PointTypes[Type]) => T,
  changes: (value: T, point: PointTypes[Type]) => Partial<PointTypes[Type]>,
) {
  return {
    read: (context: OttlContext): T | undefined => {
      const point = pointOf(context, types);
      return point && read(point);
    },
    write: (context: OttlContext, value: T): void => {
      const point = pointOf(context, types);
      if (!point) {
        const type = pointTypes[context.metric.type];
        throw new OttlError(`unsupported data point type: pmetric.${type}DataPoint`);
      }
      context.point = { ...point, ...changes(value, point) } as DataPoint;
    },
  };
}

const every = ['Number', 'Histogram', 'ExponentialHistogram', 'Summary'] as const;
const histograms = ['Histogram', 'ExponentialHistogram'] as const;
const exponential = ['ExponentialHistogram'] as const;
type WithSum = { readonly sum: number | undefined };

const startTime = timeParts(
  ofTypes(
    every,
    (point) => point.startTimeUnixNano,
    (startTimeUnixNano) => ({ startTimeUnixNano }),
  ),
);
const time = timeParts(
  ofTypes(
    every,
    (point) => point.timeUnixNano,
    (timeUnixNano) => ({ timeUnixNano }),
  ),
);

function bucketPaths(side: 'positive' | 'negative'): PathTable {
  const type = 'pmetric.ExponentialHistogramDataPointBuckets';
  const buckets = ofTypes(
    exponential,
    (point) => point[side],
    (value: Buckets) => ({ [side]: value }),
  );
  return {
    [side]: {
      get: (context) => {
        const found = buckets.read(context);
        return found && { kind: 'items', type, items: [found] };
      },
      set: (context, value) => {
        const found = isItems(value) && value.type === type ? (value.items[0] as Buckets) : undefined;
        buckets.write(context, expectType(value, type, found));
      },
    },
    [`${side}.offset`]: int32Part(
      ofTypes(
        exponential,
        (point) => point[side].offset,
        (offset, point) => ({ [side]: { ...point[side], offset } }),
      ),
    ),
    [`${side}.bucket_counts`]: countsPart(
      ofTypes(
        exponential,
        (point) => point[side].bucketCounts,
        (bucketCounts, point) => ({ [side]: { ...point[side], bucketCounts } }),
      ),
    ),
  };
}

/** A list of bucket counts. */
function countsPart({ read, write }: ReturnType<typeof ofTypes<PointType, readonly number[]>>): Accessor {
  return {
    get: (context) => {
      const counts = read(context);
      return (
        counts &&
        slice(
          'uint64',
          counts.map((count) => BigInt.asIntN(64, BigInt(count))),
        )
      );
    },
    set: (context, value) =>
      write(
        context,
        elementsOf(value, (element) => (typeof element === 'bigint' ? Number(BigInt.asUintN(64, element)) : undefined)),
      ),
  };
}

/** @throws OttlError if the value is not a list or has an element of another type */
function elementsOf<T>(value: OttlValue, as: (element: OttlValue) => T | undefined): readonly T[] {
  if (value === undefined) return [];
  if (!isArray(value) && !isSlice(value))
    throw new OttlError(`cannot set a slice from a value of type ${goType(value)}`);
  return value.values.map((element) => {
    const found = as(element);
    if (found === undefined) throw new OttlError(`invalid value type provided for a slice: ${goType(element)}`);
    return found;
  });
}

const bounds = ofTypes(
  ['Histogram'],
  (point) => point.explicitBounds,
  (explicitBounds: readonly number[]) => ({ explicitBounds }),
);

const exemplars = ofTypes(
  ['Number', 'Histogram', 'ExponentialHistogram'],
  (point) => point.exemplars,
  (value: readonly Exemplar[]) => ({ exemplars: value }),
);

/**
 * Paths of the context `datapoint`. If the type of the data point does not have a path, the path is nil and cannot be
 * set.
 */
export const datapointPaths: PathTable = {
  attributes: mapPart(
    ofTypes(
      every,
      (point) => point.attributes,
      (attributes) => ({ attributes }),
    ),
  ),
  start_time_unix_nano: startTime.nanoseconds,
  start_time: startTime.time,
  time_unix_nano: time.nanoseconds,
  time: time.time,
  flags: uint32Part(
    ofTypes(
      every,
      (point) => point.flags,
      (flags) => ({ flags }),
    ),
  ),
  value_int: intPart(
    ofTypes(
      ['Number'],
      ({ value }) => (typeof value === 'bigint' ? value : 0n),
      (value) => ({ value }),
    ),
  ),
  value_double: doublePart(
    ofTypes(
      ['Number'],
      ({ value }) => (typeof value === 'number' ? value : 0),
      (value) => ({ value }),
    ),
  ),
  exemplars: itemsPart('pmetric.ExemplarSlice', exemplars),
  count: countPart(
    ofTypes(
      [...histograms, 'Summary'],
      (point) => point.count,
      (count) => ({ count }),
    ),
  ),
  sum: doublePart(
    ofTypes(
      [...histograms, 'Summary'],
      (point) => (point as WithSum).sum ?? 0,
      (sum) => ({ sum }),
    ),
  ),
  explicit_bounds: {
    get: (context) => {
      const found = bounds.read(context);
      return found && slice('float64', found);
    },
    set: (context, value) =>
      bounds.write(
        context,
        elementsOf(value, (element) => (typeof element === 'number' ? element : undefined)),
      ),
  },
  bucket_counts: countsPart(
    ofTypes(
      ['Histogram'],
      (point) => point.bucketCounts,
      (bucketCounts: readonly number[]) => ({ bucketCounts }),
    ) as never,
  ),
  scale: int32Part(
    ofTypes(
      exponential,
      (point) => point.scale,
      (scale) => ({ scale }),
    ),
  ),
  zero_count: countPart(
    ofTypes(
      exponential,
      (point) => point.zeroCount,
      (zeroCount) => ({ zeroCount }),
    ),
  ),
  ...bucketPaths('positive'),
  ...bucketPaths('negative'),
  quantile_values: itemsPart(
    'pmetric.SummaryDataPointValueAtQuantileSlice',
    ofTypes(
      ['Summary'],
      (point) => point.quantileValues,
      (quantileValues) => ({ quantileValues }),
    ),
  ),
};
