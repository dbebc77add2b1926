import type { SecureContextOptions } from 'node:tls';
import { createSecureContext } from 'node:tls';
import { cipherList } from './cipher-suites.ts';
import { type TlsSharedConfig, tlsVersions } from './tls-config.ts';
import { readText } from './watched-file.ts';

/** Certificate and key of a server or client, reloaded according to `reload_interval`. */
export class KeyPair {
  readonly #config: TlsSharedConfig;
  /** Monotonic clock in milliseconds. */
  readonly #now: () => number;
  #current: Pick<SecureContextOptions, 'cert' | 'key'>;
  #loadedAt: number;

  /** @throws Error with the Collector's message */
  constructor(config: TlsSharedConfig, now: () => number) {
    this.#config = config;
    this.#now = now;
    this.#current = said('failed to load TLS config: failed to load TLS cert and key', () => this.#read());
    this.#loadedAt = now();
  }

  /** The pair as of the latest reload. */
  get current(): Pick<SecureContextOptions, 'cert' | 'key'> {
    return this.#current;
  }

  /**
   * Reads the files again if they are due. Returns whether they changed.
   * @throws Error if they cannot be read
   */
  refresh(): boolean {
    const { reloadInterval, certFile, keyFile } = this.#config;
    if (reloadInterval === 0 || (certFile === '' && keyFile === '')) return false;
    const now = this.#now();
    if (now <= this.#loadedAt + reloadInterval) return false;
    const pair = said('failed to load TLS cert and key', () => this.#read());
    this.#loadedAt = now;
    if (pair.cert === this.#current.cert && pair.key === this.#current.key) return false;
    this.#current = pair;
    return true;
  }

  #read(): { cert: string; key: string } {
    const { certFile, certPem, keyFile, keyPem } = this.#config;
    const cert = certFile === '' ? certPem : readText(certFile);
    const key = keyFile === '' ? keyPem : readText(keyFile);
    said('failed to load TLS cert and key PEMs', () => createSecureContext({ cert, key }));
    return { cert, key };
  }
}

/**
 * Returns the rules of a connection: versions, cipher suites, and key exchange groups.
 * @throws Error for unknown names
 */
export function tlsRules(config: TlsSharedConfig): SecureContextOptions {
  const { cipherSuites, includeInsecureCipherSuites, curvePreferences, minVersion, maxVersion } = config;
  const ciphers = cipherList(cipherSuites, { includeInsecure: includeInsecureCipherSuites });
  return {
    minVersion: tlsVersions.get(minVersion) ?? 'TLSv1.2',
    maxVersion: tlsVersions.get(maxVersion) ?? 'TLSv1.3',
    ...(ciphers && { ciphers }),
    ...(curvePreferences.length > 0 && { ecdhCurve: curvePreferences.map(curveName).join(':') }),
  };
}

/** Refuses settings that pitot does not have. @throws Error */
export function refuseTpm({ tpm }: TlsSharedConfig): void {
  if (tpm.enabled) throw new Error('failed to load TLS config: a trusted platform module is not supported');
}

/** Runs an action. Prefixes the message of an error with `what`. */
export function said<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

const curves: ReadonlyMap<string, string> = new Map([
  ['P256', 'P-256'],
  ['P384', 'P-384'],
  ['P521', 'P-521'],
  ['X25519', 'X25519'],
  ['X25519MLKEM768', 'X25519MLKEM768'],
]);

function curveName(name: string): string {
  const curve = curves.get(name);
  if (!curve) throw new Error(`invalid curve type: ${name}. Expected values are ${[...curves.keys()].join(', ')}`);
  return curve;
}
