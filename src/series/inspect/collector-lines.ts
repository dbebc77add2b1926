import type { Lineage, StreamView } from '#component/views/series-view.ts';
import { formatFloat } from '#go/format.ts';

const maxLines = 20;

interface Shown {
  readonly name: string;
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
  readonly isHistogram: boolean;
}

/**
 * Returns the lines of the Collector for the active streams of a series: one per process if the processes have an
 * instance ID, otherwise the latest value of the process that sent last.
 */
export function collectorLines(
  { name, labels, value, isHistogram }: Shown,
  { streams, hasInstance }: { readonly streams: Lineage['streams']; readonly hasInstance: boolean },
): Lineage['collector'] {
  const shownName = isHistogram ? `${name}_count` : name;
  const line = (pairs: Shown['labels'], number: number) =>
    `${shownName}{${[...pairs]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([label, text]) => `${label}=${JSON.stringify(text)}`)
      .join(',')}} ${formatFloat(number)}`;
  if (streams === undefined) {
    return { note: 'The same value: accumulation is disabled.', lines: [line(labels, value)], more: 0 };
  }
  const latest = latestOfEachProcess(streams.listed);
  if (latest.length === 0) {
    return { note: 'Nothing: no process has sent this series lately.', lines: [], more: 0 };
  }
  if (!hasInstance) {
    const note = 'The value of the process that sent last. Every process overwrites the value of the previous one.';
    return { note, lines: [line(labels, latest[0]!.value)], more: 0 };
  }
  const others = labels.filter(([label]) => label !== 'instance');
  return {
    note: `${latest.length} series, one for each process. Each disappears 5 minutes after its process ends.`,
    lines: latest.slice(0, maxLines).map((stream) => line([...others, ['instance', stream.process]], stream.value)),
    more: Math.max(0, latest.length - maxLines),
  };
}

/** Streams are sorted latest first. */
function latestOfEachProcess(streams: readonly StreamView[]): StreamView[] {
  const seen = new Set<string>();
  return streams.filter(({ process, kind }) => {
    if (kind === 'delta' || seen.has(process)) return false;
    seen.add(process);
    return true;
  });
}
