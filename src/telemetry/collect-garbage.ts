import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options?: { type: 'major'; execution: 'async'; flavor: 'last-resort' }) => unknown;

let collect: Collect | undefined;

/** Collects garbage immediately and blocks until the collection ends. */
export function collectGarbage(): void {
  collector()();
}

/**
 * Schedules a garbage collection and returns free memory to the system, which a collection alone hardly does. Takes 0.1 s with a heap
 * of 100 MB: call it only after a large part of the heap has become free.
 */
export function giveMemoryBack(): void {
  collector()({ type: 'major', execution: 'async', flavor: 'last-resort' });
}

function collector(): Collect {
  if (collect === undefined) {
    // The function exists only with this flag. Setting it late has no other cost.
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
  }
  return collect;
}
