import { aggregated } from '#pdata/aggregate-points.ts';
import { withDataPoints } from '#pdata/map-points.ts';
import type { DataPoint, Metric } from '#pdata/metrics.ts';
import type { Transform } from './config.ts';
import { aggregationOf } from './operations.ts';
import type { Selection } from './selection.ts';

/** Metrics of a scope after combining; the new one is marked. A text is the reason why they cannot be combined. */
export type Combined = readonly { readonly metric: Metric; readonly isNew: boolean }[] | string;

/** Combines all matching metrics into one, at the position of the first. Groups of the pattern become labels. */
export function combined(transform: Transform, selection: Selection, metrics: readonly Metric[]): Combined {
  const matching = metrics.filter(({ descriptor }) => selection.matchesName(descriptor.name));
  const [first] = matching;
  if (!first) return metrics.map((metric) => ({ metric, isNew: false }));
  const problem = difference(matching);
  if (problem !== undefined) return problem;
  const points = matching.flatMap((metric) => {
    const labels = submatches(selection, metric.descriptor.name, transform.submatchCase);
    return (metric.dataPoints as readonly DataPoint[]).map(
      (point): DataPoint => ({
        ...point,
        attributes: { entries: [...point.attributes.entries, ...labels] },
      }),
    );
  });
  const whole = withDataPoints(first, points, { descriptor: { ...first.descriptor, name: transform.newName } });
  const metric = aggregated(whole, undefined, aggregationOf(transform.aggregationType));
  const rest = metrics.filter((each) => !matching.includes(each)).map((each) => ({ metric: each, isNew: false }));
  return [...rest, { metric, isNew: true }];
}

function difference(metrics: readonly Metric[]): string | undefined {
  const [first, ...others] = metrics as [Metric, ...Metric[]];
  const labels = (metric: Metric) =>
    (metric.dataPoints as readonly DataPoint[]).map(({ attributes }) =>
      attributes.entries
        .map(({ key }) => key)
        .sort()
        .join(),
    );
  const [wanted] = labels(first);
  if (first.type === 'Summary') return 'Summary metrics cannot be combined';
  for (const other of [first, ...others]) {
    if (other.type !== first.type) return 'metrics cannot be combined as they are of different types';
    if (other.descriptor.unit !== first.descriptor.unit)
      return 'metrics cannot be combined as they have different units';
    if (labels(other).some((keys) => keys !== wanted))
      return 'metrics cannot be combined as they have different labels';
    if (other.type === 'Sum' && first.type === 'Sum' && other.isMonotonic !== first.isMonotonic) {
      return 'metrics cannot be combined as they have different monotonicity';
    }
    if (
      'aggregationTemporality' in other &&
      'aggregationTemporality' in first &&
      other.aggregationTemporality !== first.aggregationTemporality
    ) {
      return 'metrics cannot be combined as they have different aggregation temporalities';
    }
  }
  return undefined;
}

/**
 * Returns the named groups of the pattern by name and the others as `$1`, without empty ones, in the requested case.
 */
function submatches({ pattern }: Selection, name: string, submatchCase: string): { key: string; value: string }[] {
  const matcher = pattern?.matcher(name);
  if (!pattern || !matcher?.find()) return [];
  const names = new Map(Object.entries(pattern.namedGroups()).map(([key, index]) => [index, key]));
  const found: { key: string; value: string }[] = [];
  for (let index = 1; index <= matcher.groupCount(); index++) {
    const text = matcher.group(index);
    if (!text) continue;
    const value = { lower: text.toLowerCase(), upper: text.toUpperCase() }[submatchCase] ?? text;
    found.push({ key: names.get(index) ?? `$${index}`, value });
  }
  return found;
}
