import { encodeUtf8 } from '#bytes/utf8.ts';
import type { DataPoint, Metric, Resource } from '#pdata/metrics.ts';
import type { PointEnvelope } from '#pdata/stream-identity.ts';
import { attributesHash } from './attributes-hash.ts';

/** FNV-1a, 64 bits. */
const offsetBasis = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;

/** The numbers of pmetric.MetricType. */
const typeNumbers: Readonly<Record<Metric['type'], number>> = {
  Empty: 0,
  Gauge: 1,
  Sum: 2,
  Histogram: 3,
  ExponentialHistogram: 4,
  Summary: 5,
};

/** Returns the Collector's text for the identity of a resource (internal/exp/metrics/identity). */
export function resourceIdentity(resource: Resource): string {
  return `resource/${hashOfResource(resource).toString(16)}`;
}

/**
 * Returns a function for the Collector's text of the identity of a stream. It remembers the hash of the latest metric,
 * because the points of a metric follow each other.
 */
export function streamIdentities(): (envelope: PointEnvelope, point: DataPoint) => string {
  let latest: PointEnvelope | undefined;
  let hash = 0n;
  return (envelope, { attributes }) => {
    if (envelope !== latest) {
      latest = envelope;
      hash = hashOfMetric(envelope);
    }
    return `stream/${continued(hash, attributesHash(attributes)).toString(16)}`;
  };
}

function hashOfResource({ attributes }: Resource): bigint {
  return continued(offsetBasis, attributesHash(attributes));
}

function hashOfMetric({ resource, scope, metric }: PointEnvelope): bigint {
  let hash = hashOfResource(resource);
  hash = continued(hash, encodeUtf8(scope.name));
  hash = continued(hash, encodeUtf8(scope.version));
  hash = continued(hash, attributesHash(scope.attributes));
  hash = continued(hash, encodeUtf8(metric.descriptor.name));
  hash = continued(hash, encodeUtf8(metric.descriptor.unit));
  const isMonotonic =
    metric.type === 'Sum' ? metric.isMonotonic : metric.type === 'Histogram' || metric.type === 'ExponentialHistogram';
  const temporality = 'aggregationTemporality' in metric ? metric.aggregationTemporality : 0;
  return continued(hash, Uint8Array.of(typeNumbers[metric.type], isMonotonic ? 1 : 0, temporality));
}

function continued(hash: bigint, bytes: Uint8Array): bigint {
  let result = hash;
  for (const byte of bytes) result = BigInt.asUintN(64, (result ^ BigInt(byte)) * prime);
  return result;
}
