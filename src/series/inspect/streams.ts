import type { StreamView } from '#component/views/series-view.ts';
import { AccumulatedSeries } from '../accumulation/streams/accumulated-series.ts';
import { type Baseline, type BaselineKind, isWaiting } from '../accumulation/streams/baseline.ts';
import { deltaStart, type Stream } from '../accumulation/streams/stream.ts';
import type { StoredSeries } from '../stored-series.ts';

/** Maximum number of listed streams of one series. */
const maxListed = 200;

/** A stream, and the attributes of its process; none if only their hash is stored. */
export interface ProcessStream {
  readonly view: StreamView;
  readonly attributes: readonly (readonly [key: string, value: string])[];
}

/** The active streams of a series, latest first. Undefined in last-value mode. */
export function streamsOf(
  series: StoredSeries,
  nowMs: number,
): { readonly total: number; readonly listed: readonly ProcessStream[] } | undefined {
  if (!(series instanceof AccumulatedSeries)) return undefined;
  const streams = series.streams.all().sort((a, b) => b.lastSeenMs - a.lastSeenMs);
  const listed = streams
    .slice(0, maxListed)
    .map((stream) => ({ view: viewOf(stream, nowMs), attributes: attributesOf(stream.process) }));
  return { total: streams.length, listed };
}

function viewOf(stream: Stream, nowMs: number): StreamView {
  const idleMs = nowMs - stream.lastSeenMs;
  const process = processText(stream.process);
  if (stream.startTimeUnixNano === deltaStart) {
    const reason = 'The process sends deltas. Each window is added once.';
    return { process, startUnixNano: undefined, kind: 'delta', reason, value: Number.NaN, baseline: 0, idleMs };
  }
  const { baseline } = stream;
  return {
    process,
    startUnixNano: String(stream.startTimeUnixNano),
    kind: kindOf(baseline),
    reason: reasonOf(baseline),
    value: sizeOf(stream.value),
    baseline: baseline ? sizeOf(baseline.value) : 0,
    idleMs,
  };
}

function kindOf(baseline: Baseline<unknown> | undefined): string {
  if (!baseline) return 'fresh';
  return baseline.kind === 'preexisting' ? 'pre-existing' : baseline.kind;
}

const reasons: Readonly<Record<BaselineKind, string>> = {
  forked: 'Another process has the same start time: the first value is a copy, and only the growth above it counts.',
  preexisting: 'The stream started before the state of pitot did, so only its growth above the first value counts.',
  returning:
    'pitot may have counted the stream and has no record of it, so only its growth above the first value counts.',
  continued: 'The stream continues another one of its process, whose start time an agent has rewritten.',
  resumed: 'The stream was discarded and became active again. It continues from the value up to which it was counted.',
};

function reasonOf(baseline: Baseline<unknown> | undefined): string {
  if (!baseline) return 'pitot has not counted this stream before, so it counts in full.';
  const waiting = isWaiting(baseline)
    ? ' It adds nothing until a point arrives that is later than its limit time.'
    : '';
  return reasons[baseline.kind] + waiting;
}

/** Returns the value of a stream's state: the number itself, or its count. */
function sizeOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return (value as { readonly count?: number } | undefined)?.count ?? Number.NaN;
}

/** `key=value` of each process attribute. Long texts are stored as a hash. */
export function processText(process: string): string {
  if (!process.startsWith('[')) return process;
  return attributesOf(process)
    .map(([key, value]) => (key === 'service.instance.id' ? value : `${key}=${value}`))
    .join(' ');
}

function attributesOf(process: string): ProcessStream['attributes'] {
  return process.startsWith('[') ? (JSON.parse(process) as [string, string][]) : [];
}
