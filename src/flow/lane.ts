/** Runs pieces of work one at a time, in order of arrival. */
export class Lane {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Whether no work is running or waiting. */
  get isFree(): boolean {
    return this.#waiting === 0;
  }

  /** Runs the work after all earlier work has settled. Resolves or rejects with its result. */
  enter<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#waiting += 1;
    const done = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    // Without the result, which would otherwise remain in memory until the next work.
    this.#last = done.then(nothing, nothing);
    return done;
  }
}

const nothing = () => undefined;
