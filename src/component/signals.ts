import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import type { Traces } from '#pdata/traces.ts';

/** The pipeline data of each signal. */
export interface SignalData {
  metrics: Metrics;
  traces: Traces;
  logs: Logs;
}

export type Signal = keyof SignalData;

/** The items of a signal: data points, spans, or log records. */
export interface SignalItems<Data> {
  /** Name in the Collector's own metrics, such as `otelcol_receiver_accepted_metric_points`. */
  readonly name: 'metric_points' | 'spans' | 'log_records';
  /** Name in the HELP texts of these metrics. */
  readonly words: string;
  /** Number of items in `data`. */
  count(data: Data): number;
  /** Name of the first metric, span, or event in `data`, as an example of what it contains; `''` if there is none. */
  example(data: Data): string;
}

export const signalItems: { readonly [S in Signal]: SignalItems<SignalData[S]> } = {
  metrics: {
    name: 'metric_points',
    words: 'metric points',
    count: ({ dataPointCount }) => dataPointCount,
    example: ({ resourceMetrics }) => resourceMetrics[0]?.scopeMetrics[0]?.metrics[0]?.descriptor.name ?? '',
  },
  traces: {
    name: 'spans',
    words: 'spans',
    count: ({ spanCount }) => spanCount,
    example: ({ resourceSpans }) => resourceSpans[0]?.scopeSpans[0]?.spans[0]?.name ?? '',
  },
  logs: {
    name: 'log_records',
    words: 'log records',
    count: ({ logRecordCount }) => logRecordCount,
    example: ({ resourceLogs }) => resourceLogs[0]?.scopeLogs[0]?.logRecords[0]?.eventName ?? '',
  },
};
