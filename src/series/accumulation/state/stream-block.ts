import type { Stream } from '../streams/stream.ts';

/**
 * Streams that form one row on disk: streams that were created together, usually by one process, because a process
 * exports all of its counters together. A commit then writes one row per process that sent data, and a start reads few
 * large rows.
 */
export class StreamBlock {
  /** Number of the row. */
  readonly id: number;
  readonly streams = new Set<Stream>();
  /** Latest `lastSeenMs` of its streams that is on disk, monotonic clock, ms. */
  writtenSeenMs = Number.NEGATIVE_INFINITY;
  /** Row that the block was restored from. Streams decode their content from it on first access. */
  row: Uint8Array | undefined = undefined;
  /** Whether the block has changes that are not on disk. */
  isDirty = false;

  constructor(id: number) {
    this.id = id;
  }
}

/** Maximum number of streams in a block. It is small, so that rewriting the row for one of them costs little. */
export const maxBlockStreams = 64;
