import type { LogRecord } from '#pdata/logs.ts';
import type { InstrumentationScope, Metric, Resource } from '#pdata/metrics.ts';
import type { Span } from '#pdata/traces.ts';
import { valueText } from '#pdata/value-text.ts';
import { attributesFilter, scopeFilter } from './attributes-filter.ts';
import { optionalTextFilter } from './filterset.ts';
import type { MatchConfig, MatchProperties } from './match-config.ts';

/** The resource and scope of an item. */
interface Place {
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
}

/** Whether `include` selects an item and `exclude` does not. */
export type Selection<Item> = (item: Item, place: Place) => boolean;

type Matcher<Item> = Selection<Item> | undefined;

const always = () => true;

function selection<Item>(
  { include, exclude }: MatchConfig,
  matcher: (properties: MatchProperties) => Matcher<Item>,
): Selection<Item> {
  const included = include && matcher(include);
  const excluded = exclude && matcher(exclude);
  if (!included && !excluded) return always;
  return (item, place) => (included?.(item, place) ?? true) && !(excluded?.(item, place) ?? false);
}

/** Returns a selection for which all defined conditions must hold. */
function all<Item>(conditions: readonly (Selection<Item> | undefined)[]): Selection<Item> {
  const present = conditions.filter((condition) => condition !== undefined);
  return (item, place) => present.every((condition) => condition(item, place));
}

/**
 * Selects metrics by name. Same as the Collector, accepts `resources` and ignores it.
 * @throws Error for other settings that metrics do not have
 */
export function metricSelection(config: MatchConfig): Selection<Metric> {
  return selection(config, (properties) => {
    const { logBodies, logSeverityTexts, spanNames, services, spanKinds, attributes, libraries } = properties;
    const others = [logBodies, logSeverityTexts, spanNames, services, spanKinds, attributes, libraries];
    if (others.some((list) => list.length > 0) || properties.logSeverityNumber) {
      throw new Error(
        '"span_names", "span_kinds", "log_bodies", "log_severity_texts", "log_severity_number", "services", "attributes" and "libraries" are not valid for metrics',
      );
    }
    if (properties.metricNames.length === 0 && properties.resources.length === 0) {
      throw new Error('at least one of "metric_names" or "resources" field must be specified');
    }
    const name = optionalTextFilter(properties.metricNames, properties.matchType);
    return name && ((metric) => name(metric.descriptor.name));
  });
}

const spanKindNames = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (kind) => `SPAN_KIND_${kind}`,
);

/** @throws Error for settings that spans do not have */
export function spanSelection(config: MatchConfig): Selection<Span> {
  return selection(config, (properties) => {
    const { services, spanNames, spanKinds, attributes, resources, libraries, matchType } = properties;
    if (properties.logBodies.length > 0) throw new Error('log_bodies should not be specified for trace spans');
    if (properties.logSeverityTexts.length > 0) {
      throw new Error('log_severity_texts should not be specified for trace spans');
    }
    if (properties.logSeverityNumber) throw new Error('log_severity_number should not be specified for trace spans');
    if (properties.metricNames.length > 0) throw new Error('metric_names should not be specified for trace spans');
    if ([services, spanNames, attributes, libraries, resources, spanKinds].every((list) => list.length === 0)) {
      throw new Error('at least one of "attributes", "libraries",  or "resources" field must be specified');
    }
    if (matchType === 'strict' && spanKinds.some((kind) => spanKindNames.indexOf(kind) < 1)) {
      throw new Error('span_kinds string must match one of the standard span kinds when match_type=strict');
    }
    const service = optionalTextFilter(services, properties.matchType);
    const name = optionalTextFilter(spanNames, properties.matchType);
    const kind = optionalTextFilter(spanKinds, properties.matchType);
    const hasAttributes = attributesFilter(attributes, properties);
    return all<Span>([
      service && ((_, { resource }) => service(serviceName(resource))),
      name && ((span) => name(span.name)),
      kind && ((span) => kind(spanKindNames[span.kind] ?? '')),
      placeFilter(properties),
      hasAttributes && ((span) => hasAttributes(span.attributes)),
    ]);
  });
}

/** @throws Error for settings that log records do not have */
export function logSelection(config: MatchConfig): Selection<LogRecord> {
  return selection(config, (properties) => {
    const { spanNames, services, spanKinds, metricNames } = properties;
    if ([spanNames, services, spanKinds, metricNames].some((list) => list.length > 0)) {
      throw new Error('services, span_names, span_kinds and metric_names are not valid for log records');
    }
    const { attributes, libraries, resources, logBodies, logSeverityTexts, logSeverityNumber } = properties;
    const lists = [attributes, libraries, resources, logBodies, logSeverityTexts];
    if (lists.every((list) => list.length === 0) && !logSeverityNumber) {
      throw new Error(
        'at least one of "attributes", "libraries", "span_kinds", "resources", "log_bodies", "log_severity_texts" or "log_severity_number" field must be specified',
      );
    }
    const body = optionalTextFilter(logBodies, properties.matchType);
    const severityText = optionalTextFilter(logSeverityTexts, properties.matchType);
    const hasAttributes = attributesFilter(attributes, properties);
    return all<LogRecord>([
      body && ((record) => body(valueText(record.body))),
      severityText && ((record) => severityText(record.severityText)),
      logSeverityNumber &&
        (({ severityNumber }) =>
          severityNumber === 0 ? logSeverityNumber.matchUndefined : severityNumber >= logSeverityNumber.min),
      placeFilter(properties),
      hasAttributes && ((record) => hasAttributes(record.attributes)),
    ]);
  });
}

function placeFilter(properties: MatchProperties): Selection<unknown> {
  const resources = attributesFilter(properties.resources, properties);
  const scopes = scopeFilter(properties);
  return (_, { resource, scope }) => (scopes?.(scope) ?? true) && (resources?.(resource.attributes) ?? true);
}

function serviceName({ attributes }: Resource): string {
  const found = attributes.entries.find(({ key }) => key === 'service.name');
  return found === undefined ? '<nil-service-name>' : valueText(found.value);
}
