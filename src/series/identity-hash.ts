import { hashText, stableHash } from '#bytes/hash-text.ts';
import type { Instrument } from './instrument.ts';
import type { StoredLabelSet } from './label-sets.ts';

/**
 * Returns a hash of the OTLP identity of a series without its resource: scope, metric, and attributes. It is the same
 * in every process, so that it can be stored. It distinguishes identities that result in the same labels.
 */
export function hashOfIdentity(instrument: Instrument, labels: StoredLabelSet): number {
  instrument.identityHash ??= stableHash(instrument.metricName, instrument.type, instrument.scopeIdentity.key);
  let hash = hashText(labels.shape.key, instrument.identityHash);
  for (const value of labels.attributeValues) hash = hashText(value, hash);
  return hash;
}
