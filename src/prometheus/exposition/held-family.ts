import type { MetricFamily } from '../metric-family.ts';
import type { ExpositionFormat } from './exposition-format.ts';
import type { CodedPart, OutputCoding } from './output-coding.ts';
import { maxFrameBytes } from './render-part.ts';

/** Buffers the pieces of one family until its length is known, because the length precedes the pieces. */
export class HeldFamily {
  readonly #format: ExpositionFormat;
  readonly #coding: OutputCoding;
  #pieces: CodedPart[] = [];
  #length = 0;
  #isFull = false;

  constructor(format: ExpositionFormat, coding: OutputCoding) {
    this.#format = format;
    this.#coding = coding;
  }

  /**
   * Adds a piece. Yields a message if there are enough bytes for one; the next message begins with the head of the
   * family again.
   */
  async *add(piece: CodedPart, family: MetricFamily): AsyncGenerator<CodedPart, void, void> {
    if (this.#isFull) {
      yield* this.end();
      this.#isFull = false;
      this.#keep(await this.#coding.encode(this.#format.begin(family).head));
    }
    this.#keep(piece);
    this.#isFull = this.#length >= maxFrameBytes;
  }

  /** Yields the buffered pieces as a message. */
  async *end(): AsyncGenerator<CodedPart, void, void> {
    const { frame } = this.#format;
    if (frame === undefined || this.#pieces.length === 0) return;
    yield await this.#coding.encode(frame(this.#length));
    yield* this.#pieces.splice(0);
    this.#length = 0;
  }

  #keep(piece: CodedPart): void {
    this.#pieces.push(piece);
    this.#length += piece.rawLength;
  }
}
