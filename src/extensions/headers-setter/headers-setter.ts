import type { Clock, Host } from '#component/component.ts';
import type { ClientContext } from '#component/consumer.ts';
import type { ClientAuthenticator, HeaderChanges, OutgoingRequest } from '#component/extension.ts';
import { WatchedFile } from '#http/watched-file.ts';
import { resolveClientAuthenticator } from '#http-client/client-authenticator.ts';
import type { HeaderConfig, HeadersSetterConfig } from './config.ts';

/** Sets headers of outgoing requests, with fixed values or those that the client sent. */
export class HeadersSetter implements ClientAuthenticator {
  readonly #config: HeadersSetterConfig;
  readonly #clock: Clock;
  readonly #files = new Map<string, WatchedFile>();
  #first: ClientAuthenticator | undefined;

  constructor(config: HeadersSetterConfig, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
  }

  async start(host: Host): Promise<void> {
    const { additionalAuth, headers } = this.#config;
    for (const { valueFile } of headers) {
      const timing = { now: () => this.#clock.monotonic(), interval: 1000 };
      if (valueFile !== '') this.#files.set(valueFile, new WatchedFile(valueFile, timing));
    }
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
      const value = header.action === 'delete' ? undefined : this.#valueOf(header, request.client);
      for (const changed of [...changes.keys()]) if (changed.toLowerCase() === name) changes.delete(changed);
      changes.set(header.key, value);
      current.set(name, value);
    }
    return changes;
  }

  #valueOf(header: HeaderConfig, client: ClientContext): string {
    const file = this.#files.get(header.valueFile);
    if (file === undefined) return headerValue(header, client);
    file.refresh();
    return file.text.trim();
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
