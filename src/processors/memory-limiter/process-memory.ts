import { getHeapStatistics } from 'node:v8';
import { inFlight } from '#flow/in-flight.ts';
import { memoryLimit } from '#flow/memory-limit.ts';
import { collectGradually } from '#telemetry/collect-garbage.ts';

/** Where the memory limiter looks, and what it can do about it; replaced in tests. */
export interface ProcessMemory {
  /** Bytes that the process may have: the container's limit, else the machine's memory. */
  total(): number;
  /**
   * Bytes in use: JavaScript's heap, and buffers outside of it or the requests in flight, whichever is more. Not the resident set: that hardly shrinks after a
   * collection, and data would be refused for good.
   */
  used(): number;
  /** Bytes that the program takes besides; grows little after the start. */
  program(): number;
  /** Bytes that the system has given to the process. */
  resident(): number;
  /** Collects garbage, in pieces between which other work goes on; calls `done` at the end. */
  collectGarbage(done: () => void): void;
}

/** The real process. */
export const processMemory: ProcessMemory = {
  total: memoryLimit,
  used: () => {
    // The same as in process.memoryUsage(), which asks the system for the resident set each time.
    const { used_heap_size, external_memory } = getHeapStatistics();
    // Requests in flight may have declared more than has arrived of them.
    return used_heap_size + Math.max(external_memory, inFlight.bytes);
  },
  program: () => {
    const { rss, heapTotal, external } = process.memoryUsage();
    return Math.max(rss - heapTotal - external, 0);
  },
  resident: () => process.memoryUsage.rss(),
  collectGarbage: collectGradually,
};
