import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

/**
 * Returns the memory available to the process in bytes: the container's limit, otherwise the memory of the machine.
 * Node.js reads the limits of cgroups 1 and 2, including nested ones. Without a limit, it returns 0 or a number above
 * the memory of the machine.
 */
export function memoryLimit(): number {
  const constrained = process.constrainedMemory();
  const machine = totalmem();
  return constrained > 0 && constrained < machine ? constrained : machine;
}

/**
 * Returns the bytes of the process that the system cannot take back when a container reaches its limit: heaps, buffers,
 * and free memory that the allocator keeps. On Linux without the pages of files, such as those of the Node.js
 * executable; on other systems the resident set. Takes about 30 µs.
 */
export function residentMemory(): number {
  try {
    const kibibytes = /^RssAnon:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  } catch {
    // Not Linux.
  }
  return process.memoryUsage.rss();
}
