import { isIP } from 'node:net';
import type { Attributes } from '#pdata/attributes.ts';
import type { K8sAttributesConfig } from './config.ts';

/** Values that together identify a pod. Equal texts mean equal identities. */
export type PodIdentity = string;

/** A value of an identity: the address of a connection, or a resource attribute. */
export interface IdentityPart {
  readonly from: string;
  /** Key of the resource attribute. Empty for a connection. */
  readonly name: string;
  readonly value: string;
}

/** Returns parts as a key for maps. Different parts give different keys. */
export function identityOf(parts: readonly IdentityPart[]): PodIdentity {
  return parts.map(({ from, name, value }) => `${from}\0${name}\0${value}`).join('\0');
}

export const connectionPart = (value: string): IdentityPart => ({ from: 'connection', name: '', value });

export type Associations = K8sAttributesConfig['podAssociation'];

/** Returns the value of a text attribute, or `''`. */
function textOf({ entries }: Attributes, key: string): string {
  const value = entries.find((entry) => entry.key === key)?.value;
  return typeof value === 'string' ? value : '';
}

/**
 * Returns the values that identify the pod of a resource: those of the first association that all exist. Without associations, the
 * first of `k8s.pod.ip`, `ip`, the address of the client, and `host.name`. Empty if there are none.
 */
export function identify(attributes: Attributes, address: string, associations: Associations): readonly IdentityPart[] {
  if (associations.length === 0) {
    const host = textOf(attributes, 'host.name');
    const ip = textOf(attributes, 'k8s.pod.ip') || textOf(attributes, 'ip') || address || (isIP(host) ? host : '');
    return ip === '' ? [] : [connectionPart(ip)];
  }
  for (const { sources } of associations) {
    const parts = sources.map(({ from, name }): IdentityPart => {
      if (from === 'connection') return connectionPart(address);
      const value = from === 'resource_attribute' ? textOf(attributes, name) : '';
      return { from, name, value: name === 'host.name' && isIP(value) === 0 ? '' : value };
    });
    if (parts.length > 0 && parts.every(({ value }) => value !== '')) return parts;
  }
  return [];
}
