/** Sample line of the text format. The labels do not include the name. */
export interface TextSample {
  readonly name: string;
  /** Type of the family of the line. Empty if there is no TYPE line. */
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \S+)?$/;
const labelPair = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/g;
const unescaped: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\"': '"' };

/**
 * Parses the sample lines of the text format or OpenMetrics, without exemplars.
 * @throws Error if a line is neither a sample nor a comment
 */
export function readTextExposition(page: Buffer | string): TextSample[] {
  const samples: TextSample[] = [];
  let type = '';
  for (const line of page.toString().split('\n')) {
    if (line === '' || line.startsWith('#')) {
      type = /^# TYPE \S+ (\w+)$/.exec(line)?.[1] ?? type;
      continue;
    }
    const match = sampleLine.exec(line.replace(/ # \{.*$/, ''));
    if (!match) throw new Error(`not a sample: ${line}`);
    const [, name, pairs = '', value] = match;
    const labels = [...pairs.matchAll(labelPair)].map(([, key, text]) => [
      key,
      text!.replace(/\\./g, (pair) => unescaped[pair] ?? pair),
    ]);
    samples.push({ name: name!, type, labels: Object.fromEntries(labels), value: goFloat(value!) });
  }
  return samples;
}

/** Parses a number in Go's format. */
export function goFloat(text: string): number {
  return Number(text.replace(/Inf$/, 'Infinity'));
}

/** Returns a key for a series: its name and its sorted labels. */
export function seriesKey(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return name + JSON.stringify(pairs);
}

/** Returns the samples of counters and histograms by series. Accumulation adds up these. */
export function countedSeries(samples: readonly TextSample[]): Map<string, number> {
  const kept = samples.filter(({ type }) => type === 'counter' || type === 'histogram');
  return new Map(kept.map(({ name, labels, value }) => [seriesKey(name, labels), value]));
}
