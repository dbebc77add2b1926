import { stableHash } from '#bytes/hash-text.ts';
import type { Slices } from '#flow/slices.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { DirtyRows } from '../state/dirty-rows.ts';
import type { RowSource } from '../state/row-source.ts';
import type { Horizons } from './horizons.ts';
import type { Stream } from './stream.ts';
import { TombstoneArrays } from './tombstone-arrays.ts';
import { TombstoneContents } from './tombstone-contents.ts';

/** Record of a discarded stream. */
export interface Tombstone extends TombstoneKey {
  /** Latest time of a point of the stream, ms since the Unix epoch, rounded up. */
  readonly timeUnixMs: number;
  /** Value (of histograms: count) up to which the stream has been counted. */
  readonly value: number;
  /** The lowest value received, rounded up to a float32; NaN if the stream did not count in full. */
  readonly lowest: number;
  /** Set if the stream was waiting for its baseline. */
  readonly limitUnixNano: bigint | undefined;
  /** The encoded value, if its size does not determine it; undefined if it is not known anymore. */
  readonly content: Uint8Array | undefined;
}

/** What identifies a discarded stream. */
export interface TombstoneKey {
  readonly seriesHash: number;
  readonly identity: number;
  /** 32-bit hash of the process. */
  readonly process: number;
  readonly startTimeUnixNano: bigint;
}

/** Tombstones that are one row on disk. */
const perBlock = 128;
/** Tombstones of one process or of one start time that are compared with a new stream: the latest. */
const maxCompared = 64;
/** Bytes of contents for each tombstone that is allowed: most streams have none. */
const contentBytes = 8;
const minContentBytes = 65_536;
const maxAgeMs = 7 * 86_400_000;
/** A time that is later than pitot's clock by more than this is wrong, ms. */
const maxAheadMs = 86_400_000;
/** Places of removed tombstones, as a multiple of `maxCount`, before which the oldest tombstone is dropped to make room. */
const maxRemovedShare = 1;
const minRemoved = 1_024;
/** The latest time that OTLP has. */
const latestTime = 2n ** 64n - 1n;

/**
 * The streams that pitot has counted and discarded, at most `maxCount` and at most a week old. The oldest are dropped first; then the
 * horizon of their series rises. About 56 bytes each, in typed arrays, in addition to `contents`, and at most twice as many places, since the place of a stream that is
 * active again stays empty until older tombstones are dropped.
 */
export class Tombstones implements RowSource {
  readonly prefix = 'x/';
  readonly #maxCount: number;
  readonly #horizons: Horizons;
  readonly #arrays = new TombstoneArrays();
  /** Must be read after the tombstones. */
  readonly contents: TombstoneContents;
  readonly #limits = new Map<number, bigint>();
  /** Time at which the latest tombstone of each block was added, ms since the Unix epoch. */
  readonly #blockTimes = new Map<number, number>();
  readonly dirty = new DirtyRows();

  constructor(options: { readonly maxCount: number; readonly horizons: Horizons }) {
    this.#maxCount = options.maxCount;
    this.#horizons = options.horizons;
    this.contents = new TombstoneContents({
      maxBytes: Math.max(minContentBytes, contentBytes * options.maxCount),
      perRow: perBlock,
    });
  }

  get size(): number {
    return this.#arrays.count;
  }

  add(tombstone: Tombstone, nowUnixMs: number): void {
    const number = this.#arrays.add(tombstone);
    if (tombstone.limitUnixNano !== undefined) this.#limits.set(number, tombstone.limitUnixNano);
    if (tombstone.content !== undefined) this.contents.add(number, tombstone.content);
    const block = blockOf(number);
    this.#blockTimes.set(block, nowUnixMs);
    this.dirty.add(block);
    this.dropSurplus();
  }

  /** Drops the oldest tombstones if there are too many. */
  dropSurplus(): void {
    const arrays = this.#arrays;
    const maxPlaces = this.#maxCount + Math.max(minRemoved, maxRemovedShare * this.#maxCount);
    while (arrays.count > this.#maxCount || arrays.size > maxPlaces) this.#dropOldest();
    while (arrays.size > 0 && arrays.isRemoved(arrays.first)) this.#dropOldest();
  }

  find(key: TombstoneKey): Tombstone | undefined {
    const number = this.#numberOf(key);
    return number === undefined ? undefined : this.#read(number);
  }

  /** Removes a tombstone whose stream is active again. */
  remove(key: TombstoneKey): void {
    const number = this.#numberOf(key);
    if (number === undefined) return;
    this.#arrays.remove(number);
    this.#limits.delete(number);
    this.contents.delete(number);
  }

  /** Returns the tombstones with the same OTLP identity and start time from other processes, newest first. */
  ofFamily(key: TombstoneKey): Iterable<Tombstone> {
    const newest = this.#arrays.withStart(key);
    return newest < 0 ? none : this.#ofFamily(key, newest);
  }

  *#ofFamily(key: TombstoneKey, newest: number): Generator<Tombstone, void> {
    let compared = 0;
    for (let number = newest; number >= 0; number = this.#arrays.withStart(key, number)) {
      if (this.#arrays.process(number) === key.process) continue;
      yield this.#read(number);
      if (++compared === maxCompared) return;
    }
  }

  /**
   * Yields the latest tombstones of the process with the same OTLP identity, newest first, regardless of their start
   * times.
   */
  *ofProcess(key: Omit<TombstoneKey, 'startTimeUnixNano'>): Generator<Tombstone, void> {
    let compared = 0;
    const arrays = this.#arrays;
    for (let number = arrays.withProcess(key); number >= 0; number = arrays.withProcess(key, number)) {
      yield this.#read(number);
      if (++compared === maxCompared) return;
    }
  }

  discardAll(): void {
    while (this.#arrays.size > 0) this.#dropOldest();
  }

  /** Discards tombstones that are older than a week. */
  *expire(nowUnixMs: number): Slices<void> {
    for (const [block, addedUnixMs] of this.#blockTimes) {
      if (nowUnixMs - addedUnixMs <= maxAgeMs) return;
      while (this.#arrays.size > 0 && blockOf(this.#arrays.first) === block) this.#dropOldest({ isAged: true });
      this.#blockTimes.delete(block);
      yield;
    }
  }

  write(block: number, writer: ByteWriter): boolean {
    const from = Math.max(this.#arrays.first, block * perBlock);
    const until = Math.min(this.#arrays.next, (block + 1) * perBlock);
    if (from >= until) return false;
    writer.double(this.#blockTimes.get(block) ?? 0);
    writer.uint(from - block * perBlock);
    writer.uint(until - from);
    for (let number = from; number < until; number++) {
      const { seriesHash, identity, process, startTimeUnixNano, timeUnixMs, value, lowest, limitUnixNano } =
        this.#read(number);
      writer.uint32(seriesHash);
      writer.uint32(identity);
      writer.uint32(process);
      writer.uint64(startTimeUnixNano);
      writer.double(timeUnixMs);
      writer.double(value);
      writer.double(lowest);
      writer.boolean(limitUnixNano !== undefined);
      if (limitUnixNano !== undefined) writer.uint64(limitUnixNano);
    }
    return true;
  }

  /**
   * Reads a row. Rows must be read in the order of their blocks, and `dropSurplus` must follow. A tombstone replaces an
   * older one of the same stream.
   */
  read(block: number, reader: ByteReader): void {
    const addedUnixMs = reader.double();
    this.#arrays.skipTo(block * perBlock + reader.uint());
    for (let left = reader.uint(); left > 0; left--) {
      const tombstone = readTombstone(reader);
      this.remove(tombstone);
      const number = this.#arrays.add(tombstone);
      if (tombstone.limitUnixNano !== undefined) this.#limits.set(number, tombstone.limitUnixNano);
      this.#blockTimes.set(blockOf(number), addedUnixMs);
    }
  }

  #raiseHorizon(number: number, isAged: boolean): void {
    const { seriesHash, startTimeUnixNano, timeUnixMs } = this.#arrays.read(number);
    // A process without start times that has been silent for a week has ended. With a horizon, no such process would count in full anymore.
    if (startTimeUnixNano === 0n && isAged) return;
    const addedUnixMs = this.#blockTimes.get(blockOf(number)) || Number.POSITIVE_INFINITY;
    const isAhead = (unixMs: number) => unixMs > addedUnixMs + maxAheadMs;
    this.#horizons.raise(seriesHash, {
      // A horizon in a distant future would never be passed: no process would count in full anymore.
      startTimeUnixNano: isAhead(Number(startTimeUnixNano) / 1e6) ? nanosOf(addedUnixMs) : startTimeUnixNano,
      limitUnixNano: nanosOf(isAhead(timeUnixMs) ? addedUnixMs : timeUnixMs),
    });
  }

  #numberOf(key: TombstoneKey): number | undefined {
    const arrays = this.#arrays;
    for (let number = arrays.withStart(key); number >= 0; number = arrays.withStart(key, number)) {
      if (arrays.process(number) === key.process) return number;
    }
    return undefined;
  }

  #read(number: number): Tombstone {
    return {
      ...this.#arrays.read(number),
      limitUnixNano: this.#limits.get(number),
      content: this.contents.get(number),
    };
  }

  #dropOldest({ isAged = false } = {}): void {
    const arrays = this.#arrays;
    const number = arrays.first;
    if (!arrays.isRemoved(number)) this.#raiseHorizon(number, isAged);
    this.#limits.delete(number);
    this.contents.delete(number);
    arrays.dropOldest();
    const block = blockOf(number);
    if (arrays.size > 0 && blockOf(arrays.first) === block) return;
    this.dirty.add(block);
    this.contents.dropRow(block);
    if (arrays.size > 0 || blockOf(arrays.next) !== block) this.#blockTimes.delete(block);
  }
}

/** Returns the tombstone of a stream. `counted` is the state that its rule keeps. */
export function tombstoneOf(
  { series, identity, process, startTimeUnixNano, timeUnixNano }: Stream,
  counted: Pick<Tombstone, 'value' | 'lowest' | 'limitUnixNano' | 'content'>,
): Tombstone {
  const timeUnixMs = Math.ceil(Number(timeUnixNano) / 1e6);
  return {
    seriesHash: series.hash,
    identity,
    process: processHash(process),
    startTimeUnixNano,
    timeUnixMs,
    ...counted,
  };
}

/** Returns the hash of a process in tombstones. 0 without process attributes. */
export function processHash(process: string): number {
  if (process === '') return 0;
  if (process !== latestProcess) {
    latestProcess = process;
    latestHash = stableHash(process);
  }
  return latestHash;
}

/** The points of a request come from one process. */
let latestProcess = '';
let latestHash = 0;

function readTombstone(reader: ByteReader): Tombstone {
  return {
    seriesHash: reader.uint32() | 0,
    identity: reader.uint32() | 0,
    process: reader.uint32() | 0,
    startTimeUnixNano: reader.uint64(),
    timeUnixMs: reader.double(),
    value: reader.double(),
    lowest: reader.double(),
    limitUnixNano: reader.boolean() ? reader.uint64() : undefined,
    content: undefined,
  };
}

const none: readonly Tombstone[] = [];

function nanosOf(unixMs: number): bigint {
  const nanos = BigInt(Math.ceil(unixMs)) * 1_000_000n;
  return nanos < latestTime ? nanos : latestTime;
}

function blockOf(number: number): number {
  return Math.floor(number / perBlock);
}
