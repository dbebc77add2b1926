import type { JsonPart } from './json-parts.ts';

/** Characters that are written before other work can run: a few milliseconds. */
const sliceLength = 128 * 1024;

/** Text of a JSON message, written in pieces. */
export class JsonOutput {
  #pieces: string[] = [];
  #length = 0;
  #pause = sliceLength;

  get text(): string {
    return this.#pieces.join('');
  }

  /** Whether other work should run now. */
  isPauseDue(): boolean {
    if (this.#length < this.#pause) return false;
    this.#pause = this.#length + sliceLength;
    return true;
  }

  write(piece: string): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  writePart(part: JsonPart): void {
    this.write(JSON.stringify(part));
  }

  /** Begins an object with the fields of `head`, and a list as its last field. Pass `tail` to `endList`. */
  beginList(head: JsonPart, name: string): void {
    const fields = JSON.stringify(head).slice(0, -1);
    this.write(`${fields}${fields.length > 1 ? ',' : ''}"${name}":[`);
  }

  /** Ends the list and the object, with the fields of `tail`. */
  endList(tail: JsonPart): void {
    const fields = JSON.stringify(tail);
    this.write(fields.length > 2 ? `],${fields.slice(1)}` : ']}');
  }
}
