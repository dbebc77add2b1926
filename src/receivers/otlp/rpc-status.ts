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

/** What went wrong downstream, as the sender is told (behaviour.md §2.9). An unknown error may be retried. */
export function statusOfError(error: unknown): RpcStatus {
  if (error instanceof PermanentError) return { code: error.code, message: error.message };
  if (error instanceof RetryableError) {
    return { code: error.code, message: error.message, retryAfterSeconds: error.retryAfterSeconds };
  }
  return { code: rpcCode.unavailable, message: error instanceof Error ? error.message : String(error) };
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

/** The protobuf form: field 1 is the code, field 2 the message. */
export function statusToProtobuf({ code, message }: RpcStatus): Buffer {
  const text = Buffer.from(message, 'utf8');
  const head = code === 0 ? [] : [0x08, ...varint(code)];
  if (text.length === 0) return Buffer.from(head);
  return Buffer.concat([Buffer.from([...head, 0x12, ...varint(text.length)]), text]);
}

/** A number as protobuf writes it. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}
