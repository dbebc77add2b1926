import { createHash } from 'node:crypto';
import { encodeCrypt } from './crypt-alphabet.ts';

interface Variant {
  readonly algorithm: 'sha256' | 'sha512';
  readonly size: number;
  /** Positions of digest bytes in output order, three at a time. -1 means no byte. */
  readonly order: readonly (readonly [number, number, number])[];
}

/** Each group starts where the previous one ended, alternating between the three thirds of the digest. */
const variants: Readonly<Record<string, Variant>> = {
  $5$: {
    algorithm: 'sha256',
    size: 32,
    order: [...rotated(10, [0, 10, 20], [21, 1, 11]), [-1, 31, 30]],
  },
  $6$: {
    algorithm: 'sha512',
    size: 64,
    order: [...rotated(21, [0, 21, 42], [22, 43, 1]), [-1, -1, 63]],
  },
};

/**
 * Returns the positions of `count` groups. From one group to the next, each position moves to the next position of the
 * second group.
 */
function rotated(
  count: number,
  first: readonly [number, number, number],
  second: readonly [number, number, number],
): [number, number, number][] {
  // The third of the digest to which each place of a group moves.
  const third = Math.round(first[1] - first[0]);
  const groups: [number, number, number][] = [[...first]];
  const turn = second.map((position) => Math.floor((position - 1) / third));
  for (let group = 1; group < count; group += 1) {
    const last = groups[group - 1]!;
    groups.push([0, 1, 2].map((place) => last[turn[place]!]! + 1) as [number, number, number]);
  }
  return groups;
}

const defaultRounds = 5000;

/**
 * Computes the SHA-based password hash of crypt(3), `$5$` and `$6$`.
 * @param hash one with the same marker, rounds, and salt
 * @returns undefined for a hash in neither of the two forms
 */
export function hashShaCrypt(password: string, hash: string): string | undefined {
  const match = /^(\$[56]\$)(?:rounds=(\d{1,9})\$)?([^$]{0,16})/.exec(hash);
  if (!match) return undefined;
  const [, marker = '', roundsText, salt = ''] = match;
  const { algorithm, size, order } = variants[marker]!;
  const digest = (...parts: readonly (Buffer | string)[]): Buffer => {
    const hasher = createHash(algorithm);
    for (const part of parts) hasher.update(part);
    return hasher.digest();
  };
  const secret = Buffer.from(password, 'utf8');
  const alternate = digest(secret, salt, secret);
  const parts: (Buffer | string)[] = [secret, salt, repeated(alternate, secret.length)];
  for (let bits = secret.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? alternate : secret);
  let result = digest(...parts);
  const longSecret = repeated(digest(...Array<Buffer>(secret.length).fill(secret)), secret.length);
  const longSalt = repeated(digest(...Array<string>(16 + result[0]!).fill(salt)), Buffer.byteLength(salt));
  const rounds = roundsText === undefined ? defaultRounds : Math.min(Math.max(Number(roundsText), 1000), maxRounds);
  for (let round = 0; round < rounds; round += 1) {
    const isOdd = round % 2 === 1;
    result = digest(
      isOdd ? longSecret : result,
      round % 3 === 0 ? '' : longSalt,
      round % 7 === 0 ? '' : longSecret,
      isOdd ? result : longSecret,
    );
  }
  const text = order.map((group) => encodeGroup(result, group)).join('');
  const prefix = roundsText === undefined ? marker : `${marker}rounds=${rounds}$`;
  return `${prefix}${salt}$${text.slice(0, Math.ceil((size * 8) / 6))}`;
}

/** Maximum number of rounds. More would block the event loop for seconds, so such an entry never matches. */
const maxRounds = 1_000_000;

function repeated(block: Buffer, length: number): Buffer {
  const result = Buffer.alloc(length);
  for (let position = 0; position < length; position += block.length) block.copy(result, position);
  return result;
}

function encodeGroup(digest: Buffer, [high, middle, low]: readonly [number, number, number]): string {
  const byte = (position: number) => (position < 0 ? 0 : digest[position]!);
  return encodeCrypt((byte(high) << 16) | (byte(middle) << 8) | byte(low), 4);
}
