import { DeltaWindows } from '../streams/delta-windows.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

export function writeDeltaWindows({ recent, lastTimeUnixNano }: DeltaWindows, writer: ByteWriter): void {
  writer.uint64(lastTimeUnixNano);
  writer.uint(recent.length / 3);
  for (let i = 0; i < recent.length; i += 3) {
    writer.uint64(recent[i] as bigint);
    writer.uint64(recent[i + 1] as bigint);
    writer.double(recent[i + 2] as number);
  }
}

export function readDeltaWindows(reader: ByteReader): DeltaWindows {
  const windows = new DeltaWindows();
  windows.lastTimeUnixNano = reader.uint64();
  for (let left = reader.uint(); left > 0; left--) {
    windows.recent.push(reader.uint64(), reader.uint64(), reader.double());
  }
  return windows;
}
