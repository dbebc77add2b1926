import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Writes a refusal before the handler is reached: an invalid encoding (400) or a client that is not authenticated
 * (401).
 */
export type Refuse = (request: IncomingMessage, response: ServerResponse, refusal: Refusal) => void;

/** Status and message of a refused request. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
  /** Seconds after which the client can retry. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Writes the Collector's plain-text response to an error: the text and a newline. */
export const refuseInPlainText: Refuse = (_request, response, { status, message, retryAfterSeconds }) => {
  const body = `${message}\n`;
  response.writeHead(status, [
    ...['Content-Type', 'text/plain; charset=utf-8'],
    ...['X-Content-Type-Options', 'nosniff'],
    ...['Content-Length', String(Buffer.byteLength(body))],
    ...(retryAfterSeconds === undefined ? [] : ['Retry-After', String(retryAfterSeconds)]),
  ]);
  response.end(body);
};

/** Responds with `404 page not found`. */
export function answerNotFound(request: IncomingMessage, response: ServerResponse): void {
  refuseInPlainText(request, response, { status: 404, message: '404 page not found' });
}
