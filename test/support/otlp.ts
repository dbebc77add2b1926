import { join } from 'node:path';
import protobuf from 'protobufjs';

/*
 * Encodes and decodes OTLP requests with protobufjs and the pinned schema, for tests and benchmarks. Tests compare pitot's decoder with
 * the result. Fields are in camelCase. 64-bit numbers can be bigint, number, or decimal text.
 */

const proto = join(import.meta.dirname, '../../proto');
const root = new protobuf.Root();
root.resolvePath = (_origin, target) => join(proto, target);
root.loadSync([
  'opentelemetry/proto/collector/metrics/v1/metrics_service.proto',
  'opentelemetry/proto/collector/trace/v1/trace_service.proto',
  'opentelemetry/proto/collector/logs/v1/logs_service.proto',
]);

const collector = 'opentelemetry.proto.collector';
const metricsRequest = root.lookupType(`${collector}.metrics.v1.ExportMetricsServiceRequest`);
const traceRequest = root.lookupType(`${collector}.trace.v1.ExportTraceServiceRequest`);
const logsRequest = root.lookupType(`${collector}.logs.v1.ExportLogsServiceRequest`);

type Long = bigint | number | string;
export interface OtlpAnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: Long;
  doubleValue?: number;
  arrayValue?: { values: OtlpAnyValue[] };
  kvlistValue?: { values: OtlpKeyValue[] };
  bytesValue?: Uint8Array;
}
export interface OtlpKeyValue {
  key: string;
  value?: OtlpAnyValue;
}
export interface OtlpDataPoint {
  startTimeUnixNano?: Long;
  timeUnixNano?: Long;
  attributes?: OtlpKeyValue[];
  flags?: number;
  asInt?: Long;
  asDouble?: number;
  count?: Long;
  sum?: number;
  min?: number;
  max?: number;
  bucketCounts?: Long[];
  explicitBounds?: number[];
  scale?: number;
  zeroCount?: Long;
  zeroThreshold?: number;
  positive?: { offset?: number; bucketCounts?: Long[] };
  negative?: { offset?: number; bucketCounts?: Long[] };
  quantileValues?: { quantile?: number; value?: number }[];
  exemplars?: {
    timeUnixNano?: Long;
    asInt?: Long;
    asDouble?: number;
    spanId?: Uint8Array;
    traceId?: Uint8Array;
    filteredAttributes?: OtlpKeyValue[];
  }[];
}
interface OtlpMetricData {
  dataPoints?: OtlpDataPoint[];
  aggregationTemporality?: number;
  isMonotonic?: boolean;
}
export interface OtlpMetric {
  name?: string;
  description?: string;
  unit?: string;
  metadata?: OtlpKeyValue[];
  gauge?: OtlpMetricData;
  sum?: OtlpMetricData;
  histogram?: OtlpMetricData;
  exponentialHistogram?: OtlpMetricData;
  summary?: OtlpMetricData;
}
export interface OtlpRequest {
  resourceMetrics?: {
    resource?: { attributes?: OtlpKeyValue[]; droppedAttributesCount?: number };
    schemaUrl?: string;
    scopeMetrics?: {
      scope?: { name?: string; version?: string; attributes?: OtlpKeyValue[] };
      schemaUrl?: string;
      metrics?: OtlpMetric[];
    }[];
  }[];
}

/** Encodes an ExportMetricsServiceRequest. */
export function encodeMetrics(request: OtlpRequest): Buffer {
  return encoded(metricsRequest, request);
}

/** Decodes an ExportMetricsServiceRequest. 64-bit numbers are decimal text, and absent fields are undefined. */
export function decodeRequest(body: Buffer): OtlpRequest {
  return metricsRequest.toObject(metricsRequest.decode(body), { longs: String }) as OtlpRequest;
}

/** Encodes an ExportTraceServiceRequest. Fields are those of opentelemetry-proto. */
export function encodeTraces(request: object): Buffer {
  return encoded(traceRequest, request);
}

/** Encodes an ExportLogsServiceRequest. Fields are those of opentelemetry-proto. */
export function encodeLogs(request: object): Buffer {
  return encoded(logsRequest, request);
}

function encoded(type: protobuf.Type, request: object): Buffer {
  return Buffer.from(type.encode(type.fromObject(textLongs(request))).finish());
}

/** Converts 64-bit numbers to decimal text, which protobufjs encodes exactly. */
function textLongs<T>(value: T): T {
  if (typeof value === 'bigint') return String(value) as T;
  if (Array.isArray(value)) return value.map(textLongs) as T;
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, textLongs(entry)])) as T;
}
