import { eventLoop } from '#flow/event-loop.ts';
import { Lane } from '#flow/lane.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { countElements, sliceMetrics } from '#pdata/slice-metrics.ts';

/** Elements that are appended at once: some milliseconds if all of them are new series. */
const sliceSize = 500;

/**
 * Appends requests to a store in the order in which they came: small ones at once, large ones in slices, so that the event loop goes
 * on. What comes while a large one is being appended waits for it.
 */
export class AppendInSlices {
  readonly #append: (metrics: Metrics) => Promise<void> | undefined;
  readonly #order = new Lane();

  constructor(append: (metrics: Metrics) => Promise<void> | undefined) {
    this.#append = append;
  }

  /** As `append` of a store. The promise settles when all of the request has settled. */
  append(metrics: Metrics): Promise<void> | undefined {
    const isSmall = countElements(metrics, sliceSize) <= sliceSize;
    if (isSmall && this.#order.isFree) return this.#append(metrics);
    return this.#order
      .enter(async () => (isSmall ? [this.#append(metrics)] : await eventLoop.run(this.#slices(metrics))))
      .then(async (commits) => {
        await Promise.all(commits);
      });
  }

  /** Does something after the requests that came before, and before those that come later. */
  inOrder<Result>(work: () => Result): Promise<Result> | Result {
    return this.#order.isFree ? work() : this.#order.enter(async () => work());
  }

  *#slices(metrics: Metrics): Generator<undefined, (Promise<void> | undefined)[], undefined> {
    const commits: (Promise<void> | undefined)[] = [];
    for (const slice of sliceMetrics(metrics, sliceSize)) {
      const commit = this.#append(slice);
      // Awaited together at the end; until then nobody listens.
      commit?.catch(() => undefined);
      if (commit !== undefined) commits.push(commit);
      yield;
    }
    return commits;
  }
}
