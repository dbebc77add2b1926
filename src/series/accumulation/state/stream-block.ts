import type { Stream } from '../streams/stream.ts';

/**
 * Streams that are one row on disk: those that were born together, of one process as a rule, since a process exports all its
 * counters at once. A commit writes one row for each process that sent something, and start-up reads few large rows.
 */
export class StreamBlock {
  /** Name of the row. */
  readonly id: number;
  readonly streams = new Set<Stream>();
  /** Monotonic ms: the latest sign of life of its streams that is on disk. */
  writtenHeardMs = Number.NEGATIVE_INFINITY;
  /** The row that it was restored from, in which the content of streams is that nobody has asked yet. */
  row: Uint8Array | undefined = undefined;
  /** It has changed since it was written. */
  isDirty = false;

  constructor(id: number) {
    this.id = id;
  }
}

/** Streams of one page: few enough that rewriting the row for one of them costs little. */
export const maxBlockStreams = 64;
