import type { SeriesIdentity } from '../../policy.ts';
import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import type { Stream } from '../streams/stream.ts';

/** Told of everything that must survive a restart. `DiskStateWriter` writes it down. */
export interface StateWriter {
  seriesBorn(series: AccumulatedSeries, identity: SeriesIdentity): void;
  seriesChanged(series: AccumulatedSeries): void;
  seriesGone(series: AccumulatedSeries): void;
  streamBorn(stream: Stream): void;
  /** Its value or baseline has changed. */
  streamChanged(stream: Stream): void;
  /** A point of it arrived. */
  streamHeard(stream: Stream): void;
  streamGone(stream: Stream): void;
}

/** Keeps nothing: without storage, totals end with the process. */
export const noStateWriter: StateWriter = {
  seriesBorn() {},
  seriesChanged() {},
  seriesGone() {},
  streamBorn() {},
  streamChanged() {},
  streamHeard() {},
  streamGone() {},
};
