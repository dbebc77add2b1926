import { ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import type { ByteString } from '../metric-family.ts';

/** Symbol table of one Remote Write 2.0 request: each text is sent once. The first symbol is the empty text. */
export class Symbols {
  readonly #references = new Map<ByteString, number>();
  readonly #writer = new ProtobufWriter(16_384);

  constructor() {
    this.reference('');
  }

  /** Size of the encoded table in bytes. */
  get length(): number {
    return this.#writer.length;
  }

  /** Returns the number of a text, and adds the text to the table if necessary. */
  reference(text: ByteString): number {
    const known = this.#references.get(text);
    if (known !== undefined) return known;
    const added = this.#references.size;
    this.#references.set(text, added);
    this.#writer.tag(4, wireType.bytes);
    this.#writer.byteString(text);
    return added;
  }

  /** Returns the fields `symbols` of the request. */
  finish(): Buffer {
    return this.#writer.finish();
  }
}
