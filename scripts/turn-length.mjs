/**
 * Measures a Node.js process from inside, for measure-console.ts: `node --expose-gc --import …/turn-length.mjs`. SIGUSR2 writes the
 * longest turn of the event loop since the last time, as CPU time of its thread, so that other processes on the machine do not count,
 * and the memory after a collection, to the file in PITOT_MEASURED.
 */
import { writeFileSync } from 'node:fs';

const cpuMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
let longestMs = 0;
let before = cpuMs();
const turn = () => {
  const now = cpuMs();
  longestMs = Math.max(longestMs, now - before);
  before = now;
  // Timers cost less than a loop of immediates: a pause ends the turn, too.
  setTimeout(turn, 1);
};
if (process.env.PITOT_TURNS === 'on') turn();
process.on('SIGUSR2', () => {
  const maxMs = longestMs;
  // An ordinary collection leaves code and caches, which differ from run to run.
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const { heapUsed, external } = process.memoryUsage();
  writeFileSync(process.env.PITOT_MEASURED, JSON.stringify({ maxMs, heldBytes: heapUsed + external }));
  longestMs = 0;
  before = cpuMs();
});
