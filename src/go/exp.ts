/*
 * e^x, computed like Go on amd64. The Collector prints bucket bounds with all their digits, so the last bit is visible.
 * Go reduces the argument to a few hundredths, evaluates a Taylor polynomial with fused multiply-add, and squares the
 * result. Math.exp uses another method, whose result differs in the last bit for about one argument in ten.
 */

const ln2Upper = 0.693147180559663;
const ln2Lower = 2.8235290563031577e-13;
/** 1/8!, 1/7! … 1/2!, 1. */
const taylor = [
  2.48015873015873e-5, 0.0001984126984126984, 0.001388888888888889, 0.008333333333333333, 0.041666666666666664,
  0.16666666666666666, 0.5, 1.0,
];

/** Returns e^x: the same double as Go's math.Exp on a processor with fused multiply-add. */
export function goExp(x: number): number {
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -1000) return 0;
  const exponent = roundHalfEven(x * Math.LOG2E);
  let reduced = fusedMultiplyAdd(-exponent, ln2Upper, x);
  reduced = fusedMultiplyAdd(-exponent, ln2Lower, reduced) * 0.0625;
  let sum = taylor[0]!;
  for (let i = 1; i < taylor.length; i++) sum = fusedMultiplyAdd(reduced, sum, taylor[i]!);
  // From here on, `result` is e^r - 1. (e^r - 1)(e^r + 1) doubles r, four times.
  let result = reduced * sum;
  for (let i = 0; i < 3; i++) result *= result + 2;
  return timesPowerOfTwo(fusedMultiplyAdd(result + 2, result, 1), exponent);
}

function timesPowerOfTwo(fraction: number, exponent: number): number {
  if (exponent >= 1024) return Number.POSITIVE_INFINITY;
  if (exponent > -1023) return fraction * 2 ** exponent;
  // The result is subnormal. The last multiplication rounds it once.
  return exponent < -1075 ? 0 : fraction * 2 ** (exponent + 1022) * 2 ** -1022;
}

function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/**
 * Returns a·b + c, rounded once, for magnitudes far from overflow and underflow (Boldo and Melquiond, "Emulation of
 * FMA").
 */
function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const productError = multiplicationError(a, b, product);
  const upper = c + productError;
  const upperError = additionError(c, productError, upper);
  const sum = product + upper;
  const sumError = additionError(product, upper, sum);
  return sum + sumRoundedToOdd(sumError, upperError);
}

function additionError(a: number, b: number, sum: number): number {
  const virtual = sum - a;
  return a - (sum - virtual) + (b - virtual);
}

function multiplicationError(a: number, b: number, product: number): number {
  const splitA = 134217729 * a;
  const highA = splitA - (splitA - a);
  const lowA = a - highA;
  const splitB = 134217729 * b;
  const highB = splitB - (splitB - b);
  const lowB = b - highB;
  return highA * highB - product + highA * lowB + lowA * highB + lowA * lowB;
}

const double = new Float64Array(1);
const bits = new BigUint64Array(double.buffer);

/**
 * Returns a + b. If that is not exact, returns the neighbor whose last bit is 1, so that a later rounding can detect
 * the direction.
 */
function sumRoundedToOdd(a: number, b: number): number {
  const sum = a + b;
  const error = additionError(a, b, sum);
  if (error === 0) return sum;
  double[0] = sum;
  if ((bits[0]! & 1n) === 1n) return sum;
  bits[0] = error > 0 === sum > 0 ? bits[0]! + 1n : bits[0]! - 1n;
  return double[0]!;
}
