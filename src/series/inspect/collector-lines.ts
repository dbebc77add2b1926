import type { Lineage } from '#component/views/series-view.ts';
import { formatFloat } from '#go/format.ts';
import type { ProcessStream } from './streams.ts';

const maxLines = 20;
const instanceKey = 'service.instance.id';

interface Shown {
  readonly name: string;
  readonly labels: Pairs;
  readonly value: number;
  readonly isHistogram: boolean;
  /** Whether the Collector stores the latest value and nothing is added: a gauge or a summary. */
  readonly isLatestValue: boolean;
}

type Pairs = readonly (readonly [name: string, value: string])[];

interface CollectorOptions {
  /** Undefined in last-value mode. Latest first. */
  readonly streams: readonly ProcessStream[] | undefined;
  /** Process attributes that exist in the configuration. */
  readonly hasProcessAttributes: boolean;
  /** Returns the label that the Collector makes of a resource attribute; undefined if it makes none. */
  readonly resourceLabel: (key: string) => string | undefined;
}

/**
 * Returns the lines of the Collector for the active streams of a series: one per process if process attributes become
 * labels, otherwise the latest value of the process that sent last.
 */
export function collectorLines(shown: Shown, options: CollectorOptions): Lineage['collector'] {
  const { labels, value } = shown;
  if (options.streams === undefined) {
    return { note: 'The same value: accumulation is disabled.', lines: [lineOf(shown, labels, value)], more: 0 };
  }
  if (shown.isLatestValue) return latestValue(shown, options);
  const latest = latestOfEachProcess(options.streams);
  if (latest.length === 0) {
    return { note: 'Nothing: no process has sent this series lately.', lines: [], more: 0 };
  }
  // Processes with the same labels overwrite each other. The latest is first.
  const lines = new Map<string, string>();
  for (const stream of latest) {
    const pairs = labelsOf(stream, options);
    const all = [...labels.filter(([label]) => !pairs.some(([added]) => added === label)), ...pairs];
    const key = JSON.stringify(pairs);
    if (!lines.has(key)) lines.set(key, lineOf(shown, all, stream.view.value));
  }
  const note =
    lines.size === 1 && labelsOf(latest[0]!, options).length === 0
      ? 'The value of the process that sent last. Every process overwrites the value of the previous one.'
      : `${lines.size} series, one for each process. Each disappears 5 minutes after its process ends.`;
  return { note, lines: [...lines.values()].slice(0, maxLines), more: Math.max(0, lines.size - maxLines) };
}

/** pitot stores the latest value of all processes, and not which process sent it. */
function latestValue(shown: Shown, { hasProcessAttributes, resourceLabel }: CollectorOptions): Lineage['collector'] {
  const lines = [lineOf(shown, shown.labels, shown.value)];
  if (!hasProcessAttributes) return { note: 'The same value.', lines, more: 0 };
  const names = ['instance', resourceLabel(instanceKey)].filter((name) => name !== undefined).join(' and ');
  const note = `One series for each process with ${names}, and with its latest value. pitot shows the latest value of all processes.`;
  return { note, lines: [], more: 0 };
}

/** Returns the labels that the Collector makes of the attributes of a process. */
function labelsOf({ attributes }: ProcessStream, { resourceLabel }: CollectorOptions): Pairs {
  return attributes.flatMap(([key, value]) => {
    const instance = key === instanceKey ? [['instance', value] as const] : [];
    const label = resourceLabel(key);
    return label === undefined ? instance : [...instance, [label, value] as const];
  });
}

function lineOf({ name, isHistogram }: Shown, labels: Pairs, value: number): string {
  const text = [...labels]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, each]) => `${label}=${JSON.stringify(each)}`)
    .join(',');
  return `${isHistogram ? `${name}_count` : name}{${text}} ${formatFloat(value)}`;
}

function latestOfEachProcess(streams: readonly ProcessStream[]): ProcessStream[] {
  const seen = new Set<string>();
  return streams.filter(({ view: { process, kind } }) => {
    if (kind === 'delta' || seen.has(process)) return false;
    seen.add(process);
    return true;
  });
}
