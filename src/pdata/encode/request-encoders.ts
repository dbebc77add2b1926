import type { Slices } from '#flow/slices.ts';
import type { Logs } from '../logs.ts';
import type { Metrics } from '../metrics.ts';
import { logsToJson } from '../to-json/logs-to-json.ts';
import { metricsToJson } from '../to-json/metrics-to-json.ts';
import { tracesToJson } from '../to-json/traces-to-json.ts';
import type { Traces } from '../traces.ts';
import { encodeLogs } from './encode-logs.ts';
import { encodeMetrics } from './encode-metrics.ts';
import { encodeTraces } from './encode-traces.ts';

/** The two encodings of an export request. */
interface RequestEncoder<Data> {
  readonly protobuf: (data: Data) => Slices<Buffer>;
  readonly json: (data: Data) => Slices<string>;
}

/** Encoders of export requests, by signal. */
export const requestEncoders: {
  readonly metrics: RequestEncoder<Metrics>;
  readonly traces: RequestEncoder<Traces>;
  readonly logs: RequestEncoder<Logs>;
} = {
  metrics: { protobuf: encodeMetrics, json: metricsToJson },
  traces: { protobuf: encodeTraces, json: tracesToJson },
  logs: { protobuf: encodeLogs, json: logsToJson },
};
