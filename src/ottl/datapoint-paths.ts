import { truncatedInteger } from '#go/integer.ts';
import type { AnyValue } from '#pdata/attributes.ts';
import type {
  DataPoint,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  NumberDataPoint,
  SummaryDataPoint,
} from '#pdata/metrics.ts';
import type { Accessor, OttlContext } from './context.ts';
import { OttlError } from './ottl-error.ts';
import type { PathTable } from './paths.ts';
import { attributesOf } from './resource-paths.ts';
import { isTime, list, map, type OttlValue } from './value.ts';

/** Everything that a data point of any type may have. */
type AnyPoint = Partial<NumberDataPoint & SummaryDataPoint> &
  Partial<Omit<HistogramDataPoint, 'sum'>> &
  Partial<Omit<ExponentialHistogramDataPoint, 'sum'>> &
  DataPoint;

const pointOf = (context: OttlContext): AnyPoint => context.point as AnyPoint;

function change(context: OttlContext, changes: Partial<AnyPoint>): void {
  context.point = { ...context.point, ...changes } as DataPoint;
}

function integer(value: AnyValue): bigint {
  if (typeof value === 'bigint') return value;
  throw new OttlError('expected int but got another kind of value');
}

function double(value: AnyValue): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  throw new OttlError('expected a number but got another kind of value');
}

const nanoseconds = (value: bigint) => BigInt.asUintN(64, value);

/** A field that only some types of points have: nil where it is missing, and then it can't be set. */
function field(
  name: keyof AnyPoint,
  read: (value: never) => OttlValue,
  write?: (value: AnyValue) => unknown,
): Accessor {
  const accessor: Accessor = {
    get(context) {
      const value = pointOf(context)[name];
      return value === undefined ? undefined : read(value as never);
    },
  };
  if (write) {
    accessor.set = (context, value) => {
      if (name in pointOf(context)) change(context, { [name]: write(value) });
    };
  }
  return accessor;
}

const countOf = (value: number) => BigInt(value);
const counts = (values: readonly number[]) => list(values.map(countOf));
const doubles = (values: readonly number[]) => list(values);
const same = (value: number) => value;

/** A number point's value as one kind; zero when it is of the other, as in the collector, and nil for other types of points. */
const valueAs = (type: 'bigint' | 'number'): Accessor => ({
  get(context) {
    if (context.metric.type !== 'Gauge' && context.metric.type !== 'Sum') return undefined;
    const { value } = pointOf(context);
    return typeof value === type ? value : type === 'bigint' ? 0n : 0;
  },
  set: (context, value) => {
    const isNumber = context.metric.type === 'Gauge' || context.metric.type === 'Sum';
    if (isNumber && (typeof value === 'bigint' || typeof value === 'number')) {
      change(context, {
        value: type === 'bigint' ? (typeof value === 'bigint' ? value : truncatedInteger(value)) : Number(value),
      });
    }
  },
});

const time = (name: 'timeUnixNano' | 'startTimeUnixNano'): Accessor => ({
  get: (context) => ({ kind: 'time', nanoseconds: pointOf(context)[name] }),
  set: (context, value: OttlValue) => {
    if (!isTime(value)) throw new OttlError('expected a time but got another kind of value');
    change(context, { [name]: nanoseconds(value.nanoseconds) });
  },
});

const buckets = (name: 'positive' | 'negative') => ({
  [`${name}.offset`]: field(name, (value: { offset: number }) => BigInt(value.offset)),
  [`${name}.bucket_counts`]: field(name, (value: { bucketCounts: readonly number[] }) => counts(value.bucketCounts)),
});

/** Paths of the context `datapoint`. */
export const datapointPaths: PathTable = {
  attributes: {
    get: (context) => map(pointOf(context).attributes.entries),
    set: (context, value) => change(context, { attributes: attributesOf(value) }),
  },
  value_int: valueAs('bigint'),
  value_double: valueAs('number'),
  time_unix_nano: {
    get: (context) => pointOf(context).timeUnixNano,
    set: (context, value) => change(context, { timeUnixNano: nanoseconds(integer(value)) }),
  },
  start_time_unix_nano: {
    get: (context) => pointOf(context).startTimeUnixNano,
    set: (context, value) => change(context, { startTimeUnixNano: nanoseconds(integer(value)) }),
  },
  time: time('timeUnixNano'),
  start_time: time('startTimeUnixNano'),
  flags: {
    get: (context) => BigInt(pointOf(context).flags),
    set: (context, value) => change(context, { flags: Number(BigInt.asUintN(32, integer(value))) }),
  },
  count: field('count', countOf, (value) => Number(integer(value))),
  sum: field('sum', same, double),
  min: field('min', same, double),
  max: field('max', same, double),
  scale: field('scale', countOf, (value) => Number(integer(value))),
  zero_count: field('zeroCount', countOf, (value) => Number(integer(value))),
  bucket_counts: field('bucketCounts', counts),
  explicit_bounds: field('explicitBounds', doubles),
  ...buckets('positive'),
  ...buckets('negative'),
  quantile_values: field('quantileValues', (values: readonly { quantile: number; value: number }[]) =>
    list(
      values.map(({ quantile, value }) =>
        map([
          { key: 'quantile', value: quantile },
          { key: 'value', value },
        ]),
      ),
    ),
  ),
  exemplars: field('exemplars', (values: readonly unknown[]) => list(values.map(() => undefined))),
};
