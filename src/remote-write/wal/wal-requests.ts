import { type FileHandle, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '#component/component.ts';
import { RetryableError } from '#component/errors.ts';
import { makeDirectory } from '#files/make-directory.ts';
import { syncDirectoryInBackground } from '#files/sync-directory.ts';
import { Lane } from '#flow/lane.ts';
import type { EncodedRequest } from '#prometheus/remote-write/encode-requests.ts';
import type { RequestStore } from '../request-store.ts';
import { Cursor } from './cursor.ts';
import { decodeRecord, encodeRecord, prefixSize, restLength } from './record.ts';

/** Size above which a new file begins. */
const segmentSize = 16 * 1024 * 1024;
const extension = '.wal';

/** Settings and dependencies of {@link WalRequests}. */
export interface WalOptions {
  readonly directory: string;
  readonly maxBytes: number;
  readonly logger: Logger;
}

/** A file with records. */
interface Segment {
  readonly number: number;
  size: number;
  /** The open file if its name was removed while it was written. */
  removed?: FileHandle;
}

/**
 * Requests in files, which survive the end of the process. A request is on disk when `add` resolves. Requests are read one at a time, and a
 * cursor remembers which ones are sent, so that a restart sends at most one request twice. A damaged record ends its file.
 */
export class WalRequests implements RequestStore {
  readonly #options: WalOptions;
  /** One operation at a time. */
  readonly #order = new Lane();
  readonly #cursor: Cursor;
  #segments: Segment[] = [];
  #writer: FileHandle | undefined;
  #reader: { readonly segment: number; readonly file: FileHandle } | undefined;
  /** Position of the oldest request in the first segment, and its length if it has been read. */
  #position = 0;
  #firstLength = 0;
  #size = 0;

  constructor(options: WalOptions) {
    this.#options = options;
    this.#cursor = new Cursor(join(options.directory, 'cursor'));
  }

  /** Number of waiting requests that were added by this process, and 1 if there may be older ones. */
  get size(): number {
    return this.bytes > 0 ? Math.max(this.#size, 1) : 0;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, -this.#position);
  }

  async open(): Promise<void> {
    const { directory } = this.#options;
    makeDirectory(directory, 0o777);
    const names = (await readdir(directory)).filter((name) => name.endsWith(extension)).sort();
    for (const name of names) {
      this.#segments.push({ number: Number.parseInt(name, 10), size: (await stat(join(directory, name))).size });
    }
    const cursor = await this.#cursor.open();
    while (this.#segments.length > 0 && this.#segments[0]!.number < cursor.segment) await this.#removeSegment();
    if (this.#segments[0]?.number === cursor.segment) {
      this.#position = Math.min(cursor.position, this.#segments[0].size);
    }
    // A record that was not written completely ends a file, so new ones go to another.
    await this.#addSegment(Math.max(cursor.segment, this.#segments.at(-1)?.number ?? 0) + 1);
  }

  add(requests: readonly EncodedRequest[]): Promise<void> {
    return this.#order.enter(async () => {
      const records = Buffer.concat(requests.map(encodeRecord));
      if (this.bytes > 0 && this.bytes + records.length > this.#options.maxBytes) {
        throw new RetryableError('write-ahead log is full');
      }
      try {
        await this.#prepareSegment();
      } catch (error) {
        throw notWritten(error);
      }
      const segment = this.#segments.at(-1)!;
      try {
        await writeAll(this.#writer!, records, segment.size);
        await this.#writer!.datasync();
      } catch (error) {
        // When its requests are sent, the file is removed, and there is space again.
        if (segment.size > 0) await this.#addSegment(segment.number + 1).catch(() => undefined);
        throw notWritten(error);
      }
      segment.size += records.length;
      this.#size += requests.length;
    });
  }

  first(): Promise<EncodedRequest | undefined> {
    return this.#order.enter(async () => {
      for (;;) {
        const segment = this.#segments[0]!;
        if (this.#position < segment.size) {
          const request = await this.#read(segment);
          if (request !== undefined) return request;
          this.#options.logger.error('Damaged record in the write-ahead log; skipping the rest of its file', {
            file: this.#pathOf(segment.number),
            position: this.#position,
            skipped_bytes: segment.size - this.#position,
          });
          this.#position = segment.size;
        }
        if (this.#segments.length === 1) return undefined;
        await this.#removeSegment();
      }
    });
  }

  remove(): Promise<void> {
    return this.#order.enter(async () => {
      this.#position += this.#firstLength;
      this.#firstLength = 0;
      this.#size = Math.max(this.#size - 1, 0);
      await this.#cursor.move({ segment: this.#segments[0]!.number, position: this.#position });
    });
  }

  close(): Promise<void> {
    return this.#order.enter(async () => {
      await this.#writer?.close();
      await this.#reader?.file.close();
      await this.#cursor.close();
      this.#writer = undefined;
      this.#reader = undefined;
    });
  }

  async #read({ number, size }: Segment): Promise<EncodedRequest | undefined> {
    const file = await this.#readerOf(number);
    if (file === undefined) return undefined;
    const prefix = Buffer.alloc(prefixSize);
    await file.read(prefix, 0, prefixSize, this.#position);
    const length = restLength(prefix);
    if (length === undefined || this.#position + prefixSize + length > size) return undefined;
    const rest = Buffer.alloc(length);
    await file.read(rest, 0, length, this.#position + prefixSize);
    this.#firstLength = prefixSize + length;
    return decodeRecord(prefix, rest);
  }

  /** Returns the file of a segment for reading; undefined if it was removed. */
  async #readerOf(number: number): Promise<FileHandle | undefined> {
    if (this.#reader?.segment === number) return this.#reader.file;
    await this.#reader?.file.close();
    this.#reader = undefined;
    const { removed } = this.#segments[0]!;
    const file = removed ?? (await open(this.#pathOf(number), 'r').catch(missing));
    if (file !== undefined) this.#reader = { segment: number, file };
    return file;
  }

  /** Makes sure that the last segment can be written, and has a name with which the next process finds it. */
  async #prepareSegment(): Promise<void> {
    const segment = this.#segments.at(-1)!;
    const { directory, logger } = this.#options;
    const exists = (await stat(this.#pathOf(segment.number)).catch(missing)) !== undefined;
    if (exists && segment.size <= segmentSize) return;
    if (!exists) {
      makeDirectory(directory, 0o777);
      logger.error('Write-ahead log was removed while pitot was using it; beginning another file', { directory });
      segment.removed = this.#writer!;
      this.#writer = undefined;
      await this.#cursor.restore({ segment: this.#segments[0]!.number, position: this.#position });
    }
    await this.#addSegment(segment.number + 1);
  }

  async #addSegment(number: number): Promise<void> {
    const writer = await open(this.#pathOf(number), 'w+');
    await this.#writer?.close();
    this.#writer = writer;
    this.#segments.push({ number, size: 0 });
    // Otherwise a power failure can remove the file, with all requests that clients were told are on disk.
    await syncDirectoryInBackground(this.#options.directory);
  }

  /** Removes the first segment, all of whose requests are sent. */
  async #removeSegment(): Promise<void> {
    const { number, removed } = this.#segments.shift()!;
    this.#position = 0;
    if (removed !== undefined && this.#reader?.segment !== number) await removed.close();
    if (this.#reader?.segment === number) {
      // The space of an open file is not free.
      await this.#reader.file.close();
      this.#reader = undefined;
    }
    await unlink(this.#pathOf(number)).catch(missing);
  }

  #pathOf(number: number): string {
    return join(this.#options.directory, `${String(number).padStart(10, '0')}${extension}`);
  }
}

/** Writes all bytes. A full disk accepts a part of them without an error. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

/** Returns undefined for a file that does not exist. @throws any other error */
function missing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

function notWritten(error: unknown): RetryableError {
  return new RetryableError(`write-ahead log cannot be written: ${String(error)}`, { cause: error });
}
