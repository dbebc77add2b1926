import type { InFlightRequest } from '#flow/in-flight.ts';

/** Bytes of the first memory for a body that comes in several pieces and does not say its length. */
const firstCapacity = 64 * 1024;
/** A declared length up to which its memory is made at once. */
const trustedLength = 1024 * 1024;
/** What is smaller is left to the garbage collector. */
const worthFreeing = 256 * 1024;

/**
 * A body that is being received. One piece is kept as it is; several are put together as they come, so that many small pieces do
 * not take more memory than their bytes.
 */
export class BodyBuffer {
  readonly #request: Pick<InFlightRequest, 'add' | 'remove'> | undefined;
  readonly #declared: number | undefined;
  #first: Buffer | undefined;
  #memory: ArrayBuffer | undefined;
  #length = 0;

  /**
   * `request`: what the memory counts for; undefined when it was counted already. `declared`: bytes that the client says will come, if
   * it does.
   */
  constructor(request: Pick<InFlightRequest, 'add' | 'remove'> | undefined, declared: number | undefined) {
    this.#request = request;
    this.#declared = declared;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds a piece. @returns false when the budget has no room for it */
  add(piece: Buffer): boolean {
    const length = this.#length + piece.length;
    if (this.#length === 0 && this.#memory === undefined) {
      if (this.#request?.add(piece.length) === false) return false;
      this.#first = piece;
    } else {
      if (!this.#reserve(length)) return false;
      const bytes = Buffer.from(this.#memory!);
      if (this.#first !== undefined) {
        this.#first.copy(bytes);
        this.#request?.remove(this.#first.length);
        this.#first = undefined;
      }
      piece.copy(bytes, this.#length);
    }
    this.#length = length;
    return true;
  }

  /** The whole body; a view of the memory that `free` gives back. */
  bytes(): Buffer {
    if (this.#first !== undefined) return this.#first;
    return this.#memory === undefined ? Buffer.alloc(0) : Buffer.from(this.#memory, 0, this.#length);
  }

  /** Gives memory back before the garbage collector would. The bytes must not be used any more. */
  free(): void {
    // Handed over to another thread it has no bytes left.
    if (this.#memory !== undefined && this.#memory.byteLength >= worthFreeing) this.#memory.transfer(0);
    this.#memory = undefined;
    this.#first = undefined;
  }

  #reserve(length: number): boolean {
    const capacity = this.#memory?.byteLength ?? 0;
    if (length <= capacity) return true;
    const declared = this.#declared ?? Number.POSITIVE_INFINITY;
    const wanted =
      declared <= trustedLength ? Math.max(declared, length) : Math.max(capacity * 2, firstCapacity, length);
    const larger = Math.max(Math.min(wanted, declared), length);
    if (this.#request?.add(larger - capacity) === false) return false;
    this.#memory = this.#memory?.transfer(larger) ?? new ArrayBuffer(larger);
    return true;
  }
}
