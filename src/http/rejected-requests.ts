import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ComponentSettings } from '#component/component.ts';
import { doctorAgent } from '#component/views/clients-view.ts';
import type { RejectedRequests, RejectReason, Transport } from '#component/views/rejection.ts';
import type { ServiceViews } from '#component/views/service-views.ts';
import { recognize } from './first-bytes.ts';
import { correctionOf } from './rejection-causes.ts';
import { RejectionWarnings } from './rejection-warnings.ts';

type Settings = Pick<ComponentSettings, 'id' | 'metrics' | 'clock' | 'logger'>;

/** Maximum number of recorded pairs of correction and client. The pair that was idle longest is evicted. */
const maxRecorded = 200;
/** Maximum number of characters of a recorded text. */
const maxText = 200;

/** The ends of a connection; a socket has them while it is open. */
export interface ConnectionEnds {
  readonly remoteAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

/** Details of a rejected request or connection. */
export interface Rejection {
  readonly reason: RejectReason;
  readonly transport: Transport;
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly contentType?: string | undefined;
  readonly userAgent?: string | undefined;
  /** Details of this rejection, such as `StatsD text`. */
  readonly detail?: string | undefined;
}

/**
 * Requests and connections that a listener rejected, by reason and client. They are counted on port 8888, logged, and recorded for
 * the console and the command line.
 */
export class RejectionLog {
  readonly #settings: Settings;
  readonly #isRelevant: (rejection: Rejection) => boolean;
  readonly #warnings: RejectionWarnings;
  readonly #counters = new Map<string, { add(value: number): void }>();
  /** In the order of their latest occurrence. */
  readonly #recorded = new Map<string, RejectedRequests>();

  /**
   * @param settings settings of the component that listens
   * @param isRelevant whether to record a rejection; by default all
   */
  constructor(settings: Settings, isRelevant: (rejection: Rejection) => boolean = () => true) {
    this.#settings = settings;
    this.#isRelevant = isRelevant;
    this.#warnings = new RejectionWarnings(settings);
  }

  /** Sets the views of the service: the log names the ports to which clients should send. */
  set views(views: ServiceViews | undefined) {
    this.#warnings.views = views;
  }

  /** Latest first. */
  get entries(): readonly RejectedRequests[] {
    return [...this.#recorded.values()].reverse();
  }

  record(rejection: Rejection): void {
    if (!this.#isRelevant(rejection)) return;
    const { reason, transport } = rejection;
    this.#counter(reason, transport).add(1);
    const address = plainAddress(rejection.address);
    const unixMs = this.#settings.clock.now();
    const latest: RejectedRequests = {
      reason,
      transport,
      address,
      port: rejection.port ?? 0,
      ...{ count: 1, firstUnixMs: unixMs, lastUnixMs: unixMs },
      method: shortened(rejection.method),
      path: shortened(rejection.path),
      contentType: shortened(rejection.contentType),
      userAgent: shortened(rejection.userAgent),
      detail: shortened(rejection.detail),
    };
    // Mistakes with different corrections stay apart: a probe does not hide an exporter of the same host.
    const key = `${reason} ${transport} ${rejection.port} ${address} ${correctionOf(latest)}`;
    const known = this.#recorded.get(key);
    const recorded: RejectedRequests = known
      ? { ...latest, count: known.count + 1, firstUnixMs: known.firstUnixMs }
      : latest;
    this.#recorded.delete(key);
    if (this.#recorded.size >= maxRecorded) this.#recorded.delete(this.#recorded.keys().next().value!);
    this.#recorded.set(key, recorded);
    this.#warnings.log(recorded);
  }

  /** Records a connection whose first bytes are not a request. */
  connection(firstBytes: Uint8Array, connection: Duplex, transport: Transport = 'http'): void {
    this.record({ ...recognize(firstBytes), transport, ...endsOf(connection) });
  }

  /** Records bytes after a request that are not a request: two processes write to the same connection. */
  shared(connection: Duplex): void {
    const detail = 'bytes after a request are not a request';
    this.record({ reason: 'shared_connection', transport: 'http', detail, ...endsOf(connection) });
  }

  /** Records a failed TLS handshake. */
  handshake(error: NodeJS.ErrnoException, connection: ConnectionEnds, transport: Transport): void {
    const isPlain = error.code === 'ERR_SSL_HTTP_REQUEST';
    const detail = isPlain ? 'HTTP/1.1' : error.message;
    this.record({ reason: isPlain ? 'plain_http' : 'tls', transport, detail, ...endsOf(connection) });
  }

  #counter(reason: RejectReason, transport: Transport): { add(value: number): void } {
    const key = `${transport} ${reason}`;
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      counter = this.#settings.metrics.counter(
        'pitot_receiver_rejected_requests_total',
        'Total number of requests and connections rejected before any pipeline received data, by reason.',
        { receiver: this.#settings.id, transport, reason },
      );
      this.#counters.set(key, counter);
    }
    return counter;
  }

  /** Records an HTTP request. */
  request(reason: RejectReason, request: IncomingMessage, detail?: string): void {
    // `pitot doctor` prints what it finds.
    if (request.headers['user-agent'] === doctorAgent) return;
    this.record({
      reason,
      transport: 'http',
      address: request.socket.remoteAddress,
      port: request.socket.localPort,
      method: request.method,
      path: request.url,
      contentType: request.headers['content-type'],
      userAgent: request.headers['user-agent'],
      detail,
    });
  }
}

/** Returns the addresses of a connection, which can use TLS. */
function endsOf(connection: Duplex | ConnectionEnds): Pick<Rejection, 'address' | 'port'> {
  const { remoteAddress, localPort } = connection as ConnectionEnds;
  return { address: remoteAddress, port: localPort };
}

/** Converts an IPv4-mapped IPv6 address to IPv4. A dual-stack socket reports such addresses. */
function plainAddress(address: string | undefined): string {
  return address?.replace(/^::ffff:(?=\d+\.)/, '') ?? '';
}

function shortened(text: string | undefined): string {
  if (text === undefined || text.length <= maxText) return text ?? '';
  return `${text.slice(0, maxText)}…`;
}
