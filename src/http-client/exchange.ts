import type { Dispatcher } from 'undici';

/** Bytes of a response that are read. The rest is discarded. */
const maxResponseBytes = 64 * 1024;

/** Beginning of a response. */
export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The first 64 KiB of the body. */
  readonly body: Buffer;
}

/** Ends a request early. It costs less than an AbortController, of which each request would need one. */
export class Ending {
  isEnded = false;
  /** Called once when the request must end; set for the exchange that runs. */
  onEnd: (() => void) | undefined;

  end(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.onEnd?.();
  }
}

/**
 * Sends one request on a connection of `dispatcher`, and reads the beginning of the response. Without undici's streams, which cost more than
 * the rest of a small request. Rejects when `ending` ends.
 */
export function exchange(dispatcher: Dispatcher, options: Dispatcher.DispatchOptions, ending: Ending): Promise<Answer> {
  if (ending.isEnded) return Promise.reject(new Error('ended'));
  return new Promise((resolve, reject) => {
    const handler = new AnswerHandler(resolve, reject);
    ending.onEnd = () => handler.end();
    dispatcher.dispatch(options, handler);
  });
}

class AnswerHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: Error) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #isEnded = false;
  #status = 0;
  #headers: Answer['headers'] = {};
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(resolve: (answer: Answer) => void, reject: (error: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Ends the request. It may still wait for a connection. */
  end(): void {
    const error = new Error('ended');
    this.#isEnded = true;
    this.#controller?.abort(error);
    this.#reject(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isEnded) controller.abort(new Error('ended'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Answer['headers']): void {
    // Informational responses precede the final one, and replace nothing of it.
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (this.#bytes < maxResponseBytes) this.#pieces.push(piece.subarray(0, maxResponseBytes - this.#bytes));
    this.#bytes += piece.length;
    // The connection cannot be used again, but a body without end would never release it.
    if (this.#bytes <= 2 * maxResponseBytes) return;
    this.#answer();
    controller.abort(new Error('too many bytes'));
  }

  onResponseEnd(): void {
    this.#answer();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }

  #answer(): void {
    this.#resolve({ status: this.#status, headers: this.#headers, body: Buffer.concat(this.#pieces) });
  }
}
