const prime1 = 0x9e3779b185ebca87n;
const prime2 = 0xc2b2ae3d27d4eb4fn;
const prime3 = 0x165667b19e3779f9n;
const prime4 = 0x85ebca77c2b2ae63n;
const prime5 = 0x27d4eb2f165667c5n;

/** Returns the 64-bit xxHash of the bytes, with the seed 0. Slow: cache the result. */
export function xxhash64(bytes: Buffer): bigint {
  let at = 0;
  let hash: bigint;
  if (bytes.length >= 32) {
    let lane1 = wrap(prime1 + prime2);
    let lane2 = prime2;
    let lane3 = 0n;
    let lane4 = wrap(-prime1);
    for (; at + 32 <= bytes.length; at += 32) {
      lane1 = round(lane1, bytes.readBigUInt64LE(at));
      lane2 = round(lane2, bytes.readBigUInt64LE(at + 8));
      lane3 = round(lane3, bytes.readBigUInt64LE(at + 16));
      lane4 = round(lane4, bytes.readBigUInt64LE(at + 24));
    }
    hash = wrap(rotate(lane1, 1n) + rotate(lane2, 7n) + rotate(lane3, 12n) + rotate(lane4, 18n));
    for (const lane of [lane1, lane2, lane3, lane4]) hash = wrap((hash ^ round(0n, lane)) * prime1 + prime4);
  } else {
    hash = prime5;
  }
  hash = wrap(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) {
    hash = wrap(rotate(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * prime1 + prime4);
  }
  if (at + 4 <= bytes.length) {
    hash = wrap(rotate(hash ^ wrap(BigInt(bytes.readUInt32LE(at)) * prime1), 23n) * prime2 + prime3);
    at += 4;
  }
  for (; at < bytes.length; at++) {
    hash = wrap(rotate(hash ^ wrap(BigInt(bytes[at]!) * prime5), 11n) * prime1);
  }
  hash = wrap((hash ^ (hash >> 33n)) * prime2);
  hash = wrap((hash ^ (hash >> 29n)) * prime3);
  return hash ^ (hash >> 32n);
}

function round(lane: bigint, input: bigint): bigint {
  return wrap(rotate(wrap(lane + input * prime2), 31n) * prime1);
}

function rotate(value: bigint, bits: bigint): bigint {
  return wrap(value << bits) | (value >> (64n - bits));
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
