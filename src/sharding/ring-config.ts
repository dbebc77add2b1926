import { config, list, string, stringList } from '#config/schema.ts';
import type { PreviousRing } from './ring-history.ts';

/** Previous endpoints of a ring, for everything that routes or owns series. */
export const previousRings = list(
  config('sharding.PreviousRing', {
    hostnames: stringList().describe('All endpoints of that ring. They must run as long as it is listed.'),
    until: string().describe('Time from which the next ring is effective, such as `2026-11-28T12:00:00Z`.'),
  }),
);

interface PreviousConfig {
  readonly hostnames: readonly string[];
  readonly until: string;
}

/** Returns the problem of previous rings, or undefined. */
export function previousRingsProblem(previous: readonly PreviousConfig[]): string | undefined {
  for (const { hostnames, until } of previous) {
    if (hostnames.length === 0) return '`previous` must list `hostnames`';
    if (Number.isNaN(Date.parse(until))) {
      return `\`previous\`: until must be a time such as 2026-11-28T12:00:00Z, found ${JSON.stringify(until)}`;
    }
  }
  return undefined;
}

/** Converts checked settings of previous rings. Their end is a time of RFC 3339. */
export function previousRingsOf(previous: readonly PreviousConfig[]): PreviousRing[] {
  return previous.map(({ hostnames, until }) => ({
    endpoints: hostnames,
    untilUnixNano: BigInt(Date.parse(until)) * 1_000_000n,
  }));
}
