import { OttlError } from './ottl-error.ts';
import { goType, isTime, type OttlValue } from './value.ts';

type Operator = '+' | '-' | '*' | '/';

/**
 * Computes by OTTL's rules: ints remain ints (64 bits, truncated division), a float makes the result a float, and times
 * and durations can be added.
 */
export function computed(operator: Operator, left: OttlValue, right: OttlValue): OttlValue {
  if (typeof left === 'bigint' && typeof right === 'bigint') return integers(operator, left, right);
  if (isNumber(left) && isNumber(right)) return doubles(operator, Number(left), Number(right));
  if (isTime(left) && isTime(right) && (operator === '+' || operator === '-')) {
    const nanoseconds = operator === '+' ? left.nanoseconds + right.nanoseconds : left.nanoseconds - right.nanoseconds;
    if (left.kind === 'time' && right.kind === 'time') {
      if (operator === '-') return { kind: 'duration', nanoseconds };
    } else if (!(left.kind === 'duration' && right.kind === 'time' && operator === '-')) {
      const time = [left, right].find(({ kind }) => kind === 'time');
      return { ...(time ?? left), nanoseconds };
    }
  }
  throw new OttlError(`cannot compute ${goType(left)} ${operator} ${goType(right)}`);
}

/**
 * Returns the number with the opposite sign.
 * @throws OttlError for any other value
 */
export function negated(value: OttlValue): OttlValue {
  if (typeof value === 'bigint') return BigInt.asIntN(64, -value);
  if (typeof value === 'number') return -value;
  throw new OttlError(`unsupported unary minus operation on type ${goType(value)}`);
}

function isNumber(value: OttlValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function integers(operator: Operator, left: bigint, right: bigint): bigint {
  if (operator === '/' && right === 0n) throw new OttlError('attempted to divide by 0');
  const result = { '+': () => left + right, '-': () => left - right, '*': () => left * right, '/': () => left / right };
  return BigInt.asIntN(64, result[operator]());
}

function doubles(operator: Operator, left: number, right: number): number {
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  if (operator === '*') return left * right;
  if (right === 0) throw new OttlError('attempted to divide by 0');
  return left / right;
}
