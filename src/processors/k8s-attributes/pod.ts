import { RE2JS } from 're2js';
import type { ApiPod } from './api-objects.ts';
import type { K8sAttributesConfig } from './config.ts';
import { type Containers, containersOf } from './containers.ts';
import { type FieldRules, fieldRulesOf } from './field-rules.ts';
import { addOwnerAttributes } from './owners.ts';
import { connectionPart, identityOf, type PodIdentity } from './pod-identity.ts';
import type { WatchedObjects } from './watched-objects.ts';

/** Stored data of a pod. */
export interface Pod {
  readonly uid: string;
  readonly namespace: string;
  readonly nodeName: string;
  /** Time at which it was scheduled; empty if it was not. RFC 3339, so that texts compare as times. */
  readonly startTime: string;
  /** Excluded by name or annotation: it has no attributes. */
  readonly isIgnored: boolean;
  readonly containers: Containers;
  readonly identities: readonly PodIdentity[];
  /** The reduced object, from which attributes follow that depend on other objects. */
  readonly source: ApiPod;
}

const ignoreAnnotation = 'opentelemetry.io/k8s-processor/ignore';

/** Reduces pods to the data that the configuration requires. */
export class PodReader {
  readonly #config: K8sAttributesConfig;
  readonly #wanted: ReadonlySet<string>;
  readonly #rules: FieldRules;
  readonly #excluded: readonly RE2JS[];
  readonly #objects: WatchedObjects;

  constructor(config: K8sAttributesConfig, objects: WatchedObjects) {
    this.#config = config;
    this.#wanted = new Set(config.extract.metadata);
    this.#rules = fieldRulesOf('pod', config);
    this.#excluded = config.exclude.pods.map(({ name }) => RE2JS.compile(name));
    this.#objects = objects;
  }

  read(object: ApiPod): Pod {
    const { metadata = {}, spec = {}, status = {} } = object;
    const { uid = '', name = '', namespace = '', annotations = {} } = metadata;
    const isIgnored =
      annotations[ignoreAnnotation]?.trim().toLowerCase() === 'true' ||
      this.#excluded.some((pattern) => pattern.matcher(name).find());
    const containers = isIgnored ? { byName: new Map(), byId: new Map() } : containersOf(object, this.#wanted);
    const pod = {
      ...{ uid, namespace, nodeName: spec.nodeName ?? '', startTime: status.startTime ?? '', isIgnored, containers },
      source: this.#reduced(object),
    };
    return { ...pod, identities: this.#identities({ ...pod, identities: [] }, spec.hostNetwork ?? false) };
  }

  /** Returns the attributes of a pod, without those of its containers and of other objects. */
  attributesOf({ isIgnored, source }: Pod): Map<string, string> {
    const { metadata = {}, spec = {}, status = {} } = source;
    const { name = '', namespace = '', labels = {}, annotations = {} } = metadata;
    const attributes = new Map<string, string>();
    if (isIgnored) return attributes;
    const set = (key: string, value: string | undefined) => {
      if (value !== undefined && this.#wanted.has(key)) attributes.set(key, value);
    };
    set('k8s.pod.name', name);
    set('service.name', name);
    set('k8s.pod.hostname', spec.hostname ?? '');
    set('k8s.pod.ip', status.podIP ?? '');
    set('k8s.namespace.name', namespace);
    set('service.namespace', namespace);
    set('k8s.pod.start_time', metadata.creationTimestamp);
    set('k8s.pod.uid', metadata.uid);
    addOwnerAttributes(attributes, source, this.#wanted, this.#objects);
    set('k8s.node.name', spec.nodeName ?? '');
    set('k8s.cluster.uid', this.#objects.find('namespace', 'kube-system')?.uid);
    for (const add of this.#rules.labels) add(labels, attributes);
    set('service.name', labels['app.kubernetes.io/instance'] ?? labels['app.kubernetes.io/name']);
    set('service.version', labels['app.kubernetes.io/version']);
    // After the labels, so that annotations take precedence.
    for (const add of this.#rules.annotations) add(annotations, attributes);
    return attributes;
  }

  /** Keeps labels and annotations only if a rule may read them: they are the largest part of a pod. */
  #reduced({ metadata = {}, spec = {}, status = {} }: ApiPod): ApiPod {
    const { name, namespace, uid, creationTimestamp, ownerReferences } = metadata;
    const needsLabels =
      this.#rules.labels.length > 0 ||
      ['service.name', 'service.version', 'k8s.deployment.name'].some((key) => this.#wanted.has(key));
    return {
      metadata: {
        ...Object.fromEntries(
          Object.entries({ name, namespace, uid, creationTimestamp }).filter(([, value]) => value !== undefined),
        ),
        ...(needsLabels && metadata.labels && { labels: metadata.labels }),
        ...(this.#rules.annotations.length > 0 && metadata.annotations && { annotations: metadata.annotations }),
        ...(ownerReferences && {
          ownerReferences: ownerReferences.map(({ kind = '', name: of = '', uid: id = '' }) => ({
            kind,
            name: of,
            uid: id,
          })),
        }),
      },
      spec: {
        ...(spec.nodeName !== undefined && { nodeName: spec.nodeName }),
        ...(spec.hostname !== undefined && { hostname: spec.hostname }),
      },
      status: { ...(status.podIP !== undefined && { podIP: status.podIP }) },
    };
  }

  #identities(pod: Pod, isOnHostNetwork: boolean): readonly PodIdentity[] {
    const { metadata: { name = '', uid = '' } = {}, status: { podIP = '' } = {} } = pod.source;
    const identities = this.#config.podAssociation.flatMap(({ sources }) =>
      this.#associated(pod, sources, isOnHostNetwork),
    );
    if (uid !== '') identities.push(identityOf([{ from: 'resource_attribute', name: 'k8s.pod.uid', value: uid }]));
    // Pods on the network of their host share its address.
    if (podIP !== '' && !isOnHostNetwork) {
      identities.push(identityOf([connectionPart(podIP)]));
      identities.push(identityOf([{ from: 'resource_attribute', name: 'k8s.pod.ip', value: podIP }]));
    }
    return name === '' ? [] : [...new Set(identities)];
  }

  #associated(
    pod: Pod,
    sources: K8sAttributesConfig['podAssociation'][number]['sources'],
    isOnHostNetwork: boolean,
  ): PodIdentity[] {
    const { metadata: { name = '' } = {}, status: { podIP = '' } = {} } = pod.source;
    const attributes = this.attributesOf(pod);
    const known: Readonly<Record<string, string>> = {
      'k8s.namespace.name': pod.namespace,
      'k8s.pod.name': name,
      'k8s.pod.uid': pod.uid,
      'host.name': podIP,
      'k8s.pod.ip': podIP,
    };
    const ids = sources.some((source) => source.name === 'container.id') ? [...pod.containers.byId.keys()] : [''];
    return ids.flatMap((id) => {
      const parts = sources.map(({ from, name: key }) => {
        if (from === 'connection') return connectionPart(isOnHostNetwork ? '' : podIP);
        return { from, name: key, value: key === 'container.id' ? id : (known[key] ?? attributes.get(key) ?? '') };
      });
      return parts.length > 0 && parts.every(({ value }) => value !== '') ? [identityOf(parts)] : [];
    });
  }
}
