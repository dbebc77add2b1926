/** Maximum duration of one turn of the event loop, ms. */
const sliceMs = 4;
/** Number of steps between two checks of the clock. */
const stepsPerLook = 32;

/** Work that waits for its next slice, in the order of arrival. One slice runs in each turn of the event loop. */
const waiting: (() => void)[] = [];

function runOne(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(runOne);
}

/**
 * Divides long work into slices, with requests and scrapes in between: `for (const each of many) { …; if
 * (slices.isOver()) await slices.next(); }`. Many requests at the same time share the slices: a turn never runs two.
 */
export class Slices {
  #steps = 0;
  /** Work that arrives while other work waits also waits. */
  #end = waiting.length > 0 ? 0 : performance.now() + sliceMs;

  /** Returns whether the slice has ended. Call at each step. */
  isOver(): boolean {
    this.#steps += 1;
    return this.#steps % stepsPerLook === 0 && performance.now() >= this.#end;
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      const begin = () => {
        this.#end = performance.now() + sliceMs;
        resolve();
      };
      if (waiting.push(begin) === 1) setImmediate(runOne);
    });
  }
}
