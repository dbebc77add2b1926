import { fromByteString } from '#bytes/utf8.ts';
import type { LabelOrigin } from '#component/views/series-view.ts';
import type { Attributes } from '#pdata/attributes.ts';
import { valueText } from '#pdata/value-text.ts';
import { StoredLabelSet } from '../label-sets.ts';
import type { StoredSeries } from '../stored-series.ts';

interface Constant {
  readonly from: LabelOrigin['from'];
  readonly keys: readonly string[];
}

/** Returns the source of each label of a series. `constLabels`: their names, in the order of the configuration. */
export function labelOrigins(
  series: StoredSeries,
  options: { readonly constLabels: readonly string[]; labelName(key: string): string | undefined },
): LabelOrigin[] {
  const { labels } = series;
  const values = labels.values.map(fromByteString);
  const names = labels.names.map(fromByteString);
  if (!(labels instanceof StoredLabelSet)) {
    return names.map((label, i) => ({ label, value: values[i]!, from: 'unknown', keys: [], remark: undefined }));
  }
  const { sources, key } = labels.shape;
  const attributeKeys = JSON.parse(key) as string[];
  const constants = constantsOf(series, options.constLabels);
  const { attributes } = series.instrument.target.resource;
  return names.map((label, i): LabelOrigin => {
    const source = sources[i]!;
    const value = values[i]!;
    if (typeof source === 'object') {
      const keys = source.map((position) => attributeKeys[position]!);
      return { label, value, from: 'joined', keys, remark: 'attributes with the same label name, joined with ;' };
    }
    if (source < 0) {
      const { from, keys } = constants[~source] ?? { from: 'unknown', keys: [] };
      return { label, value, from, keys, remark: renamed(label) };
    }
    const attributeKey = attributeKeys[source]!;
    const from = hasAttribute(attributes, attributeKey, value) ? 'resource' : 'attribute';
    return {
      label,
      value,
      from,
      keys: [attributeKey],
      remark: remarkOn(label, attributeKey, options.labelName(attributeKey)),
    };
  });
}

/** Returns the labels that the exporter sets, in the order in which label sets receive them; see scope-labels.ts. */
function constantsOf({ instrument }: StoredSeries, constLabels: readonly string[]): Constant[] {
  const { target, scopeIdentity } = instrument;
  const constants: Constant[] = constLabels.map((name) => ({ from: 'const_labels', keys: [name] }));
  if (target.job !== undefined) {
    const hasNamespace = target.resource.attributes.entries.some(({ key }) => key === 'service.namespace');
    constants.push({ from: 'resource', keys: [...(hasNamespace ? ['service.namespace'] : []), 'service.name'] });
  }
  if (target.instance !== undefined) constants.push({ from: 'resource', keys: ['service.instance.id'] });
  for (const name of scopeIdentity.labelNames) {
    constants.push({ from: 'scope', keys: [fromByteString(name).replace(/^otel_scope_/, '')] });
  }
  return constants;
}

function hasAttribute(attributes: Attributes, key: string, value: string): boolean {
  return attributes.entries.some((entry) => entry.key === key && valueText(entry.value) === value);
}

function remarkOn(label: string, key: string, name: string | undefined): string | undefined {
  if (label !== name) return renamed(label);
  if (label === key) return undefined;
  return 'characters that Prometheus does not allow became _';
}

function renamed(label: string): string | undefined {
  return label.startsWith('exported_') ? 'the name was taken by a label that pitot sets' : undefined;
}
