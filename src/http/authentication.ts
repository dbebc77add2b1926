import type { IncomingMessage } from 'node:http';
import type { Host } from '#component/component.ts';
import type { ServerAuthenticator } from '#component/extension.ts';

const noAttributes: ReadonlyMap<string, string> = new Map();
const attributesOf = new WeakMap<IncomingMessage, ReadonlyMap<string, string>>();

/** What the authenticator said of the sender of a request; empty without `auth`. */
export function authOf(request: IncomingMessage): ReadonlyMap<string, string> {
  return attributesOf.get(request) ?? noAttributes;
}

/** The extension that `auth.authenticator` names. @throws Error in the collector's words when there is none */
export function resolveAuthenticator(id: string, host: Host): ServerAuthenticator {
  const extension = host.extension(id);
  if (!extension) throw new Error(`failed to resolve authenticator ${JSON.stringify(id)}: authenticator not found`);
  if (!('authenticate' in extension)) throw new Error('requested authenticator is not a server authenticator');
  return extension as ServerAuthenticator;
}

/** All headers of a request, names in lower case. */
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

/** Asks an authenticator about a request; rejects with its refusal. `parameters`: see `auth.request_params`. */
export async function authenticate(
  request: IncomingMessage,
  authenticator: ServerAuthenticator,
  parameters: readonly string[],
): Promise<void> {
  const headers = headersOf(request);
  if (parameters.length > 0) {
    const target = request.url ?? '';
    const query = new URLSearchParams(target.includes('?') ? target.slice(target.indexOf('?') + 1) : '');
    for (const parameter of parameters) {
      if (query.has(parameter)) headers.set(parameter.toLowerCase(), query.getAll(parameter));
    }
  }
  attributesOf.set(request, await authenticator.authenticate(headers));
}
