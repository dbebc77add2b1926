import type { IncomingMessage } from 'node:http';
import { RetryableError } from '#component/errors.ts';
import { BodyError, tooLarge } from '#compression/body-error.ts';

const empty = Buffer.alloc(0);

/** Too many bytes of request bodies are being received. */
export class PendingError extends RetryableError {}

/** The bytes of request bodies that are being received, bounded for a whole listener. */
export class PendingBodies {
  readonly #limit: number;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds bytes; false when there are too many then. */
  add(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes <= this.#limit;
  }

  remove(bytes: number): void {
    this.#bytes -= bytes;
  }
}

interface ReadOptions {
  /** Bytes of a body, at most. */
  readonly limit: number;
  readonly pending: PendingBodies;
}

/**
 * Reads the body of a request and calls `done` once: with the body, or with why it is refused. When the sender goes away
 * first, `done` is not called. What comes of a refused body is thrown away.
 */
export function readBody(
  request: IncomingMessage,
  { limit, pending }: ReadOptions,
  done: (body: Buffer, refusal?: BodyError | RetryableError) => void,
): void {
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let length = 0;
  let isOpen = true;
  const end = (body: Buffer, refusal?: BodyError | RetryableError) => {
    isOpen = false;
    pending.remove(length);
    first = undefined;
    chunks = undefined;
    done(body, refusal);
  };
  request.on('data', (chunk: Buffer) => {
    if (!isOpen) return;
    length += chunk.length;
    const isBearable = pending.add(chunk.length);
    if (length > limit) end(empty, new BodyError(tooLarge));
    else if (!isBearable) end(empty, new PendingError('too many bytes of request bodies are pending'));
    else if (first === undefined) first = chunk;
    else if (chunks === undefined) chunks = [first, chunk];
    else chunks.push(chunk);
  });
  request.on('end', () => {
    if (isOpen) end(chunks === undefined ? (first ?? empty) : Buffer.concat(chunks, length));
  });
  request.on('error', () => {
    if (!isOpen) return;
    isOpen = false;
    pending.remove(length);
  });
}
