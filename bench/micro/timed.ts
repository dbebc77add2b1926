import { Bench } from 'tinybench';

/** One line of a table: the task, and the number of points, series, or calls per run. */
export interface Timed {
  readonly task: string;
  readonly per: number;
  readonly run: () => unknown;
}

/** Measures all tasks and prints a table of medians: microseconds per run, and nanoseconds per item of `per`. */
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

/** Returns a function that runs the next item on each call, and returns its result: a promise is awaited. */
export function inTurn<T>(all: readonly T[], run: (one: T) => unknown): () => unknown {
  let i = 0;
  return () => {
    const one = all[i]!;
    i = (i + 1) % all.length;
    return run(one);
  };
}
