import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import type { Requests } from '#api/requests.ts';
import type { Clock } from '#component/component.ts';
import type { RequestsView, TappedRequest } from '#component/views/requests-view.ts';
import type { EventStream } from './event-streams.ts';
import { FollowedViews } from './followed-views.ts';

/** Maximum number of recordings at the same time. */
export const maxRecordings = 2;
/** Maximum size of a body, bytes. */
const maxBody = 4 * 1024 * 1024;
/** Maximum size of the bodies of one second, bytes: encoding them takes a small part of a core. */
const maxPerPeriod = 8 * 1024 * 1024;
/** Maximum number of bytes that the client has not read yet. */
const maxBuffered = 8 * 1024 * 1024;
const periodMs = 1_000;

/**
 * Sends requests to one client as receivers read them. Never waits for the client: requests above a limit are only counted, so that no
 * recording slows a receiver or needs more memory than its limits.
 */
export class LiveRequests {
  readonly #stream: EventStream;
  readonly #clock: Clock;
  readonly #followed: FollowedViews<RequestsView>;
  readonly #timer: NodeJS.Timeout;
  #sentBytes = 0;
  #missed = 0;

  constructor(stream: EventStream, views: () => readonly RequestsView[], clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
    this.#followed = new FollowedViews(views, (view) => view.tap((request) => this.#take(request)));
    this.#timer = setInterval(() => this.#endPeriod(), periodMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#followed.stop();
  }

  #take(request: TappedRequest): void {
    const { length } = request.body;
    const isTooMuch = length > maxBody || this.#sentBytes + length > maxPerPeriod;
    if (isTooMuch || this.#stream.bufferedBytes > maxBuffered) {
      this.#missed += 1;
      return;
    }
    this.#sentBytes += length;
    this.#send([{ atMs: this.#clock.monotonic(), ...requestForApi(request) }]);
  }

  #send(requests: Requests['requests']): void {
    this.#stream.send('requests', { requests, missed: this.#missed } satisfies Requests);
    this.#missed = 0;
  }

  #endPeriod(): void {
    this.#sentBytes = 0;
    this.#followed.update();
    if (this.#missed > 0 && this.#stream.bufferedBytes <= maxBuffered) this.#send([]);
  }
}

function requestForApi({ transport, path, contentType, contentEncoding, userAgent, body }: TappedRequest) {
  return {
    transport,
    path,
    headers: {
      ...(contentType !== '' && { 'content-type': contentType }),
      ...(contentEncoding !== '' && { 'content-encoding': contentEncoding }),
      ...(userAgent !== '' && { 'user-agent': userAgent }),
    },
    body: body.toString('base64'),
  };
}

/**
 * Whether a request comes from the same host or pod, and not through a proxy. Bodies of requests can contain more than the console shows, so
 * only such clients receive them without credentials.
 */
export function isLocal({ socket, headers }: IncomingMessage): boolean {
  const address = socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? '';
  const isLoopback = address === '::1' || (isIPv4(address) && address.startsWith('127.'));
  return isLoopback && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined;
}
