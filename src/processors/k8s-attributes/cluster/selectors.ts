import type { K8sAttributesConfig } from '../config.ts';

type Filter = K8sAttributesConfig['filter'];

/** Returns the label and field selectors of the pods to watch, as the API server expects them. */
export function podSelectors({ labels, fields, node, nodeFromEnvVar }: Filter): {
  readonly labelSelector: string;
  readonly fieldSelector: string;
} {
  const nodeName = nodeFromEnvVar === '' ? node : (process.env[nodeFromEnvVar] ?? '');
  const byLabel = labels.map(({ key, value, op }) => {
    if (op === 'exists') return key;
    if (op === 'does-not-exist') return `!${key}`;
    return `${key}${op === 'not-equals' ? '!=' : '='}${value}`;
  });
  const byField = fields.map(({ key, value, op }) => `${key}${op === 'not-equals' ? '!=' : '='}${escaped(value)}`);
  if (nodeName !== '') byField.push(`spec.nodeName=${escaped(nodeName)}`);
  return { labelSelector: byLabel.join(','), fieldSelector: byField.join(',') };
}

/** Returns the field selector of the node to watch. */
export function nodeSelector({ node, nodeFromEnvVar }: Filter): string {
  const name = nodeFromEnvVar === '' ? node : (process.env[nodeFromEnvVar] ?? '');
  return name === '' ? '' : `metadata.name=${escaped(name)}`;
}

function escaped(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}
