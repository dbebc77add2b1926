import type { StreamView } from '#component/views/series-view.ts';
import { AccumulatedSeries } from '../accumulation/streams/accumulated-series.ts';
import { deltaStart, type Stream } from '../accumulation/streams/stream.ts';
import type { StoredSeries } from '../stored-series.ts';

/** Streams of one series that are listed. */
const maxListed = 200;

/** The active streams of a series, latest first. Undefined in last-value mode. */
export function streamsOf(
  series: StoredSeries,
  nowMs: number,
): { readonly total: number; readonly listed: readonly StreamView[] } | undefined {
  if (!(series instanceof AccumulatedSeries)) return undefined;
  const streams = series.streams.all().sort((a, b) => b.heardMs - a.heardMs);
  return { total: streams.length, listed: streams.slice(0, maxListed).map((stream) => viewOf(stream, nowMs)) };
}

function viewOf(stream: Stream, nowMs: number): StreamView {
  const idleMs = nowMs - stream.heardMs;
  const process = processText(stream.process);
  if (stream.startTimeUnixNano === deltaStart) {
    const reason = 'The process sends deltas. Each window is added once.';
    return { process, startUnixNano: undefined, kind: 'delta', reason, value: Number.NaN, baseline: 0, idleMs };
  }
  const { baselineUnixNano } = stream;
  const isBaselined = baselineUnixNano !== undefined;
  return {
    process,
    startUnixNano: String(stream.startTimeUnixNano),
    kind: isBaselined ? 'baselined' : 'fresh',
    reason: isBaselined
      ? 'pitot might have counted the first value already, so only the growth above it counts.'
      : 'pitot knows that it has not counted this stream before, so it counts in full.',
    value: sizeOf(stream.value),
    baseline: isBaselined ? sizeOf(stream.first) : 0,
    idleMs,
  };
}

/** What is remembered of a point is a number, or has a count. */
function sizeOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return (value as { readonly count?: number } | undefined)?.count ?? Number.NaN;
}

/** `key=value` of each process attribute. */
export function processText(process: string): string {
  if (process === '') return '';
  const pairs = JSON.parse(process) as [string, string][];
  return pairs.map(([key, value]) => (key === 'service.instance.id' ? value : `${key}=${value}`)).join(' ');
}
