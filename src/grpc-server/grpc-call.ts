import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { grpcFrame } from '#bytes/grpc-frame.ts';
import { rpcCode } from '#component/rpc-codes.ts';
import { timerDelay } from '#component/timer-delay.ts';
import { RpcError } from './rpc-error.ts';
import { type RpcStatus, statusWithRetryInfo } from './rpc-status.ts';

/** Milliseconds per unit of `grpc-timeout`. */
const timeoutUnits: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** The stream of one call: the headers of the client, and its one response or stream of responses. */
export class GrpcCall {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  /** Port of the listener. */
  readonly port: number;
  #deadline: NodeJS.Timeout | undefined;
  #isAnswered = false;
  #isStreaming = false;
  #trailers: Record<string, string> = {};

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, port: number) {
    this.stream = stream;
    this.headers = headers;
    this.port = port;
    stream.once('close', () => clearTimeout(this.#deadline));
  }

  /** Whether no response is expected anymore. */
  get isOver(): boolean {
    return this.#isAnswered || this.stream.destroyed || this.stream.aborted;
  }

  /**
   * Calls `act` when the client's `grpc-timeout` has passed.
   * @throws RpcError if the header is malformed
   */
  onDeadline(act: () => void): void {
    const text = this.headers['grpc-timeout'];
    if (text === undefined) return;
    const [, digits, unit] = /^(\d{1,8})([HMSmun])$/.exec(String(text)) ?? [];
    if (digits === undefined) {
      throw new RpcError(rpcCode.internal, `malformed grpc-timeout: invalid timeout: ${JSON.stringify(String(text))}`);
    }
    this.#deadline = setTimeout(act, timerDelay(Number(digits) * timeoutUnits[unit!]!)).unref();
  }

  /** Returns the headers as metadata: names in lower case, without those of HTTP/2. */
  metadata(): Map<string, readonly string[]> {
    const entries = Object.entries(this.headers).filter(([name]) => !name.startsWith(':'));
    return new Map(entries.map(([name, value]) => [name, Array.isArray(value) ? value : [String(value)]]));
  }

  /** IP address of the client, or `''`. */
  get address(): string {
    return this.stream.session?.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? '';
  }

  get userAgent(): string {
    return this.headers['user-agent'] ?? '';
  }

  get path(): string {
    return String(this.headers[':path'] ?? '');
  }

  /** Responds with a message and status OK. Only the first response is sent. */
  succeed(message: Buffer): void {
    if (!this.#answer()) return;
    this.#respond();
    this.#trailers = { 'grpc-status': '0', 'grpc-message': '' };
    this.stream.end(grpcFrame(message));
  }

  /** Sends one message of a stream of responses. `fail` ends the stream. */
  send(message: Buffer): void {
    if (this.isOver) return;
    if (!this.#isStreaming) this.#respond();
    this.#isStreaming = true;
    this.stream.write(grpcFrame(message));
  }

  /** Responds with a status other than OK: in headers alone, or in the trailers of a stream of responses. */
  fail(status: RpcStatus): void {
    if (!this.#answer()) return;
    const { code, message, retryAfterSeconds } = status;
    const fields = {
      'grpc-status': String(code),
      'grpc-message': percentEncoded(message),
      ...(retryAfterSeconds !== undefined && {
        'grpc-status-details-bin': statusWithRetryInfo({ code, message, retryAfterSeconds }).toString('base64'),
      }),
    };
    if (!this.#isStreaming) {
      this.stream.respond({ ...responseHeaders, ...fields }, { endStream: true });
      return;
    }
    this.#trailers = fields;
    this.stream.end();
  }

  /** Responds that the request is not a gRPC call. */
  refuseMediaType(): void {
    if (this.#answer()) this.stream.respond({ ':status': 415 }, { endStream: true });
  }

  #respond(): void {
    this.stream.respond(responseHeaders, { waitForTrailers: true });
    this.stream.once('wantTrailers', () => this.stream.sendTrailers(this.#trailers));
  }

  #answer(): boolean {
    if (this.isOver) return false;
    this.#isAnswered = true;
    clearTimeout(this.#deadline);
    return true;
  }
}

const responseHeaders = { ':status': 200, 'content-type': 'application/grpc' };

/** Maximum length of a status message. The size of headers is limited too. */
const longestMessage = 4096;

/** Encodes a status message for gRPC: `%` and bytes that are not printable ASCII become hexadecimal. */
function percentEncoded(text: string): string {
  const message = text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;
  return message
    .toWellFormed()
    .replace(/[^\x20-\x24\x26-\x7e]+/g, (part) =>
      [...Buffer.from(part)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    );
}
