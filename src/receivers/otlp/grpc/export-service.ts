import type { ServerHttp2Stream } from 'node:http2';
import { type ClientContext, noClientContext } from '#component/consumer.ts';
import { rpcCode } from '#component/rpc-codes.ts';
import type { RejectReason } from '#component/views/rejection.ts';
import { eventLoop } from '#flow/event-loop.ts';
import { type InFlightRequest, requestOverhead } from '#flow/in-flight.ts';
import type { GrpcCall } from '#grpc-server/grpc-call.ts';
import { RpcError } from '#grpc-server/rpc-error.ts';
import { type RpcStatus, statusOfError } from '#grpc-server/rpc-status.ts';
import { DecodeError, TooMuchContentError } from '#pdata/protobuf/decode-error.ts';
import { SlowBodyError } from '../body-deadlines.ts';
import type { InFlightGate } from '../in-flight-gate.ts';
import { type PartialSuccess, partialSuccessToProtobuf } from '../partial-success.ts';
import { PendingError } from '../request-body.ts';
import type { RequestTap } from '../request-tap.ts';
import { type Accepted, GoneError, type SignalIntake } from '../signal-intake.ts';
import { takeDecoded } from '../take-decoded.ts';
import { decodeMessage } from './message-encoding.ts';
import { MessageReader } from './message-reader.ts';

interface ExportServiceOptions {
  readonly intake: SignalIntake<unknown>;
  readonly gate: InFlightGate;
  readonly tap: RequestTap;
  /** Path over HTTP of the same signal. */
  readonly path: string;
  /** Records a call that failed before any pipeline received it. */
  readonly onRejected: (reason: RejectReason, call: GrpcCall, detail: string) => void;
  readonly includeMetadata: boolean;
  /** Maximum bytes of a message, before and after decompression. */
  readonly maxMessageSize: number;
}

/** A response with an empty partial success. */
const success = Buffer.from([0x0a, 0x00]);

/**
 * The `Export` method of one OTLP service. Reads the single message of a call, and responds when the pipeline has
 * accepted it.
 */
export class ExportService {
  readonly #options: ExportServiceOptions;

  constructor(options: ExportServiceOptions) {
    this.#options = options;
  }

  /** Handles a call of an authenticated client. Passes nothing to the pipeline before the message is complete. */
  handle(call: GrpcCall, auth: ClientContext['auth']): void {
    const { gate, maxMessageSize } = this.#options;
    const { stream } = call;
    const inFlight = gate.open(() => fail(new PendingError()));
    const reader = new MessageReader(inFlight, maxMessageSize);
    let isReading = true;
    let received = 0;
    const stopWatching = gate.deadlines?.begin(
      () => received,
      (error) => fail(error),
    );
    const stop = () => {
      isReading = false;
      stopWatching?.();
      reader.free();
      inFlight.release();
    };
    const fail = (error: unknown) => {
      if (!isReading) return;
      stop();
      // When memory runs out, many calls are refused at the same moment.
      if (eventLoop.hasTime()) this.#fail(call, error);
      else eventLoop.soon(() => this.#fail(call, error));
    };
    if (!inFlight.add(requestOverhead)) fail(new PendingError());
    stream.on('data', (bytes: Buffer) => {
      if (!isReading) return;
      received += bytes.length;
      try {
        reader.add(bytes);
      } catch (error) {
        fail(error);
      }
    });
    stream.once('close', () => {
      if (isReading) stop();
    });
    stream.once('end', () => {
      if (!isReading || isCutOff(stream)) return;
      isReading = false;
      stopWatching?.();
      inFlight.complete();
      this.#export(call, { reader, inFlight, auth })
        .then(
          (partial) => call.succeed(partial === undefined ? success : partialSuccessToProtobuf(partial)),
          (error: unknown) => this.#fail(call, error),
        )
        .finally(() => {
          reader.free();
          inFlight.release();
        });
    });
  }

  async #export(
    call: GrpcCall,
    { reader, inFlight, auth }: { reader: MessageReader; inFlight: InFlightRequest; auth: ClientContext['auth'] },
  ): Promise<PartialSuccess | undefined> {
    const { message, isCompressed } = reader.end();
    const contentEncoding = isCompressed ? String(call.headers['grpc-encoding'] ?? '') : '';
    const { tap, path, maxMessageSize } = this.#options;
    tap.offer(() => ({
      ...{ transport: 'grpc', path, contentEncoding, userAgent: call.userAgent, body: message },
      contentType: 'application/x-protobuf',
    }));
    const take = (body: Buffer | (() => Promise<Buffer>)) => this.#take(call, body, { inFlight, auth });
    if (!isCompressed) return take(message);
    return takeDecoded(() => decodeMessage(message, contentEncoding, maxMessageSize), inFlight, take);
  }

  #take(
    call: GrpcCall,
    body: Buffer | (() => Promise<Buffer>),
    { inFlight, auth }: { inFlight: InFlightRequest; auth: ClientContext['auth'] },
  ): Accepted | Promise<Accepted> {
    const { intake, includeMetadata } = this.#options;
    return intake.take({
      body,
      format: 'protobuf',
      context: {
        metadata: includeMetadata ? call.metadata() : noClientContext.metadata,
        address: call.address,
        auth,
        inFlight,
      },
      client: { transport: 'grpc', address: () => call.address, userAgent: () => call.userAgent },
      isGone: () => call.isOver,
    });
  }

  #fail(call: GrpcCall, error: unknown): void {
    const reason = reasonOf(error);
    if (reason !== undefined) this.#options.onRejected(reason, call, (error as Error).message);
    if (error instanceof PendingError) this.#options.gate.refused();
    call.fail(statusOfCall(error));
  }
}

/** Whether the client disconnected. Node.js then also ends the stream. */
function isCutOff(stream: ServerHttp2Stream): boolean {
  return stream.aborted || stream.destroyed || stream.rstCode !== 0;
}

/** Returns the reason why a call failed before any pipeline received it. Undefined if a pipeline refused it. */
function reasonOf(error: unknown): RejectReason | undefined {
  if (error instanceof DecodeError) return 'decode';
  if (error instanceof RpcError) return error.code === rpcCode.resourceExhausted ? 'grpc_size' : 'body';
  if (error instanceof SlowBodyError) return 'body';
  if (error instanceof GoneError) return 'gone';
  return error instanceof PendingError ? 'pending' : undefined;
}

function statusOfCall(error: unknown): RpcStatus {
  if (error instanceof RpcError) return { code: error.code, message: error.message };
  // Without RetryInfo, clients do not repeat the request.
  if (error instanceof TooMuchContentError) {
    return { code: rpcCode.resourceExhausted, message: `grpc: ${error.message}` };
  }
  if (error instanceof DecodeError) {
    return { code: rpcCode.internal, message: `grpc: failed to unmarshal the received message: ${error.message}` };
  }
  return statusOfError(error);
}
