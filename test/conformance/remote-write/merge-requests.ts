import type { DecodedRequest, DecodedSeries } from '../../support/decode-remote-write.ts';

/** What all requests of a case contain, as a set: the split into requests and the order in them do not matter. */
export interface MergedRequests {
  readonly series: readonly DecodedSeries[];
  readonly metadata: readonly string[];
}

/** Merges requests. Series are sorted by their text; labels, and labels of exemplars, by name. */
export function merged(requests: readonly DecodedRequest[]): MergedRequests {
  const series = requests.flatMap((request) => request.series).map(sortedParts);
  return {
    series: series.sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b))),
    metadata: [...new Set(requests.flatMap(({ metadata }) => metadata))].sort(compare),
  };
}

function sortedParts(series: DecodedSeries): DecodedSeries {
  const exemplars = series.exemplars.map((exemplar) =>
    exemplar.replace(/^\{(.*)\} /s, (_, labels: string) => `{${splitLabels(labels).sort(compare).join(',')}} `),
  );
  return { ...series, exemplars: exemplars.sort(compare) };
}

function splitLabels(labels: string): string[] {
  return labels.split(/,(?=[^,]*="(?:[^"\\]|\\.)*"(?:,|$))/);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
