import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { graceMs } from '../streams/early-processes.ts';
import type { Tombstone, TombstoneKey } from '../streams/tombstones.ts';
import type { Accumulation } from './stream-rule.ts';

/** Time from which this process has recorded the streams of a series. */
export interface Epoch {
  readonly epochUnixNano: bigint;
  /** Whether a total that was shown somewhere can include what they counted before. */
  readonly isUnrecorded: boolean;
  /** Whether the series came from another pod when the ring changed. */
  readonly isGained: boolean;
}

/** The state start that was returned last: most streams have it. */
let latest: Epoch = { epochUnixNano: 0n, isUnrecorded: true, isGained: false };

/** Returns the state start, or the later time at which a series came to this pod of a sharded pitot. */
export function epochOf(
  { streams, share }: Accumulation,
  { position }: AccumulatedSeries,
  startTimeUnixNano: bigint,
): Epoch {
  const { epochUnixNano, isUnrecorded } = streams;
  const gained = share?.gainedAt(position, startTimeUnixNano);
  if (gained === undefined || (isUnrecorded && gained <= epochUnixNano)) {
    if (latest.epochUnixNano !== epochUnixNano || latest.isUnrecorded !== isUnrecorded) {
      latest = { epochUnixNano, isUnrecorded, isGained: false };
    }
    return latest;
  }
  return { epochUnixNano: gained, isUnrecorded: true, isGained: true };
}

/** Returns the tombstone of a stream, unless another pod can have counted the stream since. */
export function usableTombstone(
  { streams: { tombstones } }: Accumulation,
  known: TombstoneKey,
  { isGained, epochUnixNano }: Epoch,
): Tombstone | undefined {
  const tombstone = tombstones.find(known);
  if (!tombstone || !isGained || BigInt(tombstone.timeUnixMs) * 1_000_000n >= epochUnixNano) return tombstone;
  tombstones.remove(known);
  return undefined;
}

/** Returns whether a point arrived so shortly after the series came to this pod that its process can be older. */
export function isEarlyAfter({ epochUnixNano }: Epoch, nowUnixMs: number): boolean {
  return BigInt(Math.floor(nowUnixMs) - graceMs) * 1_000_000n <= epochUnixNano;
}
