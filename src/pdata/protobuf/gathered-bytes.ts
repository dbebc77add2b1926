import { itemTooLarge, listTooLong, OverLimit } from '../item-limits.ts';
import { readText } from './text-table.ts';
import type { WireReader } from './wire-reader.ts';

/**
 * The bytes of a part of a message. As long as its pieces are adjacent they are one range of the request; otherwise they are
 * copied together at the end, which protobuf defines as merging them.
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

  /** Adds the contents of the length-delimited field whose length stands here. */
  addField(reader: WireReader, messageEnd: number): void {
    const end = reader.lengthEnd(messageEnd);
    this.add(reader, reader.position, end);
    reader.position = end;
  }

  /**
   * What `read` makes of a reader that stands at `start`. The given reader stays where it is.
   * @throws OverLimit when the bytes, or what they contain, exceed a limit
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

/** A text field of which the last occurrence counts. It may be too long, which is told when it is asked for. */
export class GatheredText {
  #text = '';
  #exceeded: OverLimit | undefined;

  /** Reads the field whose length stands here. */
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

  /** Throws OverLimit when it is too long. */
  get text(): string {
    if (this.#exceeded !== undefined) throw this.#exceeded;
    return this.#text;
  }
}
