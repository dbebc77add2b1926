import { boolean, type ConfigOf, config, duration, secret, string, stringList, validated } from '#config/schema.ts';

/** Returns the TLS keys that servers and clients share (docs/reference/collector-behaviour.md#tls-settings). */
function tlsShape() {
  return {
    ca_file: string().describe('File with the certificate authorities that a client trusts.'),
    ca_pem: secret().describe('Certificate authorities as PEM text.'),
    cert_file: string().describe('File with the certificate chain.'),
    cert_pem: secret().describe('Certificate chain as PEM text.'),
    key_file: string().describe('File with the private key.'),
    key_pem: secret().describe('Private key as PEM text.'),
    include_system_ca_certs_pool: boolean(false).describe(
      'Trusts the authorities of the system in addition to `ca_file`.',
    ),
    min_version: string('', { values: ['1.0', '1.1', '1.2', '1.3'] }).describe(
      'Lowest version: 1.0, 1.1, 1.2 (default), or 1.3, in quotes.',
    ),
    max_version: string('', { values: ['1.0', '1.1', '1.2', '1.3'] }).describe(
      'Highest version. The default is the newest.',
    ),
    cipher_suites: stringList().describe('Names of the allowed cipher suites, for example TLS_AES_128_GCM_SHA256.'),
    include_insecure_cipher_suites: boolean(false).describe('Allows insecure names in `cipher_suites`.'),
    reload_interval: duration(0).describe('Age at which certificate and key are read again. `0` disables it.'),
    curve_preferences: stringList().describe('Key exchange groups in order of preference, for example X25519 or P256.'),
    tpm: tpmConfig.describe('Keys in a trusted platform module. Not supported: refused if enabled.'),
  };
}

const tpmConfig = config('configtls.TPMConfig', {
  enabled: boolean(false).describe('Loads the key from the module.'),
  path: string().describe('Device of the module.'),
  owner_auth: string().describe('Owner authorization of the module.'),
  auth: string().describe('Authorization of the key.'),
});

const tlsServerGroup = config('configtls.ServerConfig', {
  ...tlsShape(),
  client_ca_file: string().describe(
    'File with certificate authorities. If set, clients must present a certificate of one of them.',
  ),
  client_ca_file_reload: boolean(false).describe('Reads `client_ca_file` again when it changes.'),
});
export type TlsServerConfig = ConfigOf<typeof tlsServerGroup>;

/** TLS of a listener: `tls` of every server. */
export const tlsServerConfig = validated(validated(tlsServerGroup, missingCertificate), tlsProblem);

function missingCertificate(tls: TlsServerConfig): string | undefined {
  if (hasCertificate(tls) || hasKey(tls)) return undefined;
  return 'TLS configuration must include both certificate and key for server connections';
}

const tlsClientGroup = config('configtls.ClientConfig', {
  ...tlsShape(),
  insecure: boolean(false).describe('gRPC: connects without TLS. HTTP: the scheme of the endpoint decides.'),
  insecure_skip_verify: boolean(false).describe('Accepts every certificate of the server.'),
  server_name_override: string().describe(
    'Name that the certificate of the server must have. By default, the host of the endpoint.',
  ),
});
export type TlsClientConfig = ConfigOf<typeof tlsClientGroup>;

/** TLS of outgoing connections: `tls` of every client. */
export const tlsClientConfig = validated(tlsClientGroup, tlsProblem);

/** Decoded keys of `tlsShape`. */
export type TlsSharedConfig = Omit<TlsServerConfig, 'clientCaFile' | 'clientCaFileReload'>;

/** Decoded keys of `tlsShape` that the checks read. */
type TlsCommon = Pick<
  TlsServerConfig,
  'caFile' | 'caPem' | 'certFile' | 'certPem' | 'keyFile' | 'keyPem' | 'minVersion' | 'maxVersion'
>;

/** `1.0` … `1.3` */
export const tlsVersions: ReadonlyMap<string, 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'> = new Map([
  ['1.0', 'TLSv1'],
  ['1.1', 'TLSv1.1'],
  ['1.2', 'TLSv1.2'],
  ['1.3', 'TLSv1.3'],
]);

/** Returns the problem of the settings that clients and servers share. The Collector reports it under `config`. */
function tlsProblem(tls: TlsCommon): { path: string; message: string } | undefined {
  const message = commonProblem(tls);
  return message === undefined ? undefined : { path: 'config', message };
}

function commonProblem(tls: TlsCommon): string | undefined {
  if (tls.caFile !== '' && tls.caPem !== '') return 'provide either a CA file or the PEM-encoded string, but not both';
  if (tls.certFile !== '' && tls.certPem !== '') return 'provide either certificate file or PEM, but not both';
  if (tls.keyFile !== '' && tls.keyPem !== '') return 'provide either key file or PEM, but not both';
  if (hasCertificate(tls) !== hasKey(tls)) {
    return 'TLS configuration must include both certificate and key (CertFile/CertPem and KeyFile/KeyPem)';
  }
  for (const [key, version] of [
    ['min_version', tls.minVersion],
    ['max_version', tls.maxVersion],
  ] as const) {
    if (version !== '' && !tlsVersions.has(version)) {
      return `invalid TLS ${key}: unsupported TLS version: ${JSON.stringify(version)}`;
    }
  }
  if (tls.maxVersion !== '' && tls.maxVersion < (tls.minVersion || '1.2')) {
    return 'invalid TLS configuration: min_version cannot be greater than max_version';
  }
  return undefined;
}

function hasCertificate(tls: Pick<TlsCommon, 'certFile' | 'certPem'>): boolean {
  return tls.certFile !== '' || tls.certPem !== '';
}

function hasKey(tls: Pick<TlsCommon, 'keyFile' | 'keyPem'>): boolean {
  return tls.keyFile !== '' || tls.keyPem !== '';
}
