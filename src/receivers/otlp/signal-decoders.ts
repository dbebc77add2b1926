import type { ConsumersBySignal } from '#component/factory.ts';
import { signalItems } from '#component/signals.ts';
import { logsJsonToProtobuf, metricsJsonToProtobuf, tracesJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { decodeLogs } from '#pdata/protobuf/decode-logs.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { decodeTraces } from '#pdata/protobuf/decode-traces.ts';
import type { Traces } from '#pdata/traces.ts';
import type { SignalHandling } from './signal-intake.ts';
import type { SourceTable } from './source-table.ts';

/** The handling of each signal that has a pipeline; shared by both transports. */
export interface Handlings {
  readonly metrics?: SignalHandling<unknown>;
  readonly traces?: SignalHandling<unknown>;
  readonly logs?: SignalHandling<unknown>;
}

/** Connects decoders with pipelines. Each receiver has its own decoder of metrics, and therefore its own cache of names. */
export function handlingsOf({ metrics, traces, logs }: ConsumersBySignal, sources: SourceTable): Handlings {
  const decoder = new MetricsDecoder();
  return {
    ...(metrics && {
      metrics: {
        decode: {
          protobuf: (body) => decoder.decode(body),
          json: (body) => decoder.decode(metricsJsonToProtobuf(body)),
        },
        items: signalItems.metrics,
        next: metrics,
        sources,
      } satisfies SignalHandling<Metrics>,
    }),
    ...(traces && {
      traces: {
        decode: { protobuf: decodeTraces, json: (body) => decodeTraces(tracesJsonToProtobuf(body)) },
        items: signalItems.traces,
        next: traces,
      } satisfies SignalHandling<Traces>,
    }),
    ...(logs && {
      logs: {
        decode: { protobuf: decodeLogs, json: (body) => decodeLogs(logsJsonToProtobuf(body)) },
        items: signalItems.logs,
        next: logs,
      } satisfies SignalHandling<Logs>,
    }),
  };
}
