import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '#component/component.ts';
import type { ClientContext } from '#component/consumer.ts';
import { noClientContext } from '#component/consumer.ts';
import type { RejectReason } from '#component/views/rejection.ts';
import { BodyError, tooLarge } from '#compression/body-error.ts';
import { authOf, headersOf } from '#http/authentication.ts';
import { redirect } from '#http/clean-path.ts';
import type { HttpServer } from '#http/http-server.ts';
import { routesOf } from '#http/path-pattern.ts';
import type { RejectionLog } from '#http/rejected-requests.ts';
import { defaultMaxRequestBodySize } from '#http/server-config.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { ClientFaults, clientOf } from './client-faults.ts';
import type { OtlpHttpConfig } from './config.ts';
import { decodeContent } from './content-encoding.ts';
import {
  answerMethodNotAllowed,
  answerStatus,
  answerSuccess,
  answerUnsupportedMediaType,
  type Format,
  formatOf,
} from './export-response.ts';
import { decodeLabeledJson, isRequestHead } from './mislabeled-body.ts';
import { PendingBodies, PendingError, readBody } from './request-body.ts';
import { rpcCode, statusOfError } from './rpc-status.ts';
import type { Sender, SignalIntake } from './signal-intake.ts';

/** A signal and the path at which it is received. */
export interface SignalRoute {
  readonly path: string;
  readonly intake: SignalIntake<unknown>;
}

interface RouteOptions {
  readonly config: OtlpHttpConfig;
  readonly rejected: RejectionLog;
  readonly logger: Logger;
  readonly routes: readonly SignalRoute[];
}

/**
 * Adds the export routes to a server. @returns the bodies being received
 * @throws Error when two signals have one path
 */
export function addExportRoutes(server: HttpServer, { config, routes, rejected, logger }: RouteOptions): PendingBodies {
  const faults = new ClientFaults(logger);
  const pending = new PendingBodies(config.maxPendingBodyBytes);
  const taken = new Set<string>();
  for (const { path, intake } of routes) {
    if (taken.has(path)) throw new Error(`two signals have the path ${JSON.stringify(path)}`);
    taken.add(path);
    const endpoint = new ExportEndpoint({ config, intake, pending, rejected, faults });
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
  return pending;
}

interface EndpointOptions {
  readonly config: OtlpHttpConfig;
  readonly rejected: RejectionLog;
  readonly intake: SignalIntake<unknown>;
  readonly pending: PendingBodies;
  readonly faults: ClientFaults;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly format: Format;
}

/** Why a request failed before any pipeline received it; undefined: a pipeline refused it. */
function reasonOf(error: unknown): RejectReason | undefined {
  if (error instanceof DecodeError) return 'decode';
  if (error instanceof BodyError) return error.message === tooLarge ? 'size' : 'body';
  return error instanceof PendingError ? 'pending' : undefined;
}

/** Answers the requests at one path, from method check to response (behaviour.md §2.4). */
class ExportEndpoint {
  readonly #intake: SignalIntake<unknown>;
  readonly #rejected: RejectionLog;
  readonly #readOptions: { readonly limit: number; readonly pending: PendingBodies };
  readonly #hasEncodings: boolean;
  readonly #hasContext: boolean;
  readonly #includeMetadata: boolean;
  readonly #faults: ClientFaults;

  constructor({ config, intake, pending, rejected, faults }: EndpointOptions) {
    this.#faults = faults;
    this.#intake = intake;
    this.#rejected = rejected;
    const limit = config.maxRequestBodySize > 0 ? config.maxRequestBodySize : defaultMaxRequestBodySize;
    this.#readOptions = { limit, pending };
    this.#hasEncodings = config.compressionAlgorithms.length > 0;
    this.#includeMetadata = config.includeMetadata;
    this.#hasContext = config.includeMetadata || config.auth !== undefined;
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
    readBody(request, this.#readOptions, (body, refusal) => {
      try {
        if (refusal) throw refusal;
        this.#export({ request, response, format }, body);
      } catch (error) {
        if (error instanceof DecodeError && isRequestHead(body))
          this.#answerShared({ request, response, format }, error);
        else this.#answerError({ request, response, format }, error);
      }
    });
  }

  #export(exchange: Exchange, body: Buffer): void {
    const { request, response, format } = exchange;
    const encoding = this.#hasEncodings ? (request.headers['content-encoding'] ?? '') : '';
    const decoded = encoding === '' ? body : decodeContent(encoding, body, this.#readOptions.limit);
    const context = this.#hasContext ? this.#contextOf(request) : noClientContext;
    const sender = { context, client: clientOf(request) };
    const accepted =
      decoded instanceof Promise
        ? decoded.then((bytes) => this.#take(bytes, format, sender))
        : this.#take(decoded, format, sender);
    if (accepted === undefined) {
      answerSuccess(response, format);
      return;
    }
    accepted.then(
      () => answerSuccess(response, format),
      (error: unknown) => this.#answerError(exchange, error),
    );
  }

  #take(body: Buffer, label: Format, sender: Sender): Promise<void> | undefined {
    if (label === 'protobuf') return this.#intake.take(body, label, sender);
    const { result, isProtobuf } = decodeLabeledJson(body, (format) => this.#intake.take(body, format, sender));
    if (isProtobuf) this.#faults.mislabeled(sender.client);
    return result;
  }

  /** Closing the connection makes both processes open one of their own. */
  #answerShared({ request, response, format }: Exchange, error: DecodeError): void {
    this.#faults.shared(clientOf(request));
    this.#rejected.request('shared_connection', request, error.message);
    response.shouldKeepAlive = false;
    answerStatus(response, format, { code: rpcCode.invalidArgument, message: error.message });
  }

  #answerError({ request, response, format }: Exchange, error: unknown): void {
    const reason = reasonOf(error);
    if (reason !== undefined) this.#rejected.request(reason, request, (error as Error).message);
    if (error instanceof DecodeError || error instanceof BodyError) {
      answerStatus(response, format, { code: rpcCode.invalidArgument, message: error.message });
    } else {
      answerStatus(response, format, statusOfError(error));
    }
  }

  #contextOf(request: IncomingMessage): ClientContext {
    return {
      metadata: this.#includeMetadata ? headersOf(request) : noClientContext.metadata,
      address: request.socket.remoteAddress ?? '',
      auth: authOf(request),
    };
  }
}
