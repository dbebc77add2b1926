import type { ClientContext } from '#component/consumer.ts';

const metadataPrefix = 'metadata.';
const authPrefix = 'auth.';

/**
 * What `from_context` names: `client.address`, `auth.NAME`, `metadata.NAME` or just the NAME of metadata; several values are
 * joined with `;`. Undefined when the request has none.
 */
export function contextValue(name: string, { metadata, address, auth }: ClientContext): string | undefined {
  if (name === 'client.address') return address;
  if (name.startsWith(authPrefix)) return auth.get(name.slice(authPrefix.length));
  const header = name.startsWith(metadataPrefix) ? name.slice(metadataPrefix.length) : name;
  const values = metadata.get(header.toLowerCase());
  return values === undefined || values.length === 0 ? undefined : values.join(';');
}
