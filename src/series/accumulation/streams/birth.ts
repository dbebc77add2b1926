/** How a stream comes into the world: a `fresh` one counts whole, the others only what they grow from their first value. */
export type Birth = 'fresh' | 'twin' | 'straddling' | 'lost_sight';

export interface BirthCircumstances {
  /** A stream of the same series and start time is known. */
  readonly hasSibling: boolean;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  /** When this state began: what was counted before was not watched. */
  readonly epochUnixNano: bigint;
  /** A stream that has been idle for longer may have been forgotten. */
  readonly memoryNano: bigint;
}

/** Start times that are whole milliseconds come from coarse clocks, on which strangers collide. */
const coarseNano = 1_000_000n;

/**
 * Tells whether a stream that is new to us has counted what we saw, or did not watch, already: spec/accumulation.md, rules 2–5.
 * A start time of 0 means unknown, and lies before every epoch.
 */
export function birthOf(circumstances: BirthCircumstances): Birth {
  const { hasSibling, startTimeUnixNano: start, timeUnixNano: time, epochUnixNano: epoch, memoryNano } = circumstances;
  if (hasSibling && start % coarseNano !== 0n) return 'twin';
  if (start < epoch) return time < epoch ? 'fresh' : 'straddling';
  return time - start > memoryNano ? 'lost_sight' : 'fresh';
}
