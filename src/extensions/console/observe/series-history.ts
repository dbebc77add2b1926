import type { SeriesInstance, SeriesView } from '#component/views/series-view.ts';

/** Samples that are kept of one series: 15 minutes. */
const maxSamples = 90;
/** Series whose values are recorded without being asked for: those that are in the store longest. */
const maxRecorded = 1_000;
/** Series that are recorded in addition because somebody looked at them. */
const maxWatched = 200;

interface Recorded {
  readonly series: SeriesInstance;
  readonly values: Float64Array;
  count: number;
}

/** The values that series had in the latest minutes. Bounded: 1.2 MB. */
export class SeriesHistory {
  readonly #recorded = new Map<object, Recorded>();
  #times: number[] = [];
  /** Of the recorded, in the order in which somebody looked at them. */
  readonly #watched = new Set<object>();

  /** When the samples were taken, oldest first. */
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

  /** Records a series from now on, because somebody looks at it; the series that was looked at longest ago makes space. */
  watch(series: SeriesInstance): void {
    const { key } = series;
    if (!this.#watched.delete(key) && this.#recorded.has(key)) return;
    this.#watched.add(key);
    if (!this.#recorded.has(key)) this.#add(series);
    if (this.#watched.size > maxWatched) this.#forget(this.#watched.values().next().value!);
  }

  /** Values at the latest of `times`, oldest first; the current value is not among them. */
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
