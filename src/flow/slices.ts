/** Work that can pause. It yields between pieces of a few milliseconds or less, and returns its result. */
export type Slices<Result> = Generator<undefined, Result, undefined>;

/** Runs the work without pausing. */
export function drained<Result>(slices: Slices<Result>): Result {
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value as Result;
  }
}
