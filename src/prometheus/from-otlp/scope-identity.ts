import { toByteString } from '#bytes/utf8.ts';
import type { InstrumentationScope } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';
import type { ByteString } from '../metric-family.ts';
import { isLabelName } from '../naming/label-namer.ts';
import { compareBytes } from './label-shape.ts';

/**
 * Scope as a part of the series identity (docs/reference/collector-behaviour.md#series-identity), with its labels
 * (#labels-of-a-series).
 */
export interface ScopeIdentity {
  /** Canonical text, equal for scopes that are equal, regardless of the order of their attributes. */
  readonly key: string;
  /** Names of the scope labels, without duplicates. Empty with `without_scope_info`. */
  readonly labelNames: readonly ByteString[];
  /** Value of each name. Attributes that translate to the same name are joined with `;` in the order of their keys. */
  readonly labelValues: readonly ByteString[];
  /** False if a value is not valid UTF-8: no series of the scope can be shown. */
  readonly isValid: boolean;
}

/**
 * Scope attributes that are part of the identity but not labels, because labels of these names contain the scope's own
 * fields.
 */
const notLabels: ReadonlySet<string> = new Set(['name', 'version', 'schema_url']);

/**
 * Determines the identity of a scope. `labelName` translates label names; undefined omits scope information from
 * labels.
 */
export function identifyScope(
  scope: InstrumentationScope,
  schemaUrl: string,
  labelName: ((key: string) => string | undefined) | undefined,
): ScopeIdentity {
  const attributes = scope.attributes.entries.map(({ key, value }) => ({ key, value: valueText(value) }));
  const sorted = attributes.map(({ key, value }) => JSON.stringify([key, value])).sort();
  const key = JSON.stringify([scope.name, scope.version, schemaUrl, ...sorted]);
  if (labelName === undefined) return { key, labelNames: [], labelValues: [], isValid: true };
  const texts = [
    ...attributes
      .filter((attribute) => !notLabels.has(attribute.key))
      .sort((a, b) => compareBytes(toByteString(a.key), toByteString(b.key)) || compareBytes(a.value, b.value))
      .map((attribute) => ({ name: labelName(`otel_scope_${attribute.key}`) ?? '', value: attribute.value })),
    { name: 'otel_scope_name', value: scope.name },
    { name: 'otel_scope_version', value: scope.version },
    { name: 'otel_scope_schema_url', value: schemaUrl },
  ];
  const labels = new Map<ByteString, ByteString>();
  for (const { name, value } of texts) {
    const before = labels.get(toByteString(name));
    labels.set(toByteString(name), before === undefined ? toByteString(value) : `${before};${toByteString(value)}`);
  }
  return {
    key,
    labelNames: [...labels.keys()],
    labelValues: [...labels.values()],
    isValid: texts.every(({ name, value }) => isLabelName(name) && value.isWellFormed()),
  };
}
