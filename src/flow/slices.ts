/** Work that may pause: it yields between pieces, each of which takes a few milliseconds at most, and returns its result. */
export type Slices<Result> = Generator<undefined, Result, undefined>;

/** Does the work at once. */
export function drained<Result>(slices: Slices<Result>): Result {
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value as Result;
  }
}
