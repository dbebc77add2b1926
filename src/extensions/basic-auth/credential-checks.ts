import { createHmac, randomBytes } from 'node:crypto';
import { RetryableError } from '#component/errors.ts';
import { rpcCode } from '#component/rpc-codes.ts';
import { FailedAttempts } from './failed-attempts.ts';

/** Credentials that are kept after they were accepted, and after they were refused. The ones that were idle longest are dropped. */
const maxRemembered = 1_000;
/** Checks that wait for their turn. They are done one after the other. */
const maxWaiting = 64;

interface CredentialChecksOptions {
  /** Failures of one address within a minute; 0: any number. */
  readonly maxFailures: number;
  /** Monotonic, ms. */
  readonly now: () => number;
}

/**
 * Limits how often passwords are checked, because one check may take a second of CPU. Credentials that were checked before are kept as keyed
 * fingerprints, no credential is checked twice at the same time, and an address with many failures must wait.
 */
export class CredentialChecks {
  #accepted = new Set<string>();
  #refused = new Set<string>();
  readonly #running = new Map<string, Promise<boolean>>();
  readonly #attempts: FailedAttempts;
  /** Lives as long as the process, so that fingerprints are useless elsewhere. */
  readonly #key = randomBytes(32);

  constructor({ maxFailures, now }: CredentialChecksOptions) {
    this.#attempts = new FailedAttempts(maxFailures, now);
  }

  /**
   * Whether `check` accepts the credentials.
   * @throws RetryableError when the address or the process has too many checks at the moment
   */
  async accept(credentials: string, address: string, check: () => boolean | Promise<boolean>): Promise<boolean> {
    const fingerprint = createHmac('sha256', this.#key).update(credentials).digest('base64');
    if (this.#accepted.has(fingerprint)) {
      remember(this.#accepted, fingerprint);
      return true;
    }
    if (this.#refused.has(fingerprint)) return false;
    const running = this.#running.get(fingerprint);
    if (running) return running;
    const waitSeconds = this.#attempts.begin(address);
    if (waitSeconds > 0) throw refusal('too many failed authentications from this address', waitSeconds);
    if (this.#running.size >= maxWaiting) {
      this.#attempts.end(address, true);
      throw refusal('too many authentications at the same time', 1);
    }
    const checked = this.#check(fingerprint, check).finally(() => this.#running.delete(fingerprint));
    this.#running.set(fingerprint, checked);
    let isAccepted = false;
    try {
      isAccepted = await checked;
      return isAccepted;
    } finally {
      this.#attempts.end(address, isAccepted);
    }
  }

  /** Discards the results of all checks, also of running ones, because the passwords have changed. */
  forget(): void {
    this.#accepted = new Set();
    this.#refused = new Set();
  }

  async #check(fingerprint: string, check: () => boolean | Promise<boolean>): Promise<boolean> {
    const [accepted, refused] = [this.#accepted, this.#refused];
    const isAccepted = await check();
    remember(isAccepted ? accepted : refused, fingerprint);
    return isAccepted;
  }
}

/** Returns the error for HTTP 429 and gRPC RESOURCE_EXHAUSTED. */
function refusal(message: string, retryAfterSeconds: number): RetryableError {
  return new RetryableError(message, { code: rpcCode.resourceExhausted, retryAfterSeconds });
}

/** Adds an entry, or makes it the latest one. */
function remember(entries: Set<string>, entry: string): void {
  entries.delete(entry);
  entries.add(entry);
  if (entries.size <= maxRemembered) return;
  const [oldest] = entries;
  if (oldest !== undefined) entries.delete(oldest);
}
