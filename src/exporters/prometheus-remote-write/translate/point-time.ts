const nanosPerMs = 1_000_000n;

/** Converts OTLP's unsigned nanoseconds to milliseconds as the Collector does: as signed ones, rounded towards 0. */
export function toMs(unixNano: bigint): number {
  return Number(BigInt.asIntN(64, unixNano) / nanosPerMs);
}
