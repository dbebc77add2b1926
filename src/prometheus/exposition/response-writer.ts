import type { ServerResponse } from 'node:http';
import { type ExpositionBytes, toBuffer } from './byte-builder.ts';

/** Same as Go's server: bodies up to this number of bytes are sent with a length, longer ones in chunks. */
const maxBytesWithLength = 2048;

/**
 * Writes a scrape response while it is rendered. Holds the first bytes back while the body can still be short enough
 * for a Content-Length header, then writes no faster than the client reads.
 */
export class ResponseWriter {
  readonly #response: ServerResponse;
  readonly #headers: string[];
  readonly #hasBody: boolean;
  #held: ExpositionBytes[] = [];
  #isStarted = false;
  bytes = 0;

  constructor(response: ServerResponse, options: { headers: string[]; hasBody: boolean }) {
    this.#response = response;
    this.#headers = options.headers;
    this.#hasBody = options.hasBody;
  }

  /**
   * Sends bytes. Returns false if further bytes are useless, because the client has disconnected or requested only the
   * headers.
   */
  async send(bytes: ExpositionBytes): Promise<boolean> {
    if (isGone(this.#response)) return false;
    this.bytes += bytes.length;
    if (this.#isStarted) return this.#write(bytes);
    this.#held.push(bytes);
    if (this.bytes <= maxBytesWithLength) return true;
    this.#isStarted = true;
    this.#response.writeHead(200, this.#headers);
    return this.#hasBody && this.#write(joined(this.#held.splice(0)));
  }

  /**
   * Ends the response. Returns true after all bytes have been passed to the operating system, false if the client
   * disconnected before.
   */
  async end(): Promise<boolean> {
    const response = this.#response;
    if (isGone(response)) return false;
    if (this.#isStarted) {
      response.end();
    } else {
      const body = joined(this.#held);
      // Go sends the length of the body that a HEAD response omits, but not a length of 0.
      if (this.#hasBody || body.length > 0) this.#headers.push('Content-Length', String(body.length));
      response.writeHead(200, this.#headers);
      response.end(this.#hasBody ? body : undefined);
    }
    if (!response.writableFinished) await firstOf(response, 'finish', 'close');
    return response.writableFinished;
  }

  /** Writes bytes and waits until more can be written. */
  async #write(bytes: ExpositionBytes): Promise<boolean> {
    const response = this.#response;
    if (!response.write(bytes, 'latin1') && !isGone(response)) await firstOf(response, 'drain', 'close');
    return !isGone(response);
  }
}

function joined(pieces: readonly ExpositionBytes[]): Buffer {
  return Buffer.concat(pieces.map(toBuffer));
}

/** Resolves after the first of two events. */
function firstOf(response: ServerResponse, event: string, otherEvent: string): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off(event, done);
      response.off(otherEvent, done);
      resolve();
    };
    response.on(event, done);
    response.on(otherEvent, done);
  });
}

/** Whether the client has disconnected. For HTTP/2, only the stream of the response has this information. */
function isGone(response: ServerResponse & { readonly stream?: { readonly destroyed: boolean } }): boolean {
  return response.destroyed || response.stream?.destroyed === true;
}
