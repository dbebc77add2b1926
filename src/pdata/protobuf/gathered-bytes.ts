import { WireReader } from './wire-reader.ts';

/**
 * The bytes of a part of a message. As long as its pieces are adjacent they are one range of the request; otherwise they are
 * copied together at the end, which protobuf defines as merging them.
 */
export class GatheredBytes {
  #start = 0;
  #end = 0;
  #pieces: Buffer[] | undefined;

  /** Adds the reader's bytes `[start, end)`. */
  add(reader: WireReader, start: number, end: number): void {
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

  /** What `read` makes of a reader that stands at `start`. The given reader stays where it is. */
  read<Value>(reader: WireReader, read: (reader: WireReader, start: number, end: number) => Value): Value {
    if (this.#pieces === undefined) {
      const { position } = reader;
      reader.position = this.#start;
      const value = read(reader, this.#start, this.#end);
      reader.position = position;
      return value;
    }
    const bytes = Buffer.concat(this.#pieces);
    const joined = new WireReader(bytes, reader.fieldsLeft);
    const value = read(joined, 0, bytes.length);
    reader.fieldsLeft = joined.fieldsLeft;
    return value;
  }
}
