import { eventLoop } from '#flow/event-loop.ts';
import { Lane } from '#flow/lane.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { countElements, sliceMetrics } from '#pdata/slice-metrics.ts';

/** Waits for commits. */
async function allOf(commits: readonly (Promise<void> | undefined)[]): Promise<void> {
  await Promise.all(commits);
}

/** Number of elements to append without a pause: some milliseconds if all of them are new series. */
const sliceSize = 500;

/**
 * Appends requests to a store in order of arrival. Small requests are appended as a whole, large ones in slices, so
 * that the event loop does not block. Later requests wait until a large one is complete.
 */
export class AppendInSlices {
  readonly #append: (metrics: Metrics) => Promise<void> | undefined;
  readonly #order = new Lane();

  constructor(append: (metrics: Metrics) => Promise<void> | undefined) {
    this.#append = append;
  }

  /** Appends a request like `append` of a store. The promise settles after all slices of the request have settled. */
  append(metrics: Metrics): Promise<void> | undefined {
    const isSmall = countElements(metrics, sliceSize) <= sliceSize;
    if (!this.#order.isFree) {
      return this.#order
        .enter(async () => (isSmall ? [this.#append(metrics)] : await eventLoop.run(this.#slices(metrics))))
        .then(allOf);
    }
    if (isSmall) return this.#append(metrics);
    const commits = eventLoop.begin(this.#slices(metrics));
    if (commits instanceof Promise) return this.#order.enter(() => commits).then(allOf);
    return commits.length === 0 ? undefined : allOf(commits);
  }

  /** Runs work after the earlier requests and before the later ones. */
  inOrder<Result>(work: () => Result): Promise<Result> | Result {
    return this.#order.isFree ? work() : this.#order.enter(async () => work());
  }

  *#slices(metrics: Metrics): Generator<undefined, (Promise<void> | undefined)[], undefined> {
    const commits: (Promise<void> | undefined)[] = [];
    for (const slice of sliceMetrics(metrics, sliceSize)) {
      const commit = this.#append(slice);
      // All are awaited together at the end. Prevents an unhandled rejection until then.
      commit?.catch(() => undefined);
      if (commit !== undefined) commits.push(commit);
      yield;
    }
    return commits;
  }
}
