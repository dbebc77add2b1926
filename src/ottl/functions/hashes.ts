import { createHash, randomUUID } from 'node:crypto';
import { encodeUtf8 } from '#bytes/utf8.ts';
import { text } from '../parameters.ts';
import { communityId } from './community-id.ts';
import { type Converters, convert, converter } from './define.ts';
import { murmur3Hash, murmur3Hash128 } from './murmur3.ts';
import { xxh3Hash, xxh3Hash128 } from './xxh3.ts';

const digest = (algorithm: string) =>
  convert('target', text, (value) => createHash(algorithm).update(encodeUtf8(value)).digest('hex'));

/** FNV-1a of 64 bits, as a signed integer. */
function fnv(value: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of encodeUtf8(value)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return BigInt.asIntN(64, hash);
}

/** A UUID of version 7: milliseconds since the epoch, then random bits. */
function uuidV7(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** Hashes and identifiers. */
export const hashConverters: Converters = {
  FNV: convert('target', text, fnv),
  MD5: digest('md5'),
  SHA1: digest('sha1'),
  SHA256: digest('sha256'),
  SHA512: digest('sha512'),
  Murmur3Hash: convert('target', text, (value) => murmur3Hash(encodeUtf8(value)).toString('hex')),
  Murmur3Hash128: convert('target', text, (value) => murmur3Hash128(encodeUtf8(value)).toString('hex')),
  XXH3: convert('target', text, (value) => xxh3Hash(encodeUtf8(value)).toString('hex')),
  XXH128: convert('target', text, (value) => xxh3Hash128(encodeUtf8(value)).toString('hex')),
  CommunityID: communityId,
  UUID: converter({}, () => () => randomUUID()),
  UUIDv7: converter({}, () => () => uuidV7(Date.now())),
};
