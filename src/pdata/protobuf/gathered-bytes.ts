import type { WireReader } from './wire-reader.ts';

/**
 * A part of a message as one range of bytes. As long as its pieces are adjacent it is a range of the request; otherwise
 * they are copied together, which protobuf defines as merging them.
 */
export class GatheredBytes {
  #bytes: Buffer;
  #start = 0;
  #end = 0;

  constructor(reader: WireReader) {
    this.#bytes = reader.bytes;
  }

  /** Adds a piece of the reader's buffer. */
  add(reader: WireReader, start: number, end: number): void {
    if (this.#start === this.#end) {
      this.#bytes = reader.bytes;
      this.#start = start;
    } else if (this.#bytes !== reader.bytes || this.#end !== start) {
      this.#bytes = Buffer.concat([this.#bytes.subarray(this.#start, this.#end), reader.bytes.subarray(start, end)]);
      this.#start = 0;
      this.#end = this.#bytes.length;
      return;
    }
    this.#end = end;
  }

  /** Hands the range to `use`. */
  range<T>(use: (bytes: Buffer, start: number, end: number) => T): T {
    return use(this.#bytes, this.#start, this.#end);
  }
}
