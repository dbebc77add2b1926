/** Longest time that one turn of the event loop is used for, ms. */
const sliceMs = 4;
/** Steps between two looks at the clock. */
const stepsPerLook = 32;

/**
 * Divides long work into slices, between which requests and scrapes have their turn:
 * `for (const each of many) { …; if (slices.isOver()) await slices.next(); }`
 */
export class Slices {
  #steps = 0;
  #end = performance.now() + sliceMs;

  /** To be called at each step. */
  isOver(): boolean {
    this.#steps += 1;
    return this.#steps % stepsPerLook === 0 && performance.now() >= this.#end;
  }

  next(): Promise<void> {
    return new Promise((resolve) =>
      setImmediate(() => {
        this.#end = performance.now() + sliceMs;
        resolve();
      }),
    );
  }
}
