/** Entry of the debug exporter in the console format: its text, and its fields except those of the process. */
export interface DebugEntry {
  readonly body: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const entryStart = /^(?:<time>|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d{4}))\t/gm;
const kept = ['resource metrics', 'metrics', 'data points', 'otelcol.signal', 'otelcol.component.kind'];

/** Returns the entries of the debug exporter in a log, in order. Bytes that are not UTF-8 must be decoded as Latin-1 on both sides. */
export function debugEntries(log: string): DebugEntry[] {
  const starts = [...log.matchAll(entryStart)];
  const entries: DebugEntry[] = [];
  for (const [index, match] of starts.entries()) {
    const text = log.slice(match.index + match[0].length, starts[index + 1]?.index);
    const cut = text.lastIndexOf('\t');
    const tail = text.slice(cut + 1);
    if (!tail.includes('"otelcol.component.id": "debug')) continue;
    const fields = JSON.parse(tail) as Record<string, unknown>;
    entries.push({
      body: text.slice(0, cut),
      fields: Object.fromEntries(kept.filter((key) => key in fields).map((key) => [key, fields[key]])),
    });
  }
  return entries;
}
