import { RE2JS } from 're2js';
import { quoteGo } from '#go/quote.ts';
import { metadataNames } from './metadata-names.ts';
import { objectKinds } from './object-kinds.ts';

/* Checks of the configuration, with the Collector's messages. */

const maxSources = 4;

interface Association {
  readonly sources: readonly { readonly from: string; readonly name: string }[];
}

/** Returns the Collector's message for invalid `pod_association`, or undefined. */
export function associationProblem(associations: readonly Association[]): string | undefined {
  const seen = new Set<string>();
  for (const { sources } of associations) {
    if (sources.length > maxSources) return `too many association sources. limit is ${maxSources}`;
    const key = sources
      .map(({ from, name }) => `${from}/${name}`)
      .sort()
      .join(',');
    if (seen.has(key)) return `duplicate pod association: ${key}`;
    seen.add(key);
  }
  return undefined;
}

interface Field {
  readonly key: string;
  readonly keyRegex: string;
  readonly from: string;
}

/** Returns the Collector's message for invalid rules of `extract`, or undefined. */
export function fieldProblem(fields: readonly Field[]): string | undefined {
  for (const { key, keyRegex, from } of fields) {
    if (key !== '' && keyRegex !== '') {
      return `Out of Key or KeyRegex only one option is expected to be configured at a time, currently Key:${key} and KeyRegex:${keyRegex}`;
    }
    if (from !== '' && from !== 'pod' && !Object.hasOwn(objectKinds, from)) {
      const choices = 'pod, namespace, deployment, replicaset, statefulset, daemonset, job, cronjob, node';
      return `${from} is not a valid choice for From. Must be one of: ${choices}`;
    }
    if (keyRegex === '') continue;
    try {
      RE2JS.compile(`^(?:${keyRegex})$`);
    } catch (error) {
      return (error as Error).message;
    }
  }
  return undefined;
}

/** Returns the Collector's message for an unknown name in `extract.metadata`, or undefined. */
export function metadataProblem(names: readonly string[]): string | undefined {
  const wrong = names.find((name) => !(metadataNames as readonly string[]).includes(name));
  return wrong === undefined ? undefined : `"${wrong}" is not a supported metadata field`;
}

interface Condition {
  readonly key: string;
  readonly value: string;
  readonly op: string;
}

interface Filter {
  readonly labels: readonly Condition[];
  readonly fields: readonly Condition[];
  readonly nodeFromEnvVar: string;
}

/** Returns the Collector's message for an invalid `filter`, or undefined. */
export function filterProblem({ labels, fields, nodeFromEnvVar }: Filter): string | undefined {
  for (const [conditions, operators] of [
    [labels, ['', 'equals', 'not-equals', 'exists', 'does-not-exist']],
    [fields, ['', 'equals', 'not-equals']],
  ] as const) {
    for (const { key, value, op } of conditions) {
      if (!(operators as readonly string[]).includes(op)) {
        return `'${op}' is not a valid label filter operation for key=${key}, value=${value}`;
      }
    }
  }
  if (nodeFromEnvVar === '' || process.env[nodeFromEnvVar] !== undefined) return undefined;
  return `\`node_from_env_var\` is configured but envvar ${quoteGo(nodeFromEnvVar)} is not set`;
}
