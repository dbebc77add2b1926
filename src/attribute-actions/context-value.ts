import type { ClientContext } from '#component/consumer.ts';

const metadataPrefix = 'metadata.';
const authPrefix = 'auth.';

/**
 * Returns the value of `from_context`: `client.address`, `auth.NAME`, `metadata.NAME`, or the NAME of metadata. Several
 * values are joined with `;`. Undefined if the request has none.
 */
export function contextValue(name: string, { metadata, address, auth }: ClientContext): string | undefined {
  if (name === 'client.address') return address;
  if (name.startsWith(authPrefix)) return auth.get(name.slice(authPrefix.length));
  const header = name.startsWith(metadataPrefix) ? name.slice(metadataPrefix.length) : name;
  const values = metadata.get(header.toLowerCase());
  return values === undefined || values.length === 0 ? undefined : values.join(';');
}
