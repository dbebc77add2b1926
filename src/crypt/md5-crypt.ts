import { createHash } from 'node:crypto';
import { encodeCrypt } from './crypt-alphabet.ts';

/** Output order of the digest's bytes, three at a time. */
const order = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
] as const;

/**
 * Computes the MD5-based password hash of `htpasswd -m`.
 * @param hash one with the same marker (`$apr1$` or `$1$`) and salt
 */
export function hashMd5Crypt(password: string, hash: string): string {
  const [, marker = '', salt = ''] = /^(\$(?:apr1|1)\$)([^$]{0,8})/.exec(hash) ?? [];
  const secret = Buffer.from(password, 'utf8');
  const inner = md5(secret, salt, secret);
  const parts: (Buffer | string)[] = [secret, marker, salt];
  for (let rest = secret.length; rest > 0; rest -= 16) parts.push(inner.subarray(0, Math.min(rest, 16)));
  for (let bits = secret.length; bits > 0; bits >>= 1) {
    parts.push(bits & 1 ? Buffer.from([0]) : secret.subarray(0, 1));
  }
  let digest = md5(...parts);
  for (let round = 0; round < 1000; round += 1) {
    const isOdd = round % 2 === 1;
    digest = md5(
      isOdd ? secret : digest,
      round % 3 === 0 ? '' : salt,
      round % 7 === 0 ? '' : secret,
      isOdd ? digest : secret,
    );
  }
  const groups = order.map(([a, b, c]) => encodeCrypt((digest[a]! << 16) | (digest[b]! << 8) | digest[c]!, 4));
  return `${marker}${salt}$${groups.join('')}${encodeCrypt(digest[11]!, 2)}`;
}

function md5(...parts: readonly (Buffer | string)[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
