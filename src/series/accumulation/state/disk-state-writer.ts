import type { Clock } from '#component/component.ts';
import type { StorageChange, StorageClient } from '#component/extension.ts';
import type { SeriesIdentity } from '../../policy.ts';
import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { deltaStart, type Stream } from '../streams/stream.ts';
import { ByteWriter } from './byte-writer.ts';
import { writeIdentity } from './identity-codec.ts';
import type { Merged } from './restore.ts';
import { rowKeys, streamFlags, writeMeta } from './rows.ts';
import type { StateWriter } from './state-writer.ts';
import { maxBlockStreams, StreamBlock } from './stream-block.ts';

export interface DiskStateWriterOptions {
  readonly client: StorageClient;
  readonly clock: Clock;
  readonly processAttributes: ReadonlySet<string>;
  /** A stream that goes on without change is written again after this long, so that a restart knows it was alive; ms. */
  readonly heardIntervalMs: number;
  readonly epochUnixNano: bigint;
  /** The highest numbers that are taken. */
  readonly lastSeriesId: number;
  readonly lastBlockId: number;
}

/**
 * Remembers what has changed since it was written, and writes only that: one row for the total of a series, one for its
 * identity, one for each page of streams. What changes several times between two transactions is written once.
 */
export class DiskStateWriter implements StateWriter {
  readonly #options: DiskStateWriterOptions;
  readonly #writer = new ByteWriter();
  /** Identities not written yet. */
  readonly #identities = new Map<AccumulatedSeries, Uint8Array>();
  #series = new Set<AccumulatedSeries>();
  #pages = new Set<StreamBlock>();
  #gone = new Set<string>();
  #lastSeriesId: number;
  #lastBlockId: number;
  #openPage: StreamBlock | undefined;
  #openProcess = '';
  #write: Promise<void> | undefined;

  constructor(options: DiskStateWriterOptions) {
    this.#options = options;
    this.#lastSeriesId = options.lastSeriesId;
    this.#lastBlockId = options.lastBlockId;
  }

  seriesBorn(series: AccumulatedSeries, identity: SeriesIdentity): void {
    series.id = ++this.#lastSeriesId;
    writeIdentity(identity, this.#options.processAttributes, this.#writer);
    this.#identities.set(series, this.#writer.take());
    this.seriesChanged(series);
  }

  seriesChanged(series: AccumulatedSeries): void {
    if (series.isDirty) return;
    series.isDirty = true;
    this.#series.add(series);
  }

  /** Several stored series are one: their rows are written anew, in one transaction. */
  merged({ goneIds, series, pages }: Merged): void {
    for (const id of goneIds) this.#gone.add(rowKeys.identity(id)).add(rowKeys.total(id));
    for (const each of series) this.seriesChanged(each);
    for (const page of pages) this.#blockChanged(page);
  }

  seriesGone(series: AccumulatedSeries): void {
    this.#series.delete(series);
    const wasWritten = !this.#identities.delete(series);
    if (wasWritten) this.#gone.add(rowKeys.identity(series.id)).add(rowKeys.total(series.id));
  }

  streamBorn(stream: Stream): void {
    let page = this.#openPage;
    if (!page || this.#openProcess !== stream.process || page.streams.size >= maxBlockStreams) {
      page = new StreamBlock(++this.#lastBlockId);
      this.#openPage = page;
      this.#openProcess = stream.process;
    }
    page.streams.add(stream);
    stream.page = page;
    this.#blockChanged(page);
  }

  streamChanged({ page }: Stream): void {
    if (page) this.#blockChanged(page);
  }

  streamHeard({ page, heardMs }: Stream): void {
    if (page && !page.isDirty && heardMs - page.writtenHeardMs > this.#options.heardIntervalMs)
      this.#blockChanged(page);
  }

  streamGone(stream: Stream): void {
    const { page } = stream;
    if (!page) return;
    page.streams.delete(stream);
    stream.page = undefined;
    this.#blockChanged(page);
  }

  /** Settles when all changes so far are on disk, and rejects when they could not be written; undefined when there are none. */
  flush(): Promise<void> | undefined {
    if (this.#write) return this.#write;
    if (this.#series.size + this.#pages.size + this.#gone.size === 0) return undefined;
    this.#write = this.#flush();
    return this.#write;
  }

  async #flush(): Promise<void> {
    let taken: { series: Set<AccumulatedSeries>; pages: Set<StreamBlock>; gone: Set<string> } | undefined;
    try {
      await this.#options.client.write(() => {
        // From here on, a change belongs to the next transaction.
        this.#write = undefined;
        taken = { series: this.#series, pages: this.#pages, gone: this.#gone };
        this.#series = new Set();
        this.#pages = new Set();
        this.#gone = new Set();
        return this.#changes(taken);
      });
    } catch (error) {
      this.#write = undefined;
      if (taken) this.#putBack(taken);
      throw error;
    }
    for (const series of taken?.series ?? []) this.#identities.delete(series);
  }

  *#changes(taken: {
    series: Set<AccumulatedSeries>;
    pages: Set<StreamBlock>;
    gone: Set<string>;
  }): Generator<StorageChange> {
    const writer = this.#writer;
    for (const key of taken.gone) yield { delete: key };
    for (const series of taken.series) {
      series.isDirty = false;
      const identity = this.#identities.get(series);
      if (identity) yield { put: rowKeys.identity(series.id), value: identity };
      writer.double(this.#unixOf(series.updatedMs));
      series.rule.writeTotal(series, writer);
      yield { put: rowKeys.total(series.id), value: writer.take() };
    }
    for (const page of taken.pages) {
      page.isDirty = false;
      const key = rowKeys.page(page.id);
      if (page.streams.size === 0) yield { delete: key };
      else yield { put: key, value: this.#blockRow(page) };
    }
    writeMeta({ epochUnixNano: this.#options.epochUnixNano, writtenUnixMs: this.#options.clock.now() }, writer);
    yield { put: rowKeys.meta, value: writer.take() };
  }

  #blockRow(page: StreamBlock): Uint8Array {
    const writer = this.#writer;
    let heardMs = Number.NEGATIVE_INFINITY;
    for (const stream of page.streams) heardMs = Math.max(heardMs, stream.heardMs);
    page.writtenHeardMs = heardMs;
    writer.double(this.#unixOf(heardMs));
    writer.uint(page.streams.size);
    let process: string | undefined;
    for (const stream of page.streams) {
      // Nearly always the same in the whole page.
      const isOther = stream.process !== process;
      const isDelta = stream.startTimeUnixNano === deltaStart;
      writer.uint((isOther ? streamFlags.hasProcess : 0) | (isDelta ? streamFlags.isDelta : 0));
      if (isOther) writer.text(stream.process);
      process = stream.process;
      writer.uint(stream.series.id);
      if (!isDelta) writer.uint64(stream.startTimeUnixNano);
      if (stream.storedAt >= 0 && page.row) writer.nestedFrom(page.row, stream.storedAt);
      else writer.nested(() => writeContent(stream, writer));
    }
    return writer.take();
  }

  /** What could not be written is written with what comes next. */
  #putBack(taken: { series: Set<AccumulatedSeries>; pages: Set<StreamBlock>; gone: Set<string> }): void {
    for (const series of taken.series) {
      series.isDirty = false;
      if (series.isLive) this.seriesChanged(series);
    }
    for (const page of taken.pages) {
      page.isDirty = false;
      this.#blockChanged(page);
    }
    for (const key of taken.gone) this.#gone.add(key);
  }

  #blockChanged(page: StreamBlock): void {
    if (page.isDirty) return;
    page.isDirty = true;
    this.#pages.add(page);
  }

  /** The wall clock's time of a monotonic one. */
  #unixOf(monotonicMs: number): number {
    const { clock } = this.#options;
    return clock.now() - (clock.monotonic() - monotonicMs);
  }
}

function writeContent(stream: Stream, writer: ByteWriter): void {
  writer.uint64(stream.timeUnixNano);
  stream.series.rule.writeStream(stream, writer);
}
