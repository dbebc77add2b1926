import type { Clock } from '../../../../component/component.ts';
import type { StorageClient } from '../../../../component/extension.ts';
import type { SeriesRegistry } from '../policy.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { Stream } from '../streams/stream.ts';
import type { StreamTable } from '../streams/stream-table.ts';
import { ByteReader } from './byte-reader.ts';
import { readIdentity } from './identity-codec.ts';
import { idOf, type Meta, readMeta, rowKeys, rowPrefixes } from './rows.ts';
import { StreamPage } from './stream-page.ts';

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
  readonly lastPageId: number;
}

/**
 * Reads the whole state into memory. Idle times go on from where they were when it was written: while the exporter was down
 * nobody could be heard, and nobody is forgotten for that. Throws where a row can't be read.
 */
export function restoreState(options: RestoreOptions): Restored {
  const { client } = options;
  const metaRow = client.read(rowKeys.meta);
  if (!metaRow) return { meta: undefined, seriesCount: 0, streamCount: 0, lastSeriesId: 0, lastPageId: 0 };
  const meta = inRow(rowKeys.meta, () => readMeta(new ByteReader(metaRow)));
  const series = restoreSeries(options, meta);
  const pages = restorePages(options, { meta, series: series.byId });
  return {
    meta,
    seriesCount: series.byId.size,
    streamCount: pages.streamCount,
    lastSeriesId: series.lastId,
    lastPageId: pages.lastId,
  };
}

function restoreSeries({ client, clock, registry }: RestoreOptions, { writtenUnixMs }: Meta) {
  const byId = new Map<number, AccumulatedSeries>();
  let lastId = 0;
  const totals = client.scan(rowPrefixes.total)[Symbol.iterator]();
  for (const [key, row] of client.scan(rowPrefixes.identity)) {
    const id = idOf(key);
    lastId = id;
    // Both are written together, so both scans go in step.
    const next = totals.next();
    const [totalKey, totalRow] = next.done ? ['', undefined] : next.value;
    if (totalKey !== rowKeys.total(id) || !totalRow) throw new Error(`row ${rowKeys.total(id)} is missing`);
    const identity = inRow(key, () => readIdentity(new ByteReader(row)));
    inRow(totalKey, () => {
      const reader = new ByteReader(totalRow);
      const idleMs = Math.max(0, writtenUnixMs - reader.double());
      const series = registry.restore(identity, clock.monotonic() - idleMs);
      // Without room for more series it is left out, and stays on disk for a start with more room.
      if (!(series instanceof AccumulatedSeries)) return;
      series.id = id;
      series.rule.readTotal(series, reader);
      registry.changed(series);
      byId.set(id, series);
    });
  }
  return { byId, lastId };
}

function restorePages(
  { client, clock, streams }: RestoreOptions,
  { meta, series }: { meta: Meta; series: ReadonlyMap<number, AccumulatedSeries> },
) {
  const pages: { page: StreamPage; streams: Stream[] }[] = [];
  let streamCount = 0;
  let lastId = 0;
  for (const [key, row] of client.scan(rowPrefixes.page)) {
    lastId = idOf(key);
    const page = new StreamPage(lastId);
    const reader = new ByteReader(row);
    const restored = inRow(key, () => {
      page.writtenHeardMs = clock.monotonic() - Math.max(0, meta.writtenUnixMs - reader.double());
      return readStreams(reader, page, series);
    });
    streamCount += restored.length;
    pages.push({ page, streams: restored });
  }
  // The table wants them in the order in which they were heard of.
  pages.sort((a, b) => a.page.writtenHeardMs - b.page.writtenHeardMs);
  for (const page of pages) for (const stream of page.streams) streams.adopt(stream);
  return { streamCount, lastId };
}

function readStreams(reader: ByteReader, page: StreamPage, series: ReadonlyMap<number, AccumulatedSeries>): Stream[] {
  const streams: Stream[] = [];
  let process = '';
  for (let left = reader.uint(); left > 0; left--) {
    if (reader.boolean()) process = reader.text();
    const owner = series.get(reader.uint());
    // Rows of a series that was left out can't be skipped one by one: their length depends on its type.
    if (!owner) return streams;
    const startTimeUnixNano = BigInt.asIntN(64, reader.uint64());
    const timeUnixNano = reader.uint64();
    const { value, baseline } = owner.rule.readStream(reader, startTimeUnixNano);
    const stream = new Stream(
      owner,
      { startTimeUnixNano, process },
      { value, timeUnixNano, heardMs: page.writtenHeardMs },
    );
    stream.baseline = baseline;
    stream.page = page;
    page.streams.add(stream);
    streams.push(stream);
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
