import { decodeUtf8 } from '#bytes/utf8.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { WireReader } from '#pdata/protobuf/wire-reader.ts';

/** A decoded google.rpc.Status. */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  /** Type URLs of the details. */
  readonly details: readonly string[];
  /** Delay of a google.rpc.RetryInfo in seconds, 0 if it is negative; undefined if there is none. */
  readonly retryDelaySeconds: number | undefined;
}

const names = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
];

/** Returns an error as Go's gRPC writes it: `rpc error: code = Unavailable desc = …`. */
export function rpcErrorText(code: number, message: string): string {
  return `rpc error: code = ${names[code] ?? `Code(${code})`} desc = ${message}`;
}

const retryInfo = 'type.googleapis.com/google.rpc.RetryInfo';

/**
 * Decodes a google.rpc.Status { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3; }. Returns undefined if the
 * bytes are not one.
 */
export function decodeRpcStatus(bytes: Buffer): RpcStatus | undefined {
  try {
    return readStatus(new WireReader(bytes), bytes.length);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function readStatus(reader: WireReader, end: number): RpcStatus | undefined {
  let code = 0;
  let message = '';
  const details: string[] = [];
  let retryDelaySeconds: number | undefined;
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === 0x08) code = reader.varint32(end) | 0;
    else if (tag === 0x12) message = readText(reader, end);
    else if (tag === 0x1a) {
      const detail = readAny(reader, reader.lengthEnd(end));
      details.push(detail.type);
      retryDelaySeconds ??= detail.retryDelaySeconds;
    } else reader.skip(tag, end, { 1: 'Code', 2: 'Message', 3: 'Details' });
  }
  return message.isWellFormed() ? { code, message, details, retryDelaySeconds } : undefined;
}

/** message Any { string type_url = 1; bytes value = 2; } */
function readAny(reader: WireReader, end: number): { type: string; retryDelaySeconds: number | undefined } {
  let type = '';
  let value: { start: number; end: number } | undefined;
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === 0x0a) type = readText(reader, end);
    else if (tag === 0x12) {
      const valueEnd = reader.lengthEnd(end);
      value = { start: reader.position, end: valueEnd };
      reader.position = valueEnd;
    } else reader.skip(tag, end, { 1: 'TypeUrl', 2: 'Value' });
  }
  if (type !== retryInfo) return { type, retryDelaySeconds: undefined };
  if (value === undefined) return { type, retryDelaySeconds: 0 };
  reader.position = value.start;
  const retryDelaySeconds = readRetryInfo(reader, value.end);
  reader.position = end;
  return { type, retryDelaySeconds };
}

/** message RetryInfo { Duration retry_delay = 1; }, message Duration { int64 seconds = 1; int32 nanos = 2; } */
function readRetryInfo(reader: WireReader, end: number): number {
  let seconds = 0;
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag !== 0x0a) {
      reader.skip(tag, end, { 1: 'RetryDelay' });
      continue;
    }
    const durationEnd = reader.lengthEnd(end);
    while (reader.position < durationEnd) {
      const field = reader.tag(durationEnd);
      if (field === 0x08) seconds += Number(BigInt.asIntN(64, reader.varint64(durationEnd)));
      else if (field === 0x10) seconds += (reader.varint32(durationEnd) | 0) / 1e9;
      else reader.skip(field, durationEnd, { 1: 'Seconds', 2: 'Nanos' });
    }
  }
  return Math.max(seconds, 0);
}

function readText(reader: WireReader, end: number): string {
  const textEnd = reader.lengthEnd(end);
  const text = decodeUtf8(reader.bytes, reader.position, textEnd);
  reader.position = textEnd;
  return text;
}
