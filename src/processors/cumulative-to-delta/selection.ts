import { optionalTextFilter } from '#filterset/filterset.ts';
import type { Metric } from '#pdata/metrics.ts';
import type { CumulativeToDeltaConfig, MatchMetrics } from './config.ts';

/** Returns whether to convert a metric, according to `include` and `exclude`. */
export function selection({ include, exclude }: CumulativeToDeltaConfig): (metric: Metric) => boolean {
  const [included, excluded] = [matcher(include), matcher(exclude)];
  return (metric) => (included?.(metric) ?? true) && !(excluded?.(metric) ?? false);
}

/** Returns undefined if nothing is configured. Everything is then included and nothing excluded. */
function matcher({ matchType, metrics, metricTypes }: MatchMetrics): ((metric: Metric) => boolean) | undefined {
  if (metrics.length === 0 && metricTypes.length === 0) return undefined;
  const matchesName = optionalTextFilter(metrics, matchType);
  const types = new Set(metricTypes.map((type) => type.toLowerCase()));
  return ({ descriptor: { name }, type }) =>
    (matchesName?.(name) ?? true) && (types.size === 0 || types.has(type.toLowerCase()));
}
