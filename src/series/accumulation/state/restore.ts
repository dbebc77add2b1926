import type { Clock } from '#component/component.ts';
import type { StorageClient } from '#component/extension.ts';
import type { Slices } from '#flow/slices.ts';
import type { SeriesRegistry } from '../../policy.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { deltaStart, Stream } from '../streams/stream.ts';
import type { StreamTable } from '../streams/stream-table.ts';
import { processHash } from '../streams/tombstones.ts';
import { ByteReader } from './byte-reader.ts';
import { IdentityReader } from './identity-codec.ts';
import { exceedsLimits } from './row-limits.ts';
import type { RowSource } from './row-source.ts';
import { idOf, type Meta, NewerStateError, readMeta, rowKeys, rowPrefixes, streamFlags } from './rows.ts';
import { addHead, readHead } from './series-head-codec.ts';
import { StreamBlock } from './stream-block.ts';
import {
  readHeadOfVersion1,
  readStreamsOfVersion1,
  readTotalOfVersion1,
  replaceExpiredOfVersion1,
  type SeriesById,
} from './version-1.ts';

/** Parameters of {@link restoreState}. */
export interface RestoreOptions {
  readonly client: StorageClient;
  readonly clock: Clock;
  readonly registry: SeriesRegistry;
  readonly streams: StreamTable;
  /** Tombstones, horizons, and early processes. */
  readonly sources: readonly RowSource[];
  /** `stream_expiration`, ms. */
  readonly streamExpirationMs: number;
}

/** The state that was on disk. */
export interface Restored {
  readonly meta: Meta | undefined;
  readonly seriesCount: number;
  readonly series: Iterable<AccumulatedSeries>;
  /** Series of an earlier version that exceed the receiver's limits. They are not restored, and their rows are deleted. */
  readonly droppedSeries: number;
  readonly streamCount: number;
  readonly lastSeriesId: number;
  readonly lastBlockId: number;
  readonly merged: Merged;
  /** Number of rows that were corrupted, or unusable without a corrupted one. */
  readonly lostRows: number;
}

/**
 * Data that must be written again: stored series that were merged because their labels are equal under the current
 * settings, or all of a state of an earlier version.
 */
export interface Merged {
  /** IDs of series whose rows are deleted. */
  readonly removedIds: readonly number[];
  /** Series that have changed. */
  readonly series: ReadonlySet<AccumulatedSeries>;
  readonly blocks: readonly StreamBlock[];
}

/** All rows start with one of these. */
const knownPrefixes = (sources: readonly RowSource[]) => [
  rowKeys.meta,
  ...Object.values(rowPrefixes),
  ...sources.map(({ prefix }) => prefix),
];

/** Bytes of rows between two pauses: about a millisecond, and much less than 50 ms if they consist of long texts. */
const sliceBytes = 64 * 1024;
/** Cost of a row without its bytes, in bytes. */
const rowBytes = 256;

/** Number of streams between two pauses. */
const stepsPerSlice = 1_000;

/** Decides after which row to pause. */
class Pause {
  #bytes = 0;

  isDueAfter(row: Uint8Array): boolean {
    this.#bytes += row.length + rowBytes;
    if (this.#bytes < sliceBytes) return false;
    this.#bytes = 0;
    return true;
  }
}

/**
 * Reads the whole state into memory, in slices: health is answered meanwhile. Ignores rows that storage has found corrupted, and rows that depend on one of
 * them. Idle times continue from the time when the state was written: pitot discards nothing because it was stopped.
 * @throws NewerStateError if a later version of pitot wrote the state
 * @throws Error if an intact row cannot be read, or max_series does not allow all series
 */
export function* restoreState(options: RestoreOptions): Slices<Restored> {
  const { client, streams } = options;
  const metaRow = client.read(rowKeys.meta) ?? client.read(rowKeys.metaCopy);
  if (!metaRow) return restoreNothing(client);
  const meta = inRow(rowKeys.meta, () => readMeta(new ByteReader(metaRow)));
  for (const key of client.keysOutside(knownPrefixes(options.sources))) client.setAside(key, 'the key is unknown');
  const series = yield* restoreSeries(options, meta);
  const blocks = yield* restoreBlocks(options, meta, series);
  const pause = new Pause();
  for (const source of options.sources) {
    for (const [key, row] of client.scan(source.prefix)) {
      inRow(key, () => source.read(idOf(key), new ByteReader(row)));
      if (pause.isDueAfter(row)) yield;
    }
  }
  yield* removeTombstonesOfActive(streams, series.byId.values());
  streams.tombstones.dropSurplus();
  const isOld = meta.version === 1;
  if (isOld) replaceExpiredOfVersion1(streams, meta, options.streamExpirationMs);
  return {
    meta,
    series: series.byId.values(),
    seriesCount: series.byId.size - (series.removedIds.length - series.tooLarge),
    droppedSeries: series.tooLarge,
    streamCount: blocks.streamCount,
    lastSeriesId: series.lastId,
    lastBlockId: blocks.lastId,
    merged: {
      removedIds: series.removedIds,
      series: isOld ? new Set(series.byId.values()) : series.merged,
      blocks: isOld ? blocks.all : blocks.merged,
    },
    lostRows: client.lostEntries,
  };
}

/** @throws Error if there are rows that cannot be interpreted without the first one */
function restoreNothing(client: StorageClient): Restored {
  const [other] = client.keysOutside([]);
  if (other !== undefined && client.lostEntries === 0) throw new Error(`row ${rowKeys.meta} is missing; ${remedy}`);
  if (other !== undefined) throw new Error(`row ${rowKeys.meta} and its copy are corrupted; ${remedy}`);
  return {
    meta: undefined,
    series: [],
    seriesCount: 0,
    droppedSeries: 0,
    streamCount: 0,
    lastSeriesId: 0,
    lastBlockId: 0,
    merged: { removedIds: [], series: new Set(), blocks: [] },
    lostRows: client.lostEntries,
  };
}

interface RestoredSeries {
  readonly byId: Map<number, AccumulatedSeries>;
  readonly merged: Set<AccumulatedSeries>;
  readonly removedIds: number[];
  lastId: number;
  /** Series above the limits, which are dropped. */
  tooLarge: number;
}

function* restoreSeries(
  { client, clock, registry }: RestoreOptions,
  { writtenUnixMs, version, isLimited }: Meta,
): Slices<RestoredSeries> {
  const restored: RestoredSeries = { byId: new Map(), merged: new Set(), removedIds: [], lastId: 0, tooLarge: 0 };
  const nowMs = clock.monotonic();
  const nowUnixMs = Math.floor(clock.now());
  const identities = new IdentityReader();
  const pause = new Pause();
  for (const { id, key, row, totalKey, totalRow } of pairs(client)) {
    restored.lastId = id;
    if (pause.isDueAfter(row)) yield;
    const identity = inRow(key, () => identities.read(new ByteReader(row)));
    if (!isLimited && exceedsLimits(identity, totalRow)) {
      restored.removedIds.push(id);
      restored.tooLarge += 1;
      continue;
    }
    const reader = new ByteReader(totalRow);
    const idleMs = inRow(totalKey, () => Math.max(0, writtenUnixMs - reader.double()));
    const series = registry.restore(identity, Math.round(nowMs - idleMs));
    if (!(series instanceof AccumulatedSeries)) {
      throw new Error('there are more series in storage than max_series allows; raise max_series');
    }
    if (series.id === 0) series.id = id;
    else {
      restored.merged.add(series);
      restored.removedIds.push(id);
    }
    inRow(totalKey, () => {
      const head = version === 1 ? readHeadOfVersion1(reader) : readHead(reader);
      addHead(series, { ...head, changedUnixMs: head.changedUnixMs > 0 ? head.changedUnixMs : nowUnixMs });
      if (version === 1) readTotalOfVersion1(series, reader);
      else series.rule.addTotal(series, reader);
    });
    registry.changed(series);
    restored.byId.set(id, series);
  }
  return restored;
}

/** Returns each identity with its total, in the order of their IDs. An identity or total alone is set aside. */
function* pairs(client: StorageClient) {
  const totals = client.scan(rowPrefixes.total)[Symbol.iterator]();
  let total = totals.next();
  const setAsideTotals = (limit: string) => {
    for (; !total.done && total.value[0] < limit; total = totals.next()) {
      client.setAside(total.value[0], 'the identity of its series is missing');
    }
  };
  for (const [key, row] of client.scan(rowPrefixes.identity)) {
    const id = idOf(key);
    const totalKey = rowKeys.total(id);
    setAsideTotals(totalKey);
    if (total.done || total.value[0] !== totalKey) {
      client.setAside(key, 'the total of its series is missing');
      continue;
    }
    yield { id, key, row, totalKey, totalRow: total.value[1] };
    total = totals.next();
  }
  setAsideTotals(`${rowPrefixes.total}~`);
}

interface RestoredBlocks {
  readonly streamCount: number;
  readonly lastId: number;
  readonly all: readonly StreamBlock[];
  readonly merged: readonly StreamBlock[];
}

function* restoreBlocks(
  { client, clock, streams }: RestoreOptions,
  meta: Meta,
  series: RestoredSeries,
): Slices<RestoredBlocks> {
  const blocks: { block: StreamBlock; streams: Stream[] }[] = [];
  const merged: StreamBlock[] = [];
  let lastId = 0;
  const nowMs = clock.monotonic();
  let isIncomplete = false;
  const read = meta.version === 1 ? readStreamsOfVersion1 : readStreams;
  const pause = new Pause();
  for (const [key, row] of client.scan(rowPrefixes.block)) {
    lastId = idOf(key);
    if (pause.isDueAfter(row)) yield;
    const block = new StreamBlock(lastId);
    const restored = inRow(key, () => {
      const reader = new ByteReader(row);
      block.row = row;
      block.writtenSeenMs = Math.round(nowMs - Math.max(0, meta.writtenUnixMs - reader.double()));
      const onMissing = () => {
        isIncomplete = true;
      };
      return read(reader, block, { byId: series.byId, onMissing });
    });
    if (isIncomplete || restored.some((stream) => series.merged.has(stream.series))) merged.push(block);
    isIncomplete = false;
    blocks.push({ block, streams: restored });
  }
  // The table must receive streams in the order in which their latest points arrived.
  blocks.sort((a, b) => a.block.writtenSeenMs - b.block.writtenSeenMs);
  let streamCount = 0;
  for (const { block, streams: restored } of blocks) {
    if (pause.isDueAfter(block.row!)) yield;
    for (const stream of restored) {
      const known = series.merged.has(stream.series) ? stream.series.streams.find(stream) : undefined;
      if (known !== undefined) {
        // Before their series became one, each of them counted the process. The later one has counted more of it.
        if (known.timeUnixNano > stream.timeUnixNano) {
          stream.series.rule.discarded(stream);
          continue;
        }
        known.block?.streams.delete(known);
        streams.replace(known);
        streamCount--;
      }
      streams.adopt(stream);
      block.streams.add(stream);
      // A series remains while points of it arrive, even if nothing changes.
      if (stream.lastSeenMs > stream.series.updatedMs) stream.series.updatedMs = stream.lastSeenMs;
      streamCount++;
    }
  }
  return { streamCount, lastId, all: blocks.map(({ block }) => block), merged };
}

function readStreams(reader: ByteReader, block: StreamBlock, { byId, onMissing }: SeriesById): Stream[] {
  const streams: Stream[] = [];
  let process = '';
  for (let left = reader.uint(); left > 0; left--) {
    const flags = reader.uint();
    if ((flags & streamFlags.hasProcess) !== 0) process = reader.text();
    const series = byId.get(reader.uint());
    const identity = reader.uint32() | 0;
    const startTimeUnixNano = (flags & streamFlags.isDelta) !== 0 ? deltaStart : reader.uint64();
    const storedAt = reader.skipNested();
    if (series === undefined) onMissing();
    else streams.push(Stream.stored(series, { identity, startTimeUnixNano, process }, { block, storedAt }));
  }
  return streams;
}

/** Removes tombstones of active streams. A tombstone remains on disk when its stream becomes active again. */
function* removeTombstonesOfActive({ tombstones }: StreamTable, series: Iterable<AccumulatedSeries>): Slices<void> {
  if (tombstones.size === 0) return;
  let steps = 0;
  for (const { hash, streams } of series) {
    for (const { identity, process, startTimeUnixNano } of streams.all()) {
      if (++steps % stepsPerSlice === 0) yield;
      tombstones.remove({ seriesHash: hash, identity, process: processHash(process), startTimeUnixNano });
    }
  }
}

const remedy = 'restore the file from a backup, or move it to start with empty totals';

/** Adds the key of the row to an error. */
function inRow<Result>(key: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof NewerStateError) throw error;
    throw new Error(`row ${key} of the stored totals cannot be read: ${(error as Error).message}; ${remedy}`);
  }
}
