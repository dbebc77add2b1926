import { ProtobufWriter } from '#bytes/protobuf-writer.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';

/** The google.rpc.Code numbers that we use by name. */
export const rpcCode = {
  ok: 0,
  unknown: 2,
  invalidArgument: 3,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** A google.rpc.Status as far as OTLP uses it. */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  /** Seconds after which the sender may try again. */
  readonly retryAfterSeconds?: number | undefined;
}

/** The status of a failed request. An error that is neither permanent nor retryable is a fault of pitot, which a retry can't help. */
export function statusOfError(error: unknown): RpcStatus {
  if (error instanceof PermanentError) return { code: error.code, message: error.message };
  if (error instanceof RetryableError) {
    return { code: error.code, message: error.message, retryAfterSeconds: error.retryAfterSeconds };
  }
  return { code: rpcCode.internal, message: error instanceof Error ? error.message : String(error) };
}

const httpStatusOfCode: ReadonlyMap<number, number> = new Map([
  // Canceled, DeadlineExceeded, Aborted, OutOfRange, Unavailable, DataLoss: may be retried
  ...[1, 4, 10, 11, 14, 15].map((code) => [code, 503] as const),
  [8, 429],
  [3, 400],
  [16, 401],
  [7, 403],
  [12, 404],
]);

export function httpStatusOf(code: number): number {
  return httpStatusOfCode.get(code) ?? 500;
}

const codeOfHttpStatus: ReadonlyMap<number, number> = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [404, 12],
  [429, 8],
  [502, 14],
  [503, 14],
  [504, 14],
]);

/** The code of an error that arose in the HTTP layer. */
export function codeOfHttp(status: number): number {
  return codeOfHttpStatus.get(status) ?? rpcCode.unknown;
}

/** `{"code":3, "message":"…"}`, with the blank that the reference build of the collector has. */
export function statusToJson({ code, message }: RpcStatus): string {
  const fields = code === 0 ? [] : [`"code":${code}`];
  if (message !== '') fields.push(`"message":${JSON.stringify(message.toWellFormed())}`);
  return `{${fields.join(', ')}}`;
}

/** The protobuf form of a Status. */
export function statusToProtobuf(status: RpcStatus): Buffer {
  const writer = new ProtobufWriter(status.message.length + 16);
  writeStatus(writer, status);
  return writer.finish();
}

/** A Status with a RetryInfo in its details, as gRPC trailers carry it. */
export function statusWithRetryInfo(status: RpcStatus & { readonly retryAfterSeconds: number }): Buffer {
  const writer = new ProtobufWriter(status.message.length + 80);
  writeStatus(writer, status);
  writer.tag(3, lengthDelimited);
  const detail = writer.begin();
  writer.tag(1, lengthDelimited);
  writer.bytes(retryInfoType);
  writer.tag(2, lengthDelimited);
  const retryInfo = writer.begin();
  writer.tag(1, lengthDelimited);
  const delay = writer.begin();
  writer.tag(1, 0);
  writer.varint(Math.trunc(status.retryAfterSeconds));
  writer.end(delay);
  writer.end(retryInfo);
  writer.end(detail);
  return writer.finish();
}

const lengthDelimited = 2;
const retryInfoType = Buffer.from('type.googleapis.com/google.rpc.RetryInfo');

/** Field 1 is the code, field 2 the message; defaults are omitted. */
function writeStatus(writer: ProtobufWriter, { code, message }: RpcStatus): void {
  if (code !== 0) {
    writer.tag(1, 0);
    writer.varint(code);
  }
  if (message !== '') {
    writer.tag(2, lengthDelimited);
    writer.bytes(Buffer.from(message, 'utf8'));
  }
}
