import type { Attributes, KeyValue } from '#pdata/attributes.ts';
import type { Resource } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';

/** What the exporter reads in a resource: which target it is, and which process of the target (behaviour.md §1.3, §1.7). */
export interface ResourceIdentity {
  /** `[service.namespace/]service.name`; undefined without service.name. */
  readonly job: string | undefined;
  /** service.instance.id; undefined without it. */
  readonly instance: string | undefined;
  /** Canonical text of job and instance: all senders with the same one are one target. */
  readonly targetKey: string;
  /** Canonical text of the process attributes that it has; `''` when it has none. */
  readonly process: string;
}

/** Reads a resource. Process attributes are not looked at for job and instance. */
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
    process: process === undefined ? '' : JSON.stringify(process.sort(byKeyThenValue)),
  };
}

/** The resource's attributes that are not named in `left`. */
export function attributesWithout(attributes: Attributes, left: ReadonlySet<string>): readonly KeyValue[] {
  if (left.size === 0) return attributes.entries;
  return attributes.entries.filter((entry) => !left.has(entry.key));
}

function byKeyThenValue(a: [string, string], b: [string, string]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0;
}
