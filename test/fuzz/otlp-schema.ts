import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/*
 * The pinned schema of OTLP as protobufjs types, which generators and expected data use. Strings are bytes, because clients can send
 * invalid UTF-8, which must be preserved.
 */

const files = [
  'common/v1/common',
  'resource/v1/resource',
  'metrics/v1/metrics',
  'trace/v1/trace',
  'logs/v1/logs',
  'collector/metrics/v1/metrics_service',
  'collector/trace/v1/trace_service',
  'collector/logs/v1/logs_service',
];

function load(): protobuf.Root {
  const root = new protobuf.Root();
  for (const file of files) {
    const url = new URL(`../../proto/opentelemetry/proto/${file}.proto`, import.meta.url);
    protobuf.parse(readFileSync(url, 'utf8').replaceAll(/\bstring\b/g, 'bytes'), root);
  }
  root.resolveAll();
  return root;
}

const collector = load().lookup('opentelemetry.proto.collector') as protobuf.Namespace;

export const metricsRequest = collector.lookupType('metrics.v1.ExportMetricsServiceRequest');
export const tracesRequest = collector.lookupType('trace.v1.ExportTraceServiceRequest');
export const logsRequest = collector.lookupType('logs.v1.ExportLogsServiceRequest');

/** Returns the message type of a field. Undefined for scalars and enums. */
export function messageType(field: protobuf.Field): protobuf.Type | undefined {
  return field.resolvedType instanceof protobuf.Type ? field.resolvedType : undefined;
}

/** Returns the one-of of a field. Undefined for an `optional` field. */
export function oneofOf(field: protobuf.Field): protobuf.OneOf | undefined {
  return field.options?.proto3_optional ? undefined : (field.partOf ?? undefined);
}

/** Returns the required number of bytes of an ID. Undefined for other fields. */
export function idBytes(field: protobuf.Field): number | undefined {
  if (field.name === 'traceId') return 16;
  return field.name === 'spanId' || field.name === 'parentSpanId' ? 8 : undefined;
}
