import { createHash, timingSafeEqual } from 'node:crypto';
import { Background } from '#background/background.ts';

/** Slow hashes are computed on a thread of their own, one after the other, so that neither the event loop nor other background work waits. */
const thread = new Background();
/** Higher costs of bcrypt take more than five seconds for each check. */
const maxBcryptCost = 16;

/** Returns whether a password belongs to the user. */
export type PasswordCheck = (password: string) => boolean | Promise<boolean>;

/**
 * Parses lines `user:hash`. The last line of a user applies, and lines without a colon are ignored.
 * @returns the check of each user, and the users whose kind of hash is not supported
 */
export function parseHtpasswd(text: string): {
  readonly users: ReadonlyMap<string, PasswordCheck>;
  readonly ignored: readonly string[];
} {
  const users = new Map<string, PasswordCheck>();
  const ignored: string[] = [];
  for (const rawLine of text.split('\n')) {
    const line = rawLine.trim();
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const user = line.slice(0, colon);
    const check = checkOf(line.slice(colon + 1));
    if (check) users.set(user, check);
    else ignored.push(user);
  }
  return { users, ignored };
}

/** Returns the check for a hash. Undefined for a kind of hash that pitot does not support. */
function checkOf(hash: string): PasswordCheck | undefined {
  if (/^\$(apr1|1)\$/.test(hash))
    return async (password) => isEqual(await thread.run('md5Crypt', password, hash), hash);
  if (hash.startsWith('{SHA}')) return (password) => isEqual(`{SHA}${sha1(password).toString('base64')}`, hash);
  if (hash.startsWith('{SSHA}')) return saltedSha(Buffer.from(hash.slice(6), 'base64'));
  const bcryptCost = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/.exec(hash)?.[1];
  if (bcryptCost !== undefined && Number(bcryptCost) <= maxBcryptCost) {
    return (password) => thread.run('bcrypt', password, hash);
  }
  if (/^\$[56]\$/.test(hash)) return async (password) => isEqual(await thread.run('shaCrypt', password, hash), hash);
  // An unknown marker, or a hash that takes too long: the hash itself must not be treated as a password.
  if (/^\$[A-Za-z0-9]+\$/.test(hash)) return undefined;
  return (password) => isEqual(password, hash);
}

/** Returns the check for a digest of 20 bytes followed by the salt. */
function saltedSha(decoded: Buffer): PasswordCheck {
  const digest = decoded.subarray(0, 20);
  const salt = decoded.subarray(20);
  return (password) => isEqual(sha1(password, salt).toString('hex'), digest.toString('hex'));
}

function sha1(text: string, salt: Buffer = Buffer.alloc(0)): Buffer {
  return createHash('sha1').update(text).update(salt).digest();
}

/** Compares two texts in constant time. */
function isEqual(left: string, right: string): boolean {
  const [a, b] = [left, right].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
