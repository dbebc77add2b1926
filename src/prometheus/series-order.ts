import type { Slices } from '#flow/slices.ts';
import { sortInSlices } from '#flow/sort-in-slices.ts';
import { compareBytes } from './from-otlp/label-shape.ts';
import type { ByteString, LabelSet } from './metric-family.ts';

/*
 * Order of series in the output (docs/reference/collector-behaviour.md#order-of-the-output): fewer labels first, then
 * label values bytewise, label by label.
 */

interface Labelled {
  readonly labels: LabelSet;
}

/** Up to this number of series, a comparison sort is faster than a distribution sort. */
const smallSort = 24;

/**
 * Compares two label sets by number of labels and label values, as the `/metrics` output orders them. Ignores names, so
 * 0 does not mean equal.
 */
export function compareLabelSets(a: LabelSet, b: LabelSet): number {
  if (a === b) return 0;
  const left = a.values;
  const right = b.values;
  if (left.length !== right.length) return left.length - right.length;
  for (let i = 0; i < left.length; i++) {
    const x = left[i]!;
    const y = right[i]!;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** Compares two label sets like {@link compareLabelSets}, then by label names. Returns 0 only for equal label sets. */
export function compareFully(a: LabelSet, b: LabelSet): number {
  const byValues = compareLabelSets(a, b);
  if (byValues !== 0 || a.names === b.names) return byValues;
  for (let i = 0; i < a.names.length; i++) {
    const order = compareBytes(a.names[i]!, b.names[i]!);
    if (order !== 0) return order;
  }
  return 0;
}

/**
 * Returns a new array in the order of {@link compareFully}. The sort is stable. Many series are first distributed by
 * label value, label by label, before any are compared: sorting 100,000 takes tens of milliseconds.
 */
export function sortByLabels<T extends Labelled>(series: readonly T[]): T[] {
  const result: T[] = [];
  const byCount = new Map<number, T[]>();
  for (const one of series) group(byCount, one.labels.values.length, one);
  for (const count of [...byCount.keys()].sort((a, b) => a - b)) distribute(byCount.get(count)!, 0, result);
  return result;
}

/** The same in slices. */
export function sortByLabelsInSlices<T extends Labelled>(series: readonly T[]): Slices<T[]> {
  return sortInSlices(series, (a, b) => compareFully(a.labels, b.labels), sortByLabels);
}

function distribute<T extends Labelled>(series: T[], from: number, result: T[]): void {
  const labelCount = series[0]!.labels.values.length;
  if (series.length <= smallSort || from === labelCount) {
    series.sort((a, b) => compareFully(a.labels, b.labels));
    for (const one of series) result.push(one);
    return;
  }
  const position = firstDifference(series, from, labelCount);
  if (position === labelCount) {
    distribute(series, labelCount, result);
    return;
  }
  const byValue = new Map<ByteString, T[]>();
  for (const one of series) group(byValue, one.labels.values[position]!, one);
  // The default order of strings is the bytewise order of byte strings.
  for (const value of [...byValue.keys()].sort()) distribute(byValue.get(value)!, position + 1, result);
}

/** Returns the index of the first label whose value is not the same in all series. */
function firstDifference(series: readonly Labelled[], from: number, labelCount: number): number {
  const first = series[0]!.labels.values;
  for (let position = from; position < labelCount; position++) {
    const value = first[position];
    for (const { labels } of series) {
      if (labels.values[position] !== value) return position;
    }
  }
  return labelCount;
}

function group<K, T>(groups: Map<K, T[]>, key: K, member: T): void {
  const members = groups.get(key);
  if (members === undefined) groups.set(key, [member]);
  else members.push(member);
}
