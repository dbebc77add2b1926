import type { LogRecord, Logs } from './logs.ts';
import type { InstrumentationScope, Metric, Metrics, Resource } from './metrics.ts';
import type { Span, Traces } from './traces.ts';

/** Items of one resource, in a form that is the same for each signal. */
export interface ResourceGroup<Item> {
  readonly resource: Resource;
  readonly schemaUrl: string;
  readonly scopes: readonly ScopeGroup<Item>[];
}

interface ScopeGroup<Item> {
  readonly scope: InstrumentationScope;
  readonly schemaUrl: string;
  readonly items: readonly Item[];
}

/** Returns the metrics of a request by resource and scope. */
export function metricGroups({ resourceMetrics }: Metrics): ResourceGroup<Metric>[] {
  return resourceMetrics.map(({ resource, schemaUrl, scopeMetrics }) => ({
    resource,
    schemaUrl,
    scopes: scopeMetrics.map((one) => ({ scope: one.scope, schemaUrl: one.schemaUrl, items: one.metrics })),
  }));
}

/** Returns the spans of a request by resource and scope. */
export function spanGroups({ resourceSpans }: Traces): ResourceGroup<Span>[] {
  return resourceSpans.map(({ resource, schemaUrl, scopeSpans }) => ({
    resource,
    schemaUrl,
    scopes: scopeSpans.map((one) => ({ scope: one.scope, schemaUrl: one.schemaUrl, items: one.spans })),
  }));
}

/** Returns the log records of a request by resource and scope. */
export function recordGroups({ resourceLogs }: Logs): ResourceGroup<LogRecord>[] {
  return resourceLogs.map(({ resource, schemaUrl, scopeLogs }) => ({
    resource,
    schemaUrl,
    scopes: scopeLogs.map((one) => ({ scope: one.scope, schemaUrl: one.schemaUrl, items: one.logRecords })),
  }));
}
