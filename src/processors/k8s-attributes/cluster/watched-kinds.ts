import type { K8sAttributesConfig } from '../config.ts';
import type { ObjectKind } from '../object-kinds.ts';
import type { WatchedObjects } from '../watched-objects.ts';

/** Returns the kinds of objects, other than pods, without which attributes would be missing. */
export function watchedKinds(
  { extract }: K8sAttributesConfig,
  objects: Pick<WatchedObjects, 'hasRules'>,
): ObjectKind[] {
  const wants = (name: string) => extract.metadata.includes(name);
  const { hasRules } = { hasRules: (kind: ObjectKind) => objects.hasRules(kind) };
  const isNeeded: Readonly<Record<ObjectKind, boolean>> = {
    namespace: hasRules('namespace') || wants('k8s.cluster.uid'),
    node: hasRules('node') || wants('k8s.node.uid'),
    // A deployment is known to a pod only through its replica set, and a cron job only through its job.
    replicaset:
      hasRules('replicaset') ||
      hasRules('deployment') ||
      wants('k8s.deployment.uid') ||
      (wants('k8s.deployment.name') && extract.deploymentNameFromReplicaset === false),
    deployment: hasRules('deployment'),
    statefulset: hasRules('statefulset'),
    daemonset: hasRules('daemonset'),
    job: hasRules('job') || hasRules('cronjob') || wants('k8s.cronjob.uid'),
    cronjob: hasRules('cronjob'),
  };
  return (Object.keys(isNeeded) as ObjectKind[]).filter((kind) => isNeeded[kind]);
}
