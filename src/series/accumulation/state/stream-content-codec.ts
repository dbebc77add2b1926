import { type Baseline, baselineKinds } from '../streams/baseline.ts';
import type { StreamContent } from '../streams/stream.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Flags of the optional parts of a stream. */
const has = { baseline: 1, lowest: 2, limit: 4, baselineValue: 8 } as const;

/** Writes the content of a cumulative stream. A value that equals the stream's own is not repeated. */
export function writeContent<Value>(
  { value, lowest, timeUnixNano, baseline }: StreamContent<Value>,
  writer: ByteWriter,
  writeValue: (value: Value) => void,
): void {
  writer.uint(
    (lowest === value ? 0 : has.lowest) |
      (baseline === undefined ? 0 : has.baseline) |
      (baseline?.limitUnixNano === undefined ? 0 : has.limit) |
      (baseline === undefined || baseline.value === value ? 0 : has.baselineValue),
  );
  writer.uint64(timeUnixNano);
  writeValue(value);
  if (lowest !== value) writeValue(lowest);
  if (baseline === undefined) return;
  writer.uint(baselineKinds.indexOf(baseline.kind));
  writer.uint64(baseline.timeUnixNano);
  if (baseline.limitUnixNano !== undefined) writer.uint64(baseline.limitUnixNano);
  if (baseline.value !== value) writeValue(baseline.value);
}

/** Reads the data that `writeContent` wrote. */
export function readContent<Value>(reader: ByteReader, readValue: () => Value): StreamContent<Value> {
  const flags = reader.uint();
  const timeUnixNano = reader.uint64();
  const value = readValue();
  const lowest = (flags & has.lowest) === 0 ? value : readValue();
  return { value, lowest, timeUnixNano, baseline: readBaseline(reader, flags, value, readValue) };
}

function readBaseline<Value>(
  reader: ByteReader,
  flags: number,
  value: Value,
  readValue: () => Value,
): Baseline<Value> | undefined {
  if ((flags & has.baseline) === 0) return undefined;
  const kind = baselineKinds[reader.uint()];
  if (kind === undefined) throw new RangeError('unknown kind of baseline');
  const timeUnixNano = reader.uint64();
  const limitUnixNano = (flags & has.limit) === 0 ? undefined : reader.uint64();
  return { kind, timeUnixNano, limitUnixNano, value: (flags & has.baselineValue) === 0 ? value : readValue() };
}
