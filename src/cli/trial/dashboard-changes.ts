import { compareFamilies } from '#prometheus/exposition/compare-families.ts';
import type { TextFamily } from '#prometheus/exposition/parse-text.ts';
import { thousands } from '#text/thousands.ts';
import { alignedColumns } from '../aligned-columns.ts';

/** What a dashboard sees of a metric in one output. */
interface Side {
  readonly series: number;
  /** Sum over the series, as `sum(metric)` shows it; the number of observations of a histogram or summary. */
  readonly sum: number;
}

/** A metric that differs between two outputs. */
export interface MetricChange {
  readonly name: string;
  readonly type: string;
  readonly collector: Side | undefined;
  readonly pitot: Side | undefined;
  /** Labels that only one of the outputs has: `-instance`, `+pod`. */
  readonly labels: readonly string[];
  /** Number of series whose value differs after the labels that only one output has are summed up. */
  readonly differingValues: number;
}

/** Compares two outputs by metric: labels first, then the values that are the same series without these labels. */
export function dashboardChanges(collector: readonly TextFamily[], pitot: readonly TextFamily[]): MetricChange[] {
  const [left, right] = [byName(collector), byName(pitot)];
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  return names.flatMap((name) => {
    const [a, b] = [left.get(name), right.get(name)];
    const compared = (ignored: readonly string[]) =>
      compareFamilies(a ? [a] : [], b ? [b] : [], { tolerance: 1e-12, ignoredLabels: new Set(ignored) });
    if (compared([]).length === 0) return [];
    const [of, on] = [labelsOf(a), labelsOf(b)];
    const gone = a && b ? [...of].filter((label) => !on.has(label)) : [];
    const added = a && b ? [...on].filter((label) => !of.has(label)) : [];
    const differences = compared([...gone, ...added]).filter(({ kind }) => kind === 'series' || kind === 'value');
    return {
      ...{ name, type: (b ?? a)!.type, collector: sideOf(a), pitot: sideOf(b) },
      labels: [...gone.map((label) => `-${label}`), ...added.map((label) => `+${label}`)],
      differingValues: differences.length,
    };
  });
}

const byName = (families: readonly TextFamily[]) => new Map(families.map((family) => [family.name, family]));

function labelsOf(family: TextFamily | undefined): Set<string> {
  return new Set(family?.samples.flatMap(({ labels }) => [...labels.keys()]));
}

function sideOf(family: TextFamily | undefined): Side | undefined {
  if (!family) return undefined;
  const isCounted = family.type === 'histogram' || family.type === 'summary';
  const samples = isCounted ? family.samples.filter(({ name }) => name.endsWith('_count')) : family.samples;
  return { series: samples.length, sum: samples.reduce((sum, { value }) => sum + value, 0) };
}

/** Formats the changes as a table, and the number of metrics that are the same. */
export function changesText(changes: readonly MetricChange[], metrics: number): string {
  const same = metrics - changes.length;
  if (changes.length === 0) return `No differences: ${thousands(same)} metrics are the same.\n`;
  const sum = (side: Side | undefined) => (side ? thousands(side.sum) : '–');
  const series = (side: Side | undefined) => (side ? thousands(side.series) : '–');
  const rows = changes.map(({ name, type, collector, pitot, labels, differingValues }) => [
    ...[name, type, sum(collector), sum(pitot), series(collector), series(pitot), thousands(differingValues)],
    labels.join(' '),
  ]);
  const head = [
    'Metric',
    'Type',
    'sum() Collector',
    'sum() pitot',
    'Series Collector',
    'Series pitot',
    'Values differ',
    'Labels',
  ];
  return `${alignedColumns(rows, { head })}\n${thousands(changes.length)} metrics differ, ${thousands(same)} are the same.\n`;
}
