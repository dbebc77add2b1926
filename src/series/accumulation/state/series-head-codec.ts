import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/**
 * Writes the properties of all accumulated series: whether they are still shown as 0, the earliest start time, and the
 * sample timestamp.
 */
export function writeHead(series: AccumulatedSeries, writer: ByteWriter): void {
  writer.boolean(series.isZeroHeld);
  writer.uint64(series.createdUnixNano ?? 0n);
  writer.double(series.changedUnixMs);
}

/** `changedUnixMs`: sample timestamp of a series that has none on disk. */
export function addHead(series: AccumulatedSeries, head: SeriesHead): void {
  // A series that was shown with its value must never be shown as 0 again: Prometheus would treat that as a reset.
  if (!head.isZeroHeld) series.rule.accumulation.initialZero.reveal(series);
  series.noteStart(head.createdUnixNano);
  if (head.changedUnixMs > series.changedUnixMs) series.changedUnixMs = head.changedUnixMs;
}

/** The fields of a stored series before its total. */
export interface SeriesHead {
  readonly isZeroHeld: boolean;
  /** 0 if no stream has contributed. */
  readonly createdUnixNano: bigint;
  readonly changedUnixMs: number;
}

/** Reads what was written with {@link writeHead}. */
export function readHead(reader: ByteReader): SeriesHead {
  return { isZeroHeld: reader.boolean(), createdUnixNano: reader.uint64(), changedUnixMs: reader.double() };
}
