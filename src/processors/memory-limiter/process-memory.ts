import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { collectGarbage } from '#telemetry/collect-garbage.ts';

/** Where the memory limiter looks, and what it can do about it; replaced in tests. */
export interface ProcessMemory {
  /** Bytes that the process may have: the container's limit, else the machine's memory. */
  total(): number;
  /**
   * Bytes in use: JavaScript's heap and the buffers outside of it. Not the resident set: that hardly shrinks after a
   * collection, and data would be refused for good.
   */
  used(): number;
  /** Bytes that the program takes besides; grows little after the start. */
  program(): number;
  /** Bytes that the system has given to the process. */
  resident(): number;
  /** Collects garbage now; blocks for as long as it takes. */
  collectGarbage(): void;
}

/** The real process. */
export const processMemory: ProcessMemory = {
  // Node reads the limits of cgroups 1 and 2, nested ones too; without a limit it answers 0 or a number beyond all memory.
  total: () => {
    const constrained = process.constrainedMemory();
    const machine = totalmem();
    return constrained > 0 && constrained < machine ? constrained : machine;
  },
  used: () => {
    // The same as in process.memoryUsage(), which asks the system for the resident set each time.
    const { used_heap_size, external_memory } = getHeapStatistics();
    return used_heap_size + external_memory;
  },
  program: () => {
    const { rss, heapTotal, external } = process.memoryUsage();
    return Math.max(rss - heapTotal - external, 0);
  },
  resident: () => process.memoryUsage.rss(),
  collectGarbage,
};
