import { hash } from 'node:crypto';
import { hashText } from '#bytes/hash-text.ts';
import type { Attributes, KeyValue } from '#pdata/attributes.ts';
import { attributesSize } from '#pdata/attributes-size.ts';
import type { Resource } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';

/** Target and process of a resource; see docs/reference/collector-behaviour.md#labels-of-a-series for job and instance. */
export interface ResourceIdentity {
  /** `[service.namespace/]service.name`; undefined without service.name. */
  readonly job: string | undefined;
  /** service.instance.id; undefined without it. */
  readonly instance: string | undefined;
  /** Canonical text of job and instance, which identifies the target. */
  readonly targetKey: string;
  /** Identifies the process: canonical text of the process attributes, or a hash if it is long; `''` if there are none. */
  readonly process: string;
  /** Approximate size of all attributes, characters. */
  readonly size: number;
  /** Hash of all attributes of a resource without process attributes; 0 with them: then these alone identify the process. */
  readonly resourceHash: number;
}

/** Text of process attributes above this length is stored as a hash: a process may have thousands of streams. */
const maxProcessLength = 128;

/**
 * Returns the identifier of the process whose attributes have this canonical text. The result is the same in every
 * process of pitot.
 */
export function processOf(text: string): string {
  return text.length <= maxProcessLength ? text : hash('sha256', text, 'base64url');
}

/** Determines the identity of a resource. Process attributes are not used for job and instance. */
export function identifyResource(resource: Resource, processAttributes: ReadonlySet<string>): ResourceIdentity {
  let name: string | undefined;
  let namespace: string | undefined;
  let instance: string | undefined;
  let process: [string, string][] | undefined;
  for (const { key, value } of resource.attributes.entries) {
    if (processAttributes.has(key)) {
      process ??= [];
      process.push([key, valueText(value)]);
    } else if (key === 'service.name') name ??= valueText(value);
    else if (key === 'service.namespace') namespace ??= valueText(value);
    else if (key === 'service.instance.id') instance ??= valueText(value);
  }
  const job = name === undefined || namespace === undefined ? name : `${namespace}/${name}`;
  return {
    job,
    instance,
    targetKey: JSON.stringify([job, instance]),
    size: attributesSize(resource.attributes),
    process: process === undefined ? '' : processOf(JSON.stringify(process.sort(byKeyThenValue))),
    resourceHash: process === undefined ? hashOfAttributes(resource.attributes) : 0,
  };
}

/** Hashes attributes regardless of their order. The result is the same in every process. */
function hashOfAttributes({ entries }: Attributes): number {
  let sum = 0;
  for (const { key, value } of entries) sum = (sum + hashText(valueText(value), hashText(key, 0))) | 0;
  return sum;
}

/** Returns the attributes whose keys are not in `left`. */
export function attributesWithout(attributes: Attributes, left: ReadonlySet<string>): readonly KeyValue[] {
  if (left.size === 0) return attributes.entries;
  return attributes.entries.filter((entry) => !left.has(entry.key));
}

function byKeyThenValue(a: [string, string], b: [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}
