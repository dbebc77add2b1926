import type { ServiceError } from '@grpc/grpc-js';
import type { ComponentSettings, Host } from '#component/component.ts';
import type { ClientContext } from '#component/consumer.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import { retryableCodes, rpcCode } from '#component/rpc-codes.ts';
import type { Signal, SignalData } from '#component/signals.ts';
import { eventLoop } from '#flow/event-loop.ts';
import type { Slices } from '#flow/slices.ts';
import { requestEncoders } from '#pdata/encode/request-encoders.ts';
import type { GrpcClientConfig } from './grpc/config.ts';
import { GrpcClient } from './grpc/grpc-client.ts';
import { decodeResponse, logPartialSuccess } from './partial-success.ts';
import { decodeRpcStatus, rpcErrorText } from './rpc-status.ts';

const methods: { readonly [S in Signal]: string } = {
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
};

/** Circumstances of a call. */
interface Circumstances {
  readonly client?: ClientContext;
  /** Time that the receiver is told, ms; 0 for none. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Sends the data of one signal to one receiver by OTLP over gRPC. */
export class OtlpGrpcSender<S extends Signal> {
  readonly #signal: S;
  readonly #settings: ComponentSettings;
  readonly #client: GrpcClient;

  constructor(signal: S, config: GrpcClientConfig, settings: ComponentSettings) {
    this.#signal = signal;
    this.#settings = settings;
    this.#client = new GrpcClient(config, settings);
  }

  start(host: Host): Promise<void> {
    return this.#client.start(host);
  }

  close(): void {
    this.#client.close();
  }

  /** Sends a request. Rejects with a PermanentError or RetryableError that has the Collector's text and the status of the receiver. */
  async send(data: SignalData[S], circumstances: Circumstances): Promise<void> {
    const encoder = requestEncoders[this.#signal].protobuf as (data: SignalData[S]) => Slices<Buffer>;
    const body = await eventLoop.begin(encoder(data));
    let answer: Buffer;
    try {
      answer = await this.#client.call({ method: methods[this.#signal], body, ...circumstances });
    } catch (error) {
      throw errorOf(error as ServiceError);
    }
    logPartialSuccess(this.#settings.logger, this.#signal, decodeResponse(answer));
  }
}

function errorOf({ code = rpcCode.unavailable, details, message, metadata }: Partial<ServiceError>): Error {
  const text = rpcErrorText(code, descriptionOf(details ?? message ?? ''));
  const [binary] = metadata?.get('grpc-status-details-bin') ?? [];
  const retryAfterSeconds = Buffer.isBuffer(binary) ? decodeRpcStatus(binary)?.retryDelaySeconds : undefined;
  // An exhausted resource is retryable only if the receiver says when.
  if (!retryableCodes.has(code) && !(code === rpcCode.resourceExhausted && retryAfterSeconds !== undefined)) {
    return new PermanentError(`Permanent error: ${text}`, { code });
  }
  return new RetryableError(text, { code, ...(retryAfterSeconds && { retryAfterSeconds }) });
}

/** Returns the description of an error, in Go's words if nothing accepts connections. */
function descriptionOf(details: string): string {
  const [, address] = /connect ECONNREFUSED ([^\s"]+?)\.?(?:[\s"]|$)/.exec(details) ?? [];
  if (address === undefined) return details;
  return `connection error: desc = "transport: Error while dialing: dial tcp ${address}: connect: connection refused"`;
}
