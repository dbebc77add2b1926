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
