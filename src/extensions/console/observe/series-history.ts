import type { SeriesInstance, SeriesView } from '#component/views/series-view.ts';

/** Number of samples of a series: ten minutes. */
const maxSamples = 60;
/** Maximum number of series that are recorded without a request: the oldest in the store. */
const maxRecorded = 1_000;
/** Maximum number of further series that are recorded because a user viewed them. */
const maxWatched = 200;

interface Recorded {
  readonly series: SeriesInstance;
  readonly values: Float64Array;
  count: number;
}

/** The values of series in the latest minutes, limited to 1 MB. */
export class SeriesHistory {
  readonly #recorded = new Map<object, Recorded>();
  #times: number[] = [];
  /** Viewed series, in the order in which they were last viewed. */
  readonly #watched = new Set<object>();

  /** Times of the samples, oldest first. */
  get times(): readonly number[] {
    return this.#times;
  }

  sample(views: readonly SeriesView[], unixMs: number): void {
    this.#times.push(unixMs);
    if (this.#times.length > maxSamples) this.#times.shift();
    for (const view of views) this.#recordOldest(view);
    for (const [key, recorded] of this.#recorded) {
      if (recorded.series.isLive) push(recorded, recorded.series.value);
      else this.#forget(key);
    }
  }

  /** Records a series from now on, because a user views it. The series that was viewed longest ago is discarded. */
  watch(series: SeriesInstance): void {
    const { key } = series;
    if (!this.#watched.delete(key) && this.#recorded.has(key)) return;
    this.#watched.add(key);
    if (!this.#recorded.has(key)) this.#add(series);
    if (this.#watched.size > maxWatched) this.#forget(this.#watched.values().next().value!);
  }

  /** Returns the values at the latest of `times`, oldest first, without the current value. */
  values(series: SeriesInstance): readonly number[] {
    const recorded = this.#recorded.get(series.key);
    return recorded ? [...recorded.values.subarray(0, recorded.count)] : [];
  }

  #recordOldest(view: SeriesView): void {
    let seen = 0;
    for (const series of view.series()) {
      if (seen++ >= maxRecorded || this.#recorded.size - this.#watched.size >= maxRecorded) return;
      if (!this.#recorded.has(series.key)) this.#add(series);
    }
  }

  #forget(key: object): void {
    this.#recorded.delete(key);
    this.#watched.delete(key);
  }

  #add(series: SeriesInstance): void {
    this.#recorded.set(series.key, { series, values: new Float64Array(maxSamples), count: 0 });
  }
}

function push(recorded: Recorded, value: number): void {
  const { values } = recorded;
  if (recorded.count === maxSamples) {
    values.copyWithin(0, 1);
    recorded.count -= 1;
  }
  values[recorded.count++] = value;
}
