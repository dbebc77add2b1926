import { type OutputTarget, openTarget } from './output-target.ts';

/** Bytes that may wait for an output that does not take them; more are dropped and counted. */
const maxPendingBytes = 16 * 1024 * 1024;
/** Pending bytes at which the write is not put off to the end of the turn. */
const writeAtBytes = 64 * 1024;
/** How long entries that may wait do so for others to be written with. */
const gatherMs = 10;
/** Size of a new buffer, and up to which a larger one is kept for the next entries. */
const newBufferBytes = 64 * 1024;
const keptBufferBytes = 4 * 1024 * 1024;

export interface LogOutputOptions {
  /** `stdout`, `stderr` or a file path, which is created or appended to. */
  readonly path: string;
  readonly maxPendingBytes?: number;
  /** Told about every entry that could not be written: how many bytes were lost, and why. */
  onDrop?(bytes: number, reason: 'output_full' | 'output_failed'): void;
}

/**
 * An output that never blocks and never grows: entries are copied into a buffer and written together, one write at a time,
 * while the next ones gather in a second buffer. A reader that stops reading costs a bounded buffer, not the process. A closed
 * pipe or full disk loses entries, counted, and is tried again with the next ones.
 */
export class LogOutput {
  readonly #target: OutputTarget;
  readonly #limit: number;
  readonly #onDrop: LogOutputOptions['onDrop'];
  /** Gathers entries: its first `#gathered` bytes are taken. */
  #buffer: Buffer = Buffer.allocUnsafeSlow(newBufferBytes);
  #gathered = 0;
  /** The other buffer while nothing is being written. */
  #spare: Buffer | undefined;
  /** Gathered and being written, together. */
  #pendingBytes = 0;
  #writing = false;
  #scheduled = false;
  #gatherTimer: NodeJS.Timeout | undefined;
  #waiters: (() => void)[] = [];

  /** Opens the output. @throws the system's error when a file can't be opened. */
  constructor(options: LogOutputOptions) {
    this.#target = openTarget(options.path);
    this.#limit = options.maxPendingBytes ?? maxPendingBytes;
    this.#onDrop = options.onDrop;
  }

  /**
   * Takes one entry, in pieces, whole or not at all; the pieces are copied and may be used again. An entry larger than the
   * limit is taken when nothing else waits.
   */
  write(pieces: readonly (string | Uint8Array)[]): void {
    if (!this.#take(pieces) || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#writePending());
  }

  /** As `write`, but the entry may wait some milliseconds for others: a write costs more than all that is in it. */
  gather(pieces: readonly (string | Uint8Array)[]): void {
    if (this.#take(pieces)) this.#gatherTimer ??= setTimeout(() => this.#writePending(), gatherMs);
  }

  /** Copies an entry. True when a write for it is still to be scheduled. */
  #take(pieces: readonly (string | Uint8Array)[]): boolean {
    let size = 0;
    for (const piece of pieces) size += Buffer.byteLength(piece, 'utf8');
    if (this.#pendingBytes > 0 && this.#pendingBytes + size > this.#limit) {
      this.#onDrop?.(size, 'output_full');
      return false;
    }
    this.#makeRoom(size);
    for (const piece of pieces) {
      if (typeof piece === 'string') this.#gathered += this.#buffer.write(piece, this.#gathered, 'utf8');
      else {
        this.#buffer.set(piece, this.#gathered);
        this.#gathered += piece.byteLength;
      }
    }
    this.#pendingBytes += size;
    if (this.#writing) return false;
    if (this.#pendingBytes < writeAtBytes) return true;
    this.#writePending();
    return false;
  }

  /** Resolves when everything taken so far was written or lost. */
  flush(): Promise<void> {
    if (!this.#writing && this.#pendingBytes === 0) return Promise.resolve();
    this.#writePending();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Writes what is pending and closes a file. */
  async close(): Promise<void> {
    await this.flush();
    this.#target.close();
  }

  #writePending(): void {
    this.#scheduled = false;
    clearTimeout(this.#gatherTimer);
    this.#gatherTimer = undefined;
    if (this.#writing || this.#pendingBytes === 0) return;
    const chunk = this.#buffer.subarray(0, this.#gathered);
    this.#buffer = this.#spare ?? Buffer.allocUnsafeSlow(newBufferBytes);
    this.#spare = undefined;
    this.#gathered = 0;
    this.#writing = true;
    this.#writeChunk(chunk);
  }

  #makeRoom(size: number): void {
    const needed = this.#gathered + size;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#gathered);
    this.#buffer = larger;
  }

  #writeChunk(chunk: Buffer): void {
    // What is being written counts as pending until it is out, so that the bound holds for both together.
    this.#target.write(chunk, (error) => {
      if (error) this.#onDrop?.(chunk.byteLength, 'output_failed');
      this.#writing = false;
      if (chunk.buffer.byteLength <= keptBufferBytes) this.#spare = Buffer.from(chunk.buffer);
      this.#pendingBytes -= chunk.byteLength;
      if (this.#pendingBytes > 0) {
        this.#writePending();
        return;
      }
      const waiters = this.#waiters;
      this.#waiters = [];
      for (const resolve of waiters) resolve();
    });
  }
}
