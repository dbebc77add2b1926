import { Bench } from 'tinybench';

/** One line of a table: what runs, and how many points, series or calls one run handles. */
export interface Timed {
  readonly task: string;
  readonly per: number;
  readonly run: () => unknown;
}

/** Times each and prints a table: microseconds a run, nanoseconds for each of `per`; medians. */
export async function printTimes(unit: string, timed: readonly Timed[]): Promise<void> {
  const bench = new Bench({ time: 500 });
  for (const { task, run } of timed) bench.add(task, run as () => void);
  await bench.run();
  console.table(
    bench.tasks.map((task, i) => {
      const { latency } = task.result as { latency: { p50: number } };
      const { per } = timed[i]!;
      return {
        task: task.name,
        'µs a run': (latency.p50 * 1000).toFixed(1),
        [`ns a ${unit}`]: ((latency.p50 * 1e6) / per).toFixed(0),
      };
    }),
  );
}

/** A run that takes the next of several each time. */
export function inTurn<T>(all: readonly T[], run: (one: T) => void): () => void {
  let i = 0;
  return () => {
    run(all[i]!);
    i = (i + 1) % all.length;
  };
}
