import type { LogFields } from '#component/component.ts';
import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import type { Traces } from '#pdata/traces.ts';

/** The entry for every request, at each verbosity. */
export interface Summary<Data> {
  readonly title: 'Metrics' | 'Traces' | 'Logs';
  fields(data: Data): LogFields;
}

export const metricsSummary: Summary<Metrics> = {
  title: 'Metrics',
  fields: ({ resourceMetrics, dataPointCount }) => {
    let metrics = 0;
    for (const { scopeMetrics } of resourceMetrics) for (const scope of scopeMetrics) metrics += scope.metrics.length;
    return { 'resource metrics': resourceMetrics.length, metrics, 'data points': dataPointCount };
  },
};

export const tracesSummary: Summary<Traces> = {
  title: 'Traces',
  fields: ({ resourceSpans, spanCount }) => ({ 'resource spans': resourceSpans.length, spans: spanCount }),
};

export const logsSummary: Summary<Logs> = {
  title: 'Logs',
  fields: ({ resourceLogs, logRecordCount }) => ({
    'resource logs': resourceLogs.length,
    'log records': logRecordCount,
  }),
};
