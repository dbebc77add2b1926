import { Memo } from '#cache/memo.ts';
import { noAttributes } from '../attributes.ts';
import type { Logs, ResourceLogs, ScopeLogs } from '../logs.ts';
import { withDataPoints } from '../map-points.ts';
import type { Metric, MetricDescriptor, Metrics, ResourceMetrics, ScopeMetrics } from '../metrics.ts';
import type { ResourceSpans, ScopeSpans, Traces } from '../traces.ts';
import { type Level, takeItems, totalOf } from './take-items.ts';

/** Divides and joins data of a signal. `Part` is the data of one resource. */
export interface Splitter<Data, Part> {
  parts(data: Data): readonly Part[];
  itemCount(data: Data): number;
  readonly level: Level<Part>;
  build(parts: readonly Part[], itemCount: number): Data;
}

/** Same as in the Collector, the split-off part of a metric has no metadata. There is one descriptor per original. */
const withoutMetadata = new Memo<MetricDescriptor, MetricDescriptor>(4096);

function cutDescriptor(descriptor: MetricDescriptor): MetricDescriptor {
  if (descriptor.metadata.entries.length === 0) return descriptor;
  return withoutMetadata.get(descriptor) ?? withoutMetadata.set(descriptor, { ...descriptor, metadata: noAttributes });
}

const metricLevel: Level<Metric> = {
  count: ({ dataPoints }) => dataPoints.length,
  cut: (metric, room) => [
    withDataPoints(metric, metric.dataPoints.slice(0, room), { descriptor: cutDescriptor(metric.descriptor) }),
    withDataPoints(metric, metric.dataPoints.slice(room)),
  ],
};

const scopeMetricsLevel: Level<ScopeMetrics> = {
  count: ({ metrics }) => totalOf(metrics, metricLevel),
  cut: (scope, room) => {
    const { head, rest } = takeItems(scope.metrics, room, metricLevel);
    return [
      { ...scope, metrics: head },
      { ...scope, metrics: rest },
    ];
  },
};

export const metricsSplitter: Splitter<Metrics, ResourceMetrics> = {
  parts: ({ resourceMetrics }) => resourceMetrics,
  itemCount: ({ dataPointCount }) => dataPointCount,
  level: {
    count: ({ scopeMetrics }) => totalOf(scopeMetrics, scopeMetricsLevel),
    cut: (part, room) => {
      const { head, rest } = takeItems(part.scopeMetrics, room, scopeMetricsLevel);
      return [
        { ...part, scopeMetrics: head },
        { ...part, scopeMetrics: rest },
      ];
    },
  },
  build: (resourceMetrics, dataPointCount) => ({ resourceMetrics, dataPointCount }),
};

const scopeSpansLevel: Level<ScopeSpans> = {
  count: ({ spans }) => spans.length,
  cut: (scope, room) => [
    { ...scope, spans: scope.spans.slice(0, room) },
    { ...scope, spans: scope.spans.slice(room) },
  ],
};

export const tracesSplitter: Splitter<Traces, ResourceSpans> = {
  parts: ({ resourceSpans }) => resourceSpans,
  itemCount: ({ spanCount }) => spanCount,
  level: {
    count: ({ scopeSpans }) => totalOf(scopeSpans, scopeSpansLevel),
    cut: (part, room) => {
      const { head, rest } = takeItems(part.scopeSpans, room, scopeSpansLevel);
      return [
        { ...part, scopeSpans: head },
        { ...part, scopeSpans: rest },
      ];
    },
  },
  build: (resourceSpans, spanCount) => ({ resourceSpans, spanCount }),
};

const scopeLogsLevel: Level<ScopeLogs> = {
  count: ({ logRecords }) => logRecords.length,
  cut: (scope, room) => [
    { ...scope, logRecords: scope.logRecords.slice(0, room) },
    { ...scope, logRecords: scope.logRecords.slice(room) },
  ],
};

export const logsSplitter: Splitter<Logs, ResourceLogs> = {
  parts: ({ resourceLogs }) => resourceLogs,
  itemCount: ({ logRecordCount }) => logRecordCount,
  level: {
    count: ({ scopeLogs }) => totalOf(scopeLogs, scopeLogsLevel),
    cut: (part, room) => {
      const { head, rest } = takeItems(part.scopeLogs, room, scopeLogsLevel);
      return [
        { ...part, scopeLogs: head },
        { ...part, scopeLogs: rest },
      ];
    },
  },
  build: (resourceLogs, logRecordCount) => ({ resourceLogs, logRecordCount }),
};
