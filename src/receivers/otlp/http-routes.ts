import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '#component/component.ts';
import { type ClientContext, noClientContext } from '#component/consumer.ts';
import { rpcCode } from '#component/rpc-codes.ts';
import type { RejectReason } from '#component/views/rejection.ts';
import type { TappedRequest } from '#component/views/requests-view.ts';
import { BodyError, tooLarge } from '#compression/body-error.ts';
import type { InFlightRequest } from '#flow/in-flight.ts';
import { statusOfError } from '#grpc-server/rpc-status.ts';
import { authOf, headersOf } from '#http/authentication.ts';
import { bodyFaultOf } from '#http/body-faults.ts';
import { redirect } from '#http/clean-path.ts';
import type { HttpServer } from '#http/http-server.ts';
import { routesOf } from '#http/path-pattern.ts';
import type { RejectionLog } from '#http/rejected-requests.ts';
import { defaultMaxRequestBodySize } from '#http/server-config.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import type { BodyBuffer } from './body-buffer.ts';
import { SlowBodyError } from './body-deadlines.ts';
import { ClientFaults, clientOf } from './client-faults.ts';
import type { OtlpHttpConfig } from './config.ts';
import { type DeferredContent, decodeContent } from './content-encoding.ts';
import {
  answerMethodNotAllowed,
  answerStatus,
  answerSuccess,
  answerUnsupportedMediaType,
  type Format,
  formatOf,
} from './export-response.ts';
import type { InFlightGate } from './in-flight-gate.ts';
import { headOf, isRequestHead } from './mislabeled-body.ts';
import { type BodyRefusal, PendingError, readBody } from './request-body.ts';
import type { RequestTap } from './request-tap.ts';
import { type Accepted, GoneError, type SignalIntake } from './signal-intake.ts';
import { takeDecoded } from './take-decoded.ts';

/** A signal and the path at which it is received. */
export interface SignalRoute {
  readonly path: string;
  readonly intake: SignalIntake<unknown>;
  /** Returns a field of a request in JSON that is ignored. */
  readonly unknownField?: (json: Buffer) => string | undefined;
}

interface RouteOptions {
  readonly config: OtlpHttpConfig;
  readonly rejected: RejectionLog;
  readonly logger: Logger;
  readonly routes: readonly SignalRoute[];
  readonly gate: InFlightGate;
  readonly tap: RequestTap;
}

/**
 * Adds the export routes to a server.
 * @throws Error if two signals have the same path
 */
export function addExportRoutes(
  server: HttpServer,
  { config, routes, gate, tap, rejected, logger }: RouteOptions,
): void {
  const faults = new ClientFaults(logger);
  const taken = new Set<string>();
  for (const { path, intake, unknownField } of routes) {
    if (taken.has(path)) throw new Error(`two signals have the path ${JSON.stringify(path)}`);
    taken.add(path);
    const endpoint = new ExportEndpoint({ config, intake, gate, tap, rejected, faults, unknownField });
    const route = routesOf(path);
    server.app.all(route.path, (request, reply) => {
      reply.hijack();
      endpoint.handle(request.raw, reply.raw);
    });
    const { redirectFrom } = route;
    if (redirectFrom !== undefined) {
      server.app.all(redirectFrom, (request, reply) => {
        reply.hijack();
        redirect(request.raw, reply.raw, path);
      });
    }
  }
}

interface EndpointOptions {
  readonly config: OtlpHttpConfig;
  readonly rejected: RejectionLog;
  readonly intake: SignalIntake<unknown>;
  readonly gate: InFlightGate;
  readonly tap: RequestTap;
  readonly faults: ClientFaults;
  readonly unknownField: SignalRoute['unknownField'];
}

/** A request and its response. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly format: Format;
}

/** Returns the reason why a request failed before any pipeline received it. Undefined if a pipeline refused it. */
function reasonOf(error: unknown): RejectReason | undefined {
  if (error instanceof DecodeError) return 'decode';
  if (error instanceof BodyError) return error.message === tooLarge ? 'size' : 'body';
  if (error instanceof SlowBodyError) return 'body';
  if (error instanceof GoneError) return 'gone';
  return error instanceof PendingError ? 'pending' : undefined;
}

/** Returns a text such as `21.0 MiB; the limit is 20.0 MiB`. */
function sizeDetail({ headers }: IncomingMessage, limit: number): string {
  const declared = Number(headers['content-length'] ?? Number.NaN);
  // A compressed body can be smaller than the limit, and a chunked one has no declared size.
  return declared > limit
    ? `${mebibytes(declared)}; the limit is ${mebibytes(limit)}`
    : `more than the limit of ${mebibytes(limit)}`;
}

const mebibytes = (bytes: number) =>
  bytes < 1024 * 1024 ? `${bytes} bytes` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;

function tapped({ url = '/', headers }: IncomingMessage, body: BodyBuffer): TappedRequest {
  const {
    'content-type': contentType = '',
    'content-encoding': contentEncoding = '',
    'user-agent': userAgent = '',
  } = headers;
  return { transport: 'http', path: url, contentType, contentEncoding, userAgent, body: body.bytes() };
}

/** Handles the requests at one path, from method check to response. */
class ExportEndpoint {
  readonly #intake: SignalIntake<unknown>;
  readonly #gate: InFlightGate;
  readonly #tap: RequestTap;
  readonly #rejected: RejectionLog;
  readonly #limit: number;
  readonly #hasEncodings: boolean;
  readonly #includeMetadata: boolean;
  readonly #hasAuth: boolean;
  readonly #faults: ClientFaults;
  readonly #unknownField: SignalRoute['unknownField'];

  constructor({ config, intake, gate, tap, rejected, faults, unknownField }: EndpointOptions) {
    this.#faults = faults;
    this.#unknownField = unknownField;
    this.#intake = intake;
    this.#rejected = rejected;
    this.#gate = gate;
    this.#tap = tap;
    this.#limit = config.maxRequestBodySize > 0 ? config.maxRequestBodySize : defaultMaxRequestBodySize;
    this.#hasEncodings = config.compressionAlgorithms.length > 0;
    this.#includeMetadata = config.includeMetadata;
    this.#hasAuth = config.auth !== undefined;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== 'POST') {
      this.#rejected.request('method', request);
      answerMethodNotAllowed(response);
      return;
    }
    const format = formatOf(request.headers['content-type']);
    if (format === undefined) {
      this.#rejected.request('media_type', request);
      answerUnsupportedMediaType(response);
      return;
    }
    const exchange = { request, response, format };
    readBody(
      request,
      { limit: this.#limit, open: this.#gate.open, deadlines: this.#gate.deadlines },
      (body, inFlight, refusal) => this.#received(exchange, { body, inFlight, refusal }),
    );
  }

  #received(
    exchange: Exchange,
    { body, inFlight, refusal }: { body: BodyBuffer; inFlight: InFlightRequest; refusal: BodyRefusal | undefined },
  ): void {
    const { response, format } = exchange;
    const end = (answer: () => void) => {
      body.free();
      inFlight.release();
      answer();
    };
    const head = headOf(body.bytes());
    const fail = (error: unknown) => {
      const isShared = error instanceof DecodeError && isRequestHead(head);
      end(() => (isShared ? this.#answerShared(exchange, error) : this.#answerError(exchange, error, head)));
    };
    try {
      if (refusal) throw refusal;
      this.#tap.offer(() => tapped(exchange.request, body));
      const accepted = this.#accept(exchange, body, inFlight);
      if (accepted instanceof Promise) {
        accepted
          .then((partial) => end(() => answerSuccess(response, format, partial)), fail)
          .catch((error: unknown) => response.destroy(error as Error));
      } else end(() => answerSuccess(response, format, accepted));
    } catch (error) {
      fail(error);
    }
  }

  #accept(exchange: Exchange, body: BodyBuffer, inFlight: InFlightRequest): Accepted | Promise<Accepted> {
    const encoding = this.#hasEncodings ? (exchange.request.headers['content-encoding'] ?? '') : '';
    const bytes = body.bytes();
    if (encoding === '' || encoding === 'identity') return this.#export(exchange, bytes, inFlight);
    const decode = () => decodeContent(encoding, bytes, this.#limit);
    return takeDecoded(decode, inFlight, (content) => this.#export(exchange, content, inFlight));
  }

  #export({ request, response, format }: Exchange, content: Buffer | DeferredContent, inFlight: InFlightRequest) {
    const client = clientOf(request);
    return this.#intake.take({
      body: content,
      format,
      context: this.#contextOf(request, inFlight),
      client,
      onMislabeled: () => this.#faults.mislabeled(client),
      onEmpty: () => {
        const field = format === 'json' && typeof content !== 'function' ? this.#unknownField?.(content) : undefined;
        if (field !== undefined) this.#faults.unknownField(client, field);
        return field;
      },
      isGone: () => response.destroyed || request.aborted,
    });
  }

  /** Sends the Collector's response, on a connection that stays open. */
  #answerShared({ request, response, format }: Exchange, error: DecodeError): void {
    this.#rejected.request('shared_connection', request, error.message);
    answerStatus(response, format, { code: rpcCode.invalidArgument, message: error.message });
  }

  #answerError({ request, response, format }: Exchange, error: unknown, head: Buffer): void {
    const reason = reasonOf(error);
    if (reason !== undefined) {
      this.#rejected.request(reason, request, this.#detailOf(reason, { request, format, head, error: error as Error }));
    }
    if (error instanceof PendingError) this.#gate.refused();
    if (error instanceof DecodeError || error instanceof BodyError) {
      answerStatus(response, format, { code: rpcCode.invalidArgument, message: error.message });
    } else {
      answerStatus(response, format, statusOfError(error));
    }
  }

  #detailOf(
    reason: RejectReason,
    { request, format, head, error }: Omit<Exchange, 'response'> & { readonly head: Buffer; readonly error: Error },
  ): string {
    if (reason === 'size') return sizeDetail(request, this.#limit);
    if (reason !== 'decode' && reason !== 'body') return error.message;
    const encoding = request.headers['content-encoding'] ?? '';
    const fault = bodyFaultOf(head, { encoding, isProtobuf: format === 'protobuf' });
    return fault === undefined ? error.message : `${fault}: ${error.message}`;
  }

  #contextOf(request: IncomingMessage, inFlight: InFlightRequest): ClientContext {
    return {
      metadata: this.#includeMetadata ? headersOf(request) : noClientContext.metadata,
      address: clientOf(request).address(),
      auth: this.#hasAuth ? authOf(request) : noClientContext.auth,
      inFlight,
    };
  }
}
