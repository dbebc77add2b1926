import { processOf } from '#prometheus/from-otlp/target-identity.ts';
import { CumulativeRule } from '../rules/cumulative-rule.ts';
import { UpDownCounterRule } from '../rules/up-down-counter.ts';
import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { DeltaWindows, windowHash } from '../streams/delta-windows.ts';
import { anyIdentity, deltaStart, Stream, type StreamContent } from '../streams/stream.ts';
import type { StreamTable } from '../streams/stream-table.ts';
import { ByteReader } from './byte-reader.ts';
import { type Meta, streamFlags } from './rows.ts';
import type { SeriesHead } from './series-head-codec.ts';
import type { StreamBlock } from './stream-block.ts';

/*
 * Reads state of version 1, which pitot wrote until November 2026. It had no tombstones, no OTLP identity of streams,
 * and no reasons for baselines.
 */

/** Flags of the optional parts of a stream. */
const has = { baseline: 1, first: 2 } as const;

/** Reads the head of a series in the state of version 1. */
export function readHeadOfVersion1(reader: ByteReader): SeriesHead {
  const head = { isZeroHeld: reader.boolean(), createdUnixNano: reader.uint64(), changedUnixMs: 0 };
  // The time of the latest point, by the clock of its process.
  reader.uint64();
  return head;
}

/** Totals of version 1 have no flag after those of up-down counters. */
export function readTotalOfVersion1(series: AccumulatedSeries, reader: ByteReader): void {
  const { rule } = series;
  if (rule instanceof UpDownCounterRule) rule.addTotalOfVersion1(series, reader);
  else rule.addTotal(series, reader);
}

/** Restored series by their number in the state of version 1. */
export interface SeriesById {
  readonly byId: ReadonlyMap<number, AccumulatedSeries>;
  /** Called for a stream whose series is missing. The stream is ignored. */
  onMissing(): void;
}

/** Reads the streams of a block in the state of version 1. Streams without a series are left out. */
export function readStreamsOfVersion1(
  reader: ByteReader,
  block: StreamBlock,
  { byId, onMissing }: SeriesById,
): Stream[] {
  const streams: Stream[] = [];
  let process = '';
  for (let left = reader.uint(); left > 0; left--) {
    const flags = reader.uint();
    if ((flags & streamFlags.hasProcess) !== 0) process = processOf(reader.text());
    const series = byId.get(reader.uint());
    const startTimeUnixNano = (flags & streamFlags.isDelta) !== 0 ? deltaStart : reader.uint64();
    if (series === undefined) {
      reader.skipNested();
      onMissing();
      continue;
    }
    const contentReader = new ByteReader(block.row as Uint8Array, reader.skipNested());
    const content = readContent(contentReader, series, startTimeUnixNano);
    const key = { identity: anyIdentity, startTimeUnixNano, process };
    const stream = Stream.begun(series, key, content, block.writtenSeenMs);
    stream.block = block;
    streams.push(stream);
  }
  return streams;
}

function readContent(reader: ByteReader, { rule }: AccumulatedSeries, startTimeUnixNano: bigint): StreamContent {
  const timeUnixNano = reader.uint64();
  if (startTimeUnixNano === deltaStart) {
    const windows = readDeltaWindows(reader, rule instanceof CumulativeRule && rule.hasSums);
    return { value: windows, lowest: windows, timeUnixNano, baseline: undefined };
  }
  if (!(rule instanceof CumulativeRule)) {
    const value = reader.double();
    return { value, lowest: value, timeUnixNano, baseline: undefined };
  }
  const value: unknown = rule.readValue(reader);
  const flags = reader.uint();
  const baselineUnixNano = (flags & has.baseline) !== 0 ? reader.uint64() : undefined;
  const lowest: unknown = (flags & has.first) !== 0 ? rule.readValue(reader) : value;
  if (baselineUnixNano === undefined) return { value, lowest, timeUnixNano, baseline: undefined };
  // Whether the stream was forked is unknown. The baseline of a resumed stream does not decrease.
  const baseline = { kind: 'resumed', value, timeUnixNano: baselineUnixNano, limitUnixNano: undefined } as const;
  return { value, lowest, timeUnixNano, baseline };
}

function readDeltaWindows(reader: ByteReader, hasSums: boolean): DeltaWindows {
  const windows = new DeltaWindows();
  const withoutSum: number[] = [];
  reader.uint64();
  for (let left = reader.uint(); left > 0; left--) {
    const [start, time, size] = [reader.uint64(), reader.uint64(), reader.double()];
    if (hasSums) withoutSum.push(windowHash(start, time, size, Number.NaN));
    else windows.hashes.push(windowHash(start, time, size, 0));
  }
  if (withoutSum.length > 0) windows.withoutSum = withoutSum;
  return windows;
}

/**
 * Streams that version 1 discarded have no tombstones. They had been idle for `stream_expiration` when the state was written: a new stream
 * from before that time is treated as returning.
 */
export function replaceExpiredOfVersion1({ horizons }: StreamTable, meta: Meta, streamExpirationMs: number): void {
  if (!Number.isFinite(streamExpirationMs)) return;
  const expiredUnixNano = BigInt(Math.floor(meta.writtenUnixMs - streamExpirationMs)) * 1_000_000n;
  if (expiredUnixNano <= meta.epochUnixNano) return;
  horizons.raiseShared({ startTimeUnixNano: expiredUnixNano, limitUnixNano: expiredUnixNano });
}
