/*
 * Times of data points, ns since the Unix epoch. As in the Collector, they are signed 64-bit numbers, so times of 2^63 and more are
 * negative and older than any other (docs/reference/collector-behaviour.md#last-value-rules).
 */

const signBit = 0x8000_0000_0000_0000n;
const wrap = 0x1_0000_0000_0000_0000n;
const second = 1_000_000_000n;
const nanosPerMilli = 1_000_000n;

/** Year 1, where Go's time begins: what a native histogram without start time says it was created at. */
const goZeroTime = -62_135_596_800n * second;

/** Before every time that a point can have. */
export const beforeAllTimes = -wrap;

/** An unsigned time as a signed one. */
export function signedTime(unixNano: bigint): bigint {
  return unixNano < signBit ? unixNano : unixNano - wrap;
}

/** Whole milliseconds of a signed time, rounded down. */
export function floorToMs(unixNano: bigint): number {
  const ms = unixNano / nanosPerMilli;
  return Number(ms * nanosPerMilli > unixNano ? ms - 1n : ms);
}

/** The created timestamp for a signed start time: none within the epoch's first second or before it. */
export function createdTime(startUnixNano: bigint): bigint | undefined {
  return startUnixNano >= second ? startUnixNano : undefined;
}

/** The same for native histograms, which always have one. */
export function nativeCreatedTime(startUnixNano: bigint): bigint {
  return startUnixNano >= second ? startUnixNano : goZeroTime;
}
