import type { DataPoint } from '#pdata/metrics.ts';
import type { PointContext } from '../../policy.ts';
import { ByteReader } from '../state/byte-reader.ts';
import { ByteWriter } from '../state/byte-writer.ts';
import { DirtyRows } from '../state/dirty-rows.ts';
import type { RowSource } from '../state/row-source.ts';
import type { AccumulatedSeries } from './accumulated-series.ts';
import { processHash } from './tombstones.ts';

/** Resolution of coarse clocks, ns. Unrelated processes can share a start time that is a multiple of it. */
const coarseNano = 1_000_000n;
/** Maximum number of windows to keep for all series. Forks export theirs within one export interval. */
const maxWindows = 20_000;
const perRow = 32;

/** Encodes and decodes the content of a window for a rule. */
export interface WindowCodec<Value> {
  writeValue(value: Value, writer: ByteWriter): void;
  readValue(reader: ByteReader): Value;
}

interface Window {
  readonly startTimeUnixNano: bigint;
  readonly seriesHash: number;
  readonly identity: number;
  readonly process: number;
  readonly value: unknown;
  /** Undefined if `value` consists of the bytes that were read from disk. */
  readonly codec: WindowCodec<unknown> | undefined;
}

/**
 * The latest delta windows by start time. A forked process exports the counts that its parent had not exported yet: its
 * first window begins at the same nanosecond as a window of its parent.
 */
export class ForkWindows implements RowSource {
  readonly prefix = 'f/';
  readonly #byStart = new Map<bigint, Window[]>();
  /** Windows by number, oldest first. */
  readonly #windows = new Map<number, Window>();
  #next = 0;
  readonly dirty = new DirtyRows();

  /** Adds a window. Returns the content of the first window of another process with the same start time. */
  add<Value>(
    series: AccumulatedSeries,
    source: {
      readonly point: DataPoint;
      readonly context: PointContext;
      readonly identity: number;
      readonly value: Value;
      readonly codec: WindowCodec<Value>;
    },
  ): Value | undefined {
    const { point, identity, value, codec } = source;
    const { startTimeUnixNano } = point;
    if (source.context.process === '' || startTimeUnixNano % coarseNano === 0n) return undefined;
    const process = processHash(source.context.process);
    const seriesHash = series.hash;
    const first = this.#byStart
      .get(startTimeUnixNano)
      ?.find((one) => one.seriesHash === seriesHash && one.identity === identity);
    if (first) return first.process === process ? undefined : (contentOf(first, codec) as Value);
    this.#add({ startTimeUnixNano, seriesHash, identity, process, value, codec: codec as WindowCodec<unknown> });
    return undefined;
  }

  write(row: number, writer: ByteWriter): boolean {
    const numbers = Array.from({ length: perRow }, (_, i) => row * perRow + i).filter((one) => this.#windows.has(one));
    if (numbers.length === 0) return false;
    for (const number of numbers) {
      const window = this.#windows.get(number)!;
      writer.boolean(true);
      writer.uint(number - row * perRow);
      writer.uint64(window.startTimeUnixNano);
      writer.uint32(window.seriesHash);
      writer.uint32(window.identity);
      writer.uint32(window.process);
      writer.bytes(bytesOf(window));
    }
    writer.boolean(false);
    return true;
  }

  read(row: number, reader: ByteReader): void {
    while (reader.boolean()) {
      this.#next = row * perRow + reader.uint();
      this.#add({
        startTimeUnixNano: reader.uint64(),
        seriesHash: reader.uint32() | 0,
        identity: reader.uint32() | 0,
        process: reader.uint32() | 0,
        value: reader.bytes().slice(),
        codec: undefined,
      });
    }
    this.dirty.clear();
  }

  #add(window: Window): void {
    const { startTimeUnixNano } = window;
    const sameStart = this.#byStart.get(startTimeUnixNano);
    if (sameStart) sameStart.push(window);
    else this.#byStart.set(startTimeUnixNano, [window]);
    this.#windows.set(this.#next, window);
    this.dirty.add(Math.floor(this.#next / perRow));
    this.#next += 1;
    if (this.#windows.size > maxWindows) this.#dropOldest();
  }

  #dropOldest(): void {
    for (const [number, window] of this.#windows) {
      this.#windows.delete(number);
      const sameStart = this.#byStart.get(window.startTimeUnixNano)?.filter((one) => one !== window) ?? [];
      if (sameStart.length > 0) this.#byStart.set(window.startTimeUnixNano, sameStart);
      else this.#byStart.delete(window.startTimeUnixNano);
      // A row is deleted with its last window.
      if (number % perRow === perRow - 1) this.dirty.add(Math.floor(number / perRow));
      return;
    }
  }
}

function contentOf({ value, codec }: Window, known: WindowCodec<unknown> | WindowCodec<never>): unknown {
  return codec ? value : known.readValue(new ByteReader(value as Uint8Array));
}

function bytesOf({ value, codec }: Window): Uint8Array {
  if (!codec) return value as Uint8Array;
  const writer = new ByteWriter();
  codec.writeValue(value, writer);
  return writer.take();
}
