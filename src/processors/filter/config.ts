import {
  anything,
  boolean,
  type ConfigOf,
  config,
  decodedAlone,
  enumeration,
  integer,
  list,
  optional,
  string,
  stringList,
  validated,
} from '#config/schema.ts';
import { inferredConditions } from './conditions.ts';

const errorMode = () =>
  enumeration({
    values: ['ignore', 'silent', 'propagate'],
    default: 'ignore',
    ignoreCase: true,
    refusal: (text) => `unknown error mode ${text}`,
  }).describe(
    'a condition that fails: `ignore` logs it and goes on, `silent` goes on, `propagate` refuses the request',
  );

const regexpCache = config('regexp.Config', {
  cacheenabled: boolean(false).describe('accepted, no effect'),
  cachemaxnumentries: integer(0).describe('accepted, no effect'),
});

/** The older way to choose metrics: by name, or by a resource's attributes. */
const matchProperties = config('filterprocessor.MetricMatchProperties', {
  match_type: string('').describe('`strict` or `regexp`'),
  metric_names: stringList().describe('names, or patterns that a name must contain'),
  expressions: stringList().describe('`match_type: expr` is not supported'),
  resource_attributes: list(
    config('filterconfig.Attribute', {
      key: string('').describe('key'),
      value: anything().describe('value; absent: any'),
    }),
  ).describe('attributes that the resource must have'),
  regexp: optional(regexpCache).describe('accepted, no effect: patterns need no cache'),
});

const metrics = config('filterprocessor.MetricFilters', {
  include: optional(matchProperties).describe('keep only metrics that match'),
  exclude: optional(matchProperties).describe('drop metrics that match'),
  regexp: optional(regexpCache).describe('accepted, no effect'),
  resource: stringList().describe('OTTL conditions; a resource for which one holds is dropped'),
  metric: stringList().describe('OTTL conditions; a metric for which one holds is dropped'),
  datapoint: stringList().describe('OTTL conditions; a data point for which one holds is dropped'),
});

/** Configuration of the filter processor (docs/reference/collector-behaviour.md#filter-processor). */
export const filterConfig = validated(
  decodedAlone(
    config('filterprocessor.Config', {
      error_mode: errorMode(),
      metrics: metrics.describe('conditions by context'),
      metric_conditions: list(anything()).describe('OTTL conditions whose context is found from their paths'),
    }),
  ),
  (value) => {
    const { include, exclude, resource, metric, datapoint } = value.metrics;
    const hasConditions = resource.length + metric.length + datapoint.length > 0;
    if (hasConditions && (include || exclude)) {
      return 'cannot use "metrics.resource", "metrics.metric", "metrics.datapoint" and the settings "metrics.include", "metrics.exclude" at the same time';
    }
    if (value.metricConditions.length > 0 && (hasConditions || include || exclude)) {
      return 'cannot use context inferred metric conditions "metric_conditions" and the settings "metrics.resource", "metrics.metric", "metrics.datapoint", "metrics.include", "metrics.exclude" at the same time';
    }
    return inferredConditions(value.metricConditions).problem;
  },
);

export type FilterConfig = ConfigOf<typeof filterConfig>;
export type MatchProperties = NonNullable<FilterConfig['metrics']['include']>;
