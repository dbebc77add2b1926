import type { AttributeAdder } from './attribute-adder.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { K8sAttributesConfig } from './config.ts';
import type { Container } from './containers.ts';
import { ownerUids } from './owners.ts';
import type { Pod } from './pod.ts';
import { type IdentityPart, identityOf } from './pod-identity.ts';

const ownerKinds = ['deployment', 'replicaset', 'statefulset', 'daemonset', 'job', 'cronjob'] as const;

/** Attributes of a container, in the order in which the Collector adds them. */
const containerKeys = [
  ...['k8s.container.name', 'container.image.name', 'container.image.tag'],
  ...['service.instance.id', 'service.version'],
];

/** Adds the attributes of a pod, its container, and the objects to which it belongs. Existing attributes remain. */
export function enrich(
  adder: AttributeAdder,
  parts: readonly IdentityPart[],
  { pods, objects, reader }: Pick<Cluster, 'pods' | 'objects' | 'reader'>,
  { extract }: K8sAttributesConfig,
): void {
  const pod = parts.length === 0 ? undefined : pods.find(identityOf(parts));
  const setAll = (attributes: ReadonlyMap<string, string> | undefined) => {
    for (const [key, value] of attributes ?? []) adder.set(key, value);
  };
  if (pod) {
    setAll(reader.attributesOf(pod));
    addContainer(adder, pod);
  }
  const namespace = pod?.namespace || adder.text('k8s.namespace.name');
  if (namespace !== '') {
    setAll(objects.find('namespace', namespace)?.attributes);
    if (extract.metadata.includes('service.namespace')) adder.set('service.namespace', namespace);
  }
  const node = objects.find('node', pod?.nodeName || adder.text('k8s.node.name'));
  if (node) {
    setAll(node.attributes);
    if (extract.metadata.includes('k8s.node.uid') && node.uid !== '') adder.set('k8s.node.uid', node.uid);
  }
  const uids = pod ? ownerUids(pod.source, objects) : undefined;
  for (const kind of ownerKinds) {
    const uid = uids?.get(kind) ?? adder.text(`k8s.${kind}.uid`);
    if (uid !== '') setAll(objects.find(kind, uid)?.attributes);
  }
}

/** Adds the attributes of the container that the resource names, or of the only one. */
function addContainer(adder: AttributeAdder, { containers: { byName, byId } }: Pod): void {
  const name = adder.text('k8s.container.name');
  const id = adder.text('container.id');
  let container: Container | undefined;
  if (name !== '') container = byName.get(name);
  else if (id !== '') container = byId.get(id);
  else if (byId.size === 1) [container] = byId.values();
  else if (byName.size === 1) [container] = byName.values();
  if (container === undefined) return;
  for (const key of containerKeys) {
    const value = container.attributes.get(key);
    if (value !== undefined) adder.set(key, value);
  }
  const run = container.runs.get(runOf(adder, container));
  if (run === undefined) return;
  if (run.id !== '') adder.add('container.id', run.id);
  if (run.repoDigest !== undefined) {
    adder.add('container.image.repo_digests', { kind: 'array', values: [run.repoDigest] });
  }
}

/** Returns the run of a container: the one that the resource names, or the latest. */
function runOf(adder: AttributeAdder, { runs }: Container): number {
  const named = adder.get('k8s.container.restart_count');
  if (typeof named === 'bigint') return Number(named);
  if (typeof named === 'string' && /^[+-]?\d+$/.test(named)) return Number(named);
  return named === undefined ? Math.max(...runs.keys()) : -1;
}
