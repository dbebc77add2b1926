import type { Clock } from '#component/component.ts';
import type { StorageClient } from '#component/extension.ts';
import type { SeriesRegistry } from '../../policy.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { deltaStart, Stream } from '../streams/stream.ts';
import type { StreamTable } from '../streams/stream-table.ts';
import { ByteReader } from './byte-reader.ts';
import { IdentityReader } from './identity-codec.ts';
import { idOf, type Meta, readMeta, rowKeys, rowPrefixes, streamFlags } from './rows.ts';
import { StreamBlock } from './stream-block.ts';

interface RestoreOptions {
  readonly client: StorageClient;
  readonly clock: Clock;
  readonly registry: SeriesRegistry;
  readonly streams: StreamTable;
}

/** What was found on disk. */
export interface Restored {
  readonly meta: Meta | undefined;
  readonly seriesCount: number;
  readonly streamCount: number;
  readonly lastSeriesId: number;
  readonly lastBlockId: number;
  readonly merged: Merged;
}

/**
 * What must be written anew because several stored series are one now: with another process attribute they differ in nothing
 * that is left.
 */
export interface Merged {
  /** Series whose rows go. */
  readonly goneIds: readonly number[];
  /** Into which they went. */
  readonly series: ReadonlySet<AccumulatedSeries>;
  readonly pages: readonly StreamBlock[];
}

/**
 * Reads the whole state into memory. Idle times go on from where they were when it was written: while the exporter was down
 * nobody could be heard, and nobody is forgotten for that. Throws where a row can't be read, or there is no room for all.
 */
export function restoreState(options: RestoreOptions): Restored {
  const { client } = options;
  const metaRow = client.read(rowKeys.meta);
  if (!metaRow) return nothing;
  const meta = inRow(rowKeys.meta, () => readMeta(new ByteReader(metaRow)));
  const series = restoreSeries(options, meta);
  const pages = restoreBlocks(options, meta, series);
  return {
    meta,
    seriesCount: series.byId.size - series.goneIds.length,
    streamCount: pages.streamCount,
    lastSeriesId: series.lastId,
    lastBlockId: pages.lastId,
    merged: { goneIds: series.goneIds, series: series.merged, pages: pages.merged },
  };
}

const nothing: Restored = {
  meta: undefined,
  seriesCount: 0,
  streamCount: 0,
  lastSeriesId: 0,
  lastBlockId: 0,
  merged: { goneIds: [], series: new Set(), pages: [] },
};

interface RestoredSeries {
  readonly byId: Map<number, AccumulatedSeries>;
  readonly merged: Set<AccumulatedSeries>;
  readonly goneIds: number[];
  lastId: number;
}

function restoreSeries({ client, clock, registry }: RestoreOptions, { writtenUnixMs }: Meta): RestoredSeries {
  const restored: RestoredSeries = { byId: new Map(), merged: new Set(), goneIds: [], lastId: 0 };
  const nowMs = clock.monotonic();
  const identities = new IdentityReader();
  const totals = client.scan(rowPrefixes.total)[Symbol.iterator]();
  for (const [key, row] of client.scan(rowPrefixes.identity)) {
    const id = idOf(key);
    restored.lastId = id;
    // Both are written together, so both scans go in step.
    const next = totals.next();
    const [totalKey, totalRow] = next.done ? ['', undefined] : next.value;
    if (totalKey !== rowKeys.total(id) || !totalRow) throw new Error(`row ${rowKeys.total(id)} is missing`);
    const identity = inRow(key, () => identities.read(new ByteReader(row)));
    const reader = new ByteReader(totalRow);
    const idleMs = inRow(totalKey, () => Math.max(0, writtenUnixMs - reader.double()));
    const series = registry.restore(identity, Math.round(nowMs - idleMs));
    if (!(series instanceof AccumulatedSeries)) {
      throw new Error('there are more series in storage than max_series allows: raise it');
    }
    if (series.id === 0) series.id = id;
    else {
      restored.merged.add(series);
      restored.goneIds.push(id);
    }
    inRow(totalKey, () => series.rule.addTotal(series, reader));
    registry.changed(series);
    restored.byId.set(id, series);
  }
  return restored;
}

function restoreBlocks({ client, clock, streams }: RestoreOptions, { writtenUnixMs }: Meta, series: RestoredSeries) {
  const pages: { page: StreamBlock; streams: Stream[] }[] = [];
  const merged: StreamBlock[] = [];
  let lastId = 0;
  const nowMs = clock.monotonic();
  for (const [key, row] of client.scan(rowPrefixes.page)) {
    lastId = idOf(key);
    const page = new StreamBlock(lastId);
    const restored = inRow(key, () => {
      const reader = new ByteReader(row);
      page.row = row;
      page.writtenHeardMs = Math.round(nowMs - Math.max(0, writtenUnixMs - reader.double()));
      return readStreams(reader, page, series.byId);
    });
    if (restored.some((stream) => series.merged.has(stream.series))) merged.push(page);
    pages.push({ page, streams: restored });
  }
  // The table wants them in the order in which they were heard of.
  pages.sort((a, b) => a.page.writtenHeardMs - b.page.writtenHeardMs);
  let streamCount = 0;
  for (const { page, streams: restored } of pages) {
    for (const stream of restored) {
      if (series.merged.has(stream.series) && stream.series.streams.find(stream)) continue;
      streams.adopt(stream);
      page.streams.add(stream);
      // A series lives as long as somebody sends it, also when nothing changes.
      if (stream.heardMs > stream.series.updatedMs) stream.series.updatedMs = stream.heardMs;
      streamCount++;
    }
  }
  return { streamCount, lastId, merged };
}

function readStreams(reader: ByteReader, page: StreamBlock, byId: ReadonlyMap<number, AccumulatedSeries>): Stream[] {
  const streams: Stream[] = [];
  let process = '';
  for (let left = reader.uint(); left > 0; left--) {
    const flags = reader.uint();
    if ((flags & streamFlags.hasProcess) !== 0) process = reader.text();
    const id = reader.uint();
    const owner = byId.get(id);
    if (!owner) throw new RangeError(`there is no series ${id}`);
    const startTimeUnixNano = (flags & streamFlags.isDelta) !== 0 ? deltaStart : reader.uint64();
    streams.push(Stream.stored(owner, { startTimeUnixNano, process }, { page, storedAt: reader.skipNested() }));
  }
  return streams;
}

/** Says which row could not be read. */
function inRow<Result>(key: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw new Error(`row ${key} of the stored totals cannot be read: ${(error as Error).message}`);
  }
}
