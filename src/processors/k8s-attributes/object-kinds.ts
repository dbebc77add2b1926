/** Kinds of objects, other than pods, whose labels and annotations can be added. */
export const objectKinds = {
  namespace: { path: '/api/v1', resource: 'namespaces', isNamespaced: false },
  node: { path: '/api/v1', resource: 'nodes', isNamespaced: false },
  deployment: { path: '/apis/apps/v1', resource: 'deployments', isNamespaced: true },
  replicaset: { path: '/apis/apps/v1', resource: 'replicasets', isNamespaced: true },
  statefulset: { path: '/apis/apps/v1', resource: 'statefulsets', isNamespaced: true },
  daemonset: { path: '/apis/apps/v1', resource: 'daemonsets', isNamespaced: true },
  job: { path: '/apis/batch/v1', resource: 'jobs', isNamespaced: true },
  cronjob: { path: '/apis/batch/v1', resource: 'cronjobs', isNamespaced: true },
} as const satisfies Readonly<Record<string, KindOnServer>>;

/** Location of a kind of objects in the API server. */
export interface KindOnServer {
  readonly path: string;
  readonly resource: string;
  readonly isNamespaced: boolean;
}

export type ObjectKind = keyof typeof objectKinds;

/** Pods are watched with their specification and status, all other objects only with their metadata. */
export const podKind: KindOnServer = { path: '/api/v1', resource: 'pods', isNamespaced: true };
