import type { Clock } from '#component/component.ts';
import type { StorageChange, StorageClient } from '#component/extension.ts';
import type { SeriesIdentity } from '../../policy.ts';
import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { deltaStart, type Stream } from '../streams/stream.ts';
import { ByteWriter } from './byte-writer.ts';
import { writeIdentity } from './identity-codec.ts';
import type { Merged } from './restore.ts';
import type { RowSource } from './row-source.ts';
import { type Meta, rowKey, rowKeys, streamFlags, writeMeta } from './rows.ts';
import { writeHead } from './series-head-codec.ts';
import type { StateWriter } from './state-writer.ts';
import { maxBlockStreams, StreamBlock } from './stream-block.ts';

/** Settings and dependencies of {@link DiskStateWriter}. */
export interface DiskStateWriterOptions {
  readonly client: StorageClient;
  readonly clock: Clock;
  readonly processAttributes: ReadonlySet<string>;
  /** Time after which an active stream without changes is written again, so that a restart finds it active, ms. */
  readonly seenIntervalMs: number;
  readonly meta: Pick<Meta, 'epochUnixNano' | 'isUnrecorded' | 'fingerprint' | 'rings'>;
  /** Tombstones, horizons, and early processes. */
  readonly sources: readonly RowSource[];
  /** The highest IDs in storage. */
  readonly lastSeriesId: number;
  readonly lastBlockId: number;
}

/** Number of rows in a transaction that blocks the event loop for about 20 ms. */
const largeTransaction = 1_500;
/** Bytes of identities that take as much time as one row: they are written, and a checksum is calculated. */
const bytesPerRow = 2_048;
/** Number of rows of one stream that take as much time as one block of streams. */
const rowsPerBlock = 8;

/** The changes since the last transaction. */
interface Changes {
  readonly series: Set<AccumulatedSeries>;
  readonly blocks: Set<StreamBlock>;
  /** Keys of removed rows. */
  readonly removed: Set<string>;
  readonly rows: Map<RowSource, ReadonlySet<number>>;
  /** Size of the identities of new series. */
  identityBytes: number;
}

/**
 * Tracks changes since the last transaction and writes only the affected rows: one per series total, one per series
 * identity, and one per block of streams. A row that changes several times between two transactions is written once.
 */
export class DiskStateWriter implements StateWriter {
  readonly #options: DiskStateWriterOptions;
  readonly #writer = new ByteWriter();
  /** Encoded identities that are not on disk yet. */
  readonly #identities = new Map<AccumulatedSeries, Uint8Array>();
  #changes = noChanges();
  /** Whether `meta` must be written although nothing else has changed: a state begins with its first start. */
  #isMetaDirty = true;
  #lastSeriesId: number;
  #lastBlockId: number;
  #openBlock: StreamBlock | undefined;
  #openProcess = '';
  #write: Promise<void> | undefined;

  constructor(options: DiskStateWriterOptions) {
    this.#options = options;
    this.#lastSeriesId = options.lastSeriesId;
    this.#lastBlockId = options.lastBlockId;
  }

  seriesCreated(series: AccumulatedSeries, identity: SeriesIdentity): void {
    series.id = ++this.#lastSeriesId;
    writeIdentity(identity, this.#options.processAttributes, this.#writer);
    const row = this.#writer.take();
    this.#identities.set(series, row);
    this.#changes.identityBytes += row.length;
    this.seriesChanged(series);
  }

  seriesChanged(series: AccumulatedSeries): void {
    if (series.isDirty) return;
    series.isDirty = true;
    this.#changes.series.add(series);
  }

  /** Writes the changes of `restoreState`: merged series, or a whole state of an earlier version. */
  merged({ removedIds, series, blocks }: Merged): void {
    for (const id of removedIds) this.#changes.removed.add(rowKeys.identity(id)).add(rowKeys.total(id));
    for (const each of series) this.seriesChanged(each);
    for (const block of blocks) this.#blockChanged(block);
  }

  seriesRemoved(series: AccumulatedSeries): void {
    if (series.id === 0) return;
    this.#changes.series.delete(series);
    const isOnDisk = !this.#identities.delete(series);
    if (isOnDisk) this.#changes.removed.add(rowKeys.identity(series.id)).add(rowKeys.total(series.id));
  }

  streamCreated(stream: Stream): void {
    let block = this.#openBlock;
    if (!block || this.#openProcess !== stream.process || block.streams.size >= maxBlockStreams) {
      block = new StreamBlock(++this.#lastBlockId);
      this.#openBlock = block;
      this.#openProcess = stream.process;
    }
    block.streams.add(stream);
    stream.block = block;
    this.#blockChanged(block);
  }

  streamChanged({ block }: Stream): void {
    if (block) this.#blockChanged(block);
  }

  streamSeen({ block, lastSeenMs }: Stream): void {
    if (block && !block.isDirty && lastSeenMs - block.writtenSeenMs > this.#options.seenIntervalMs)
      this.#blockChanged(block);
  }

  streamRemoved(stream: Stream): void {
    const { block } = stream;
    if (!block) return;
    block.streams.delete(stream);
    stream.block = undefined;
    this.#blockChanged(block);
  }

  /**
   * Returns a promise that settles when all changes so far are on disk and rejects if they could not be written.
   * Undefined if there are none.
   */
  flush(): Promise<void> | undefined {
    if (!this.#write) {
      this.#collectRows();
      const { series, blocks, removed, rows } = this.#changes;
      if (series.size + blocks.size + removed.size + rows.size === 0 && !this.#isMetaDirty) return undefined;
      this.#write = this.#flush();
    }
    const write = this.#write;
    // The transaction can begin immediately, and `#write` then belongs to the next one.
    if (this.isLarge) this.#options.client.hasten();
    return write;
  }

  /** Whether the number of changes requires that their transaction begins immediately. */
  get isLarge(): boolean {
    const { series, blocks, removed, identityBytes } = this.#changes;
    const rows = series.size + blocks.size * rowsPerBlock + removed.size;
    return rows + identityBytes / bytesPerRow > largeTransaction;
  }

  async #flush(): Promise<void> {
    let taken: Changes | undefined;
    try {
      await this.#options.client.write(() => {
        // Later changes belong to the next transaction.
        this.#write = undefined;
        this.#collectRows();
        taken = this.#changes;
        this.#changes = noChanges();
        return this.#rowsOf(taken);
      });
    } catch (error) {
      this.#write = undefined;
      if (taken) this.#putBack(taken);
      throw error;
    }
    this.#isMetaDirty = false;
    for (const series of taken?.series ?? []) this.#identities.delete(series);
  }

  #collectRows(): void {
    for (const source of this.#options.sources) {
      const dirty = source.dirty.take();
      if (dirty.size === 0) continue;
      const known = this.#changes.rows.get(source);
      this.#changes.rows.set(source, known ? new Set([...known, ...dirty]) : dirty);
    }
  }

  *#rowsOf({ removed, series: changedSeries, blocks, rows }: Changes): Generator<StorageChange> {
    const writer = this.#writer;
    for (const key of removed) yield { delete: key };
    for (const series of changedSeries) {
      series.isDirty = false;
      const identity = this.#identities.get(series);
      if (identity) yield { put: rowKeys.identity(series.id), value: identity };
      writer.double(this.#unixOf(series.updatedMs));
      writeHead(series, writer);
      series.rule.writeTotal(series, writer);
      yield { put: rowKeys.total(series.id), value: writer.take() };
    }
    for (const block of blocks) {
      block.isDirty = false;
      const key = rowKeys.block(block.id);
      if (block.streams.size === 0) yield { delete: key };
      else yield { put: key, value: this.#blockRow(block) };
    }
    for (const [source, ids] of rows) {
      for (const id of ids) {
        const key = rowKey(source.prefix, id);
        if (source.write(id, writer)) yield { put: key, value: writer.take() };
        else yield { delete: key };
      }
    }
    writeMeta({ ...this.#options.meta, writtenUnixMs: this.#options.clock.now() }, writer);
    const meta = writer.take();
    yield { put: rowKeys.meta, value: meta };
    yield { put: rowKeys.metaCopy, value: meta };
  }

  #blockRow(block: StreamBlock): Uint8Array {
    const writer = this.#writer;
    let lastSeenMs = Number.NEGATIVE_INFINITY;
    for (const stream of block.streams) lastSeenMs = Math.max(lastSeenMs, stream.lastSeenMs);
    block.writtenSeenMs = lastSeenMs;
    writer.double(this.#unixOf(lastSeenMs));
    writer.uint(block.streams.size);
    let process: string | undefined;
    for (const stream of block.streams) {
      // Usually the same in the whole block.
      const isOther = stream.process !== process;
      const isDelta = stream.startTimeUnixNano === deltaStart;
      writer.uint((isOther ? streamFlags.hasProcess : 0) | (isDelta ? streamFlags.isDelta : 0));
      if (isOther) writer.text(stream.process);
      process = stream.process;
      writer.uint(stream.series.id);
      writer.uint32(stream.identity);
      if (!isDelta) writer.uint64(stream.startTimeUnixNano);
      if (stream.storedAt >= 0 && block.row) writer.nestedFrom(block.row, stream.storedAt);
      else writer.nested(() => stream.series.rule.writeStream(stream, writer));
    }
    return writer.take();
  }

  /** Schedules changes whose write failed for the next transaction. */
  #putBack({ series: changedSeries, blocks, removed, rows }: Changes): void {
    this.#isMetaDirty = true;
    for (const series of changedSeries) {
      series.isDirty = false;
      if (series.isLive) this.seriesChanged(series);
    }
    for (const block of blocks) {
      block.isDirty = false;
      this.#blockChanged(block);
    }
    for (const key of removed) this.#changes.removed.add(key);
    for (const [source, ids] of rows) source.dirty.addAll(ids);
  }

  #blockChanged(block: StreamBlock): void {
    if (block.isDirty) return;
    block.isDirty = true;
    this.#changes.blocks.add(block);
  }

  /** Converts a monotonic time to Unix time, both in ms. */
  #unixOf(monotonicMs: number): number {
    const { clock } = this.#options;
    return clock.now() - (clock.monotonic() - monotonicMs);
  }
}

function noChanges(): Changes {
  return { series: new Set(), blocks: new Set(), removed: new Set(), rows: new Map(), identityBytes: 0 };
}
