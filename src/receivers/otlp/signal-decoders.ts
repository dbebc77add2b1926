import { background } from '#background/background.ts';
import type { ConsumersBySignal } from '#component/factory.ts';
import { signalItems } from '#component/signals.ts';
import type { ItemLimits } from '#pdata/item-limits.ts';
import { logsJsonToProtobuf, metricsJsonToProtobuf, tracesJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import type { Logs } from '#pdata/logs.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { decodeLogsInSlices } from '#pdata/protobuf/decode-logs.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { decodeTracesInSlices } from '#pdata/protobuf/decode-traces.ts';
import type { Traces } from '#pdata/traces.ts';
import type { SignalHandling } from './signal-intake.ts';
import type { SourceTable } from './source-table.ts';

/** Handling of each signal that has a pipeline. Both transports share it. */
export interface Handlings {
  readonly metrics?: SignalHandling<unknown>;
  readonly traces?: SignalHandling<unknown>;
  readonly logs?: SignalHandling<unknown>;
}

/**
 * Connects decoders with pipelines. Each receiver has its own metrics decoder, and therefore its own cache of names.
 */
export function handlingsOf(
  { metrics, traces, logs }: ConsumersBySignal,
  { limits, sources }: { readonly limits: ItemLimits; readonly sources: SourceTable },
): Handlings {
  const decoder = new MetricsDecoder({ limits });
  return {
    ...(metrics && {
      metrics: {
        decode: (body, onOverLimit) => decoder.slices(body, onOverLimit),
        jsonToProtobuf: metricsJsonToProtobuf,
        largeJsonToProtobuf: (body) => background.run('metricsJsonToProtobuf', body),
        items: signalItems.metrics,
        next: metrics,
        sources,
      } satisfies SignalHandling<Metrics>,
    }),
    ...(traces && {
      traces: {
        decode: (body, onOverLimit) => decodeTracesInSlices(body, { limits, onOverLimit }),
        jsonToProtobuf: tracesJsonToProtobuf,
        largeJsonToProtobuf: (body) => background.run('tracesJsonToProtobuf', body),
        items: signalItems.traces,
        next: traces,
      } satisfies SignalHandling<Traces>,
    }),
    ...(logs && {
      logs: {
        decode: (body, onOverLimit) => decodeLogsInSlices(body, { limits, onOverLimit }),
        jsonToProtobuf: logsJsonToProtobuf,
        largeJsonToProtobuf: (body) => background.run('logsJsonToProtobuf', body),
        items: signalItems.logs,
        next: logs,
      } satisfies SignalHandling<Logs>,
    }),
  };
}
