/** Numbers of google.rpc.Code that pitot uses, by name. */
export const rpcCode = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const;

/** Codes after which OTLP allows the same request again, whatever the server says. */
export const retryableCodes: ReadonlySet<number> = new Set([
  rpcCode.cancelled,
  rpcCode.deadlineExceeded,
  rpcCode.aborted,
  rpcCode.outOfRange,
  rpcCode.unavailable,
  rpcCode.dataLoss,
]);

const codeOfHttpStatus: ReadonlyMap<number, number> = new Map([
  [400, rpcCode.invalidArgument],
  [401, rpcCode.unauthenticated],
  [403, rpcCode.permissionDenied],
  [404, rpcCode.unimplemented],
  [429, rpcCode.resourceExhausted],
  [502, rpcCode.unavailable],
  [503, rpcCode.unavailable],
  [504, rpcCode.unavailable],
]);

/** Returns the code that an HTTP status stands for, same as in the Collector. */
export function codeOfHttp(status: number): number {
  return codeOfHttpStatus.get(status) ?? rpcCode.unknown;
}
