import type { Logger } from '#component/component.ts';
import type { LoadBalancingConfig } from '../config.ts';
import { DnsResolver } from './dns-resolver.ts';
import { KubernetesResolver } from './kubernetes-resolver.ts';
import { type ServiceName, serviceNameOf } from './kubernetes-service.ts';
import { type OnResolution, type Resolver, StaticResolver } from './resolver.ts';

/** Creates the resolver of a valid configuration. */
export function createResolver(
  { routingKey, resolver: { static: fixed, dns, k8s } }: Pick<LoadBalancingConfig, 'routingKey' | 'resolver'>,
  logger: Logger,
  onResolution: OnResolution,
): Resolver {
  if (dns) {
    const { hostname, port, interval: intervalMs, timeout: timeoutMs } = dns;
    return new DnsResolver({ hostname, port, intervalMs, timeoutMs, logger, onResolution });
  }
  if (k8s) {
    const { ports, timeout: timeoutMs, returnHostnames } = k8s;
    const service = serviceNameOf(k8s.service) as ServiceName;
    // An owner of series keeps its share while it is not ready.
    const keepsNotReady = routingKey === 'series';
    return new KubernetesResolver({ service, ports, timeoutMs, returnHostnames, keepsNotReady, logger, onResolution });
  }
  return new StaticResolver(fixed?.hostnames ?? [], onResolution);
}
