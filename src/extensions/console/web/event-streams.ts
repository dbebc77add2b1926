import type { IncomingMessage, ServerResponse } from 'node:http';

/** Maximum number of open streams. */
const maxStreams = 16;
/** Interval of lines that prevent proxies from closing a silent stream, ms. */
const keepAliveMs = 15_000;

/** Server-sent events to one client. */
export interface EventStream {
  /** Whether the client reads fast enough. If false, events should not be sent. */
  readonly isReady: boolean;
  /** Number of bytes that the client has not read yet. */
  readonly bufferedBytes: number;
  send(event: string, data: unknown): void;
}

/** The open streams of server-sent events. A slow client loses events and delays nothing. */
export class EventStreams {
  readonly #open = new Set<ServerResponse>();

  /** Opens a stream. Calls `onClose` once. Returns undefined if too many are open. */
  open(request: IncomingMessage, response: ServerResponse, onClose: () => void): EventStream | undefined {
    if (this.#open.size >= maxStreams) return undefined;
    this.#open.add(response);
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
    response.write(':\n\n');
    const keepAlive = setInterval(() => response.write(':\n\n'), keepAliveMs).unref();
    response.once('close', () => {
      clearInterval(keepAlive);
      this.#open.delete(response);
      onClose();
    });
    request.resume();
    return {
      get isReady() {
        return !response.writableNeedDrain && !response.destroyed;
      },
      get bufferedBytes() {
        return response.writableLength;
      },
      send: (event, data) => {
        if (!response.destroyed) response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      },
    };
  }

  /** Ends all streams, so that the server can close. */
  closeAll(): void {
    for (const response of this.#open) response.end();
  }
}
