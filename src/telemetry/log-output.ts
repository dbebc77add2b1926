import { type OutputTarget, openTarget } from './output-target.ts';

/** Maximum number of bytes buffered for a blocked output. Further entries are dropped and counted. */
const maxPendingBytes = 16 * 1024 * 1024;
/** Time in milliseconds after which `close` no longer waits for an output that accepts nothing. */
const patienceMs = 3_000;
/** Number of pending bytes at which a write starts immediately instead of at the end of the turn. */
const writeAtBytes = 64 * 1024;
/** Maximum delay in milliseconds of entries that may be written together with later ones. */
const gatherMs = 10;
/** Size of a new buffer in bytes. A larger buffer is kept for the next entries up to this size. */
const newBufferBytes = 64 * 1024;
const keptBufferBytes = 4 * 1024 * 1024;

/** Settings and dependencies of {@link LogOutput}. */
export interface LogOutputOptions {
  /** `stdout`, `stderr`, or the path of a file, which is created or appended to. */
  readonly path: string;
  readonly maxPendingBytes?: number;
  /** Milliseconds for which `close` waits for an output that accepts nothing. */
  readonly patienceMs?: number;
  /** Called for every dropped entry, with its size in bytes and the reason. */
  onDrop?(bytes: number, reason: 'output_full' | 'output_failed'): void;
}

/**
 * An output that never blocks the process and has a size limit. Entries are copied into a buffer and written together, one write at a
 * time, while the next entries collect in a second buffer. If a pipe is closed or a disk is full, entries are dropped and counted, and
 * the next write tries again.
 */
export class LogOutput {
  readonly #target: OutputTarget;
  readonly #limit: number;
  readonly #patienceMs: number;
  readonly #onDrop: LogOutputOptions['onDrop'];
  /** Collects entries: its first `#gathered` bytes are in use. */
  #buffer: Buffer = Buffer.allocUnsafeSlow(newBufferBytes);
  #gathered = 0;
  /** The second buffer while no write is in progress. */
  #spare: Buffer | undefined;
  /** Number of bytes collected or being written. */
  #pendingBytes = 0;
  #writing = false;
  #scheduled = false;
  #gatherTimer: NodeJS.Timeout | undefined;
  #waiters: (() => void)[] = [];

  /** Opens the output. @throws the system's error when a file cannot be opened */
  constructor(options: LogOutputOptions) {
    this.#target = openTarget(options.path);
    this.#limit = options.maxPendingBytes ?? maxPendingBytes;
    this.#patienceMs = options.patienceMs ?? patienceMs;
    this.#onDrop = options.onDrop;
  }

  /**
   * Accepts an entry, in pieces, completely or not at all. The pieces are copied and may be reused. An entry larger than the limit is
   * accepted if nothing else waits.
   */
  write(pieces: readonly (string | Uint8Array)[]): void {
    if (!this.#take(pieces) || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#writePending());
  }

  /** Same as `write`, but the entry may wait some milliseconds for others, because a write costs more than its contents. */
  gather(pieces: readonly (string | Uint8Array)[]): void {
    if (this.#take(pieces)) this.#gatherTimer ??= setTimeout(() => this.#writePending(), gatherMs);
  }

  /** Copies an entry. Returns whether a write must be scheduled for it. */
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

  /** Resolves when all accepted entries are written or dropped. */
  flush(): Promise<void> {
    if (!this.#writing && this.#pendingBytes === 0) return Promise.resolve();
    this.#writePending();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /**
   * Writes pending entries and closes a file. If the output accepts nothing for a while, for example because nobody reads a pipe, the rest
   * is dropped.
   */
  async close(): Promise<void> {
    const flushed = this.flush();
    const stalled = Promise.withResolvers<void>();
    let pending = this.#pendingBytes;
    const check = setInterval(() => {
      if (this.#pendingBytes === pending) stalled.resolve();
      pending = this.#pendingBytes;
    }, this.#patienceMs);
    await Promise.race([flushed, stalled.promise]);
    clearInterval(check);
    if (this.#pendingBytes > 0) this.#onDrop?.(this.#pendingBytes, 'output_full');
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
    // Bytes that are being written count as pending, so that the limit applies to both buffers together.
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
