import { appendFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector';
import { performance } from 'node:perf_hooks';

/*
 * Preloaded into pitot by `PITOT_TURNS_FILE=FILE npm run test:attack`: when pitot ends, writes which functions ran in the turns of the event
 * loop that used much CPU time. CPU time of the thread does not contain the time in which other processes used the machine, and contains no
 * garbage collection on other threads. The profile itself takes up to a third of it.
 */

/** CPU time from which a turn is recorded, ms. */
const longMs = 40;
/** Functions and callers to name. */
const stackDepth = 12;
const stacksPerTurn = 4;

interface Turn {
  /** Monotonic, microseconds. */
  readonly from: number;
  readonly to: number;
  readonly cpuMs: number;
}

const now = () => Number(process.hrtime.bigint() / 1000n);
const cpuMs = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

const start = now();
const turns: Turn[] = [];
let last = { at: now(), cpuMs: cpuMs() };
// Runs in each turn that takes longer than a millisecond.
setInterval(() => {
  const current = { at: now(), cpuMs: cpuMs() };
  const used = current.cpuMs - last.cpuMs;
  if (used > longMs) turns.push({ from: last.at, to: current.at, cpuMs: used });
  last = current;
}, 1).unref();

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: 1000 });
session.post('Profiler.start');
process.on('exit', () => {
  session.post('Profiler.stop', (error, { profile }) => {
    if (!error) appendFileSync(process.env.PITOT_TURNS_FILE!, reportOf(profile));
  });
});

function reportOf(profile: Profiler.Profile): string {
  const stackOf = stacksIn(profile);
  const lines: string[] = [];
  for (const turn of turns) {
    const used = new Map<string, number>();
    let at = profile.startTime;
    for (const [i, id] of (profile.samples ?? []).entries()) {
      const duration = profile.timeDeltas![i]!;
      at += duration;
      if (at < turn.from || at > turn.to) continue;
      const stack = stackOf(id);
      used.set(stack, (used.get(stack) ?? 0) + duration / 1000);
    }
    const most = [...used].sort((a, b) => b[1] - a[1]).slice(0, stacksPerTurn);
    const [afterMs, wallMs] = [(turn.from - start) / 1000, (turn.to - turn.from) / 1000].map(Math.round);
    lines.push(`turn after ${afterMs} ms: ${Math.round(turn.cpuMs)} ms of CPU, ${wallMs} ms`);
    for (const [stack, ms] of most) lines.push(`  ${Math.round(ms)} ms ${stack}`);
  }
  lines.push(`${turns.length} turns above ${longMs} ms of CPU in ${Math.round(performance.now() / 1000)} s`);
  return `${lines.join('\n')}\n`;
}

/** Returns a function that returns a function and its callers, by the ID of a node. */
function stacksIn({ nodes }: Profiler.Profile): (id: number) => string {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  return (id) => {
    const names: string[] = [];
    for (let at: number | undefined = id; at !== undefined && names.length < stackDepth; at = parents.get(at)) {
      const { functionName, lineNumber } = byId.get(at)!.callFrame;
      names.push(`${functionName || '(anonymous)'}:${lineNumber + 1}`);
    }
    return names.join(' < ');
  };
}
