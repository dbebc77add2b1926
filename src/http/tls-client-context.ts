import { type ConnectionOptions, createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import type { TlsClientConfig } from './tls-config.ts';
import { KeyPair, refuseTpm, said, tlsRules } from './tls-material.ts';
import { readText } from './watched-file.ts';

/** Secrets and rules of outgoing TLS connections, reloaded according to `reload_interval`. */
export class TlsClientContext {
  readonly #config: TlsClientConfig;
  readonly #keyPair: KeyPair | undefined;
  readonly #authorities: string[];
  #context: SecureContext;

  /**
   * Reads all files once.
   * @param now monotonic clock in milliseconds
   * @throws Error with the Collector's message: `failed to load TLS config: …`
   */
  constructor(config: TlsClientConfig, now: () => number) {
    this.#config = config;
    refuseTpm(config);
    if (config.certFile !== '' || config.certPem !== '') this.#keyPair = new KeyPair(config, now);
    this.#authorities = said('failed to load TLS config: failed to load CA CertPool', () => authoritiesOf(config));
    this.#context = said('failed to load TLS config', () => this.#createContext());
  }

  /**
   * Returns the settings of a new connection. Reads certificate and key again if they are due.
   * @throws Error if they cannot be read
   */
  options(): Pick<ConnectionOptions, 'secureContext' | 'rejectUnauthorized' | 'servername'> {
    if (this.#keyPair?.refresh()) this.#context = this.#createContext();
    const { insecureSkipVerify, serverNameOverride } = this.#config;
    return {
      secureContext: this.#context,
      rejectUnauthorized: !insecureSkipVerify,
      ...(serverNameOverride !== '' && { servername: serverNameOverride }),
    };
  }

  #createContext(): SecureContext {
    return createSecureContext({ ...this.#keyPair?.current, ...tlsRules(this.#config), ca: this.#authorities });
  }
}

/** Without `ca_file` and `ca_pem`, a client trusts the authorities of the system and those of Node.js. */
function authoritiesOf({ caFile, caPem, includeSystemCaCertsPool }: TlsClientConfig): string[] {
  const own = caFile === '' ? caPem : said(`failed to load CA ${caFile}`, () => readText(caFile));
  if (own === '') return [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  if (!own.includes('-----BEGIN CERTIFICATE-----')) throw new Error(`failed to parse CA ${caFile}`.trim());
  return includeSystemCaCertsPool ? [own, ...getCACertificates('system')] : [own];
}
