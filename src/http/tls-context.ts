import type { SecureContextOptions, TlsOptions } from 'node:tls';
import { createSecureContext, getCACertificates } from 'node:tls';
import { cipherList } from './cipher-suites.ts';
import { type TlsServerConfig, tlsVersions } from './tls-config.ts';
import { readText, WatchedFile } from './watched-file.ts';

/** Secrets and rules of a TLS listener, reloaded according to `reload_interval` and `client_ca_file_reload`. */
export class TlsContext {
  readonly #config: TlsServerConfig;
  /** Monotonic clock in milliseconds. */
  readonly #now: () => number;
  #certificate: Pick<SecureContextOptions, 'cert' | 'key'>;
  #loadedAt: number;
  #clientCa: WatchedFile | undefined;

  /**
   * Reads all files once.
   * @throws Error with the Collector's message: `failed to load TLS config: …`
   */
  constructor(config: TlsServerConfig, now: () => number) {
    this.#config = config;
    this.#now = now;
    if (config.tpm.enabled) throw new Error('failed to load TLS config: a trusted platform module is not supported');
    this.#certificate = said('failed to load TLS config: failed to load TLS cert and key', () =>
      this.#readCertificate(),
    );
    this.#loadedAt = now();
    if (config.clientCaFile !== '') {
      this.#clientCa = said('failed to load client CA CertPool', () => this.#openClientCa());
    }
    said('failed to load TLS config', () => createSecureContext(this.options()));
  }

  /** Returns the settings for a listener, as of the latest reload. */
  options(): TlsOptions {
    const { cipherSuites, includeInsecureCipherSuites, curvePreferences, minVersion, maxVersion } = this.#config;
    const ciphers = cipherList(cipherSuites, { includeInsecure: includeInsecureCipherSuites });
    return {
      ...this.#certificate,
      minVersion: tlsVersions.get(minVersion) ?? 'TLSv1.2',
      maxVersion: tlsVersions.get(maxVersion) ?? 'TLSv1.3',
      ...(ciphers && { ciphers }),
      ...(curvePreferences.length > 0 && { ecdhCurve: curvePreferences.map(curveName).join(':') }),
      ...(this.#clientCa && { ca: this.#clientCaPems(), requestCert: true, rejectUnauthorized: true }),
    };
  }

  /**
   * Reloads files that are due. Returns whether anything changed. Call before each handshake.
   * @throws Error if certificate or key cannot be read; the handshake must then fail, and the next one tries again
   */
  refresh(): boolean {
    return [this.#refreshCertificate(), this.#refreshClientCa()].includes(true);
  }

  #refreshCertificate(): boolean {
    const { reloadInterval, certFile, keyFile } = this.#config;
    if (reloadInterval === 0 || (certFile === '' && keyFile === '')) return false;
    const now = this.#now();
    if (now <= this.#loadedAt + reloadInterval) return false;
    const certificate = said('failed to load TLS cert and key', () => this.#readCertificate());
    this.#loadedAt = now;
    if (certificate.cert === this.#certificate.cert && certificate.key === this.#certificate.key) return false;
    this.#certificate = certificate;
    return true;
  }

  #refreshClientCa(): boolean {
    return this.#config.clientCaFileReload && (this.#clientCa?.refresh() ?? false);
  }

  #readCertificate(): { cert: string; key: string } {
    const { certFile, certPem, keyFile, keyPem } = this.#config;
    const cert = certFile === '' ? certPem : readText(certFile);
    const key = keyFile === '' ? keyPem : readText(keyFile);
    said('failed to load TLS cert and key PEMs', () => createSecureContext({ cert, key }));
    return { cert, key };
  }

  #openClientCa(): WatchedFile {
    const path = this.#config.clientCaFile;
    const file = said(`failed to load CA ${path}`, () => new WatchedFile(path, { now: this.#now, interval: 0 }));
    if (!file.text.includes('-----BEGIN CERTIFICATE-----')) throw new Error(`failed to parse CA ${path}`);
    return file;
  }

  #clientCaPems(): string[] {
    const own = this.#clientCa ? [this.#clientCa.text] : [];
    return this.#config.includeSystemCaCertsPool ? [...own, ...getCACertificates('system')] : own;
  }
}

/** Runs an action. Prefixes the message of an error with `what`. */
function said<T>(what: string, action: () => T): T {
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
