import type { OwnerReference } from '#kubernetes/api-object.ts';
import type { ApiPod } from './api-objects.ts';
import type { WatchedObjects } from './watched-objects.ts';

/** Maximum difference between the time in a job's name and the creation of its pod, minutes. */
const cronJobSkewMinutes = 24 * 60;

type Objects = Pick<WatchedObjects, 'find'>;

/** Adds the attributes of the owners of a pod: deployment, replica set, stateful set, daemon set, job, and cron job. */
export function addOwnerAttributes(
  attributes: Map<string, string>,
  { metadata = {} }: ApiPod,
  wanted: ReadonlySet<string>,
  objects: Objects,
): void {
  const set = (name: string, value: string | undefined) => {
    if (wanted.has(name) && value !== undefined && value !== '') attributes.set(name, value);
  };
  for (const owner of metadata.ownerReferences ?? []) {
    const kind = owner.kind?.toLowerCase();
    if (kind !== 'replicaset' && kind !== 'daemonset' && kind !== 'statefulset' && kind !== 'job') continue;
    set(`k8s.${kind}.uid`, owner.uid);
    set(`k8s.${kind}.name`, owner.name);
    set('service.name', owner.name);
    const above = kind === 'replicaset' ? 'deployment' : kind === 'job' ? 'cronjob' : undefined;
    if (above === undefined) continue;
    // The owner of the owner is known if its kind is watched. Otherwise, its name follows from the owner's.
    const watched = objects.find(kind, owner.uid ?? '');
    const guessed = above === 'deployment' ? deploymentName(owner, metadata.labels) : cronJobName(owner, metadata);
    const name = watched === undefined ? guessed : watched.owner?.name;
    set(`k8s.${above}.name`, name);
    set('service.name', name);
    set(`k8s.${above}.uid`, watched?.owner?.uid);
  }
}

/** UIDs of the owners of a pod, by kind. */
export function ownerUids({ metadata = {} }: ApiPod, objects: Objects): ReadonlyMap<OwnerKind, string> {
  const uids = new Map<OwnerKind, string>();
  for (const { kind, uid = '' } of metadata.ownerReferences ?? []) {
    if (kind === 'StatefulSet') uids.set('statefulset', uid);
    if (kind === 'DaemonSet') uids.set('daemonset', uid);
    if (kind === 'ReplicaSet') setWithOwner(uids, ['replicaset', 'deployment'], uid, objects);
    if (kind === 'Job') setWithOwner(uids, ['job', 'cronjob'], uid, objects);
  }
  return uids;
}

type OwnerKind = 'deployment' | 'replicaset' | 'statefulset' | 'daemonset' | 'job' | 'cronjob';

function setWithOwner(
  uids: Map<OwnerKind, string>,
  [kind, above]: ['replicaset' | 'job', OwnerKind],
  uid: string,
  objects: Objects,
): void {
  uids.set(kind, uid);
  const owner = objects.find(kind, uid)?.owner;
  if (owner?.uid) uids.set(above, owner.uid);
}

/** `web-5d4f8c7b9` with the template hash `5d4f8c7b9` belongs to the deployment `web`. */
function deploymentName({ name = '' }: OwnerReference, labels: Readonly<Record<string, string>> = {}): string {
  const hash = labels['pod-template-hash'];
  return hash !== undefined && hash !== '' && name.endsWith(`-${hash}`) ? name.slice(0, -hash.length - 1) : '';
}

/** `report-28301920` was created by the cron job `report` at that minute since the Unix epoch. */
function cronJobName(
  { name = '' }: OwnerReference,
  { creationTimestamp = '' }: NonNullable<ApiPod['metadata']>,
): string {
  const [, prefix, minutes] = /^(.*)-(\d{8})$/s.exec(name) ?? [];
  if (prefix === undefined) return '';
  const created = Math.floor(Date.parse(creationTimestamp) / 60_000);
  return Math.abs(created - Number(minutes)) <= cronJobSkewMinutes ? prefix : '';
}
