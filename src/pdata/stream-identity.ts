import { toByteString } from '#bytes/utf8.ts';
import type { Attributes } from './attributes.ts';
import type { DataPoint, InstrumentationScope, Metric, Resource } from './metrics.ts';
import { valueText } from './value-text.ts';

/** Metric, scope, and resource of a data point. */
export interface PointEnvelope {
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  readonly metric: Metric;
}

const texts = new WeakMap<object, string>();

/**
 * Returns attributes as one text that does not depend on their order. Equal values of different kinds have different
 * texts.
 */
export function attributesIdentity(attributes: Attributes): string {
  const known = texts.get(attributes);
  if (known !== undefined) return known;
  const parts = attributes.entries.map(({ key, value }) => {
    const kind = typeof value === 'object' ? (value instanceof Uint8Array ? 'bytes' : value.kind) : typeof value;
    return `${toByteString(key)}\0${kind}\0${toByteString(valueText(value))}`;
  });
  const text = parts.sort().join('\u0001');
  texts.set(attributes, text);
  return text;
}

/**
 * Returns the identity of a point's stream: resource, scope, name, unit, type, monotonicity, temporality, and
 * attributes. It excludes the kind of a number and the start time, which a caller can add.
 */
export function streamIdentity(point: DataPoint, { resource, scope, metric }: PointEnvelope): string {
  const { name, unit } = metric.descriptor;
  return [
    attributesIdentity(resource.attributes),
    toByteString(scope.name),
    toByteString(scope.version),
    attributesIdentity(scope.attributes),
    toByteString(name),
    toByteString(unit),
    metric.type,
    metric.type === 'Sum' ? metric.isMonotonic : '',
    'aggregationTemporality' in metric ? metric.aggregationTemporality : '',
    attributesIdentity(point.attributes),
  ].join('\u0002');
}
