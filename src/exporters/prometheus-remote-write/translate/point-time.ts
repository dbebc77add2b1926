const nanosPerMs = 1_000_000n;

/** The last two times: the points of a request share a start time and a time. */
let last = { nano: 0n, ms: 0 };
let other = { nano: 0n, ms: 0 };

/** Converts OTLP's unsigned nanoseconds to milliseconds as the Collector does: as signed ones, rounded towards 0. */
export function toMs(unixNano: bigint): number {
  if (unixNano === last.nano) return last.ms;
  if (unixNano === other.nano) return other.ms;
  other = last;
  last = { nano: unixNano, ms: Number(BigInt.asIntN(64, unixNano) / nanosPerMs) };
  return last.ms;
}
