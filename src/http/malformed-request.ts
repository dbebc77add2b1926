import type { Duplex } from 'node:stream';

const answers: ReadonlyMap<string, string> = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['HPE_INVALID_VERSION', '505 HTTP Version Not Supported'],
]);

/** The collector's answer to a request for which there is no valid text. @param status the status line and the body */
export function malformedAnswer(status: string, body: string = status): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${body}`;
}

/** Answers bytes that are no HTTP request, then closes. A request that did not come in time is closed without an answer. */
export function answerMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  const isTimeout = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  if (!socket.writable || isTimeout || !error.code?.startsWith('HPE_')) {
    socket.destroy();
    return;
  }
  socket.end(malformedAnswer(answers.get(error.code) ?? '400 Bad Request'));
}
