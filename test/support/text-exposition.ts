/** A sample line of the text format; labels without the name. */
export interface TextSample {
  readonly name: string;
  /** Of the family that the line is in; '' without a TYPE line. */
  readonly type: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \S+)?$/;
const labelPair = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/g;
const unescaped: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\"': '"' };

/**
 * Reads the sample lines of a text or OpenMetrics page (exemplars are left out).
 * @throws Error on a line that is neither a sample nor a comment
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

/** A number as Go writes it. */
export function goFloat(text: string): number {
  return Number(text.replace(/Inf$/, 'Infinity'));
}

/** One name for a series: its metric's name and its labels in order. */
export function seriesKey(name: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return name + JSON.stringify(pairs);
}

/** What is added up: the samples of counters and histograms by series. */
export function countedSeries(samples: readonly TextSample[]): Map<string, number> {
  const kept = samples.filter(({ type }) => type === 'counter' || type === 'histogram');
  return new Map(kept.map(({ name, labels, value }) => [seriesKey(name, labels), value]));
}
