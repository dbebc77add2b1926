import { itemTooLarge, listTooLong, OverLimit } from '../item-limits.ts';
import { readText } from './text-table.ts';
import type { WireReader } from './wire-reader.ts';

/**
 * The bytes of a part of a message. Adjacent pieces form one range of the request. Other pieces are concatenated at the
 * end, which merges them as protobuf defines it.
 */
export class GatheredBytes {
  #start = 0;
  #end = 0;
  #pieces: Buffer[] | undefined;
  #length = 0;
  #exceeded: OverLimit | undefined;

  /** Adds the reader's bytes `[start, end)`. */
  add(reader: WireReader, start: number, end: number): void {
    this.#length += end - start;
    if (this.#length > reader.maxItemBytes) this.#exceeded ??= itemTooLarge;
    if (this.#pieces !== undefined && this.#pieces.length >= reader.maxListLength) this.#exceeded ??= listTooLong;
    if (this.#exceeded !== undefined) return;
    if (this.#start === this.#end) {
      this.#start = start;
    } else if (this.#end !== start || this.#pieces !== undefined) {
      this.#pieces ??= [reader.bytes.subarray(this.#start, this.#end)];
      this.#pieces.push(reader.bytes.subarray(start, end));
    }
    this.#end = end;
  }

  /** Adds the content of the length-delimited field whose length is at the current position. */
  addField(reader: WireReader, messageEnd: number): void {
    const end = reader.lengthEnd(messageEnd);
    this.add(reader, reader.position, end);
    reader.position = end;
  }

  /**
   * Returns the result of `read`, called with a reader at `start`. The given reader does not move.
   * @throws OverLimit if the bytes or their content exceed a limit
   */
  read<Value>(reader: WireReader, read: (reader: WireReader, start: number, end: number) => Value): Value {
    if (this.#exceeded !== undefined) throw this.#exceeded;
    if (this.#pieces === undefined) {
      const { position } = reader;
      reader.position = this.#start;
      try {
        return read(reader, this.#start, this.#end);
      } finally {
        reader.position = position;
      }
    }
    const bytes = Buffer.concat(this.#pieces);
    const joined = reader.fork(bytes);
    try {
      return read(joined, 0, bytes.length);
    } finally {
      reader.join(joined);
    }
  }
}

/** A text field whose last occurrence counts. A text above the limit throws only when it is requested. */
export class GatheredText {
  #text = '';
  #exceeded: OverLimit | undefined;

  /** Reads the field whose length is at the current position. */
  readField(reader: WireReader, messageEnd: number): void {
    const start = reader.position;
    try {
      this.#text = readText(reader, messageEnd);
      this.#exceeded = undefined;
    } catch (error) {
      if (!(error instanceof OverLimit)) throw error;
      this.#exceeded = error;
      reader.position = start;
      reader.position = reader.lengthEnd(messageEnd);
    }
  }

  /**
   * The text.
   * @throws OverLimit if it is too long
   */
  get text(): string {
    if (this.#exceeded !== undefined) throw this.#exceeded;
    return this.#text;
  }
}
