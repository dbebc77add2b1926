import type { IncomingMessage } from 'node:http';
import type { Host } from '#component/component.ts';
import type { ServerAuthenticator } from '#component/extension.ts';
import { queryParameters } from '#go/query.ts';

const noAttributes: ReadonlyMap<string, string> = new Map();
const attributesOf = new WeakMap<IncomingMessage, ReadonlyMap<string, string>>();

/** Returns the authenticator's attributes of the client that sent a request. Empty without `auth`. */
export function authOf(request: IncomingMessage): ReadonlyMap<string, string> {
  return attributesOf.get(request) ?? noAttributes;
}

/**
 * Returns the extension of `auth.authenticator`.
 * @throws Error with the Collector's message if there is none
 */
export function resolveAuthenticator(id: string, host: Host): ServerAuthenticator {
  const extension = host.extension(id);
  if (!extension) throw new Error(`failed to resolve authenticator ${JSON.stringify(id)}: authenticator not found`);
  if (!('authenticate' in extension)) throw new Error('requested authenticator is not a server authenticator');
  return extension as ServerAuthenticator;
}

/** Returns all headers of a request, with lower-case names. */
export function headersOf(request: IncomingMessage): Map<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  const { rawHeaders } = request;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    const values = headers.get(name);
    if (values) values.push(rawHeaders[index + 1]!);
    else headers.set(name, [rawHeaders[index + 1]!]);
  }
  return headers;
}

/** Authenticates a request. Rejects with the authenticator's refusal. `parameters`: see `auth.request_params`. */
export async function authenticate(
  request: IncomingMessage,
  authenticator: ServerAuthenticator,
  parameters: readonly string[],
): Promise<void> {
  const headers = headersOf(request);
  if (parameters.length > 0) {
    const target = request.url ?? '';
    const query = queryParameters(target.includes('?') ? target.slice(target.indexOf('?') + 1) : '');
    for (const parameter of parameters) {
      const values = query.filter(([name]) => name === parameter).map(([, value]) => value);
      if (values.length > 0) headers.set(parameter.toLowerCase(), values);
    }
  }
  attributesOf.set(request, await authenticator.authenticate(headers, { address: request.socket.remoteAddress ?? '' }));
}
