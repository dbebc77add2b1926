/** Lets one piece of work in at a time, in the order in which it came. */
export class Lane {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Whether nothing is under way and nothing waits. */
  get isFree(): boolean {
    return this.#waiting === 0;
  }

  /** Does the work when everything that came before has settled. Resolves or rejects as the work does. */
  enter<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#waiting += 1;
    const done = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }
}
