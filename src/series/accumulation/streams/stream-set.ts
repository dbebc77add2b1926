import { noRelated, type Stream, type StreamKey } from './stream.ts';
import { StreamIndex } from './stream-index.ts';

/**
 * The active streams of one series, found by start time, process, and OTLP identity. Most series have one stream, which
 * is then its own set: a set of each series would need a tenth of its memory.
 */
export interface StreamSet {
  find(key: StreamKey): Stream | undefined;
  /**
   * Returns the streams of all processes with that start time and identity, in order of their creation. The number is
   * limited to the 256 oldest.
   */
  related(key: Pick<StreamKey, 'identity' | 'startTimeUnixNano'>): Iterable<Stream>;
  /** Returns the latest streams of a process, newest first, regardless of their start times. */
  ofProcess(key: Pick<StreamKey, 'identity' | 'process'>): Stream[];
  /** Whether there is one stream. */
  readonly isSingle: boolean;
  /** Returns all streams at the time of the call. */
  all(): Stream[];
}

/** The set of a series without active streams. */
export const noStreams: StreamSet = {
  find: () => undefined,
  related: () => noRelated,
  ofProcess: () => [],
  isSingle: false,
  all: () => [],
};

/** Returns the set with a stream that it does not contain. The given set is no longer valid. */
export function withStream(set: StreamSet, stream: Stream): StreamSet {
  if (set === noStreams) return stream;
  const index = set instanceof StreamIndex ? set : new StreamIndex(set.all());
  index.add(stream);
  return index;
}

/** Returns the set without one of its streams. The given set is no longer valid. */
export function withoutStream(set: StreamSet, stream: Stream): StreamSet {
  if (!(set instanceof StreamIndex)) return noStreams;
  set.remove(stream);
  if (set.isEmpty) return noStreams;
  return set.isSingle ? set.all()[0]! : set;
}
