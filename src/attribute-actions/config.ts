import { GoFloat, goTypeOf, isRawMap } from '#config/raw-value.ts';
import { anything, type ConfigOf, config, list, string } from '#config/schema.ts';
import type { AnyValue } from '#pdata/attributes.ts';
import type { ActionSettings } from './action.ts';

const actionConfig = config('attraction.ActionKeyValue', {
  key: string('').describe('Attribute to change.'),
  value: anything().describe('Value to set. Keeps the type that it has in YAML.'),
  default_value: anything().describe('Value to set if no source has one.'),
  pattern: string('').describe(
    'Regular expression for keys (`delete`, `hash`) or for groups of the value (`extract`).',
  ),
  from_attribute: string('').describe('Attribute whose value is used.'),
  from_context: string('').describe('`metadata.NAME`, `auth.NAME`, or `client.address`, whose value is used.'),
  converted_type: string('').describe('Type for `convert`: `string`, `int`, or `double`.'),
  action: string('', {
    values: ['insert', 'update', 'upsert', 'delete', 'hash', 'extract', 'convert'],
  }).describe('`insert`, `update`, `upsert`, `delete`, `hash`, `extract`, or `convert`.'),
});

/**
 * Schema of `actions` in the attributes processor and `attributes` in the resource processor
 * (docs/reference/collector-behaviour.md#attributes-processor).
 */
export const attributeActions = () => list(actionConfig);

/**
 * Converts configured actions to the form that the editor needs.
 * @throws Error if a value has a type that attributes do not support
 */
export function actionSettings(actions: readonly ConfigOf<typeof actionConfig>[]): ActionSettings[] {
  return actions.map(({ value, defaultValue, ...rest }) => ({
    ...rest,
    value: anyValue(value),
    defaultValue: anyValue(defaultValue),
  }));
}

/**
 * Converts a configured value to an attribute value.
 * @throws Error for a value that attributes do not support, such as a date
 */
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
