import type { IncomingMessage } from 'node:http';
import { eventLoop } from '#flow/event-loop.ts';
import type { InFlightRequest } from '#flow/in-flight.ts';

/** A smaller piece is passed on at once: that takes no longer than holding it, and thousands that are held take more memory than their bytes. */
const smallPiece = 16 * 1024;

interface Receiver {
  readonly piece: (bytes: Buffer) => void;
  /** Called after the last piece. */
  readonly end: () => void;
}

/**
 * Passes on the pieces of a body as they arrive. If the iteration of the event loop has lasted too long, pieces wait for one of the next ones,
 * and their connection is not read in the meantime: hundreds of clients that send at the same time would otherwise block the event loop.
 * Pieces that wait count in the budget.
 */
export function readInTurns(
  request: IncomingMessage,
  inFlight: Pick<InFlightRequest, 'claim' | 'remove'>,
  { piece, end }: Receiver,
): void {
  let held: Buffer[] = [];
  let isEnded = false;
  let isFirst = true;
  let isPaused = false;
  const goOn = () => {
    const pieces = held;
    held = [];
    isPaused = false;
    for (const bytes of pieces) {
      inFlight.remove(bytes.length);
      piece(bytes);
    }
    if (isEnded && pieces.length > 0) end();
    setReading(request, true);
  };
  const pause = () => {
    if (isPaused) return;
    isPaused = true;
    setReading(request, false);
    eventLoop.soon(goOn);
  };
  request.on('data', (bytes: Buffer) => {
    const isSmall = bytes.length < smallPiece;
    // Most requests have one small piece.
    const hasTime = (isFirst && isSmall) || (!isPaused && eventLoop.hasTime());
    isFirst = false;
    if (!hasTime) pause();
    if (held.length === 0 && (isSmall || hasTime)) {
      piece(bytes);
      return;
    }
    held.push(bytes);
    inFlight.claim(bytes.length);
  });
  request.on('end', () => {
    isEnded = true;
    if (held.length === 0) end();
  });
}

/** Starts or stops reading the connection. Over HTTP/2, only the stream. */
function setReading(request: IncomingMessage, isReading: boolean): void {
  const source = request.httpVersionMajor === 1 ? request.socket : request;
  if (isReading) source.resume();
  else source.pause();
}
