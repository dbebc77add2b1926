import { anything, type ConfigOf, config, decodedAlone, enumeration, list, validated } from '#config/schema.ts';
import { statementGroups } from './statement-groups.ts';

/** Configuration of the transform processor (docs/reference/collector-behaviour.md#transform-processor). */
export const transformConfig = validated(
  decodedAlone(
    config('transformprocessor.Config', {
      error_mode: enumeration({
        values: ['ignore', 'silent', 'propagate'],
        default: 'ignore',
        ignoreCase: true,
        refusal: (text) => `unknown error mode ${text}`,
      }).describe(
        'a statement that fails: `ignore` logs it and goes on, `silent` goes on, `propagate` refuses the request',
      ),
      flatten_data: anything().describe('accepted, only for logs'),
      metric_statements: list(anything()).describe(
        'OTTL statements: texts, or groups of {context, conditions, statements}',
      ),
      trace_statements: list(anything()).describe('not supported: pitot transforms metrics only'),
      log_statements: list(anything()).describe('not supported: pitot transforms metrics only'),
    }),
  ),
  (value) => {
    if (value.traceStatements.length + value.logStatements.length > 0) {
      return 'pitot transforms metrics only: leave out trace_statements and log_statements';
    }
    return statementGroups(value.metricStatements).problem;
  },
);

export type TransformConfig = ConfigOf<typeof transformConfig>;
