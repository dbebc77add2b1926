import type { Host } from '#component/component.ts';
import type { ClientAuthenticator } from '#component/extension.ts';

/**
 * Returns the extension of `auth.authenticator`.
 * @throws Error with the Collector's message if there is none
 */
export function resolveClientAuthenticator(
  id: string,
  host: Host,
  protocol: 'HTTP' | 'gRPC' = 'HTTP',
): ClientAuthenticator {
  const extension = host.extension(id);
  if (!extension) throw new Error(`failed to resolve authenticator ${JSON.stringify(id)}: authenticator not found`);
  if (!('requestHeaders' in extension))
    throw new Error(`requested authenticator is not a ${protocol} client authenticator`);
  return extension as ClientAuthenticator;
}
