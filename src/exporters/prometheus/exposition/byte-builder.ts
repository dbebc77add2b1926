/** A string never grows beyond this before it becomes bytes. */
const maxTextLength = 1024 * 1024;

/** Collects ByteStrings as bytes: joined as strings first, which is cheapest, and written in large pieces. */
export class ByteBuilder {
  #text = '';
  #buffers: Buffer[] = [];
  #bufferedLength = 0;

  get length(): number {
    return this.#bufferedLength + this.#text.length;
  }

  append(text: string): void {
    if (this.#text.length + text.length > maxTextLength) this.#flush();
    this.#text += text;
  }

  /** Appends what the other has, which must not be used any more. */
  take(other: ByteBuilder): void {
    if (other.#buffers.length === 0) {
      this.append(other.#text);
      return;
    }
    this.#flush();
    for (const buffer of other.#buffers) this.#keep(buffer);
    this.#text = other.#text;
  }

  toBuffer(): Buffer {
    if (this.#buffers.length === 0) return Buffer.from(this.#text, 'latin1');
    this.#flush();
    return Buffer.concat(this.#buffers);
  }

  #flush(): void {
    if (this.#text === '') return;
    this.#keep(Buffer.from(this.#text, 'latin1'));
    this.#text = '';
  }

  #keep(buffer: Buffer): void {
    this.#buffers.push(buffer);
    this.#bufferedLength += buffer.length;
  }
}
