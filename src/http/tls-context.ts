import type { TlsOptions } from 'node:tls';
import { createSecureContext, getCACertificates } from 'node:tls';
import type { TlsServerConfig } from './tls-config.ts';
import { KeyPair, refuseTpm, said, tlsRules } from './tls-material.ts';
import { WatchedFile } from './watched-file.ts';

/** Secrets and rules of a TLS listener, reloaded according to `reload_interval` and `client_ca_file_reload`. */
export class TlsContext {
  readonly #config: TlsServerConfig;
  /** Monotonic clock in milliseconds. */
  readonly #now: () => number;
  readonly #keyPair: KeyPair;
  #clientCa: WatchedFile | undefined;

  /**
   * Reads all files once.
   * @throws Error with the Collector's message: `failed to load TLS config: …`
   */
  constructor(config: TlsServerConfig, now: () => number) {
    this.#config = config;
    this.#now = now;
    refuseTpm(config);
    this.#keyPair = new KeyPair(config, now);
    if (config.clientCaFile !== '') {
      this.#clientCa = said('failed to load client CA CertPool', () => this.#openClientCa());
    }
    said('failed to load TLS config', () => createSecureContext(this.options()));
  }

  /** Returns the settings for a listener, as of the latest reload. */
  options(): TlsOptions {
    return {
      ...this.#keyPair.current,
      ...tlsRules(this.#config),
      ...(this.#clientCa && { ca: this.#clientCaPems(), requestCert: true, rejectUnauthorized: true }),
    };
  }

  /**
   * Reloads files that are due. Returns whether anything changed. Call before each handshake.
   * @throws Error if certificate or key cannot be read; the handshake must then fail, and the next one tries again
   */
  refresh(): boolean {
    return [this.#keyPair.refresh(), this.#refreshClientCa()].includes(true);
  }

  #refreshClientCa(): boolean {
    return this.#config.clientCaFileReload && (this.#clientCa?.refresh() ?? false);
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
