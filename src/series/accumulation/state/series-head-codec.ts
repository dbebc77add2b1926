import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** What all accumulated series have: whether they are still shown as 0, the earliest start, the latest point. */
export function writeHead(series: AccumulatedSeries, writer: ByteWriter): void {
  writer.boolean(series.isHeld);
  writer.uint64(series.createdUnixNano ?? 0n);
  writer.uint64(series.timeUnixNano);
}

export function addHead(series: AccumulatedSeries, reader: ByteReader): void {
  const isHeld = reader.boolean();
  // A series that was shown with its value must never be shown as 0 again: Prometheus would take that for a reset.
  if (!isHeld) series.rule.accumulation.zeroFirst.reveal(series);
  series.noteStart(reader.uint64());
  const time = reader.uint64();
  if (time > series.timeUnixNano) series.timeUnixNano = time;
}
