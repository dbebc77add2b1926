import {
  anything,
  boolean,
  type ConfigOf,
  config,
  decodedAlone,
  integer,
  list,
  listWithTexts,
  nullable,
  optional,
  string,
  stringList,
  validated,
  withoutEffect,
} from '#config/schema.ts';
import { matchProperties } from '#filterset/match-config.ts';
import { errorMode, groupContext, groupErrorMode } from '#ottl/config.ts';
import { problemsOf } from './config-problems.ts';

const regexpCache = config('regexp.Config', {
  cacheenabled: boolean(false),
  cachemaxnumentries: integer(0),
});

const attributeList = () =>
  list(
    config('filterconfig.Attribute', {
      key: string('').describe('key'),
      value: anything().describe('Value of the attribute. If absent, any value matches.'),
    }),
  );

/** The older way to select metrics: by name, or by resource attributes. */
const metricMatch = config('filterprocessor.MetricMatchProperties', {
  match_type: string('', { values: ['strict', 'regexp'] }).describe('`strict` or `regexp`.'),
  metric_names: stringList().describe('Metric names, or patterns that match a part of a name.'),
  expressions: stringList().describe('Not supported (`match_type: expr`).'),
  resource_attributes: attributeList().describe('Attributes that the resource must have.'),
  regexp: withoutEffect(optional(regexpCache), 'matching needs no cache'),
});

/** The older way to select log records. */
const logMatch = config('filterprocessor.LogMatchProperties', {
  match_type: string('', { values: ['strict', 'regexp'] }).describe('`strict` or `regexp`.'),
  resource_attributes: attributeList().describe('Attributes that the resource must have.'),
  record_attributes: attributeList().describe('Attributes that the log record must have.'),
  severity_texts: stringList().describe('Severity texts, of which one must match.'),
  severity_number: nullable(
    config('filterprocessor.LogSeverityNumberMatchProperties', {
      min: string('').describe('Lowest severity: a number, or a name such as `WARN`.'),
      match_undefined: boolean(false).describe('Whether log records without a severity number match.'),
    }),
  ).describe('severity'),
  bodies: stringList().describe('Bodies, of which one must match.'),
});

const conditions = (item: string) =>
  stringList().describe(`OTTL conditions. If one of them holds, ${item} is dropped.`);

const metrics = config('filterprocessor.MetricFilters', {
  include: optional(metricMatch).describe('Keeps only metrics that match.'),
  exclude: optional(metricMatch).describe('Drops metrics that match.'),
  regexp: withoutEffect(optional(regexpCache), 'matching needs no cache'),
  resource: conditions('a resource'),
  metric: conditions('a metric'),
  datapoint: conditions('a data point'),
});

const traces = config('filterprocessor.TraceFilters', {
  resource: conditions('a resource'),
  span: conditions('a span'),
  spanevent: conditions('an event of a span'),
});

const logs = config('filterprocessor.LogFilters', {
  include: optional(logMatch).describe('Keeps only log records that match.'),
  exclude: optional(logMatch).describe('Drops log records that match.'),
  resource: conditions('a resource'),
  log_record: conditions('a log record'),
});

const conditionGroup = config('condition.ContextConditions', {
  context: groupContext().describe('Item to drop. If absent, the paths of each condition determine it.'),
  conditions: stringList().describe('OTTL conditions.'),
  error_mode: groupErrorMode(),
});
export type ConditionGroupConfig = ConfigOf<typeof conditionGroup>;

const conditionGroups = (signal: string) =>
  listWithTexts(conditionGroup, {
    key: 'conditions',
    afterGroups: false,
    emptyElement: 'condition cannot be empty',
  }).describe(`OTTL conditions for ${signal}: texts or groups. Items for which one of them holds are dropped.`);

const keys = decodedAlone(
  config('filterprocessor.Config', {
    error_mode: errorMode().describe(
      'a condition that fails: `ignore` logs a warning and continues, `silent` continues, `propagate` refuses the request',
    ),
    metrics: metrics.describe('Conditions for metrics, by item.'),
    traces: traces.describe('Conditions for traces, by item.'),
    logs: logs.describe('Conditions for logs, by item.'),
    spans: config('filterconfig.MatchConfig', {
      include: nullable(matchProperties).describe('Keeps only spans that match.'),
      exclude: nullable(matchProperties).describe('Drops spans that match.'),
    }).describe('Older way to select spans.'),
    profiles: anything().describe('Ignored with a warning: pitot does not support profiles.'),
    metric_conditions: conditionGroups('metrics'),
    trace_conditions: conditionGroups('traces'),
    log_conditions: conditionGroups('logs'),
    profile_conditions: list(anything()).describe('Ignored with a warning: pitot does not support profiles.'),
  }),
);

export type FilterConfig = ConfigOf<typeof keys>;
export type MetricMatchProperties = NonNullable<FilterConfig['metrics']['include']>;
export type LogMatchProperties = NonNullable<FilterConfig['logs']['include']>;

/** Configuration of the filter processor. */
export const filterConfig = validated(keys, problemsOf);
