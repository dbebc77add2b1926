/*
 * Times of data points, ns since the Unix epoch. Same as in the Collector, they are signed 64-bit numbers: times from
 * 2^63 are negative and precede all others (docs/reference/collector-behaviour.md#last-value-rules).
 */

const signBit = 0x8000_0000_0000_0000n;
const wrap = 0x1_0000_0000_0000_0000n;
const second = 1_000_000_000n;
const nanosPerMilli = 1_000_000n;

/** Year 1, where Go's time begins: the created time of a native histogram without a start time. */
const goZeroTime = -62_135_596_800n * second;

/** Precedes every time that a point can have. */
export const beforeAllTimes = -wrap;

/** Converts an unsigned time to a signed one. */
export function signedTime(unixNano: bigint): bigint {
  return unixNano < signBit ? unixNano : unixNano - wrap;
}

/** Returns a signed time in whole milliseconds, rounded down. */
export function floorToMs(unixNano: bigint): number {
  const ms = unixNano / nanosPerMilli;
  return Number(ms * nanosPerMilli > unixNano ? ms - 1n : ms);
}

/** Returns the created timestamp for a signed start time. Undefined before the end of the epoch's first second. */
export function createdTime(startUnixNano: bigint): bigint | undefined {
  return startUnixNano >= second ? startUnixNano : undefined;
}

/** Returns the created timestamp of a native histogram, which always has one. */
export function nativeCreatedTime(startUnixNano: bigint): bigint {
  return startUnixNano >= second ? startUnixNano : goZeroTime;
}
