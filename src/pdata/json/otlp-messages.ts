import { addFields, type Field, type Message, message } from './message-schema.ts';
import * as is from './scalar-fields.ts';

/*
 * Messages of OTLP requests (proto/opentelemetry) with their JSON names (docs/reference/collector-behaviour.md#otlp-messages).
 */

const anyValue = new Map<string, Field>();
const keyValue = message({ key: [1, is.string], value: [2, anyValue], keyStrindex: [3, is.int32] });
addFields(anyValue, {
  stringValue: [1, is.string],
  boolValue: [2, is.bool],
  intValue: [3, is.int64],
  doubleValue: [4, is.double],
  arrayValue: [5, message({ values: [1, anyValue, 'repeated'] })],
  kvlistValue: [6, message({ values: [1, keyValue, 'repeated'] })],
  bytesValue: [7, is.base64],
  stringValueStrindex: [8, is.int32],
});

const entityRef = message({
  schemaUrl: [1, is.string],
  type: [2, is.string],
  idKeys: [3, is.string, 'repeated'],
  descriptionKeys: [4, is.string, 'repeated'],
});
const resource = message({
  attributes: [1, keyValue, 'repeated'],
  droppedAttributesCount: [2, is.uint32],
  entityRefs: [3, entityRef, 'repeated'],
});
const scope = message({
  name: [1, is.string],
  version: [2, is.string],
  attributes: [3, keyValue, 'repeated'],
  droppedAttributesCount: [4, is.uint32],
});

/**
 * Returns the request message of a signal: `Resource<Signal>` of `Scope<Signal>` of items. The Collector accepts the
 * deprecated field 1000 only in protobuf.
 */
function request(signal: string, items: string, item: Message): Message {
  const ofScope = message({ scope: [1, scope], [items]: [2, item, 'repeated'], schemaUrl: [3, is.string] });
  const ofResource = message({
    resource: [1, resource],
    [`scope${signal}`]: [2, ofScope, 'repeated'],
    schemaUrl: [3, is.string],
  });
  return message({ [`resource${signal}`]: [1, ofResource, 'repeated'] });
}

const temporality = is.enumeration(
  'AGGREGATION_TEMPORALITY_UNSPECIFIED',
  'AGGREGATION_TEMPORALITY_DELTA',
  'AGGREGATION_TEMPORALITY_CUMULATIVE',
);
const exemplar = message({
  timeUnixNano: [2, is.fixed64],
  asDouble: [3, is.double],
  spanId: [4, is.id(8)],
  traceId: [5, is.id(16)],
  asInt: [6, is.sfixed64],
  filteredAttributes: [7, keyValue, 'repeated'],
});
const numberDataPoint = message({
  startTimeUnixNano: [2, is.fixed64],
  timeUnixNano: [3, is.fixed64],
  asDouble: [4, is.double],
  exemplars: [5, exemplar, 'repeated'],
  asInt: [6, is.sfixed64],
  attributes: [7, keyValue, 'repeated'],
  flags: [8, is.uint32],
});
const histogramDataPoint = message({
  startTimeUnixNano: [2, is.fixed64],
  timeUnixNano: [3, is.fixed64],
  count: [4, is.fixed64],
  sum: [5, is.double],
  bucketCounts: [6, is.fixed64, 'repeated'],
  explicitBounds: [7, is.double, 'repeated'],
  exemplars: [8, exemplar, 'repeated'],
  attributes: [9, keyValue, 'repeated'],
  flags: [10, is.uint32],
  min: [11, is.double],
  max: [12, is.double],
});
const buckets = message({ offset: [1, is.sint32], bucketCounts: [2, is.uint64, 'repeated'] });
const exponentialHistogramDataPoint = message({
  attributes: [1, keyValue, 'repeated'],
  startTimeUnixNano: [2, is.fixed64],
  timeUnixNano: [3, is.fixed64],
  count: [4, is.fixed64],
  sum: [5, is.double],
  scale: [6, is.sint32],
  zeroCount: [7, is.fixed64],
  positive: [8, buckets],
  negative: [9, buckets],
  flags: [10, is.uint32],
  exemplars: [11, exemplar, 'repeated'],
  min: [12, is.double],
  max: [13, is.double],
  zeroThreshold: [14, is.double],
});
const summaryDataPoint = message({
  startTimeUnixNano: [2, is.fixed64],
  timeUnixNano: [3, is.fixed64],
  count: [4, is.fixed64],
  sum: [5, is.double],
  quantileValues: [6, message({ quantile: [1, is.double], value: [2, is.double] }), 'repeated'],
  attributes: [7, keyValue, 'repeated'],
  flags: [8, is.uint32],
});

const metric = message({
  name: [1, is.string],
  description: [2, is.string],
  unit: [3, is.string],
  gauge: [5, message({ dataPoints: [1, numberDataPoint, 'repeated'] })],
  sum: [
    7,
    message({
      dataPoints: [1, numberDataPoint, 'repeated'],
      aggregationTemporality: [2, temporality],
      isMonotonic: [3, is.bool],
    }),
  ],
  histogram: [
    9,
    message({ dataPoints: [1, histogramDataPoint, 'repeated'], aggregationTemporality: [2, temporality] }),
  ],
  exponentialHistogram: [
    10,
    message({ dataPoints: [1, exponentialHistogramDataPoint, 'repeated'], aggregationTemporality: [2, temporality] }),
  ],
  summary: [11, message({ dataPoints: [1, summaryDataPoint, 'repeated'] })],
  metadata: [12, keyValue, 'repeated'],
});

const spanKinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const statusCodes = ['UNSET', 'OK', 'ERROR'];
const event = message({
  timeUnixNano: [1, is.fixed64],
  name: [2, is.string],
  attributes: [3, keyValue, 'repeated'],
  droppedAttributesCount: [4, is.uint32],
});
const link = message({
  traceId: [1, is.id(16)],
  spanId: [2, is.id(8)],
  traceState: [3, is.string],
  attributes: [4, keyValue, 'repeated'],
  droppedAttributesCount: [5, is.uint32],
  flags: [6, is.fixed32],
});
const status = message({
  message: [2, is.string],
  code: [3, is.enumeration(...statusCodes.map((code) => `STATUS_CODE_${code}`))],
});
const span = message({
  traceId: [1, is.id(16)],
  spanId: [2, is.id(8)],
  traceState: [3, is.string],
  parentSpanId: [4, is.id(8)],
  name: [5, is.string],
  kind: [6, is.enumeration(...spanKinds.map((kind) => `SPAN_KIND_${kind}`))],
  startTimeUnixNano: [7, is.fixed64],
  endTimeUnixNano: [8, is.fixed64],
  attributes: [9, keyValue, 'repeated'],
  droppedAttributesCount: [10, is.uint32],
  events: [11, event, 'repeated'],
  droppedEventsCount: [12, is.uint32],
  links: [13, link, 'repeated'],
  droppedLinksCount: [14, is.uint32],
  status: [15, status],
  flags: [16, is.fixed32],
});

/** Each level has four grades: `INFO`, `INFO2`, … */
const severities = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level) =>
  ['', '2', '3', '4'].map((grade) => level + grade),
);
const logRecord = message({
  timeUnixNano: [1, is.fixed64],
  severityNumber: [2, is.enumeration(...['UNSPECIFIED', ...severities].map((name) => `SEVERITY_NUMBER_${name}`))],
  severityText: [3, is.string],
  body: [5, anyValue],
  attributes: [6, keyValue, 'repeated'],
  droppedAttributesCount: [7, is.uint32],
  flags: [8, is.fixed32],
  traceId: [9, is.id(16)],
  spanId: [10, is.id(8)],
  observedTimeUnixNano: [11, is.fixed64],
  eventName: [12, is.string],
});

/** opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest */
export const metricsRequest = request('Metrics', 'metrics', metric);
/** opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest */
export const tracesRequest = request('Spans', 'spans', span);
/** opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest */
export const logsRequest = request('Logs', 'logRecords', logRecord);
