import type { ServerResponse } from 'node:http';
import { type ExpositionBytes, toBuffer } from './byte-builder.ts';

/** Bodies up to this many bytes are sent with a length, as Go's server does; longer ones in chunks. */
const maxBytesWithLength = 2048;

/** Writes a page as it comes: held back while it may still be short enough for a length, then no faster than the reader reads. */
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

  /** False when there is no use in going on: the reader has gone, or only wants the headers. */
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

  /** Ends the response. True once all of it has been handed to the system, false when the reader went away before. */
  async end(): Promise<boolean> {
    const response = this.#response;
    if (isGone(response)) return false;
    if (this.#isStarted) {
      response.end();
    } else {
      const body = joined(this.#held);
      // Go tells the length of a body that HEAD does not get, but not that there is none.
      if (this.#hasBody || body.length > 0) this.#headers.push('Content-Length', String(body.length));
      response.writeHead(200, this.#headers);
      response.end(this.#hasBody ? body : undefined);
    }
    if (!response.writableFinished) await firstOf(response, 'finish', 'close');
    return response.writableFinished;
  }

  /** Waits until there is room for more. */
  async #write(bytes: ExpositionBytes): Promise<boolean> {
    const response = this.#response;
    if (!response.write(bytes, 'latin1') && !isGone(response)) await firstOf(response, 'drain', 'close');
    return !isGone(response);
  }
}

function joined(pieces: readonly ExpositionBytes[]): Buffer {
  return Buffer.concat(pieces.map(toBuffer));
}

/** Resolves with the first of two events. */
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

/** Whether nobody reads any more; an HTTP/2 response only knows it of its stream. */
function isGone(response: ServerResponse & { readonly stream?: { readonly destroyed: boolean } }): boolean {
  return response.destroyed || response.stream?.destroyed === true;
}
