import { type ConfigOf, config, duration, enumeration, string, stringList, validated } from '#config/schema.ts';
import { regexpSettings } from '#filterset/match-config.ts';

const metricTypes = ['exponentialhistogram', 'histogram', 'sum'];

const matchMetrics = (side: 'include' | 'exclude') =>
  config('cumulativetodeltaprocessor.MatchMetrics', {
    match_type: string('', { values: ['strict', 'regexp'] }).describe('`strict` or `regexp`.'),
    regexp: regexpSettings.describe('Settings of `match_type: regexp`.'),
    metrics: stringList().describe('Metric names, or patterns that match a part of a name.'),
    metric_types: stringList([], { values: metricTypes }).describe('`sum`, `histogram`, `exponentialhistogram`.'),
  }).describe(side === 'include' ? 'Converts only these metrics.' : 'Does not convert these metrics.');

/** Configuration of the cumulative_to_delta processor (docs/reference/collector-behaviour.md#cumulative-to-delta-processor). */
export const cumulativeToDeltaConfig = validated(
  config('cumulativetodeltaprocessor.Config', {
    max_staleness: duration('1h').describe('Idle time after which a stream is discarded. `0` disables it.'),
    include: matchMetrics('include'),
    exclude: matchMetrics('exclude'),
    initial_value: enumeration({
      values: ['auto', 'keep', 'drop'],
      default: 'auto',
      refusal: (text) => `unknown initial_value: ${text}`,
    }).describe('Handling of the first point of a stream: `auto`, `keep`, or `drop`.'),
  }),
  (value) => {
    for (const side of ['include', 'exclude'] as const) {
      const { matchType, metrics, metricTypes: types } = value[side];
      if (metrics.length > 0 && matchType === '') return 'match_type must be set if metrics are supplied';
      if (metrics.length === 0 && matchType !== '') return 'metrics must be supplied if match_type is set';
      const wrong = types.find((type) => !metricTypes.includes(type.toLowerCase()));
      if (wrong !== undefined) {
        return `found invalid metric type in ${side}.metric_types: ${wrong}. Valid values are [${metricTypes.join(' ')}]`;
      }
    }
    return undefined;
  },
);

export type CumulativeToDeltaConfig = ConfigOf<typeof cumulativeToDeltaConfig>;
export type MatchMetrics = CumulativeToDeltaConfig['include'];
