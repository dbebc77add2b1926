import { ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import { retryableCodes, rpcCode } from '#component/rpc-codes.ts';

/** The fields of a google.rpc.Status that OTLP uses. */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  /** Time after which the client can retry, seconds. */
  readonly retryAfterSeconds?: number | undefined;
}

/**
 * Returns the status of a failed request. An error that is neither permanent nor retryable is an internal error, for
 * which a retry is useless.
 */
export function statusOfError(error: unknown): RpcStatus {
  if (error instanceof PermanentError) return { code: error.code, message: error.message };
  if (error instanceof RetryableError) {
    return { code: error.code, message: error.message, retryAfterSeconds: error.retryAfterSeconds };
  }
  return { code: rpcCode.internal, message: error instanceof Error ? error.message : String(error) };
}

const httpStatusOfCode: ReadonlyMap<number, number> = new Map([
  ...[...retryableCodes].map((code) => [code, 503] as const),
  [rpcCode.resourceExhausted, 429],
  [rpcCode.invalidArgument, 400],
  [rpcCode.unauthenticated, 401],
  [rpcCode.permissionDenied, 403],
  [rpcCode.unimplemented, 404],
]);

/** Returns the HTTP status for a gRPC status code; 500 for codes without one. */
export function httpStatusOf(code: number): number {
  return httpStatusOfCode.get(code) ?? 500;
}

/** Returns `{"code":3, "message":"…"}`, with the blank that the Collector's reference build writes. */
export function statusToJson({ code, message }: RpcStatus): string {
  const fields = code === 0 ? [] : [`"code":${code}`];
  if (message !== '') fields.push(`"message":${JSON.stringify(message.toWellFormed())}`);
  return `{${fields.join(', ')}}`;
}

/** Returns the protobuf form of a Status. */
export function statusToProtobuf(status: RpcStatus): Buffer {
  const writer = new ProtobufWriter(status.message.length + 16);
  writeStatus(writer, status);
  return writer.finish();
}

/** Returns a Status with a RetryInfo in its details, as used in gRPC trailers. */
export function statusWithRetryInfo(status: RpcStatus & { readonly retryAfterSeconds: number }): Buffer {
  const writer = new ProtobufWriter(status.message.length + 80);
  writeStatus(writer, status);
  writer.tag(3, wireType.bytes);
  const detail = writer.begin();
  writer.tag(1, wireType.bytes);
  writer.bytes(retryInfoType);
  writer.tag(2, wireType.bytes);
  const retryInfo = writer.begin();
  writer.tag(1, wireType.bytes);
  const delay = writer.begin();
  writer.tag(1, wireType.varint);
  writer.varint(Math.trunc(status.retryAfterSeconds));
  writer.end(delay);
  writer.end(retryInfo);
  writer.end(detail);
  return writer.finish();
}

const retryInfoType = Buffer.from('type.googleapis.com/google.rpc.RetryInfo');

/** Writes the code (field 1) and the message (field 2). Omits defaults. */
function writeStatus(writer: ProtobufWriter, { code, message }: RpcStatus): void {
  if (code !== 0) {
    writer.tag(1, wireType.varint);
    writer.varint(code);
  }
  if (message !== '') {
    writer.tag(2, wireType.bytes);
    writer.bytes(Buffer.from(message, 'utf8'));
  }
}
