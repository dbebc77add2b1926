/**
 * Returns the delay for a timer of Node.js, in milliseconds: at most the longest one, 24.8 days. Node.js replaces a longer delay by 1 ms, so
 * a setting of 1000 hours would act all the time. `Infinity` is valid.
 */
export function timerDelay(ms: number): number {
  return Math.min(ms, 2 ** 31 - 1);
}
