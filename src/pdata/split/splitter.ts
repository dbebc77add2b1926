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

/** A level whose elements contain, under `name`, a list of elements of the next level. */
function levelOf<Name extends string, Inner, Outer extends Readonly<Record<Name, readonly Inner[]>>>(
  name: Name,
  inner: Level<Inner>,
): Level<Outer> {
  return {
    count: (outer) => totalOf(outer[name], inner),
    cut: (outer, room) => {
      const { head, rest } = takeItems(outer[name], room, inner);
      return [
        { ...outer, [name]: head },
        { ...outer, [name]: rest },
      ];
    },
  };
}

/** A level whose elements contain, under `name`, a list of items. */
function lowestLevel<Name extends string, Outer extends Readonly<Record<Name, readonly unknown[]>>>(
  name: Name,
): Level<Outer> {
  return {
    count: (outer) => outer[name].length,
    cut: (outer, room) => [
      { ...outer, [name]: outer[name].slice(0, room) },
      { ...outer, [name]: outer[name].slice(room) },
    ],
  };
}

export const metricsSplitter: Splitter<Metrics, ResourceMetrics> = {
  parts: ({ resourceMetrics }) => resourceMetrics,
  itemCount: ({ dataPointCount }) => dataPointCount,
  level: levelOf('scopeMetrics', levelOf<'metrics', Metric, ScopeMetrics>('metrics', metricLevel)),
  build: (resourceMetrics, dataPointCount) => ({ resourceMetrics, dataPointCount }),
};

export const tracesSplitter: Splitter<Traces, ResourceSpans> = {
  parts: ({ resourceSpans }) => resourceSpans,
  itemCount: ({ spanCount }) => spanCount,
  level: levelOf('scopeSpans', lowestLevel<'spans', ScopeSpans>('spans')),
  build: (resourceSpans, spanCount) => ({ resourceSpans, spanCount }),
};

export const logsSplitter: Splitter<Logs, ResourceLogs> = {
  parts: ({ resourceLogs }) => resourceLogs,
  itemCount: ({ logRecordCount }) => logRecordCount,
  level: levelOf('scopeLogs', lowestLevel<'logRecords', ScopeLogs>('logRecords')),
  build: (resourceLogs, logRecordCount) => ({ resourceLogs, logRecordCount }),
};

/** Splitters by signal. */
export const splitters = { metrics: metricsSplitter, traces: tracesSplitter, logs: logsSplitter } as const;
