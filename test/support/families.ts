import type { LabelSet, MetricFamily, NumberSeries, Series } from '#prometheus/metric-family.ts';

/** Family that a test can change. */
export interface TestFamily extends MetricFamily {
  version: number;
  series: Series[];
}

export function labels(pairs: Readonly<Record<string, string>>): LabelSet {
  const names = Object.keys(pairs).sort();
  return { names, values: names.map((name) => pairs[name] as string), text: undefined };
}

export function number(pairs: Readonly<Record<string, string>>, value: number): NumberSeries {
  return {
    kind: 'number',
    labels: labels(pairs),
    value,
    timestampMs: undefined,
    createdUnixNano: undefined,
    exemplar: undefined,
  };
}

/** Returns a counter with one series per value and the labels `i="0"`, `i="1"`, and so on. */
export function counter(name: string, values: readonly number[]): TestFamily {
  const series = values.map((value, i) => number({ i: String(i) }, value));
  return { name, help: '', type: 'counter', version: 1, series };
}
