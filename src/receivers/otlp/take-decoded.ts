import { freeBytes } from '#bytes/free-bytes.ts';
import { eventLoop } from '#flow/event-loop.ts';
import type { InFlightRequest } from '#flow/in-flight.ts';
import type { DeferredContent } from './content-encoding.ts';
import { PendingError } from './request-body.ts';

/**
 * Decodes a body when the event loop has time, and passes it to `take`: bodies of one kilobyte that become a megabyte can arrive by the
 * thousand. Decoded bytes count in the budget.
 * @throws PendingError if they exceed it, and the errors of `decode` and `take`; the promise rejects with the same errors
 */
export function takeDecoded<Result>(
  decode: () => Buffer | DeferredContent,
  inFlight: Pick<InFlightRequest, 'add'>,
  take: (body: Buffer | DeferredContent) => Result | Promise<Result>,
): Result | Promise<Awaited<Result>> {
  const held = (content: Buffer) => {
    if (inFlight.add(content.length)) return content;
    throw new PendingError();
  };
  return eventLoop.whenTime(() => {
    const content = decode();
    if (typeof content === 'function') return take(() => content().then(held));
    return thenFree(content, () => take(held(content)));
  }) as Result | Promise<Awaited<Result>>;
}

/** Does work with decoded bytes, and releases them when it is done: many of them would otherwise fill the memory before they are collected. */
function thenFree<Result>(bytes: Buffer, work: () => Result | Promise<Result>): Result | Promise<Result> {
  let result: Result | Promise<Result>;
  try {
    result = work();
  } catch (error) {
    freeBytes(bytes);
    throw error;
  }
  if (result instanceof Promise) return result.finally(() => freeBytes(bytes));
  freeBytes(bytes);
  return result;
}
