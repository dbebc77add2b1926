import { ByteReader } from './byte-reader.ts';
import { IdentityReader } from './identity-codec.ts';
import { idOf, type Meta, readMeta, rowKeys, rowPrefixes, streamFlags } from './rows.ts';
import { readHead } from './series-head-codec.ts';

/** Rows of a state, as a storage file contains them. */
export interface StateRows {
  /** All rows whose key begins with a prefix, in the order of the keys. */
  scan(prefix: string): Iterable<{ readonly key: string; readonly value: Uint8Array }>;
}

/** Contents of a state. */
export interface StateDescription {
  readonly meta: Meta;
  /** Stored series and streams by OTLP metric, most series first. Streams are 0 for version 1. */
  readonly metrics: readonly { readonly name: string; readonly series: number; readonly streams: number }[];
  readonly series: number;
  readonly streams: number;
  /** Number of processes that have streams. */
  readonly processes: number;
  /** Rows that do not contain what their key says, or that refer to missing ones. */
  readonly problems: readonly { readonly key: string; readonly reason: string }[];
}

/** Prefixes of rows whose content is not read here: tombstones, horizons, early processes, fork windows. */
const otherPrefixes = ['x/', 'y/', 'h/', 'e/', 'f/'];

/**
 * Reads a state without restoring it.
 * @throws NewerStateError if a later version of pitot wrote it
 * @returns undefined if the rows are not those of a state
 */
export function describeState(rows: StateRows): StateDescription | undefined {
  const [metaRow] = rows.scan(rowKeys.meta);
  if (!metaRow) return undefined;
  const meta = readMeta(new ByteReader(metaRow.value));
  const problems: { key: string; reason: string }[] = [];
  const inRow = <Result>(key: string, read: () => Result): Result | undefined => {
    try {
      return read();
    } catch (error) {
      problems.push({ key, reason: (error as Error).message });
      return undefined;
    }
  };
  const names = namesOf(rows, inRow);
  const totals = new Set<number>();
  for (const { key, value } of rows.scan(rowPrefixes.total)) {
    const id = idOf(key);
    totals.add(id);
    if (!names.has(id)) problems.push({ key, reason: 'the identity of its series is missing' });
    inRow(key, () => {
      const reader = new ByteReader(value);
      reader.double();
      if (meta.version > 1) readHead(reader);
    });
  }
  for (const id of names.keys()) {
    if (!totals.has(id)) problems.push({ key: rowKeys.identity(id), reason: 'the total of its series is missing' });
  }
  const streams = new Map<number, number>();
  const processes = new Set<string>();
  for (const { key, value } of meta.version > 1 ? rows.scan(rowPrefixes.block) : []) {
    inRow(key, () => readBlock(new ByteReader(value), { streams, processes }));
  }
  const known = [rowKeys.meta, ...Object.values(rowPrefixes), ...otherPrefixes];
  for (const { key } of rows.scan('')) {
    if (!known.some((prefix) => key.startsWith(prefix))) problems.push({ key, reason: 'the key is unknown' });
  }
  return {
    meta,
    metrics: byMetric(names, streams),
    series: names.size,
    streams: [...streams.values()].reduce((sum, count) => sum + count, 0),
    processes: processes.size,
    problems,
  };
}

type InRow = <Result>(key: string, read: () => Result) => Result | undefined;

/** OTLP names by the ID of the series. */
function namesOf(rows: StateRows, inRow: InRow): Map<number, string> {
  const identities = new IdentityReader();
  const names = new Map<number, string>();
  for (const { key, value } of rows.scan(rowPrefixes.identity)) {
    const identity = inRow(key, () => identities.read(new ByteReader(value)));
    if (identity) names.set(idOf(key), identity.metric.descriptor.name);
  }
  return names;
}

function readBlock(
  reader: ByteReader,
  { streams, processes }: { readonly streams: Map<number, number>; readonly processes: Set<string> },
): void {
  reader.double();
  let process = '';
  for (let left = reader.uint(); left > 0; left--) {
    const flags = reader.uint();
    if ((flags & streamFlags.hasProcess) !== 0) process = reader.text();
    const id = reader.uint();
    reader.uint32();
    if ((flags & streamFlags.isDelta) === 0) reader.uint64();
    reader.skipNested();
    streams.set(id, (streams.get(id) ?? 0) + 1);
    processes.add(process);
  }
}

function byMetric(
  names: ReadonlyMap<number, string>,
  streams: ReadonlyMap<number, number>,
): StateDescription['metrics'] {
  const metrics = new Map<string, { name: string; series: number; streams: number }>();
  for (const [id, name] of names) {
    const metric = metrics.get(name) ?? { name, series: 0, streams: 0 };
    metric.series += 1;
    metric.streams += streams.get(id) ?? 0;
    metrics.set(name, metric);
  }
  return [...metrics.values()].sort((a, b) => b.series - a.series || (a.name < b.name ? -1 : 1));
}
