import { randomUUID } from 'node:crypto';

// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds
export type KubernetesObject = any;

/** A kind of object that the API server knows. */
export interface Resource {
  /** `v1`, `apps/v1`. */
  readonly groupVersion: string;
  /** Plural name, as in URLs. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Short names for kubectl. */
  readonly shortNames: readonly string[];
}

const table = `
v1 namespaces Namespace cluster
v1 configmaps ConfigMap
v1 secrets Secret
v1 services Service
v1 serviceaccounts ServiceAccount
v1 pods Pod
v1 persistentvolumeclaims PersistentVolumeClaim
apps/v1 deployments Deployment
apps/v1 statefulsets StatefulSet
apps/v1 daemonsets DaemonSet
policy/v1 poddisruptionbudgets PodDisruptionBudget
networking.k8s.io/v1 networkpolicies NetworkPolicy
autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler
rbac.authorization.k8s.io/v1 clusterroles ClusterRole cluster
rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding cluster
monitoring.coreos.com/v1 servicemonitors ServiceMonitor
monitoring.coreos.com/v1 podmonitors PodMonitor
monitoring.coreos.com/v1 prometheusrules PrometheusRule`;

export const resources: readonly Resource[] = table
  .trim()
  .split('\n')
  .map((line) => {
    const [groupVersion, name, kind, scope] = line.split(' ') as [string, string, string, string?];
    const shortNames = name === 'services' ? ['svc'] : [];
    return { groupVersion, name, kind, namespaced: scope !== 'cluster', shortNames };
  });

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
}

/** The objects of the cluster, and their watchers. */
export class Objects {
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #watchers = new Set<(change: Change) => void>();
  #version = 1;

  get version(): string {
    return String(this.#version);
  }

  get(kind: string, namespace: string | undefined, name: string): KubernetesObject | undefined {
    return this.#objects.get(keyOf(kind, namespace, name));
  }

  list(kind: string, namespace?: string): KubernetesObject[] {
    return [...this.#objects.values()].filter(
      (object) => object.kind === kind && (namespace === undefined || object.metadata.namespace === namespace),
    );
  }

  put(object: KubernetesObject): KubernetesObject {
    const key = keyOf(object.kind, object.metadata.namespace, object.metadata.name);
    const before = this.#objects.get(key);
    this.#version += 1;
    const stored = {
      ...object,
      metadata: {
        ...object.metadata,
        uid: before?.metadata.uid ?? randomUUID(),
        creationTimestamp: before?.metadata.creationTimestamp ?? new Date().toISOString().replace(/\.\d+/, ''),
        resourceVersion: this.version,
      },
    };
    this.#objects.set(key, stored);
    this.#tell({ type: before ? 'MODIFIED' : 'ADDED', object: stored });
    return stored;
  }

  delete(object: KubernetesObject): void {
    this.#version += 1;
    this.#objects.delete(keyOf(object.kind, object.metadata.namespace, object.metadata.name));
    this.#tell({ type: 'DELETED', object });
  }

  /** @returns a function that ends the watch */
  watch(watcher: (change: Change) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #tell(change: Change): void {
    for (const watcher of [...this.#watchers]) watcher(change);
  }
}

function keyOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}
