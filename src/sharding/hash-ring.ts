import { crc32 } from 'node:zlib';

/** Number of positions, and the points of each endpoint on them: the values of the Collector. */
const positions = 131_071;
const pointsPerEndpoint = 200;
/** Number of positions after an occupied one to try. */
const maxProbes = 10;

/** Returns the position of a key on every ring. */
export function positionOf(key: Uint8Array): number {
  return crc32(key) % positions;
}

/** Returns a position for a key of which a 32-bit hash is known. */
export function positionOfHash(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) % positions;
}

/**
 * A consistent hash ring with the positions of the Collector's load_balancing exporter, so that both send a key to the
 * same endpoint. If an endpoint is added or removed, only the keys of that endpoint move.
 */
export class HashRing {
  /** Sorted. */
  readonly endpoints: readonly string[];
  /** Index in `endpoints` of the owner of each position. */
  readonly #owners = new Uint16Array(positions);

  constructor(endpoints: readonly string[]) {
    this.endpoints = [...new Set(endpoints)].sort(byText);
    this.#fill();
  }

  /** Returns the owner of a position, or undefined if the ring is empty. */
  ownerOf(position: number): string | undefined {
    return this.endpoints[this.#owners[position]!];
  }

  has(endpoint: string): boolean {
    return this.endpoints.includes(endpoint);
  }

  /** Returns whether the endpoints are those of the ring, in any order. */
  hasSameEndpoints(endpoints: readonly string[]): boolean {
    const others = new Set(endpoints);
    return others.size === this.endpoints.length && this.endpoints.every((endpoint) => others.has(endpoint));
  }

  #fill(): void {
    const points = pointsOf(this.endpoints);
    let next = 0;
    for (let position = 0; position < positions; position++) {
      while (next < points.length && points[next]!.position < position) next++;
      // After the last point, the first one follows.
      this.#owners[position] = (points[next] ?? points[0])?.owner ?? 0;
    }
  }
}

interface Point {
  readonly position: number;
  readonly owner: number;
}

/** Returns the points of the endpoints in the order of their positions. A point without a free position is omitted. */
function pointsOf(endpoints: readonly string[]): Point[] {
  const candidates = endpoints.flatMap((endpoint, owner) =>
    Array.from({ length: pointsPerEndpoint }, (_, number) => {
      const hash = crc32(numbered(endpoint, number));
      return { position: hash % positions, hash, owner };
    }),
  );
  candidates.sort((a, b) => a.position - b.position || a.hash - b.hash || a.owner - b.owner);
  const taken = new Set<number>();
  const points: Point[] = [];
  for (const { position, owner } of candidates) {
    for (let probe = 0; probe < maxProbes; probe++) {
      const free = (position + probe) % positions;
      if (taken.has(free)) continue;
      taken.add(free);
      points.push({ position: free, owner });
      break;
    }
  }
  return points.sort((a, b) => a.position - b.position);
}

/** The endpoint and a little-endian 32-bit number. */
function numbered(endpoint: string, number: number): Buffer {
  const bytes = Buffer.from(`${endpoint}\0\0\0\0`);
  bytes.writeUInt32LE(number, bytes.length - 4);
  return bytes;
}

/** Orders as Go does, by UTF-8 bytes. */
function byText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
