import { Buffer } from 'node:buffer';
import { toByteString } from '#bytes/utf8.ts';
import type { AnyValue } from '#pdata/attributes.ts';
import type { ComparisonOperator } from './ast.ts';
import { isArray, isId, isMap, isSlice, isTime, type OttlValue, valueAt } from './value.ts';

/**
 * Compares two values by OTTL's rules: int and float numerically, strings and bytes bytewise, `false < true`. Values of
 * different types are only unequal. Maps, lists, and IDs can only be compared for equality.
 */
export function compares(operator: ComparisonOperator, left: OttlValue, right: OttlValue): boolean {
  if (operator === '==') return equal(left, right);
  if (operator === '!=') return !equal(left, right);
  const order = left === undefined && right === undefined ? 0 : orderOf(left, right);
  if (order === undefined) return false;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

/** Returns whether two values are equal. Inside lists and maps, an int never equals a float. */
export function equal(left: OttlValue, right: OttlValue): boolean {
  if (left === undefined || right === undefined) return left === right;
  if (isMap(left) || isArray(left))
    return isSlice(right) ? equalLists(left, right) : equalData(left, right as AnyValue);
  // A list whose element type is not `any` cannot be compared and never equals anything.
  if (isSlice(left)) return left.element === 'interface {}' && equalLists(left, right);
  if (isId(left)) return isId(right) && left.kind === right.kind && left.hex === right.hex;
  return orderOf(left, right) === 0;
}

/** Returns whether two attribute values are equal: lists in order, maps in any order. */
function equalData(left: AnyValue, right: AnyValue): boolean {
  if (typeof left !== typeof right) return false;
  if (isArray(left)) {
    if (!isArray(right) || left.values.length !== right.values.length) return false;
    return left.values.every((value, index) => equalData(value, right.values[index]));
  }
  if (isMap(left)) {
    if (!isMap(right) || left.entries.length !== right.entries.length) return false;
    return left.entries.every(
      ({ key, value }) => right.entries.some((entry) => entry.key === key) && equalData(value, valueAt(right, key)),
    );
  }
  return left === right || orderOf(left, right) === 0;
}

/** Compares a list of a statement with a value, element by element. */
function equalLists(left: OttlValue, right: OttlValue): boolean {
  if (isSlice(left) && left.element !== 'interface {}') return false;
  if (isSlice(right) && right.element !== 'interface {}') return false;
  if (!(isSlice(left) || isArray(left)) || !(isSlice(right) || isArray(right))) return false;
  if (left.values.length !== right.values.length) return false;
  return left.values.every((value, index) => equalElements(value, right.values[index]));
}

function equalElements(left: OttlValue, right: OttlValue): boolean {
  if (isArray(left) || isSlice(left)) return equalLists(left, right);
  return typeof left === typeof right && equal(left, right);
}

/** Returns a negative number, 0, or a positive number. Undefined if the two values have no order, such as NaN. */
function orderOf(left: OttlValue, right: OttlValue): number | undefined {
  if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : left > right ? 1 : 0;
  if (isNumber(left) && isNumber(right)) return orderOfDoubles(Number(left), Number(right));
  if (typeof left === 'string' && typeof right === 'string') {
    const [a, b] = [toByteString(left), toByteString(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  if (isTime(left) && isTime(right) && left.kind === right.kind) {
    return left.nanoseconds < right.nanoseconds ? -1 : left.nanoseconds > right.nanoseconds ? 1 : 0;
  }
  return undefined;
}

function orderOfDoubles(left: number, right: number): number | undefined {
  return left < right ? -1 : left > right ? 1 : left === right ? 0 : undefined;
}

function isNumber(value: OttlValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
