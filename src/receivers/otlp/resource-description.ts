import type { Resource } from '#pdata/metrics.ts';
import { valueText } from '#pdata/value-text.ts';

/** Attributes of a resource that are listed, and characters of each text. */
const maxAttributes = 24;
const maxText = 160;

/** Attributes that tell processes apart if there is no service.instance.id, most telling first. */
const processKeys = ['process.pid', 'k8s.pod.name', 'container.id', 'host.name'];

export interface ResourceDescription {
  readonly job: string;
  readonly process: string;
  readonly hasInstanceId: boolean;
  readonly attributes: readonly (readonly [key: string, value: string])[];
}

/** What a resource says about the process that it stands for, as short texts that keep nothing of the request alive. */
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

/** A copy, since a part of a string keeps the whole one in memory. */
function short(text: string): string {
  return text.length <= maxText ? text : `${Buffer.from(text.slice(0, maxText)).toString()}…`;
}
