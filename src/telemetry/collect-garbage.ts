import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options?: { type: 'major'; execution: 'async'; flavor: 'last-resort' }) => unknown;

let collect: Collect | undefined;

/** Collects garbage now; blocks for as long as it takes. */
export function collectGarbage(): void {
  collector()();
}

/**
 * Collects garbage soon, and gives all memory that is free back to the system, which a collection alone hardly does. Takes a
 * tenth of a second with a heap of 100 MB, so it is for after a large part of it has become free.
 */
export function giveMemoryBack(): void {
  collector()({ type: 'major', execution: 'async', flavor: 'last-resort' });
}

function collector(): Collect {
  if (collect === undefined) {
    // Without this flag there is no such function; set late, it costs nothing else.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
  }
  return collect;
}
