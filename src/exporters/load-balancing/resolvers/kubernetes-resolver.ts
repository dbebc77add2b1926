import type { Logger } from '#component/component.ts';
import { timerDelay } from '#component/timer-delay.ts';
import { ApiClient } from '#kubernetes/api-client.ts';
import type { ApiObject } from '#kubernetes/api-object.ts';
import { loadKubeConfig } from '#kubernetes/kube-config.ts';
import { ListWatch } from '#kubernetes/list-watch.ts';
import { ownNamespace, type ServiceName } from './kubernetes-service.ts';
import type { OnResolution, Resolver } from './resolver.ts';

/** Settings and dependencies of {@link KubernetesResolver}. */
export interface KubernetesResolverOptions {
  readonly service: ServiceName;
  /** Ports of each address. Without one, the default port of OTLP. */
  readonly ports: readonly number[];
  /** Whether endpoints are host names of pods: `pod.service.namespace`. */
  readonly returnHostnames: boolean;
  /** Whether pods that are not ready stay: those that start, end, or fail their probe. */
  readonly keepsNotReady: boolean;
  readonly timeoutMs: number;
  readonly logger: Logger;
  readonly onResolution: OnResolution;
}

interface EndpointSlice extends ApiObject {
  readonly endpoints?: readonly Endpoint[];
}

interface Endpoint {
  readonly addresses?: readonly string[];
  readonly hostname?: string;
  /** Undefined is ready. */
  readonly conditions?: { readonly ready?: boolean };
}

/** The addresses in the EndpointSlices of a Service. */
export class KubernetesResolver implements Resolver {
  readonly name = 'k8s';
  readonly #options: KubernetesResolverOptions;
  readonly #stop = new AbortController();
  readonly #slices = new Map<string, readonly string[]>();
  #running: Promise<void> | undefined;
  #lastError = '';

  constructor(options: KubernetesResolverOptions) {
    this.#options = options;
  }

  /** @throws Error if there is no access to a cluster */
  async start(changed: (endpoints: readonly string[]) => void): Promise<void> {
    const { service, logger, onResolution, timeoutMs } = this.#options;
    const namespace = service.namespace ?? ownNamespace();
    const { KUBECONFIG = '' } = process.env;
    const authType = KUBECONFIG === '' ? 'serviceAccount' : 'kubeConfig';
    const client = new ApiClient(await loadKubeConfig({ authType, context: '' }));
    const synced = Promise.withResolvers<void>();
    let isSynced = false;
    const update = () => {
      if (isSynced) changed(this.#endpoints(namespace));
    };
    const subject = {
      path: `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices`,
      labelSelector: `kubernetes.io/service-name=${service.name}`,
      fieldSelector: '',
      metadataOnly: false,
      set: (slice: EndpointSlice) => {
        this.#slices.set(slice.metadata?.uid ?? '', this.#hostsOf(slice));
        update();
      },
      delete: ({ metadata }: ApiObject) => {
        this.#slices.delete(metadata?.uid ?? '');
        update();
      },
    };
    const events = {
      synced: () => {
        isSynced = true;
        onResolution(true);
        update();
        synced.resolve();
      },
      failed: ({ message }: Error) => {
        onResolution(false);
        if (message !== this.#lastError) logger.warn('failed to resolve', { resolver: 'k8s service', error: message });
        this.#lastError = message;
      },
      succeeded: () => {
        this.#lastError = '';
      },
    };
    this.#running = new ListWatch(client, subject, events).run(this.#stop.signal);
    // Routing begins without endpoints if the API server does not answer; clients then retry.
    const timer = setTimeout(synced.resolve, timerDelay(timeoutMs));
    await synced.promise;
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #hostsOf({ endpoints: all = [] }: EndpointSlice): string[] {
    const { returnHostnames, keepsNotReady, logger, onResolution } = this.#options;
    const endpoints = all.filter(({ conditions }) => keepsNotReady || conditions?.ready !== false);
    if (!returnHostnames) return endpoints.flatMap(({ addresses = [] }) => addresses);
    const named = endpoints.filter(({ hostname = '' }) => hostname !== '');
    if (named.length < endpoints.length) {
      onResolution(false);
      // Same text as the Collector.
      logger.warn('EndpointSlice object missing hostnames');
    }
    return named.map(({ hostname }) => hostname!);
  }

  #endpoints(namespace: string): string[] {
    const { service, ports, returnHostnames } = this.#options;
    const hosts = new Set([...this.#slices.values()].flat());
    return [...hosts].flatMap((host) => {
      const name = returnHostnames ? `${host}.${service.name}.${namespace}` : host;
      const joined = name.includes(':') ? `[${name}]` : name;
      return ports.length === 0 ? [name] : ports.map((port) => `${joined}:${port}`);
    });
  }
}
