import { readTextExposition, seriesKey } from '../../support/text-exposition.ts';
import type { Scrape } from './record-scrapes.ts';

/** A series as Prometheus would have stored it: one value for each scrape, undefined where the page did not contain it. */
export interface ReplayedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: (number | undefined)[];
}

/** Labels that Prometheus adds to every sample of a target. */
export type TargetLabels = Readonly<Record<string, string>>;

/**
 * The series of recorded text pages as a Prometheus without `honor_labels` stores them: labels of the page that the target has, too,
 * become `exported_…`, and empty labels disappear. `isWanted` leaves out what no query asks for.
 */
export function seriesOf(
  scrapes: readonly Scrape[],
  target: TargetLabels,
  isWanted: (name: string) => boolean = () => true,
): ReplayedSeries[] {
  const series = new Map<string, ReplayedSeries>();
  const wanted = new Map<string, boolean>();
  const isWantedLine = (line: string): boolean => {
    const name = /^[\w:]*/.exec(line)![0];
    const known = wanted.get(name) ?? isWanted(name);
    wanted.set(name, known);
    return known;
  };
  for (const [index, { page }] of scrapes.entries()) {
    const lines = page.toString().split('\n').filter(isWantedLine);
    for (const { name, labels, value } of readTextExposition(lines.join('\n'))) {
      const key = seriesKey(name, labels);
      let known = series.get(key);
      if (!known) {
        known = { name, labels: stored(labels, target), values: new Array(scrapes.length).fill(undefined) };
        series.set(key, known);
      }
      known.values[index] = value;
    }
  }
  return [...series.values()];
}

function stored(labels: Readonly<Record<string, string>>, target: TargetLabels): Record<string, string> {
  const result: Record<string, string> = { ...target };
  for (const [key, value] of Object.entries(labels)) {
    if (value !== '') result[key in target ? `exported_${key}` : key] = value;
  }
  return result;
}
