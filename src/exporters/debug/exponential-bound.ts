import { goExp } from '#go/exp.ts';

/** Returns the lower bound of bucket `index` of an exponential histogram, 2^(index·2^−scale), with the Collector's rounding. */
export function exponentialBound(scale: number, index: number): number {
  // Two steps: 2^−scale alone can overflow where ln 2 · 2^−scale does not.
  const half = Math.trunc(-scale / 2);
  const factor = Math.LN2 * 2 ** half * 2 ** (-scale - half);
  return goExp(index * factor);
}
