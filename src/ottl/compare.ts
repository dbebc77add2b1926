import { Buffer } from 'node:buffer';
import { toByteString } from '#bytes/utf8.ts';
import type { ComparisonOperator } from './ast.ts';
import { isList, isMap, isTime, type OttlValue } from './value.ts';

/**
 * Compares as OTTL does (behaviour.md §5.5): int and float numerically, strings and bytes bytewise, `false < true`; values of
 * different kinds are only unequal, and maps and lists are only equal or not.
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

/** Whether two values are equal; lists and maps in depth, maps in any order, and in them an int is no float. */
export function equal(left: OttlValue, right: OttlValue): boolean {
  if (left === undefined || right === undefined) return left === right;
  if (isList(left)) {
    if (!isList(right) || left.values.length !== right.values.length) return false;
    const others = right.values;
    return left.values.every((value, index) => equalInside(value, others[index]));
  }
  if (isMap(left)) {
    if (!isMap(right) || left.entries.length !== right.entries.length) return false;
    const others = new Map(right.entries.map(({ key, value }) => [key, value]));
    return left.entries.every(({ key, value }) => others.has(key) && equalInside(value, others.get(key)));
  }
  return orderOf(left, right) === 0;
}

function equalInside(left: OttlValue, right: OttlValue): boolean {
  return typeof left === typeof right && equal(left, right);
}

/** Negative, zero or positive; undefined when the two have no order. NaN has none. */
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
