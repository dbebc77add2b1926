import { HashRing } from './hash-ring.ts';

/** A ring that is not in force any more. */
export interface PreviousRing {
  readonly endpoints: readonly string[];
  /** Time from which the next ring is in force, ns. */
  readonly untilUnixNano: bigint;
  /** Whether only this process knows the time: routers began to use the next ring at other times. */
  readonly isLocal: boolean;
}

interface RingInForce {
  readonly ring: HashRing;
  /** 0 for the first ring. */
  readonly sinceUnixNano: bigint;
  readonly isLocal: boolean;
}

/**
 * The rings of a sharded pitot, in the order of their times. A stream stays with the owner that its series had when the
 * stream began, as long as that endpoint exists: the counts of a process are then never in two places.
 */
export class RingHistory {
  readonly current: HashRing;
  readonly #rings: readonly RingInForce[];

  constructor(current: readonly string[], previous: readonly PreviousRing[]) {
    this.current = new HashRing(current);
    const ordered = [...previous].sort((a, b) => (a.untilUnixNano < b.untilUnixNano ? -1 : 1));
    const rings = [...ordered.map(({ endpoints }) => new HashRing(endpoints)), this.current];
    this.#rings = rings.map((ring, index) => {
      const before = ordered[index - 1];
      return { ring, sinceUnixNano: before?.untilUnixNano ?? 0n, isLocal: before?.isLocal ?? false };
    });
  }

  /**
   * Returns the owner of a series for streams that began at that time: the first owner since then that has been on all
   * rings. Undefined if the current ring is empty.
   */
  ownerOf(position: number, startUnixNano: bigint): string | undefined {
    for (let i = this.#indexAt(startUnixNano); i < this.#rings.length - 1; i++) {
      const owner = this.#rings[i]!.ring.ownerOf(position);
      if (owner !== undefined && this.#rings.slice(i).every(({ ring }) => ring.has(owner))) return owner;
    }
    return this.current.ownerOf(position);
  }

  /**
   * Returns the time at which an endpoint became the owner of a series, if streams that began at `startUnixNano` can
   * have been counted elsewhere before, ns. Undefined if the endpoint has owned them from their beginning.
   */
  gainedAt(position: number, startUnixNano: bigint, endpoint: string): bigint | undefined {
    let gained: bigint | undefined;
    let isOwner = false;
    let hasOwned = false;
    const first = this.#indexAt(startUnixNano);
    for (let i = first; i < this.#rings.length; i++) {
      const { ring, sinceUnixNano, isLocal } = this.#rings[i]!;
      const wasOwner = isOwner;
      isOwner = ring.ownerOf(position) === endpoint;
      // After a change at a known time, older streams stay with their owner while it exists. Otherwise, they leave with
      // the series and come back with it.
      if (i > first && isOwner && !wasOwner && (isLocal || !hasOwned)) gained = sinceUnixNano;
      hasOwned = isOwner || (hasOwned && ring.has(endpoint));
    }
    return gained;
  }

  #indexAt(unixNano: bigint): number {
    let index = this.#rings.length - 1;
    while (index > 0 && this.#rings[index]!.sinceUnixNano > unixNano) index--;
    return index;
  }
}
