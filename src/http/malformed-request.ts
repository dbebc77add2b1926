import type { Duplex } from 'node:stream';

const answers: ReadonlyMap<string, string> = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['HPE_INVALID_VERSION', '505 HTTP Version Not Supported: unsupported protocol version'],
]);

/**
 * Returns the Collector's response to a malformed request.
 * @param status the status line and the body
 */
export function malformedAnswer(status: string, body: string = status): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${body}`;
}

/**
 * Responds to bytes that are not an HTTP request, then closes the connection. If a request did not arrive in time,
 * closes it without a response.
 */
export function answerMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  const isTimeout = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  if (!socket.writable || isTimeout || !error.code?.startsWith('HPE_')) {
    socket.destroy();
    return;
  }
  socket.end(malformedAnswer(answers.get(error.code) ?? '400 Bad Request'));
}
