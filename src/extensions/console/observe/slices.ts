/** Maximum duration of one turn of the event loop, ms. */
const sliceMs = 4;
/** Number of steps between two checks of the clock. */
const stepsPerLook = 32;

/**
 * Divides long work into slices, with requests and scrapes in between: `for (const each of many) { …; if
 * (slices.isOver()) await slices.next(); }`
 */
export class Slices {
  #steps = 0;
  #end = performance.now() + sliceMs;

  /** Returns whether the slice has ended. Call at each step. */
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
