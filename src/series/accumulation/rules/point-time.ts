import type { DataPoint } from '#pdata/metrics.ts';
import type { PointContext } from '../../policy.ts';

/** Returns the time of a point, or of its arrival if the client has set none. */
export function timeOf({ timeUnixNano }: DataPoint, { nowUnixMs }: PointContext): bigint {
  return timeUnixNano === 0n ? BigInt(Math.floor(nowUnixMs)) * 1_000_000n : timeUnixNano;
}
