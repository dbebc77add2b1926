import { getHeapStatistics } from 'node:v8';
import { collectGradually } from '#flow/collect-garbage.ts';
import { inFlight } from '#flow/in-flight.ts';
import { memoryLimit, residentMemory } from '#flow/memory-limit.ts';

/** Memory of the process, as seen by the memory limiter. Replaced in tests. */
export interface ProcessMemory {
  /**
   * Returns the memory available to the process in bytes: the container's limit, otherwise the memory of the machine.
   */
  total(): number;
  /**
   * Returns the memory in use in bytes: JavaScript's heap plus the larger of external buffers and requests in flight.
   * Excludes free memory that has not been returned to the system, so that it can be used again.
   */
  used(): number;
  /** Returns the additional memory of the program itself in bytes. It hardly grows after startup. */
  program(): number;
  /** Returns the memory that the process has taken from the system in bytes; see `residentMemory`. */
  resident(): number;
  /** Collects garbage in slices with other work in between. Calls `done` at the end. */
  collectGarbage(done: () => void): void;
}

/** Memory of the actual process. */
export const processMemory: ProcessMemory = {
  total: memoryLimit,
  used: () => {
    // Same values as process.memoryUsage(), which also queries the resident set each time.
    const { used_heap_size, external_memory } = getHeapStatistics();
    // Requests in flight can have declared more bytes than have arrived.
    return used_heap_size + Math.max(external_memory, inFlight.bytes);
  },
  program: () => {
    const { rss, heapTotal, external } = process.memoryUsage();
    return Math.max(rss - heapTotal - external, 0);
  },
  resident: residentMemory,
  collectGarbage: collectGradually,
};
