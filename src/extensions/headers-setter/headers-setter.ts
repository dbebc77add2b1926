import type { Host } from '#component/component.ts';
import type { ClientContext } from '#component/consumer.ts';
import type { ClientAuthenticator, HeaderChanges, OutgoingRequest } from '#component/extension.ts';
import { resolveClientAuthenticator } from '#http-client/client-authenticator.ts';
import type { HeaderConfig, HeadersSetterConfig } from './config.ts';

/** Sets headers of outgoing requests, with fixed values or those that the client sent. */
export class HeadersSetter implements ClientAuthenticator {
  readonly #config: HeadersSetterConfig;
  #first: ClientAuthenticator | undefined;

  constructor(config: HeadersSetterConfig) {
    this.#config = config;
  }

  async start(host: Host): Promise<void> {
    const { additionalAuth } = this.#config;
    if (additionalAuth !== '') this.#first = resolveClientAuthenticator(additionalAuth, host);
  }

  async shutdown(): Promise<void> {}

  async requestHeaders(request: OutgoingRequest): Promise<HeaderChanges> {
    const changes = new Map(await this.#first?.requestHeaders(request));
    const current = new Map<string, string | undefined>(request.headers);
    for (const [name, value] of changes) current.set(name.toLowerCase(), value);
    for (const header of this.#config.headers) {
      const name = header.key.toLowerCase();
      const isPresent = current.get(name) !== undefined;
      if (header.action === 'insert' ? isPresent : header.action === 'update' && !isPresent) continue;
      const value = header.action === 'delete' ? undefined : headerValue(header, request.client);
      for (const changed of [...changes.keys()]) if (changed.toLowerCase() === name) changes.delete(changed);
      changes.set(header.key, value);
      current.set(name, value);
    }
    return changes;
  }
}

/** @throws Error if the client sent several values */
function headerValue({ value, fromContext, fromAttribute, defaultValue }: HeaderConfig, client: ClientContext): string {
  if (value !== '') return value;
  if (fromAttribute !== '') return client.auth.get(fromAttribute) ?? defaultValue;
  const values = client.metadata.get(fromContext.toLowerCase()) ?? [];
  if (values.length > 1) {
    throw new Error(`${values.length} source keys found in the context, can't determine which one to use`);
  }
  return values[0] ?? defaultValue;
}
