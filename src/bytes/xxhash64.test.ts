import { expect, test } from 'vitest';
import { xxhash64 } from './xxhash64.ts';

// Published test vectors of xxHash: https://github.com/Cyan4973/xxHash/wiki
test.each([
  ['', 0xef46db3751d8e999n],
  ['a', 0xd24ec4f1a98c6e5bn],
  ['abc', 0x44bc2cf5ad770999n],
  ['123456789', 0x8cb841db40e6ae83n],
  ['Nobody inspects the spammish repetition', 0xfbcea83c8a378bf1n],
])('hashes %j as published', (text, hash) => {
  expect(xxhash64(Buffer.from(text))).toBe(hash);
});
