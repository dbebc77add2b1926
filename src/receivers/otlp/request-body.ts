import type { IncomingMessage } from 'node:http';
import { RetryableError } from '#component/errors.ts';
import { BodyError, tooLarge } from '#compression/body-error.ts';
import { eventLoop } from '#flow/event-loop.ts';
import { type InFlightRequest, requestOverhead } from '#flow/in-flight.ts';
import { BodyBuffer } from './body-buffer.ts';
import type { BodyDeadlines, SlowBodyError } from './body-deadlines.ts';
import { readInTurns } from './read-in-turns.ts';

/** `Retry-After` of requests that are refused for lack of memory, seconds. */
const retryAfterSeconds = 1;

/** A request is refused because requests in flight use all of their memory. */
export class PendingError extends RetryableError {
  constructor() {
    super('too many bytes of requests are in flight', { retryAfterSeconds });
  }
}

/** Reason why a body is refused. */
export type BodyRefusal = BodyError | PendingError | SlowBodyError;

interface ReadOptions {
  /** Maximum bytes of a body. */
  readonly limit: number;
  /** Begins the request in the budget. `evict` is called if the request must release its memory for others. */
  readonly open: (evict: () => void) => InFlightRequest;
  readonly deadlines: BodyDeadlines | undefined;
}

/**
 * Reads the body of a request and calls `done` once: with the body or the reason of a refusal, and with the request in
 * the budget, which `done` releases. If the client disconnects first, `done` is not called. The rest of a refused body
 * is discarded.
 */
export function readBody(
  request: IncomingMessage,
  { limit, open, deadlines }: ReadOptions,
  done: (body: BodyBuffer, inFlight: InFlightRequest, refusal?: BodyRefusal) => void,
): void {
  const declared = declaredLength(request);
  const inFlight = open(() => end(new PendingError()));
  const body = new BodyBuffer(inFlight, declared);
  /**
   * Same as in the Collector: a client that is still sending might not read the response, so it is refused only when
   * the limit is reached.
   */
  const isTooLarge = declared !== undefined && declared > limit;
  let received = 0;
  let isOpen = true;
  const stopWatching = deadlines?.begin(
    () => received,
    (error) => end(error),
  );
  const end = (refusal?: BodyRefusal) => {
    if (!isOpen) return;
    isOpen = false;
    stopWatching?.();
    if (refusal === undefined) inFlight.complete();
    else body.free();
    // When memory runs out, many requests are refused at the same moment.
    if (refusal === undefined || eventLoop.hasTime()) done(body, inFlight, refusal);
    else eventLoop.soon(() => done(body, inFlight, refusal));
  };
  readInTurns(request, inFlight, {
    piece: (bytes) => {
      if (!isOpen) return;
      received += bytes.length;
      if (received > limit) end(new BodyError(tooLarge));
      else if (!isTooLarge && !body.add(bytes)) end(new PendingError());
    },
    end: () => {
      if (isCutOff(request)) abandon();
      else if (declared !== undefined && declared !== received) {
        end(new BodyError(`request declared a Content-Length of ${declared} but only wrote ${received} bytes`));
      } else end();
    },
  });
  request.on('error', abandon);
  request.on('aborted', abandon);
  if (!inFlight.add(requestOverhead)) end(new PendingError());

  function abandon(): void {
    if (!isOpen) return;
    isOpen = false;
    stopWatching?.();
    body.free();
    inFlight.release();
  }
}

function declaredLength(request: IncomingMessage): number | undefined {
  const text = request.headers['content-length'];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Whether the client disconnected. Over HTTP/2, the body then ends too. */
function isCutOff(request: IncomingMessage & { readonly stream?: { readonly aborted: boolean } }): boolean {
  return request.aborted || request.stream?.aborted === true;
}
