import type { SeriesIdentity } from '../../policy.ts';
import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import type { Stream } from '../streams/stream.ts';

/** Notified of every change that must survive a restart. `DiskStateWriter` writes the changes to storage. */
export interface StateWriter {
  seriesCreated(series: AccumulatedSeries, identity: SeriesIdentity): void;
  seriesChanged(series: AccumulatedSeries): void;
  seriesRemoved(series: AccumulatedSeries): void;
  streamCreated(stream: Stream): void;
  /** Called when the content of a stream has changed. */
  streamChanged(stream: Stream): void;
  /** Called when a point of a stream has arrived. */
  streamSeen(stream: Stream): void;
  streamRemoved(stream: Stream): void;
}

/** Stores nothing: without storage, totals are in memory only. */
export const noStateWriter: StateWriter = {
  seriesCreated() {},
  seriesChanged() {},
  seriesRemoved() {},
  streamCreated() {},
  streamChanged() {},
  streamSeen() {},
  streamRemoved() {},
};
