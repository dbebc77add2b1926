import type { StartProblem } from '#config/schema.ts';
import type { TlsServerConfig } from './tls-config.ts';
import { TlsContext } from './tls-context.ts';
import { fileRemedy } from './unreadable-file.ts';

/** Returns the reason why a server cannot start with these certificates: a file is missing, or it does not fit. */
export function tlsStartProblem(tls: TlsServerConfig): StartProblem | undefined {
  try {
    new TlsContext(tls, () => 0);
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    return { message, keys: [keyOf(message, tls)], remedy: remedyFor(message) };
  }
}

function keyOf(message: string, { clientCaFile, keyFile, certFile, tpm }: TlsServerConfig): string {
  if (tpm.enabled) return 'tpm';
  if (message.includes('curve')) return 'curve_preferences';
  if (message.includes('cipher')) return 'cipher_suites';
  if (clientCaFile !== '' && message.includes(' CA ')) return 'client_ca_file';
  if (keyFile !== '' && message.includes(`open ${keyFile}:`)) return 'key_file';
  return certFile === '' ? 'cert_pem' : 'cert_file';
}

function remedyFor(message: string): string {
  const remedy = fileRemedy(message);
  if (remedy !== undefined) return remedy;
  if (message.includes('platform module')) return 'write cert_file and key_file instead';
  if (message.includes('curve')) return 'write P256, P384, P521, X25519, or X25519MLKEM768';
  if (message.includes('cipher')) return 'write names such as TLS_AES_128_GCM_SHA256, or remove the key';
  if (message.includes(' CA ')) return 'the file must contain certificates in PEM format';
  return 'certificate and key must be PEM texts that belong together';
}
