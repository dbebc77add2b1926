import type { MetricFamily, Series } from '../metric-family.ts';

/** Approximate number of lines in one part: 60–150 kB of text, which renders in well under a millisecond. */
const linesPerPart = 512;

/**
 * A piece of a response that is rendered, cached, and compressed as a whole: several small families in sequence, or
 * some series of one large family. A part shows the values at the time of rendering. The series of a split family are
 * fixed when its first part is planned, so none is missing or duplicated if the store changes between parts.
 */
export interface ExpositionPart {
  readonly families: readonly MetricFamily[];
  /** Versions of the families when the part was planned; for a split family, when its first part was planned. */
  readonly versions: readonly number[];
  /** Set for a part of a split family. */
  readonly split: SplitFamily | undefined;
}

interface SplitFamily {
  readonly series: readonly Series[];
  readonly from: number;
  readonly until: number;
}

/** Divides families into parts, lazily. Skips families without series. */
export function* planParts(families: readonly MetricFamily[]): Generator<ExpositionPart> {
  let group: MetricFamily[] = [];
  let groupLines = 0;
  for (const family of families) {
    if (family.series.length === 0) continue;
    const lines = linesUpTo(family.series, linesPerPart);
    if (group.length > 0 && groupLines + lines > linesPerPart) {
      yield groupOf(group);
      group = [];
      groupLines = 0;
    }
    if (lines > linesPerPart && family.series.length > 1) {
      yield* splitParts(family);
    } else {
      group.push(family);
      groupLines += lines;
    }
  }
  if (group.length > 0) yield groupOf(group);
}

/** Divides a family that is too long for one part. */
function* splitParts(family: MetricFamily): Generator<ExpositionPart> {
  const families = [family];
  const versions = [family.version];
  const series = family.series.slice();
  const part = (from: number, until: number): ExpositionPart => ({
    families,
    versions,
    split: { series, from, until },
  });
  let from = 0;
  let lines = 0;
  for (let i = 0; i < series.length; i++) {
    const more = linesOf(series[i] as Series);
    if (i > from && lines + more > linesPerPart) {
      yield part(from, i);
      from = i;
      lines = 0;
    }
    lines += more;
  }
  yield part(from, series.length);
}

function groupOf(families: readonly MetricFamily[]): ExpositionPart {
  return { families, versions: families.map((family) => family.version), split: undefined };
}

function linesUpTo(series: readonly Series[], limit: number): number {
  let lines = 0;
  for (let i = 0; i < series.length && lines <= limit; i++) lines += linesOf(series[i] as Series);
  return lines;
}

function linesOf(series: Series): number {
  switch (series.kind) {
    case 'number':
      return 1;
    case 'summary':
      return series.quantiles.length + 2;
    case 'histogram':
      return series.upperBounds.length + 3;
    case 'nativeHistogram':
      return (series.classic?.upperBounds.length ?? series.positive.deltas.length + series.negative.deltas.length) + 3;
  }
}

/** Whether the families of the part still have the versions that it was planned with. */
export function isCurrent(part: ExpositionPart): boolean {
  return part.families.every((family, i) => family.version === part.versions[i]);
}

/** Whether the part is the first or last one of a split family. Both are true for parts of whole families. */
export function isFirstOf({ split }: ExpositionPart): boolean {
  return split === undefined || split.from === 0;
}

/** Whether a part contains the end of its last family. */
export function isLastOf({ split }: ExpositionPart): boolean {
  return split === undefined || split.until === split.series.length;
}
