import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';

/** Container that a rendered chart specifies, with the values that the kubelet adds. */
export interface RenderedContainer {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Text of the ConfigMap, mounted as /conf/relay.yaml. */
  readonly config: string;
  /** Writable paths: emptyDir and persistent volumes. */
  readonly writable: readonly string[];
  /** Memory limit, for example `512Mi`. */
  readonly memoryLimit?: string;
}

/** Pod fields that the kubelet provides. The pod's address is a loopback address other than 127.0.0.1, so that binding to it is distinguishable. */
export const podFields: Readonly<Record<string, string>> = {
  'status.podIP': '127.0.0.2',
  'status.hostIP': '127.0.0.1',
  'spec.nodeName': 'node-1',
  'metadata.namespace': 're',
  'metadata.name': 'otel-collector-0',
};

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

/** Reads the workload and the ConfigMap of a rendered chart (YAML documents). */
export function renderedContainer(path: string): RenderedContainer {
  const manifests = parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS() ?? {});
  const workload = manifests.find(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  const container = workload.spec.template.spec.containers[0];
  const config: string = manifests.find(({ kind, data }) => kind === 'ConfigMap' && data.relay).data.relay;
  parse(config);
  return {
    command: container.command,
    args: container.args,
    env: Object.fromEntries((container.env as Variable[]).map((variable) => [variable.name, variableText(variable)])),
    config,
    writable: container.volumeMounts
      .map(({ mountPath }: { mountPath: string }) => mountPath)
      .filter((mountPath: string) => mountPath !== '/conf'),
    ...(container.resources?.limits?.memory && { memoryLimit: container.resources.limits.memory }),
  };
}

function variableText({ name, value, valueFrom }: Variable): string {
  const text = value ?? podFields[valueFrom?.fieldRef.fieldPath ?? ''];
  if (text === undefined) throw new Error(`no value for the variable ${name}`);
  return text;
}
