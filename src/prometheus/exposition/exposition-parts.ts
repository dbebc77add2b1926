import type { MetricFamily, Series } from '../metric-family.ts';

/** Lines of one part, about: 60–150 kB of text, well under a millisecond to render. */
const linesPerPart = 512;

/**
 * A piece of a page that is rendered at once, kept as one and compressed as one: neighbouring small families, or some series
 * of one large family. Rendering takes the values of that moment; which series a split family has was decided when its first
 * part was planned, so none is missing or doubled although the store changes between parts.
 */
export interface ExpositionPart {
  readonly families: readonly MetricFamily[];
  /** The families' versions when the part was planned; of a split family, when its first part was. */
  readonly versions: readonly number[];
  /** Set for a part of a split family. */
  readonly split: SplitFamily | undefined;
}

interface SplitFamily {
  readonly series: readonly Series[];
  readonly from: number;
  readonly until: number;
}

/** Divides families into parts, one by one as they are asked for. Families without series are left out. */
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

/** The parts of a family that is too long for one. */
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

/** Whether the part still shows what it was planned with. */
export function isCurrent(part: ExpositionPart): boolean {
  return part.families.every((family, i) => family.version === part.versions[i]);
}

/** Whether the part is a split family's first or last one; parts of whole families are both. */
export function isFirstOf({ split }: ExpositionPart): boolean {
  return split === undefined || split.from === 0;
}

export function isLastOf({ split }: ExpositionPart): boolean {
  return split === undefined || split.until === split.series.length;
}
