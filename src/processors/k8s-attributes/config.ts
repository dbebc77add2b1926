import { RE2JS } from 're2js';
import {
  anything,
  boolean,
  type ConfigOf,
  config,
  duration,
  float,
  integer,
  list,
  olderKey,
  string,
  stringList,
  validated,
  withoutEffect,
} from '#config/schema.ts';
import { associationProblem, fieldProblem, filterProblem, metadataProblem } from './config-problems.ts';
import { defaultMetadata, metadataNames } from './metadata-names.ts';
import { objectKinds } from './object-kinds.ts';

const fieldConfig = (what: 'labels' | 'annotations') =>
  list(
    config('k8sattributesprocessor.FieldExtractConfig', {
      tag_name: string().describe(`Key of the attribute. By default, \`k8s.<from>.${what}.<key>\`.`),
      key: string().describe('Name that must match exactly.'),
      key_regex: string().describe('Pattern of names, instead of `key`. `tag_name` can refer to its groups, as `$$1`.'),
      from: string('', { values: ['pod', ...Object.keys(objectKinds)] }).describe(
        '`pod`, `namespace`, `node`, `deployment`, `replicaset`, `statefulset`, `daemonset`, `job`, or `cronjob`. By default, `pod`.',
      ),
    }),
  );

const filterConfig = () =>
  list(
    config('k8sattributesprocessor.FieldFilterConfig', {
      key: string().describe('Name of the label or field.'),
      value: string().describe('Value.'),
      op: string('', { values: ['equals', 'not-equals', 'exists', 'does-not-exist'] }).describe(
        '`equals`, `not-equals`, and for labels `exists` or `does-not-exist`. By default, `equals`.',
      ),
    }),
  );

const sourceConfig = config('k8sattributesprocessor.PodAssociationSourceConfig', {
  from: string('', { values: ['resource_attribute', 'connection'] }).describe(
    '`resource_attribute`, or `connection` for the address of the client.',
  ),
  name: string().describe('Key of the resource attribute.'),
});

/** Configuration of the k8s_attributes processor. */
export const k8sAttributesConfig = validated(
  config('k8sattributesprocessor.Config', {
    auth_type: string('serviceAccount', { values: ['none', 'serviceAccount', 'kubeConfig'] }).describe(
      '`serviceAccount`, `kubeConfig`, or `none`.',
    ),
    context: string().describe('Context of the kubeconfig. By default, its current context.'),
    kube_api_qps: withoutEffect(float(0)),
    kube_api_burst: withoutEffect(integer(0)),
    passthrough: boolean(false).describe('Whether to add only `k8s.pod.ip`, without access to the API server.'),
    extract: config('k8sattributesprocessor.ExtractConfig', {
      metadata: stringList(defaultMetadata, { values: metadataNames }).describe('Attributes to add.'),
      annotations: fieldConfig('annotations').describe('Annotations to add.'),
      labels: fieldConfig('labels').describe('Labels to add.'),
      otel_annotations: boolean(false).describe(
        'Whether to add the annotations `resource.opentelemetry.io/…` of pods.',
      ),
      deployment_name_from_replicaset: olderKey(boolean(true)).describe(
        'Whether `k8s.deployment.name` is derived from the name of the replica set. `false` asks the API server for it. Removed in 0.165.',
      ),
    }).describe('Attributes to add.'),
    filter: config('k8sattributesprocessor.FilterConfig', {
      node: string().describe('Only pods on this node.'),
      node_from_env_var: string().describe('Environment variable that contains the name of the node.'),
      namespace: string().describe('Only pods in this namespace.'),
      fields: filterConfig().describe('Only pods with these fields.'),
      labels: filterConfig().describe('Only pods with these labels.'),
    }).describe('Pods to watch.'),
    pod_association: list(
      config('k8sattributesprocessor.PodAssociationConfig', {
        sources: list(sourceConfig).describe('Values that together identify a pod. At most 4.'),
      }),
    ).describe('Rules that identify the pod of a resource. The first rule whose sources all exist applies.'),
    exclude: config('k8sattributesprocessor.ExcludeConfig', {
      pods: list(
        config('k8sattributesprocessor.ExcludePodConfig', { name: string().describe('Pattern of pod names.') }),
        [{ name: 'jaeger-agent' }, { name: 'jaeger-collector' }],
      ).describe('Pods to ignore.'),
    }).describe('Pods to ignore.'),
    wait_for_metadata: boolean(false).describe('Whether the start waits until all pods are known.'),
    wait_for_metadata_timeout: duration('10s').describe('Longest time to wait. pitot does not start if it passes.'),
    watch_sync_period: withoutEffect(duration('5m'), 'there is no second cache to compare with'),
    pod_delete_grace_period: duration('2m').describe('Time for which a deleted pod is still found.'),
    max_objects: integer(200_000).describe(
      'Maximum number of pods and owners to keep (pitot-specific). Others are ignored and counted.',
    ),
    kubelet: withoutEffect(olderKey(anything())),
  }),
  (value) => {
    const { authType, watchSyncPeriod, podDeleteGracePeriod, kubeApiQps, kubeApiBurst } = value;
    if (!['none', 'serviceAccount', 'kubeConfig', 'tls'].includes(authType)) {
      return `invalid authType for kubernetes: ${authType}`;
    }
    if (authType === 'tls') return 'auth_type "tls" is not supported; use "kubeConfig" with a client certificate';
    if (kubeApiQps < 0) return 'kube_api_qps must be greater than 0';
    if (kubeApiBurst < 0) return 'kube_api_burst must be greater than 0';
    if (watchSyncPeriod < 0) return 'watch_sync_period must be greater than or equal to 0';
    if (podDeleteGracePeriod < 0) return 'pod_delete_grace_period must be greater than or equal to 0';
    if (value.maxObjects <= 0) return '`max_objects` must be positive';
    return (
      associationProblem(value.podAssociation) ??
      fieldProblem([...value.extract.labels, ...value.extract.annotations]) ??
      metadataProblem(value.extract.metadata) ??
      filterProblem(value.filter) ??
      excludeProblem(value.exclude.pods)
    );
  },
);

function excludeProblem(pods: readonly { readonly name: string }[]): string | undefined {
  for (const { name } of pods) {
    try {
      RE2JS.compile(name);
    } catch (error) {
      return `invalid pod exclude name ${JSON.stringify(name)}: ${(error as Error).message}`;
    }
  }
  return undefined;
}

export type K8sAttributesConfig = ConfigOf<typeof k8sAttributesConfig>;
