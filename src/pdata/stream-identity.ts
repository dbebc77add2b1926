import { toByteString } from '#bytes/utf8.ts';
import type { Attributes } from './attributes.ts';
import type { DataPoint, InstrumentationScope, Metric, Resource } from './metrics.ts';
import { valueText } from './value-text.ts';

/** What a data point stands in. */
export interface PointEnvelope {
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  readonly metric: Metric;
}

const texts = new WeakMap<object, string>();

/** Attributes as one text that does not depend on their order; kinds of values are told apart. */
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
 * What identifies a point's stream: resource, scope, name, unit, type, monotonicity, temporality and attributes. The kind of a
 * number and the start time are not part of it: a caller to whom they matter adds them.
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
