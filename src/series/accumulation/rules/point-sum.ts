import type { ExactSum } from '../exact-sum.ts';

/*
 * The sum of a histogram or summary as a stream keeps it: the last finite one. NaN if the stream has not stated a finite sum yet. A stream
 * that counts in full begins at 0 instead.
 */

/** Returns the sum to keep for a point with this sum. `known` is the one that it replaces. */
export function keptSum(sum: number | undefined, known: number | undefined): number {
  return sum !== undefined && Number.isFinite(sum) ? sum : (known ?? Number.NaN);
}

/** Adds `next − known` to a total, or all of `next`. Without a finite sum before, `next` is the baseline. */
export function addSum(total: ExactSum, next: number, known: number | undefined): void {
  if (Number.isNaN(next)) return;
  if (known === undefined) total.add(next);
  else if (!Number.isNaN(known)) total.addDifference(next, known);
}

/** Returns the value of a stream that counts in full. */
export function fromZeroSum<Value extends { readonly sum: number | undefined }>(value: Value): Value {
  return Number.isNaN(value.sum) ? { ...value, sum: 0 } : value;
}
