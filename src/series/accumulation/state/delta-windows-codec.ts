import { DeltaWindows } from '../streams/delta-windows.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Writes the delta windows of a stream. */
export function writeDeltaWindows({ hashes, withoutSum }: DeltaWindows, writer: ByteWriter): void {
  writer.doubles(hashes);
  writer.doubles(withoutSum ?? []);
}

/** Reads windows that `writeDeltaWindows` wrote. */
export function readDeltaWindows(reader: ByteReader): DeltaWindows {
  const windows = new DeltaWindows();
  windows.hashes.push(...reader.doubles());
  const withoutSum = reader.doubles();
  if (withoutSum.length > 0) windows.withoutSum = withoutSum;
  return windows;
}
