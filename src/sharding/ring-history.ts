import { HashRing } from './hash-ring.ts';

/** A ring that is no longer effective. */
export interface PreviousRing {
  readonly endpoints: readonly string[];
  /** Streams that began before this time used this ring, ns. */
  readonly untilUnixNano: bigint;
  /**
   * Time at which these streams moved to the owners of the next ring, as this process noticed it, ns. Undefined while
   * routers know the ring: then they stay where they are, and the endpoints of the ring still run.
   */
  readonly movedUnixNano?: bigint | undefined;
}

interface RingInForce {
  readonly ring: HashRing;
  /** 0 for the first ring. */
  readonly sinceUnixNano: bigint;
  /** Time at which the streams of the ring before moved to this one. */
  readonly movedUnixNano: bigint | undefined;
}

/**
 * The rings of a sharded pitot, in the order of their times. A stream stays with the owner that its series had when the
 * stream began, as long as routers know that ring: the counts of a process are then never in two places.
 */
export class RingHistory {
  readonly current: HashRing;
  /** All endpoints to which data goes: those of the current ring, and those that only a previous ring has. */
  readonly endpoints: ReadonlySet<string>;
  readonly #rings: readonly RingInForce[];

  constructor(current: readonly string[], previous: readonly PreviousRing[]) {
    this.current = new HashRing(current);
    const ordered = [...previous].sort((a, b) => (a.untilUnixNano < b.untilUnixNano ? -1 : 1));
    const rings = [...ordered.map(({ endpoints }) => new HashRing(endpoints)), this.current];
    this.endpoints = new Set(rings.flatMap(({ endpoints }) => endpoints));
    this.#rings = rings.map((ring, index) => {
      const before = ordered[index - 1];
      return { ring, sinceUnixNano: before?.untilUnixNano ?? 0n, movedUnixNano: before?.movedUnixNano };
    });
  }

  /** Returns the owner of a series for streams that began at that time. Undefined if that ring is empty. */
  ownerOf(position: number, startUnixNano: bigint): string | undefined {
    let index = this.#indexAt(startUnixNano);
    while (this.#rings[index + 1]?.movedUnixNano !== undefined) index++;
    return this.#rings[index]!.ring.ownerOf(position);
  }

  /**
   * Returns the time at which an endpoint became the owner of a series, if streams that began at `startUnixNano` can
   * have been counted elsewhere before, ns. Undefined if the endpoint has owned them from their beginning.
   */
  gainedAt(position: number, startUnixNano: bigint, endpoint: string): bigint | undefined {
    const first = this.#indexAt(startUnixNano);
    let isOwner = this.#rings[first]!.ring.ownerOf(position) === endpoint;
    let gained: bigint | undefined;
    for (let index = first + 1; index < this.#rings.length; index++) {
      const { ring, sinceUnixNano, movedUnixNano } = this.#rings[index]!;
      if (isOwner && movedUnixNano === undefined) return gained;
      // If streams moved on at the same moment, they have never been here.
      if (movedUnixNano !== undefined && this.#rings[index + 1]?.movedUnixNano === movedUnixNano) continue;
      const wasOwner = isOwner;
      isOwner = ring.ownerOf(position) === endpoint;
      // Without a time of its own, the stream comes from a router that does not know the ring before.
      if (isOwner && !wasOwner) gained = movedUnixNano ?? sinceUnixNano;
    }
    return gained;
  }

  #indexAt(unixNano: bigint): number {
    let index = this.#rings.length - 1;
    while (index > 0 && this.#rings[index]!.sinceUnixNano > unixNano) index--;
    return index;
  }
}
