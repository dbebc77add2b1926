import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { DirtyRows } from '../state/dirty-rows.ts';
import type { RowSource } from '../state/row-source.ts';

/** Cost of a content in addition to its bytes. */
const overhead = 64;

/**
 * Buckets of the histograms of discarded streams, by the number of the tombstone. Limited in bytes: above the limit, the oldest are dropped,
 * and the tombstones stay.
 */
export class TombstoneContents implements RowSource {
  readonly prefix = 'y/';
  readonly #maxBytes: number;
  readonly #perRow: number;
  /** As Latin-1 text, which needs less memory than an array. Oldest first. */
  readonly #contents = new Map<number, string>();
  #bytes = 0;
  readonly dirty = new DirtyRows();

  constructor(options: { readonly maxBytes: number; readonly perRow: number }) {
    this.#maxBytes = options.maxBytes;
    this.#perRow = options.perRow;
  }

  get(number: number): Uint8Array | undefined {
    const content = this.#contents.get(number);
    return content === undefined ? undefined : Buffer.from(content, 'latin1');
  }

  /** Numbers must rise. */
  add(number: number, content: Uint8Array): void {
    this.#set(number, Buffer.from(content).toString('latin1'));
    this.dirty.add(this.#rowOf(number));
  }

  delete(number: number): void {
    const content = this.#contents.get(number);
    if (content === undefined) return;
    this.#contents.delete(number);
    this.#bytes -= content.length + overhead;
  }

  /** The tombstones up to that number have been dropped. */
  dropRow(row: number): void {
    this.dirty.add(row);
  }

  write(row: number, writer: ByteWriter): boolean {
    const first = row * this.#perRow;
    const numbers = Array.from({ length: this.#perRow }, (_, i) => first + i).filter((one) => this.#contents.has(one));
    if (numbers.length === 0) return false;
    writer.uint(numbers.length);
    for (const number of numbers) {
      writer.uint(number - first);
      writer.bytes(Buffer.from(this.#contents.get(number)!, 'latin1'));
    }
    return true;
  }

  read(row: number, reader: ByteReader): void {
    for (let left = reader.uint(); left > 0; left--) {
      const number = row * this.#perRow + reader.uint();
      this.#set(number, Buffer.from(reader.bytes()).toString('latin1'));
    }
  }

  #set(number: number, content: string): void {
    this.#contents.set(number, content);
    this.#bytes += content.length + overhead;
    for (const oldest of this.#contents.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.delete(oldest);
      if (this.#rowOf(oldest) !== this.#rowOf(number)) this.dirty.add(this.#rowOf(oldest));
    }
  }

  #rowOf(number: number): number {
    return Math.floor(number / this.#perRow);
  }
}
