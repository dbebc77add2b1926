import type { IncomingMessage } from 'node:http';
import { RetryableError } from '#component/errors.ts';
import { BodyError, tooLarge } from '#compression/body-error.ts';
import { type InFlightRequest, requestOverhead } from '#flow/in-flight.ts';
import { BodyBuffer } from './body-buffer.ts';

/** Seconds after which a client that was refused for lack of memory comes back. */
const retryAfterSeconds = 1;

/** Requests that are in flight take all the memory that they may. */
export class PendingError extends RetryableError {
  constructor() {
    super('too many bytes of requests are in flight', { retryAfterSeconds });
  }
}

/** Why a body is not taken. */
export type BodyRefusal = BodyError | PendingError;

interface ReadOptions {
  /** Bytes of a body, at most. */
  readonly limit: number;
  /** Begins the request in the budget; `evict` is called when it has to make room for others. */
  readonly open: (evict: () => void) => InFlightRequest;
}

/**
 * Reads the body of a request and calls `done` once: with the body, or with why it is refused, and with the request in the budget,
 * which `done` releases. When the client disconnects first, `done` is not called. What is left of a refused body is discarded.
 */
export function readBody(
  request: IncomingMessage,
  { limit, open }: ReadOptions,
  done: (body: BodyBuffer, inFlight: InFlightRequest, refusal?: BodyRefusal) => void,
): void {
  const declared = declaredLength(request);
  const inFlight = open(() => end(new PendingError()));
  const body = new BodyBuffer(inFlight, declared);
  /** A client that still sends may not read the response, so it is refused when the limit is reached, as by the Collector. */
  const isTooLarge = declared !== undefined && declared > limit;
  let received = 0;
  let isOpen = true;
  const end = (refusal?: BodyRefusal) => {
    if (!isOpen) return;
    isOpen = false;
    if (refusal === undefined) inFlight.complete();
    else body.free();
    done(body, inFlight, refusal);
  };
  request.on('data', (piece: Buffer) => {
    if (!isOpen) return;
    received += piece.length;
    if (received > limit) end(new BodyError(tooLarge));
    else if (!isTooLarge && !body.add(piece)) end(new PendingError());
  });
  request.on('end', () => {
    if (isCutOff(request)) abandon();
    else if (declared !== undefined && declared !== received) {
      end(new BodyError(`request declared a Content-Length of ${declared} but only wrote ${received} bytes`));
    } else end();
  });
  request.on('error', abandon);
  request.on('aborted', abandon);
  if (!inFlight.add(requestOverhead)) end(new PendingError());

  function abandon(): void {
    if (!isOpen) return;
    isOpen = false;
    body.free();
    inFlight.release();
  }
}

function declaredLength(request: IncomingMessage): number | undefined {
  const text = request.headers['content-length'];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Whether the client went away; over HTTP/2 a body ends then, too. */
function isCutOff(request: IncomingMessage & { readonly stream?: { readonly aborted: boolean } }): boolean {
  return request.aborted || request.stream?.aborted === true;
}
