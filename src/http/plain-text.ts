import type { IncomingMessage, ServerResponse } from 'node:http';

/** How a server says no before its handler is reached: a bad encoding (400) or a refused sender (401). */
export type Refuse = (
  request: IncomingMessage,
  response: ServerResponse,
  refusal: { readonly status: number; readonly message: string },
) => void;

/** The collector's plain answer to an error: the text and a newline. */
export const refuseInPlainText: Refuse = (_request, response, { status, message }) => {
  const body = `${message}\n`;
  response.writeHead(status, [
    ...['Content-Type', 'text/plain; charset=utf-8'],
    ...['X-Content-Type-Options', 'nosniff'],
    ...['Content-Length', String(Buffer.byteLength(body))],
  ]);
  response.end(body);
};

/** `404 page not found` */
export function answerNotFound(request: IncomingMessage, response: ServerResponse): void {
  refuseInPlainText(request, response, { status: 404, message: '404 page not found' });
}
