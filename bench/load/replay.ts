const minute = 60_000_000_000n;

interface Prepared {
  /** Header and body of the request. */
  readonly bytes: Buffer;
  readonly times: readonly { readonly offset: number; readonly unixNano: bigint }[];
}

/**
 * Requests with the same bodies in a cycle. Each cycle has later times, because a server can drop a point that is not newer than the
 * previous one, and the benchmark would then measure dropping.
 */
export class Replay {
  readonly #requests: readonly Prepared[];
  readonly #period: bigint;
  #next = 0;

  /** `inFlight`: maximum number of in-flight requests, whose bytes must not change. */
  constructor(bodies: readonly Buffer[], inFlight: number) {
    const copies = Math.ceil((inFlight + 1) / bodies.length);
    const requests = Array.from({ length: copies }, () => bodies.map(prepared));
    const times = requests[0]!.flatMap((request) => request.times.map((time) => time.unixNano));
    this.#requests = requests.flat();
    const latest = times.reduce((high, time) => (time > high ? time : high), 0n);
    const earliest = times.reduce((low, time) => (time < low ? time : low), latest);
    this.#period = latest - earliest + minute;
  }

  next(): Buffer {
    const index = this.#next++;
    const { bytes, times } = this.#requests[index % this.#requests.length]!;
    const bodies = this.#requests.length;
    const shift = BigInt(Math.floor(index / bodies)) * this.#period;
    if (shift > 0n) for (const { offset, unixNano } of times) bytes.writeBigUInt64LE(unixNano + shift, offset);
    return bytes;
  }
}

function prepared(body: Buffer): Prepared {
  const head =
    'POST /v1/metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\n' +
    `Content-Length: ${body.length}\r\n\r\n`;
  const bytes = Buffer.concat([Buffer.from(head), body]);
  const offsets = fieldOffsets(bytes, { from: head.length, until: bytes.length, path: pathToTime });
  return { bytes, times: offsets.map((offset) => ({ offset, unixNano: bytes.readBigUInt64LE(offset) })) };
}

/** Field numbers on the path from an export request to the time of a data point: resource, scope, metric, data, point, time. */
const pathToTime: readonly (readonly number[])[] = [[1], [2], [2], [5, 7, 9, 10, 11], [1], [3]];

/** Returns the offsets of the values at the end of a path of fields. The protobuf message must be well-formed. */
function fieldOffsets(
  bytes: Buffer,
  { from, until, path }: { from: number; until: number; path: readonly (readonly number[])[] },
): number[] {
  const [wanted, ...rest] = path;
  const found: number[] = [];
  let position = from;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[position++]!;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (position < until) {
    const tag = varint();
    const start = tag % 8 === 2 ? varint() + position : position;
    const isWanted = wanted?.includes(Math.floor(tag / 8));
    if (tag % 8 === 0) varint();
    else if (tag % 8 === 1) position += 8;
    else if (tag % 8 === 5) position += 4;
    else {
      if (isWanted) found.push(...fieldOffsets(bytes, { from: position, until: start, path: rest }));
      position = start;
      continue;
    }
    if (isWanted && rest.length === 0) found.push(start);
  }
  return found;
}
