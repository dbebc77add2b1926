import type { DataPoint } from '#pdata/metrics.ts';
import type { PointContext } from '../../policy.ts';
import type { AccumulatedSeries } from './accumulated-series.ts';

/** Start times that are whole milliseconds come from coarse clocks, on which unrelated processes can have the same start time. */
const coarseNano = 1_000_000n;
/** Windows of all series that are remembered. Forks export theirs within one export interval. */
const maxWindows = 20_000;

interface Window {
  readonly series: AccumulatedSeries;
  readonly identity: number;
  readonly process: string;
  readonly value: unknown;
}

/**
 * The latest delta windows by start time. A forked process exports what its parent had counted and not yet exported: its first window
 * begins at the same nanosecond as one of its parent.
 */
export class ForkWindows {
  readonly #byStart = new Map<bigint, Window[]>();
  #size = 0;

  /** Adds a window. Returns the content of the first window of another process with the same start time. */
  add(
    series: AccumulatedSeries,
    source: {
      readonly point: DataPoint;
      readonly context: PointContext;
      readonly identity: number;
      readonly value: unknown;
    },
  ): unknown {
    const { point, identity, value } = source;
    const { process } = source.context;
    const { startTimeUnixNano } = point;
    if (process === '' || startTimeUnixNano % coarseNano === 0n) return undefined;
    const windows = this.#byStart.get(startTimeUnixNano);
    const first = windows?.find((one) => one.series === series && one.identity === identity);
    if (first) return first.process === process ? undefined : first.value;
    const window = { series, identity, process, value };
    if (windows) windows.push(window);
    else this.#byStart.set(startTimeUnixNano, [window]);
    this.#size += 1;
    if (this.#size > maxWindows) this.#dropOldest();
    return undefined;
  }

  #dropOldest(): void {
    for (const [start, windows] of this.#byStart) {
      this.#byStart.delete(start);
      this.#size -= windows.length;
      return;
    }
  }
}
