import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options?: { type: 'major'; execution: 'async'; flavor: 'last-resort' }) => unknown;

let collect: Collect | undefined;

/**
 * More than the growth of buffers at which V8 starts a garbage collection (64 MB), and less than the growth at which it
 * collects everything without pauses (half of the heap limit, which is 150 MB in the smallest container).
 */
const provocationBytes = 66_000_000;
/** Time that V8 has for a collection in the background before it is triggered again and told to finish, ms. */
const provokeAgainMs = 300;
const maxProvocations = 20;

/**
 * Collects garbage in small steps with other work in between, and calls `done` at the end. A collection without pauses
 * blocks for a second per several hundred MB. V8 has no function for gradual collections, but starts one when much
 * external memory was allocated. The memory is never written, so it costs nothing.
 */
export function collectGradually(done: () => void): void {
  const provocations: ArrayBuffer[] = [];
  const end = () => {
    clearInterval(timer);
    observer.disconnect();
    // Otherwise they count as memory in use until the next collection.
    for (const provocation of provocations) provocation.transfer(0);
    done();
  };
  const provoke = () => {
    if (provocations.length === maxProvocations) end();
    else provocations.push(new ArrayBuffer(provocationBytes));
  };
  const timer = setInterval(provoke, provokeAgainMs).unref();
  const observer = new PerformanceObserver((list) => {
    const isMajor = (entry: PerformanceEntry) =>
      (entry as unknown as { detail: { kind: number } }).detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
    if (list.getEntries().some(isMajor)) end();
  });
  observer.observe({ entryTypes: ['gc'] });
  provoke();
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
