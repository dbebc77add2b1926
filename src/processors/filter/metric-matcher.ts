import { textFilter, unrecognizedMatchType } from '#filterset/filterset.ts';
import type { Resource } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';
import type { FilterConfig, MetricMatchProperties } from './config.ts';

/** Returns whether a setting `include` or `exclude` matches a metric of a name. */
export type MetricMatcher = (name: string, resource: Resource) => boolean;

/** @throws Error for invalid settings */
export function metricMatcher(properties: MetricMatchProperties): MetricMatcher {
  const { matchType, metricNames, resourceAttributes, expressions } = properties;
  if (matchType === 'expr' || expressions.length > 0) {
    throw new Error(
      'match_type "expr" is not supported by pitot: use OTTL conditions under metrics.metric or metrics.datapoint',
    );
  }
  if (matchType !== 'strict' && matchType !== 'regexp') {
    throw unrecognizedMatchType(matchType);
  }
  const matchesName = textFilter(metricNames, matchType);
  const attributes = resourceAttributes.map(({ key, value }) => ({
    key,
    matches: value === undefined || value === null ? () => true : textFilter([String(value)], matchType),
  }));
  const hasResource = (resource: Resource) =>
    attributes.every((wanted) => {
      const found = resource.attributes.entries.find((entry) => entry.key === wanted.key);
      return found !== undefined && wanted.matches(valueText(found.value));
    });
  return (name, resource) =>
    (metricNames.length > 0 || attributes.length > 0) &&
    (metricNames.length === 0 || matchesName(name)) &&
    (attributes.length === 0 || hasResource(resource));
}

/** Returns the metrics that the older settings keep. Undefined without such settings. @throws Error for invalid ones */
export function metricSelection({ include, exclude }: FilterConfig['metrics']): MetricMatcher | undefined {
  const [included, excluded] = [include && metricMatcher(include), exclude && metricMatcher(exclude)];
  if (!included && !excluded) return undefined;
  return (name, resource) => (included?.(name, resource) ?? true) && !excluded?.(name, resource);
}
