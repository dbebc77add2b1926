/* XXH3 with seed 0 and the default secret (Collet's specification, version 0.2), written big endian. */

const secret = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c' +
    '3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d978736' +
    '4eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
  'hex',
);

const mask64 = 0xffffffffffffffffn;
const u64 = (value: bigint) => value & mask64;
const [prime32a, prime32b, prime32c] = [0x9e3779b1n, 0x85ebca77n, 0xc2b2ae3dn];
const [prime1, prime2, prime3] = [0x9e3779b185ebca87n, 0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n];
const [prime4, prime5] = [0x85ebca77c2b2ae63n, 0x27d4eb2f165667c5n];
const [primeMx1, primeMx2] = [0x165667919e3779f9n, 0x9fb21c651e98df25n];

const read32 = (data: Buffer, at: number) => BigInt(data.readUInt32LE(at));
const read64 = (data: Buffer, at: number) => data.readBigUInt64LE(at);
/** Two words of the secret combined. */
const flip = (at: number) => read64(secret, at) ^ read64(secret, at + 8);
const flip32 = (at: number) => read32(secret, at) ^ read32(secret, at + 4);

const xorShift = (value: bigint, bits: bigint) => value ^ (value >> bits);
const rotate = (value: bigint, bits: bigint) => u64((value << bits) | (value >> (64n - bits)));
const swapped = (value: bigint, bytes: number) => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return bytes === 4 ? BigInt(buffer.readUInt32BE(0)) : buffer.readBigUInt64BE(0);
};

const avalanche = (value: bigint) => xorShift(u64(xorShift(value, 37n) * primeMx1), 32n);
const avalancheXxh64 = (value: bigint) =>
  xorShift(u64(xorShift(u64(xorShift(value, 33n) * prime2), 29n) * prime3), 32n);

/** Both halves of a product of 128 bits, combined. */
function folded(left: bigint, right: bigint): bigint {
  const product = u64(left) * u64(right);
  return u64(product) ^ (product >> 64n);
}

const mix16 = (data: Buffer, at: number, secretAt: number) =>
  folded(read64(data, at) ^ read64(secret, secretAt), read64(data, at + 8) ^ read64(secret, secretAt + 8));

/** The accumulators of data of more than 240 bytes. */
function accumulated(data: Buffer): bigint[] {
  const sums = [prime32c, prime1, prime2, prime3, prime4, prime32b, prime5, prime32a];
  const stripe = (at: number, secretAt: number) => {
    for (let lane = 0; lane < 8; lane++) {
      const word = read64(data, at + lane * 8);
      const keyed = word ^ read64(secret, secretAt + lane * 8);
      sums[lane ^ 1] = u64(sums[lane ^ 1]! + word);
      sums[lane] = u64(sums[lane]! + (keyed & 0xffffffffn) * (keyed >> 32n));
    }
  };
  const blocks = Math.floor((data.length - 1) / 1024);
  for (let block = 0; block < blocks; block++) {
    for (let index = 0; index < 16; index++) stripe(block * 1024 + index * 64, index * 8);
    for (let lane = 0; lane < 8; lane++) {
      sums[lane] = u64((xorShift(sums[lane]!, 47n) ^ read64(secret, 128 + lane * 8)) * prime32a);
    }
  }
  const stripes = Math.floor((data.length - 1 - blocks * 1024) / 64);
  for (let index = 0; index < stripes; index++) stripe(blocks * 1024 + index * 64, index * 8);
  stripe(data.length - 64, 121);
  return sums;
}

function mergedSums(sums: readonly bigint[], secretAt: number, start: bigint): bigint {
  let result = start;
  for (let pair = 0; pair < 4; pair++) {
    const [left, right] = [read64(secret, secretAt + pair * 16), read64(secret, secretAt + pair * 16 + 8)];
    result = u64(result + folded(sums[pair * 2]! ^ left, sums[pair * 2 + 1]! ^ right));
  }
  return avalanche(result);
}

/** First, middle, last byte and length of 1 to 3 bytes. */
function combinedShort(data: Buffer): bigint {
  const { length } = data;
  return BigInt((data[0]! << 16) | data[length - 1]! | (length << 8)) | (BigInt(data[length >> 1]!) << 24n);
}

function hash64(data: Buffer): bigint {
  const { length } = data;
  const size = BigInt(length);
  if (length === 0) return avalancheXxh64(flip(56));
  if (length <= 3) return avalancheXxh64(combinedShort(data) ^ flip32(0));
  if (length <= 8) {
    const keyed = (read32(data, length - 4) + (read32(data, 0) << 32n)) ^ flip(8);
    const mixed = u64((keyed ^ rotate(keyed, 49n) ^ rotate(keyed, 24n)) * primeMx2);
    return xorShift(u64((mixed ^ u64((mixed >> 35n) + size)) * primeMx2), 28n);
  }
  if (length <= 16) {
    const [low, high] = [read64(data, 0) ^ flip(24), read64(data, length - 8) ^ flip(40)];
    return avalanche(u64(size + swapped(low, 8) + high + folded(low, high)));
  }
  if (length > 240) return mergedSums(accumulated(data), 11, u64(size * prime1));
  let sum = size * prime1;
  if (length <= 128) {
    for (let pair = Math.floor((length - 1) / 32); pair >= 0; pair--) {
      sum += mix16(data, pair * 16, pair * 32) + mix16(data, length - 16 - pair * 16, pair * 32 + 16);
    }
    return avalanche(u64(sum));
  }
  for (let block = 0; block < 8; block++) sum += mix16(data, block * 16, block * 16);
  sum = avalanche(u64(sum));
  for (let block = 8; block < length >> 4; block++) sum += mix16(data, block * 16, (block - 8) * 16 + 3);
  return avalanche(u64(sum + mix16(data, length - 16, 119)));
}

type Halves = readonly [low: bigint, high: bigint];

function mix32(
  [low, high]: Halves,
  data: Buffer,
  [first, second]: readonly [number, number],
  secretAt: number,
): Halves {
  const both = (at: number) => u64(read64(data, at) + read64(data, at + 8));
  return [
    u64(low + mix16(data, first, secretAt)) ^ both(second),
    u64(high + mix16(data, second, secretAt + 16)) ^ both(first),
  ];
}

function finished([low, high]: Halves, length: number): Halves {
  const last = u64(low * prime1 + high * prime4 + BigInt(length) * prime2);
  return [avalanche(u64(low + high)), u64(-avalanche(last))];
}

function hash128(data: Buffer): Halves {
  const { length } = data;
  const size = BigInt(length);
  if (length === 0) return [avalancheXxh64(flip(64)), avalancheXxh64(flip(80))];
  if (length <= 3) {
    const combined = combinedShort(data);
    const reversed = swapped(combined, 4);
    const turned = ((reversed << 13n) | (reversed >> 19n)) & 0xffffffffn;
    return [avalancheXxh64(combined ^ flip32(0)), avalancheXxh64(turned ^ flip32(8))];
  }
  if (length <= 8) {
    const keyed = (read32(data, 0) + (read32(data, length - 4) << 32n)) ^ flip(16);
    const product = keyed * (prime1 + (size << 2n));
    const high = u64((product >> 64n) + (product << 1n));
    const low = u64(product) ^ (high >> 3n);
    return [xorShift(u64(xorShift(low, 35n) * primeMx2), 28n), avalanche(high)];
  }
  if (length <= 16) {
    const [first, last] = [read64(data, 0), read64(data, length - 8)];
    const product = (first ^ last ^ flip(32)) * prime1;
    const flipped = last ^ flip(48);
    const high = u64((product >> 64n) + flipped + (flipped & 0xffffffffn) * (prime32b - 1n));
    const low = u64(product + ((size - 1n) << 54n)) ^ swapped(high, 8);
    const second = low * prime2;
    return [avalanche(u64(second)), avalanche(u64((second >> 64n) + high * prime2))];
  }
  const start = u64(size * prime1);
  if (length > 240) {
    const sums = accumulated(data);
    return [mergedSums(sums, 11, start), mergedSums(sums, 117, mask64 ^ u64(size * prime2))];
  }
  let halves: Halves = [start, 0n];
  if (length <= 128) {
    for (let pair = Math.floor((length - 1) / 32); pair >= 0; pair--) {
      halves = mix32(halves, data, [pair * 16, length - 16 - pair * 16], pair * 32);
    }
    return finished(halves, length);
  }
  for (let at = 0; at < 128; at += 32) halves = mix32(halves, data, [at, at + 16], at);
  halves = [avalanche(halves[0]), avalanche(halves[1])];
  for (let at = 128; at + 32 <= length; at += 32) halves = mix32(halves, data, [at, at + 16], at - 125);
  return finished(mix32(halves, data, [length - 16, length - 32], 103), length);
}

/** 64 bits. */
export function xxh3Hash(data: Buffer): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(hash64(data));
  return bytes;
}

/** 128 bits. */
export function xxh3Hash128(data: Buffer): Buffer {
  const [low, high] = hash128(data);
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64BE(high, 0);
  bytes.writeBigUInt64BE(low, 8);
  return bytes;
}
