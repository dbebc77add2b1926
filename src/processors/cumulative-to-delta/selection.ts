import { RE2JS } from 're2js';
import type { Metric } from '#pdata/metrics.ts';
import type { CumulativeToDeltaConfig, MatchMetrics } from './config.ts';

/** Whether a metric is to be converted, by `include` and `exclude`. */
export function selection({ include, exclude }: CumulativeToDeltaConfig): (metric: Metric) => boolean {
  const [included, excluded] = [matcher(include), matcher(exclude)];
  return (metric) => (included?.(metric) ?? true) && !(excluded?.(metric) ?? false);
}

/** Undefined when nothing is set: then everything is included, and nothing excluded. */
function matcher({ matchType, metrics, metricTypes }: MatchMetrics): ((metric: Metric) => boolean) | undefined {
  if (metrics.length === 0 && metricTypes.length === 0) return undefined;
  const patterns = matchType === 'regexp' ? metrics.map((text) => RE2JS.compile(text)) : [];
  const types = new Set(metricTypes.map((type) => type.toLowerCase()));
  return ({ descriptor: { name }, type }) =>
    (metrics.length === 0 || metrics.includes(name) || patterns.some((pattern) => pattern.matcher(name).find())) &&
    (types.size === 0 || types.has(type.toLowerCase()));
}
