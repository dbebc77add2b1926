import { totalmem } from 'node:os';

/**
 * Bytes that the process may have: the container's limit, else the machine's memory. Node reads the limits of cgroups 1 and 2,
 * nested ones too; without a limit it answers 0 or a number beyond all memory.
 */
export function memoryLimit(): number {
  const constrained = process.constrainedMemory();
  const machine = totalmem();
  return constrained > 0 && constrained < machine ? constrained : machine;
}
