import type { InFlightRequest } from '#flow/in-flight.ts';

/** Initial buffer size in bytes for a body that arrives in several pieces without a declared length. */
const firstCapacity = 64 * 1024;
/** Maximum declared length for which the whole buffer is allocated in advance. */
const trustedLength = 1024 * 1024;
/** Buffers smaller than this are left to the garbage collector. */
const worthFreeing = 256 * 1024;

/**
 * A body that is being received. A single piece is kept unchanged. Several pieces are copied into one buffer as they
 * arrive, so that many small pieces take no more memory than their bytes.
 */
export class BodyBuffer {
  readonly #request: Pick<InFlightRequest, 'add' | 'remove'> | undefined;
  readonly #declared: number | undefined;
  #first: Buffer | undefined;
  #memory: ArrayBuffer | undefined;
  #length = 0;

  /**
   * `request` receives the memory use; undefined if it was already counted. `declared`: number of bytes that the client
   * declares, if it does.
   */
  constructor(request: Pick<InFlightRequest, 'add' | 'remove'> | undefined, declared: number | undefined) {
    this.#request = request;
    this.#declared = declared;
  }

  /** Number of bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds a piece. Returns false if the budget has no space for it. */
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

  /** Returns the whole body, a view of the memory that `free` releases. */
  bytes(): Buffer {
    if (this.#first !== undefined) return this.#first;
    return this.#memory === undefined ? Buffer.alloc(0) : Buffer.from(this.#memory, 0, this.#length);
  }

  /** Releases the memory earlier than the garbage collector would. The bytes must not be used afterwards. */
  free(): void {
    // A buffer that was transferred to another thread has a length of 0.
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
