import { Metadata, type Server, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { type ClientContext, noClientContext } from '#component/consumer.ts';
import type { ServerAuthenticator } from '#component/extension.ts';
import type { RejectReason } from '#component/views/rejection.ts';
import type { RejectionLog } from '#http/rejected-requests.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { type RpcStatus, statusOfError, statusWithRetryInfo } from '../rpc-status.ts';
import type { SignalIntake } from '../signal-intake.ts';
import type { Client } from '../source-table.ts';

interface ServiceOptions {
  /** Full name of the service. */
  readonly name: string;
  /** Absent: no pipeline takes this signal, and the service is unknown. */
  readonly intake: SignalIntake<unknown> | undefined;
  readonly authenticator: ServerAuthenticator | undefined;
  readonly rejected: RejectionLog;
  /** Local port, once bound; 0: none. */
  readonly port: () => number;
  readonly includeMetadata: boolean;
}

/** A response with an empty partial success. */
const success = Buffer.from([0x0a, 0x00]);

/** The `Export` method of one OTLP service; messages stay bytes, our own decoder reads them (behaviour.md §2.12). */
export class ExportService {
  readonly #options: ServiceOptions;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  addTo(server: Server): void {
    const bytes = (message: Buffer) => message;
    server.register<Buffer, Buffer>(
      `/${this.#options.name}/Export`,
      (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) => {
        this.#export(call).then(
          () => respond(null, success),
          (error: unknown) => {
            this.#recordRejection(call, error);
            respond(failure(error));
          },
        );
      },
      bytes,
      bytes,
      'unary',
    );
  }

  #recordRejection(call: ServerUnaryCall<Buffer, Buffer>, error: unknown): void {
    const reason = reasonOf(error);
    if (reason === undefined) return;
    const { name, rejected, port } = this.#options;
    rejected.record({
      reason,
      transport: 'grpc',
      address: addressOf(call),
      port: port(),
      path: `/${name}/Export`,
      userAgent: userAgentOf(call),
      detail: (error as Error).message,
    });
  }

  async #export(call: ServerUnaryCall<Buffer, Buffer>): Promise<void> {
    const { intake, name } = this.#options;
    if (intake === undefined) throw new RpcError({ code: status.UNIMPLEMENTED, message: `unknown service ${name}` });
    await intake.take(call.request, 'protobuf', { context: await this.#contextOf(call), client: clientOf(call) });
  }

  async #contextOf(call: ServerUnaryCall<Buffer, Buffer>): Promise<ClientContext> {
    const { authenticator, includeMetadata } = this.#options;
    if (!authenticator && !includeMetadata) return noClientContext;
    const metadata = new Map(
      Object.keys(call.metadata.getMap()).map((key) => [key, call.metadata.get(key).map(String)] as const),
    );
    const auth = authenticator ? await authenticated(authenticator, metadata) : noClientContext.auth;
    return { metadata: includeMetadata ? metadata : noClientContext.metadata, address: addressOf(call), auth };
  }
}

function clientOf(call: ServerUnaryCall<Buffer, Buffer>): Client {
  return { transport: 'grpc', address: () => addressOf(call), userAgent: () => userAgentOf(call) };
}

function userAgentOf(call: ServerUnaryCall<Buffer, Buffer>): string {
  return call.metadata.get('user-agent').map(String).join();
}

function addressOf(call: ServerUnaryCall<Buffer, Buffer>): string {
  return call.getPeer().replace(/:\d+$/, '');
}

async function authenticated(
  authenticator: ServerAuthenticator,
  metadata: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlyMap<string, string>> {
  try {
    return await authenticator.authenticate(metadata);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new RpcError({ code: status.UNAUTHENTICATED, message });
  }
}

/** Why a call failed before any pipeline received it; undefined: a pipeline refused it. */
function reasonOf(error: unknown): RejectReason | undefined {
  if (error instanceof DecodeError) return 'decode';
  if (!(error instanceof RpcError)) return undefined;
  return error.status.code === status.UNIMPLEMENTED ? 'path' : 'auth';
}

/** A failed call that has its status already. */
class RpcError extends Error {
  readonly status: RpcStatus;

  constructor(status: RpcStatus) {
    super(status.message);
    this.status = status;
  }
}

function failure(error: unknown): { code: number; details: string; metadata: Metadata } {
  const { code, message, retryAfterSeconds } = statusOfCall(error);
  const metadata = new Metadata();
  if (retryAfterSeconds !== undefined) {
    metadata.set('grpc-status-details-bin', statusWithRetryInfo({ code, message, retryAfterSeconds }));
  }
  return { code, details: message, metadata };
}

function statusOfCall(error: unknown): RpcStatus {
  if (error instanceof RpcError) return error.status;
  if (error instanceof DecodeError) {
    return { code: status.INTERNAL, message: `grpc: error unmarshalling request: ${error.message}` };
  }
  return statusOfError(error);
}
