import type { Agent, IncomingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';

/** Bytes of an answer that are read at most. */
const defaultMaxBytes = 256 * 1024 * 1024;

/** An answer with any status. The body is complete up to the limit of the request. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request of a command. */
export interface HttpQuestion {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly timeoutMs: number;
  /** PEM of the trusted authorities; the system's ones unless given. */
  readonly ca?: string | undefined;
  /** Accepts every certificate. */
  readonly isInsecure?: boolean;
  readonly maxBytes?: number;
  /** Keeps connections for further requests. By default, each request has its own. */
  readonly agent?: Agent;
}

/** Returns a URL for messages: without user name and password. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//');
}

/** Nothing answered within the time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs / 1000} s`);
  }
}

/**
 * Sends a request and reads the answer, whatever its status.
 * @throws the system's error, or TimeoutError
 */
export function requestHttp(url: URL, question: HttpQuestion): Promise<HttpAnswer> {
  const {
    method = 'GET',
    headers = {},
    body,
    timeoutMs,
    ca,
    isInsecure = false,
    maxBytes = defaultMaxBytes,
    agent = false,
  } = question;
  const { request } = process.getBuiltinModule(url.protocol === 'https:' ? 'node:https' : 'node:http');
  const signal = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(signal.aborted ? new TimeoutError(timeoutMs) : error);
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const options: RequestOptions = {
      ...{ method, signal, agent, headers: { ...length, ...headers } },
      ...(ca !== undefined && { ca }),
      ...(isInsecure && { rejectUnauthorized: false }),
    };
    const outgoing = request(url, options, (response) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (bytes > maxBytes) response.destroy(new Error(`the answer has more than ${maxBytes} bytes`));
        else pieces.push(piece);
      });
      response.on('error', fail);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      );
    });
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

const untrusted = 'its certificate is not trusted; set NODE_EXTRA_CA_CERTS to the file of its authority';
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'the name does not exist',
  EAI_AGAIN: 'the name server does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  EPIPE: 'the connection was closed',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
};

/** Says why a request failed, in a few words. */
export function networkReason(error: unknown): string {
  const { code, message, errors, cause } = error as NodeJS.ErrnoException & { errors?: readonly Error[] };
  // A stream of HTTP/2 fails because its connection does.
  if (cause instanceof Error) return networkReason(cause);
  // A name with several addresses: the first attempt is as good as any.
  if (errors?.[0]) return networkReason(errors[0]);
  return reasons[code ?? ''] ?? (message || (code ?? 'unknown error'));
}
