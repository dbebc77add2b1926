import type { ReceiverConsumers } from '#component/factory.ts';
import { logsJsonToProtobuf, metricsJsonToProtobuf, tracesJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { decodeLogs } from '#pdata/protobuf/decode-logs.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { decodeTraces } from '#pdata/protobuf/decode-traces.ts';
import type { Traces } from '#pdata/traces.ts';
import type { SignalHandling } from './signal-intake.ts';

/** How each signal that has a pipeline is received; shared by both transports. */
export interface Handlings {
  readonly metrics?: SignalHandling<unknown>;
  readonly traces?: SignalHandling<unknown>;
  readonly logs?: SignalHandling<unknown>;
}

/** Puts decoders and pipelines together. Each receiver has its own decoder of metrics, and with it its own memory of names. */
export function handlingsOf({ metrics, traces, logs }: ReceiverConsumers): Handlings {
  const decoder = new MetricsDecoder();
  return {
    ...(metrics && {
      metrics: {
        decode: {
          protobuf: (body) => decoder.decode(body),
          json: (body) => decoder.decode(metricsJsonToProtobuf(body)),
        },
        count: ({ dataPointCount }) => dataPointCount,
        consume: (data, context) => metrics.consumeMetrics(data, context),
        items: 'metric_points',
      } satisfies SignalHandling<Metrics>,
    }),
    ...(traces && {
      traces: {
        decode: { protobuf: decodeTraces, json: (body) => decodeTraces(tracesJsonToProtobuf(body)) },
        count: ({ spanCount }) => spanCount,
        consume: (data, context) => traces.consumeTraces(data, context),
        items: 'spans',
      } satisfies SignalHandling<Traces>,
    }),
    ...(logs && {
      logs: {
        decode: { protobuf: decodeLogs, json: (body) => decodeLogs(logsJsonToProtobuf(body)) },
        count: ({ logRecordCount }) => logRecordCount,
        consume: (data, context) => logs.consumeLogs(data, context),
        items: 'log_records',
      } satisfies SignalHandling<Logs>,
    }),
  };
}
