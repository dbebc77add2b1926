import {
  anything,
  boolean,
  type ConfigOf,
  config,
  decodedAlone,
  list,
  listWithTexts,
  olderKey,
  stringList,
  validated,
} from '#config/schema.ts';
import { errorMode, groupContext, groupErrorMode } from '#ottl/config.ts';
import { OttlParseError } from '#ottl/ottl-error.ts';
import type { OttlSignal } from '#ottl/signal-contexts.ts';
import { compiledGroup } from './statement-groups.ts';

const statementGroup = config('common.ContextStatements', {
  context: groupContext().describe('Item that the statements change. If absent, the paths determine it.'),
  conditions: stringList().describe('OTTL conditions. The statements run for an item if one of them holds.'),
  statements: stringList().describe('OTTL statements, in order.'),
  error_mode: groupErrorMode(),
  shared_cache: boolean(false).describe('Keeps `cache` between the items and groups of a request.'),
});
export type StatementGroupConfig = ConfigOf<typeof statementGroup>;

const statements = (signal: string) =>
  listWithTexts(statementGroup, {
    key: 'statements',
    afterGroups: true,
    emptyElement: 'empty statement list items are not supported',
  }).describe(`OTTL statements for ${signal}: texts or groups.`);

const keys = decodedAlone(
  config('transformprocessor.Config', {
    error_mode: errorMode().describe(
      'a statement that fails: `ignore` logs a warning and continues, `silent` continues, `propagate` refuses the request',
    ),
    metric_statements: statements('metrics'),
    trace_statements: statements('traces'),
    log_statements: statements('logs'),
    profile_statements: list(anything()).describe('Ignored with a warning: pitot does not support profiles.'),
    flatten: config('transformprocessor.FlattenConfig', {
      log: boolean(false).describe('Not supported.'),
    }).describe('Creates one resource and scope per log record.'),
    flatten_data: olderKey(boolean(false)).describe('Older name of `flatten.log`.'),
  }),
);

export type TransformConfig = ConfigOf<typeof keys>;

/** Key of the configuration that contains the statements of a signal. */
export const statementKeys = {
  metrics: 'metricStatements',
  traces: 'traceStatements',
  logs: 'logStatements',
} as const satisfies Readonly<Record<OttlSignal, keyof TransformConfig>>;

function problemOf(group: StatementGroupConfig, signal: OttlSignal): string[] {
  try {
    compiledGroup(group, { signal, errorMode: 'ignore' });
    return [];
  } catch (error) {
    if (error instanceof OttlParseError) return [error.message];
    throw error;
  }
}

/** Configuration of the transform processor. */
export const transformConfig = validated(keys, (value) => {
  if (value.flatten.log || value.flattenData) {
    return "'flatten.log' requires the 'transform.flatten.logs' feature gate to be enabled, which pitot does not support: remove the key";
  }
  const problems = (Object.keys(statementKeys) as OttlSignal[]).flatMap((signal) =>
    value[statementKeys[signal]].flatMap((group) => problemOf(group, signal)),
  );
  return problems.length === 0 ? undefined : problems;
});
