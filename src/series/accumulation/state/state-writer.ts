import type { SeriesIdentity } from '../../policy.ts';
import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import type { Stream } from '../streams/stream.ts';

/** Notified of every change that must survive a restart. `DiskStateWriter` writes the changes to storage. */
export interface StateWriter {
  seriesCreated(series: AccumulatedSeries, identity: SeriesIdentity): void;
  seriesChanged(series: AccumulatedSeries): void;
  seriesRemoved(series: AccumulatedSeries): void;
  streamCreated(stream: Stream): void;
  /** Its content has changed. */
  streamChanged(stream: Stream): void;
  /** A point of it arrived. */
  streamSeen(stream: Stream): void;
  streamRemoved(stream: Stream): void;
}

/** Stores nothing: without storage, totals end with the process. */
export const noStateWriter: StateWriter = {
  seriesCreated() {},
  seriesChanged() {},
  seriesRemoved() {},
  streamCreated() {},
  streamChanged() {},
  streamSeen() {},
  streamRemoved() {},
};
