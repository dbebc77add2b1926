import { statSync } from 'node:fs';
import type { CorruptedRecord, Snapshot } from '#extensions/file-storage/snapshot.ts';
import { describeState, type StateDescription } from '#series/accumulation/state/describe-state.ts';
import { printable } from '#text/printable.ts';
import { thousands } from '#text/thousands.ts';
import { alignedColumns, briefDuration } from '../aligned-columns.ts';

/** Contents of a storage file. */
export interface Inspection {
  readonly file: string;
  readonly bytes: number;
  readonly owners: readonly {
    readonly owner: string;
    readonly entries: number;
    readonly bytes: number;
    /** Undefined if the entries are not the state of an exporter. */
    readonly state: StateDescription | undefined;
  }[];
  /** Records that are corrupted, or that do not fit to the others. */
  readonly corrupted: readonly CorruptedRecord[];
}

const maxMetrics = 20;
const maxCorrupted = 50;

/** Reads and checks all of a file. */
export function inspect(file: string, snapshot: Snapshot): Inspection {
  const owners = snapshot.owners.map((owner) => {
    let [entries, bytes] = [0, 0];
    for (const { value } of snapshot.entries(owner)) {
      entries += 1;
      bytes += value.length;
    }
    return { owner, entries, bytes, state: describeState({ scan: (prefix) => snapshot.entries(owner, prefix) }) };
  });
  const problems = owners.flatMap(({ owner, state }) => (state?.problems ?? []).map((each) => ({ owner, ...each })));
  const bytes = ['', '-wal'].reduce(
    (sum, suffix) => sum + (statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
  return { file, bytes, owners, corrupted: [...snapshot.corrupted, ...problems] };
}

/** Formats the contents of a file. */
export function inspectionText({ file, bytes, owners, corrupted }: Inspection, nowUnixMs: number): string {
  const parts = owners.map(({ owner, entries, bytes: size, state }) => {
    const facts = [
      ['Entries', `${thousands(entries)} (${megabytes(size)})`],
      ...(state ? stateFacts(state, nowUnixMs) : []),
    ];
    const lines = facts.map(([name, text]) => `  ${name!.padEnd(12)}${printable(text!)}\n`).join('');
    return `${printable(owner)}\n${lines}${state ? metricsTable(state) : ''}`;
  });
  return [`${file} (${megabytes(bytes)})\n`, ...parts, verdict(corrupted)].join('\n');
}

/** The result of the check: corrupted records by name. */
export function verdict(corrupted: readonly CorruptedRecord[]): string {
  if (corrupted.length === 0) return 'Every record is as pitot wrote it.\n';
  const lines = corrupted
    .slice(0, maxCorrupted)
    .map(({ owner, key, reason }) => `  ${printable([owner, key].filter(Boolean).join(' '))}: ${printable(reason)}\n`);
  const more = corrupted.length > lines.length ? `  … ${corrupted.length - lines.length} more\n` : '';
  return `${corrupted.length} corrupted records. At its next start, pitot moves them to another file, and their series start again:\n${lines.join('')}${more}`;
}

function stateFacts({ meta, series, streams, processes, metrics }: StateDescription, nowUnixMs: number): string[][] {
  const start = new Date(Number(meta.epochUnixNano / 1_000_000n)).toISOString();
  const written = new Date(meta.writtenUnixMs).toISOString();
  return [
    ['State start', start],
    ['Last write', `${written} (${briefDuration(nowUnixMs - meta.writtenUnixMs)} ago)`],
    ['Series', `${thousands(series)} in ${thousands(metrics.length)} metrics`],
    ...(meta.version > 1 ? [['Streams', `${thousands(streams)} of ${thousands(processes)} processes`]] : []),
    ['Format', `${meta.version}`],
  ];
}

function metricsTable({ metrics }: StateDescription): string {
  if (metrics.length === 0) return '';
  const rows = metrics.slice(0, maxMetrics).map((each) => [each.name, thousands(each.series), thousands(each.streams)]);
  const more = metrics.length - rows.length;
  return `\n${alignedColumns(rows, { head: ['Metric', 'Series', 'Streams'] })}${more > 0 ? `… ${more} more\n` : ''}`;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
