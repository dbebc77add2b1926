import type { Signal, SignalData } from '#component/signals.ts';
import type { Slices } from '#flow/slices.ts';
import { requestEncoders } from '#pdata/encode/request-encoders.ts';
import { decodeLogs } from '#pdata/protobuf/decode-logs.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { decodeTraces } from '#pdata/protobuf/decode-traces.ts';

/** The form of a request on disk: OTLP in protobuf. */
export interface RequestCodec<Data> {
  encode(data: Data): Slices<Buffer>;
  /** @throws DecodeError */
  decode(bytes: Buffer): Data;
}

/** Bytes of text that a queue's decoder keeps of earlier requests. */
const maxInternedBytes = 4 * 1024 * 1024;

/** Returns a codec for the requests of one queue. */
export function requestCodec<S extends Signal>(signal: S): RequestCodec<SignalData[S]> {
  const codecs: { readonly [Each in Signal]: () => RequestCodec<SignalData[Each]> } = {
    metrics: () => {
      const decoder = new MetricsDecoder({ maxInternedBytes });
      return { encode: requestEncoders.metrics.protobuf, decode: (bytes) => decoder.decode(bytes) };
    },
    traces: () => ({ encode: requestEncoders.traces.protobuf, decode: (bytes) => decodeTraces(bytes) }),
    logs: () => ({ encode: requestEncoders.logs.protobuf, decode: (bytes) => decodeLogs(bytes) }),
  };
  return codecs[signal]() as RequestCodec<SignalData[S]>;
}
