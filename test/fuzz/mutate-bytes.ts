import type { Random } from './random.ts';

/** Returns the bytes with one to four changes that break a wire format: bits, lengths, tags, or parts that are moved, removed, or repeated. */
export function mutatedBytes(bytes: Buffer, random: Random): Buffer {
  let mutated: Buffer = Buffer.from(bytes);
  for (let count = 1 + random.below(4); count > 0; count--) {
    mutated = changes[random.below(changes.length)]!(mutated, random);
  }
  return mutated;
}

type Change = (bytes: Buffer, random: Random) => Buffer;

const changes: readonly Change[] = [
  (bytes, random) => withByte(bytes, random, (byte) => byte ^ (1 << random.below(8))),
  (bytes, random) => withByte(bytes, random, () => random.below(256)),
  (bytes, random) => withByte(bytes, random, () => [0, 0x7f, 0x80, 0xff][random.below(4)]!),
  // Increases or decreases a length or a tag by one.
  (bytes, random) => withByte(bytes, random, (byte) => byte + (random.oneIn(2) ? 1 : 255)),
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => spliced(bytes, random, random.bytes(1 + random.below(12))),
  (bytes, random) => spliced(bytes, random, Buffer.alloc(random.below(12), 0xff)),
  (bytes, random) => spliced(bytes, random, piece(bytes, random)),
  (bytes, random) => {
    const start = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + random.below(8))]);
  },
  (bytes, random) => {
    const from = piece(bytes, random);
    const copy = Buffer.from(bytes);
    from.copy(copy, random.below(bytes.length + 1));
    return copy;
  },
];

function withByte(bytes: Buffer, random: Random, change: (byte: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  const at = random.below(Math.max(copy.length, 1));
  if (at < copy.length) copy[at] = change(copy[at]!);
  return copy;
}

function spliced(bytes: Buffer, random: Random, inserted: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
}

function piece(bytes: Buffer, random: Random): Buffer {
  const start = random.below(bytes.length + 1);
  return bytes.subarray(start, start + random.below(40));
}
