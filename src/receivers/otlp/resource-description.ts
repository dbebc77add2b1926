import type { Resource } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';

/** Maximum number of listed attributes of a resource, and maximum characters of each text. */
const maxAttributes = 24;
const maxText = 160;

/** Attributes that distinguish processes without service.instance.id, most specific first. */
const processKeys = ['process.pid', 'k8s.pod.name', 'container.id', 'host.name'];

/** What views show of a resource. */
export interface ResourceDescription {
  readonly job: string;
  readonly process: string;
  readonly hasInstanceId: boolean;
  readonly attributes: readonly (readonly [key: string, value: string])[];
}

/**
 * Returns the attributes that describe the process of a resource, as short texts that do not retain memory of the
 * request.
 */
export function describeResource({ attributes: { entries } }: Resource): ResourceDescription {
  const texts = new Map(entries.map(({ key, value }) => [key, short(valueText(value))]));
  const name = texts.get('service.name') ?? '';
  const namespace = texts.get('service.namespace');
  const instance = texts.get('service.instance.id');
  const parts = processKeys.flatMap((key) => texts.get(key) ?? []);
  return {
    job: namespace === undefined ? name : `${namespace}/${name}`,
    process: instance ?? parts.join(' '),
    hasInstanceId: instance !== undefined,
    attributes: [...texts].slice(0, maxAttributes).map(([key, value]) => [short(key), value] as const),
  };
}

/** Returns a copy, because a substring retains the whole string in memory. */
function short(text: string): string {
  return text.length <= maxText ? text : `${Buffer.from(text.slice(0, maxText)).toString()}…`;
}
