import { GoFloat, goTypeOf, isRawMap } from '#config/raw-value.ts';
import { anything, type ConfigOf, config, list, string } from '#config/schema.ts';
import type { AnyValue } from '#pdata/attributes.ts';
import type { ActionSettings } from './action.ts';

const actionConfig = config('attraction.ActionKeyValue', {
  key: string('').describe('the attribute to act upon'),
  value: anything().describe('the value to set; keeps the kind that it has in YAML'),
  default_value: anything().describe('the value to set when no source has one'),
  pattern: string('').describe('regular expression: keys for `delete` and `hash`, groups of the value for `extract`'),
  from_attribute: string('').describe('the attribute whose value is taken'),
  from_context: string('').describe('`metadata.NAME`, `auth.NAME` or `client.address`, whose value is taken'),
  converted_type: string('').describe('`string`, `int` or `double`, for `convert`'),
  action: string('').describe('`insert`, `update`, `upsert`, `delete`, `hash`, `extract` or `convert`'),
});

/**
 * Schema of `actions` in the attributes processor and `attributes` in the resource processor
 * (docs/reference/collector-behaviour.md#attributes-processor).
 */
export const attributeActions = () => list(actionConfig);

/** Actions as the editor takes them. @throws Error when a value has a type that attributes don't have */
export function actionSettings(actions: readonly ConfigOf<typeof actionConfig>[]): ActionSettings[] {
  return actions.map(({ value, defaultValue, ...rest }) => ({
    ...rest,
    value: anyValue(value),
    defaultValue: anyValue(defaultValue),
  }));
}

/** A value of a configuration as an attribute's value. @throws Error for what attributes can't have, such as a date */
export function anyValue(raw: unknown): AnyValue {
  if (raw === undefined || raw === null) return undefined;
  if (typeof raw === 'string' || typeof raw === 'boolean') return raw;
  if (typeof raw === 'bigint') return BigInt.asIntN(64, raw);
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? BigInt(raw) : raw;
  if (raw instanceof GoFloat) return raw.value;
  if (Array.isArray(raw)) return { kind: 'array', values: raw.map(anyValue) };
  if (!isRawMap(raw)) throw new Error(`<Invalid value type ${goTypeOf(raw)}>`);
  return { kind: 'kvlist', entries: Object.entries(raw).map(([key, value]) => ({ key, value: anyValue(value) })) };
}
