/* MurmurHash3 with seed 0 (Appleby, public domain), formatted like the Collector: little endian. */

const rotate32 = (value: number, bits: number) => (value << bits) | (value >>> (32 - bits));

/** MurmurHash3_x86_32. */
export function murmur3Hash(data: Buffer): Buffer {
  const mixed = (block: number) => Math.imul(rotate32(Math.imul(block, 0xcc9e2d51), 15), 0x1b873593);
  const blocks = data.length >> 2;
  let hash = 0;
  for (let block = 0; block < blocks; block++) {
    hash = (Math.imul(rotate32(hash ^ mixed(data.readInt32LE(block * 4)), 13), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = data.length - 1; at >= blocks * 4; at--) tail = (tail << 8) | data[at]!;
  if (data.length % 4 > 0) hash ^= mixed(tail);
  hash ^= data.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(hash ^ (hash >>> 16));
  return bytes;
}

const u64 = (value: bigint) => BigInt.asUintN(64, value);
const rotate64 = (value: bigint, bits: bigint) => u64((value << bits) | (value >> (64n - bits)));
const [c1, c2] = [0x87c37b91114253d5n, 0x4cf5ad432745937fn];

function finalized(value: bigint): bigint {
  let hash = u64((value ^ (value >> 33n)) * 0xff51afd7ed558ccdn);
  hash = u64((hash ^ (hash >> 33n)) * 0xc4ceb9fe1a85ec53n);
  return hash ^ (hash >> 33n);
}

/** MurmurHash3_x64_128. */
export function murmur3Hash128(data: Buffer): Buffer {
  const mixed1 = (block: bigint) => u64(rotate64(u64(block * c1), 31n) * c2);
  const mixed2 = (block: bigint) => u64(rotate64(u64(block * c2), 33n) * c1);
  let [h1, h2] = [0n, 0n];
  const blocks = data.length >> 4;
  for (let block = 0; block < blocks; block++) {
    h1 = u64((rotate64(h1 ^ mixed1(data.readBigUInt64LE(block * 16)), 27n) + h2) * 5n + 0x52dce729n);
    h2 = u64((rotate64(h2 ^ mixed2(data.readBigUInt64LE(block * 16 + 8)), 31n) + h1) * 5n + 0x38495ab5n);
  }
  const tail = Buffer.alloc(16);
  data.copy(tail, 0, blocks * 16);
  h1 ^= mixed1(tail.readBigUInt64LE(0));
  h2 ^= mixed2(tail.readBigUInt64LE(8));
  const length = BigInt(data.length);
  h1 = u64((h1 ^ length) + (h2 ^ length));
  h2 = u64((h2 ^ length) + h1);
  [h1, h2] = [finalized(h1), finalized(h2)];
  h1 = u64(h1 + h2);
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(h1, 0);
  bytes.writeBigUInt64LE(u64(h2 + h1), 8);
  return bytes;
}
