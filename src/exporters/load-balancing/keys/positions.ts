import { encodeUtf8 } from '#bytes/utf8.ts';
import type { LogRecord } from '#pdata/logs.ts';
import type { DataPoint, InstrumentationScope, Resource } from '#pdata/metrics.ts';
import type { PointEnvelope } from '#pdata/stream-identity.ts';
import type { Span } from '#pdata/traces.ts';
import { valueText } from '#pdata/value-text.ts';
import { positionOf } from '#sharding/hash-ring.ts';
import { attributeKey, attributeKeyInOrder, textOf, valueIn } from './attribute-key.ts';
import { resourceIdentity, streamIdentities } from './otlp-identity.ts';

/** Returns the position of a data point on the ring. The points of one metric have the same envelope object. */
export type PointPosition = (envelope: PointEnvelope, point: DataPoint) => number;
/** Returns the position of a span. `first` is the first span of its trace in the scope. */
export type SpanPosition = (envelope: ItemEnvelope, span: Span, first: Span) => number;
/** Returns the position of a log record. */
export type RecordPosition = (envelope: ItemEnvelope, record: LogRecord) => number;

/** Resource and scope of an item. */
export interface ItemEnvelope {
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
}

const serviceName = 'service.name';
const spanKinds = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];

/** Returns the positions of data points for a routing key of the Collector, or undefined if metrics do not have it. */
export function pointPosition(routingKey: string, attributes: readonly string[]): PointPosition | undefined {
  switch (routingKey) {
    case '':
    case 'service':
      return perEnvelope(({ resource }) => textOf(resource.attributes, serviceName));
    case 'resource':
      return perEnvelope(({ resource }) => resourceIdentity(resource));
    case 'metric':
      return perEnvelope(({ metric }) => metric.descriptor.name);
    case 'streamID': {
      const identityOf = streamIdentities();
      return (envelope, point) => ofText(identityOf(envelope, point));
    }
    case 'attributes':
      return ({ resource, scope }, point) =>
        ofText(attributeKey(attributes, [resource.attributes, scope.attributes, point.attributes]));
    default:
      return undefined;
  }
}

/** Returns the positions of spans for a routing key of the Collector, or undefined if traces do not have it. */
export function spanPosition(routingKey: string, attributes: readonly string[]): SpanPosition | undefined {
  const byAttributes =
    (names: readonly string[]): SpanPosition =>
    ({ resource, scope }, _span, first) => {
      const pseudo = (name: string) =>
        name === 'span.kind' ? (spanKinds[first.kind] ?? '') : name === 'span.name' ? first.name : undefined;
      return ofText(attributeKeyInOrder(names, [resource.attributes, scope.attributes, pseudo, first.attributes]));
    };
  switch (routingKey) {
    case '':
    case 'traceID':
      return (_envelope, { traceId }) => positionOf(Buffer.from(traceId.padEnd(32, '0'), 'hex'));
    case 'service':
      return byAttributes([serviceName]);
    case 'attributes':
      return byAttributes(attributes);
    default:
      return undefined;
  }
}

/** `random`: returns a position for a record without a trace ID. */
export function recordPosition(
  routingKey: string,
  attributes: readonly string[],
  random: () => number,
): RecordPosition | undefined {
  switch (routingKey) {
    case '':
    case 'service':
      return ({ resource }) => ofText(textOf(resource.attributes, serviceName));
    case 'traceID':
      return (_envelope, { traceId }) => (traceId === '' ? random() : ofText(traceId));
    case 'resource':
      return ({ resource }) => ofText(resourceIdentity(resource));
    case 'attributes':
      return ({ resource, scope }, record) => {
        const pseudo = (name: string) =>
          name === 'log.severity' ? record.severityText : name === 'log.body' ? valueText(record.body) : undefined;
        // The pseudo attributes of a record and its own form one source.
        const own = (name: string) => pseudo(name) ?? valueIn(record.attributes, name);
        return ofText(attributeKey(attributes, [resource.attributes, scope.attributes, own]));
      };
    default:
      return undefined;
  }
}

function ofText(key: string): number {
  return positionOf(encodeUtf8(key));
}

/** Remembers the position of the latest envelope. */
function perEnvelope(keyOf: (envelope: PointEnvelope) => string): PointPosition {
  let latest: PointEnvelope | undefined;
  let position = 0;
  return (envelope) => {
    if (envelope !== latest) {
      latest = envelope;
      position = ofText(keyOf(envelope));
    }
    return position;
  };
}
