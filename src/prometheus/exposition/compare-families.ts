import type { TextFamily, TextSample } from './parse-text.ts';

/** A difference between two scrape responses. */
export interface Difference {
  readonly kind: 'family' | 'type' | 'help' | 'series' | 'value';
  /** The metric, and for `series` and `value` its labels. */
  readonly subject: string;
  /** Value, type, or help in the first response; undefined if it is missing there. */
  readonly a: string | undefined;
  readonly b: string | undefined;
}

/** Parameters of {@link compareFamilies}. */
export interface CompareOptions {
  /** Relative difference up to which two values are equal. */
  readonly tolerance: number;
  /** Labels that are removed before the comparison. Values of series that become equal are added up. */
  readonly ignoredLabels: ReadonlySet<string>;
}

/**
 * Returns the semantic differences between two scrape responses. The order of families, series, and labels is ignored.
 */
export function compareFamilies(
  a: readonly TextFamily[],
  b: readonly TextFamily[],
  options: CompareOptions,
): Difference[] {
  const [left, right] = [byName(a), byName(b)];
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  return names.flatMap((name) => compareFamily(name, [left.get(name), right.get(name)], options));
}

const byName = (families: readonly TextFamily[]) => new Map(families.map((family) => [family.name, family]));

function compareFamily(
  name: string,
  [a, b]: readonly [TextFamily | undefined, TextFamily | undefined],
  options: CompareOptions,
): Difference[] {
  const count = (family: TextFamily | undefined) =>
    family && `${family.type}, ${seriesOf(family, options).size} series`;
  if (a === undefined || b === undefined) return [{ kind: 'family', subject: name, a: count(a), b: count(b) }];
  const differences: Difference[] = [];
  if (a.type !== b.type) differences.push({ kind: 'type', subject: name, a: a.type, b: b.type });
  if (a.help !== b.help) differences.push({ kind: 'help', subject: name, a: a.help, b: b.help });
  const [left, right] = [seriesOf(a, options), seriesOf(b, options)];
  for (const key of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    const [one, other] = [left.get(key), right.get(key)];
    if (one === undefined || other === undefined) {
      differences.push({ kind: 'series', subject: key, a: shown(one), b: shown(other) });
    } else if (!areEqual(one, other, options.tolerance)) {
      differences.push({ kind: 'value', subject: key, a: shown(one), b: shown(other) });
    }
  }
  return differences;
}

function seriesOf({ samples }: TextFamily, { ignoredLabels }: CompareOptions): Map<string, number> {
  const series = new Map<string, number>();
  for (const sample of samples) {
    const key = seriesText(sample, ignoredLabels);
    series.set(key, ignoredLabels.size > 0 ? (series.get(key) ?? 0) + sample.value : sample.value);
  }
  return series;
}

function seriesText({ name, labels }: TextSample, ignoredLabels: ReadonlySet<string>): string {
  const pairs = [...labels]
    // Prometheus treats an empty label as absent.
    .filter(([label, value]) => value !== '' && !ignoredLabels.has(label))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

const shown = (value: number | undefined) => (value === undefined ? undefined : String(value));

function areEqual(a: number, b: number, tolerance: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  return Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
}
