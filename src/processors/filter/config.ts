import {
  anything,
  boolean,
  type ConfigOf,
  config,
  decodedAlone,
  enumeration,
  integer,
  list,
  listWithTexts,
  nullable,
  optional,
  string,
  stringList,
  validated,
} from '#config/schema.ts';
import { matchProperties } from '#filterset/match-config.ts';
import { errorModes } from '#ottl/error-mode.ts';
import { contextNames } from '#ottl/signal-contexts.ts';
import { problemsOf } from './config-problems.ts';

const refuseErrorMode = (text: string) => `unknown error mode ${text}`;

const regexpCache = config('regexp.Config', {
  cacheenabled: boolean(false).describe('accepted, no effect'),
  cachemaxnumentries: integer(0).describe('accepted, no effect'),
});

const attributeList = () =>
  list(
    config('filterconfig.Attribute', {
      key: string('').describe('key'),
      value: anything().describe('value; any if absent'),
    }),
  );

/** The older way to choose metrics: by name, or by attributes of the resource. */
const metricMatch = config('filterprocessor.MetricMatchProperties', {
  match_type: string('').describe('`strict` or `regexp`'),
  metric_names: stringList().describe('names, or patterns that a name must contain'),
  expressions: stringList().describe('`match_type: expr` is not supported'),
  resource_attributes: attributeList().describe('attributes that the resource must have'),
  regexp: optional(regexpCache).describe('accepted, no effect: matching needs no cache'),
});

/** The older way to choose log records. */
const logMatch = config('filterprocessor.LogMatchProperties', {
  match_type: string('').describe('`strict` or `regexp`'),
  resource_attributes: attributeList().describe('attributes that the resource must have'),
  record_attributes: attributeList().describe('attributes that the record must have'),
  severity_texts: stringList().describe('one of these severity texts'),
  severity_number: nullable(
    config('filterprocessor.LogSeverityNumberMatchProperties', {
      min: string('').describe('lowest severity: a number, or a name such as `WARN`'),
      match_undefined: boolean(false).describe('whether records without a severity number match'),
    }),
  ).describe('severity'),
  bodies: stringList().describe('one of these bodies'),
});

const conditions = (item: string) => stringList().describe(`OTTL conditions; ${item} is dropped if one of them holds`);

const metrics = config('filterprocessor.MetricFilters', {
  include: optional(metricMatch).describe('keep only metrics that match'),
  exclude: optional(metricMatch).describe('drop metrics that match'),
  regexp: optional(regexpCache).describe('accepted, no effect'),
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
  include: optional(logMatch).describe('keep only log records that match'),
  exclude: optional(logMatch).describe('drop log records that match'),
  resource: conditions('a resource'),
  log_record: conditions('a log record'),
});

const conditionGroup = config('condition.ContextConditions', {
  context: enumeration({
    values: ['', ...contextNames],
    default: '',
    ignoreCase: true,
    refusal: (text) => `unknown context ${text.toLowerCase()}`,
  }).describe('the item that is dropped; absent: found from the paths of each condition'),
  conditions: stringList().describe('OTTL conditions'),
  error_mode: enumeration({
    values: ['', ...errorModes],
    default: '',
    ignoreCase: true,
    refusal: refuseErrorMode,
  }).describe('replaces the `error_mode` of the processor'),
});
export type ConditionGroupConfig = ConfigOf<typeof conditionGroup>;

const conditionGroups = (signal: string) =>
  listWithTexts(conditionGroup, {
    key: 'conditions',
    afterGroups: false,
    emptyElement: 'condition cannot be empty',
  }).describe(`OTTL conditions for ${signal}: texts, or groups; what they hold for is dropped`);

const keys = decodedAlone(
  config('filterprocessor.Config', {
    error_mode: enumeration({
      values: errorModes,
      default: 'ignore',
      ignoreCase: true,
      refusal: refuseErrorMode,
    }).describe(
      'a condition that fails: `ignore` logs a warning and continues, `silent` continues, `propagate` refuses the request',
    ),
    metrics: metrics.describe('conditions for metrics, by item'),
    traces: traces.describe('conditions for traces, by item'),
    logs: logs.describe('conditions for logs, by item'),
    spans: config('filterconfig.MatchConfig', {
      include: nullable(matchProperties).describe('keep only spans that match'),
      exclude: nullable(matchProperties).describe('drop spans that match'),
    }).describe('older way to choose spans'),
    profiles: anything().describe('ignored with a warning: pitot has no profiles'),
    metric_conditions: conditionGroups('metrics'),
    trace_conditions: conditionGroups('traces'),
    log_conditions: conditionGroups('logs'),
    profile_conditions: list(anything()).describe('ignored with a warning: pitot has no profiles'),
  }),
);

export type FilterConfig = ConfigOf<typeof keys>;
export type MetricMatchProperties = NonNullable<FilterConfig['metrics']['include']>;
export type LogMatchProperties = NonNullable<FilterConfig['logs']['include']>;

/** Configuration of the filter processor. */
export const filterConfig = validated(keys, problemsOf);
