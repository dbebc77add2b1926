import { readFileSync } from 'node:fs';

/** A Service by name and namespace. `namespace` is undefined if the pod's own namespace is meant. */
export interface ServiceName {
  readonly name: string;
  readonly namespace: string | undefined;
}

/** Interprets `service`, `service.namespace`, or a fully qualified name. Returns the problem in the Collector's words if it is none. */
export function serviceNameOf(service: string): ServiceName | string {
  const [name = '', namespace = '', svc, domain] = service.split('.');
  if (name === '') return 'no service specified to resolve the backends';
  const invalid = 'invalid Kubernetes service FQDN';
  if (namespace === '' && svc !== undefined)
    return `${invalid}: namespace segment missing in ${JSON.stringify(service)}`;
  if (svc !== undefined && svc !== 'svc') {
    return `${invalid}: expected third DNS label to be 'svc' in ${JSON.stringify(service)}`;
  }
  if (svc !== undefined && domain === undefined) {
    return `${invalid}: missing cluster domain in ${JSON.stringify(service)}`;
  }
  return { name, namespace: namespace === '' ? undefined : namespace };
}

const namespaceFile = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';

/** Returns the namespace of the pod in which pitot runs, or `default` outside Kubernetes. */
export function ownNamespace(): string {
  try {
    return readFileSync(namespaceFile, 'utf8').trim();
  } catch {
    return 'default';
  }
}
