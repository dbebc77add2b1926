import { isIPv6 } from 'node:net';

/** Addresses that are tracked. Above the limit, the one that was idle longest is dropped. */
const maxAddresses = 10_000;
/** Period for which a failed attempt counts, ms. */
const windowMs = 60_000;

interface Attempts {
  running: number;
  /** Times of the latest failures, monotonic ms, oldest first. */
  failedMs: number[];
}

/** Counts failed and running attempts of each address, so that nobody can try many passwords. */
export class FailedAttempts {
  readonly #limit: number;
  readonly #now: () => number;
  readonly #byAddress = new Map<string, Attempts>();

  /** `limit`: failures within a minute after which an address must wait. 0 means no limit. `now`: monotonic, ms. */
  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /**
   * Begins an attempt, which `end` must end.
   * @returns how many seconds the address must wait first; 0 if it may try now
   */
  begin(address: string): number {
    if (this.#limit === 0) return 0;
    const key = networkOf(address);
    const attempts = this.#byAddress.get(key) ?? { running: 0, failedMs: [] };
    const nowMs = this.#now();
    attempts.failedMs = attempts.failedMs.filter((failedMs) => failedMs > nowMs - windowMs);
    // A running attempt counts as failed, because its result is not available yet.
    if (attempts.failedMs.length + attempts.running >= this.#limit) {
      const [oldestMs = nowMs] = attempts.failedMs;
      return attempts.failedMs.length === 0 ? 1 : Math.max(1, Math.ceil((oldestMs + windowMs - nowMs) / 1000));
    }
    attempts.running += 1;
    this.#keep(key, attempts);
    return 0;
  }

  end(address: string, isAccepted: boolean): void {
    if (this.#limit === 0) return;
    const attempts = this.#byAddress.get(networkOf(address));
    if (!attempts) return;
    attempts.running -= 1;
    if (!isAccepted) attempts.failedMs.push(this.#now());
  }

  #keep(key: string, attempts: Attempts): void {
    this.#byAddress.delete(key);
    this.#byAddress.set(key, attempts);
    if (this.#byAddress.size <= maxAddresses) return;
    const [idlest] = this.#byAddress.keys();
    if (idlest !== undefined) this.#byAddress.delete(idlest);
  }
}

/** An IPv6 address without its last 64 bits, of which every client has all. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const last = tail === '' ? [] : tail.split(':');
    while (groups.length + last.length < 8) groups.push('0');
    groups.push(...last);
  }
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
