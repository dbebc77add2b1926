import type { DataPoint } from '#pdata/metrics.ts';
import { type AppendOutcome, changed, dropped, unchanged } from '../../outcome.ts';
import type { PointContext } from '../../policy.ts';
import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { DeltaWindows } from '../streams/delta-windows.ts';
import { deltaStart, type Stream } from '../streams/stream.ts';
import type { CumulativeRule } from './cumulative-rule.ts';
import type { Accumulation } from './stream-rule.ts';

/** Where a delta point comes from: its context, and the hash of its OTLP identity. */
export interface DeltaSource {
  readonly context: PointContext;
  readonly identity: number;
}

const duplicateDelta = dropped('duplicate_delta');

/** Adds a delta point, unless it repeats one. */
export function addDelta<Series extends AccumulatedSeries, Point extends DataPoint, Value>(
  rule: CumulativeRule<Series, Point, Value>,
  series: Series,
  point: Point,
  source: DeltaSource,
): AppendOutcome {
  if (!isNewDelta(rule.accumulation, series, source, [point, rule.sizeOf(point), rule.sumOf(point)]))
    return duplicateDelta;
  const value = rule.read(point);
  const copied = rule.accumulation.streams.forkWindows.add(series, { ...source, point, value, codec: rule });
  series.noteStart(point.startTimeUnixNano);
  if (copied === undefined) {
    rule.addGrowth(series, value, undefined);
    return changed;
  }
  // The parent can have counted more than its child since the fork.
  const isGrowth = rule.sizeOfValue(value) > rule.sizeOfValue(copied);
  return isGrowth && rule.addGrowth(series, value, copied) ? changed : unchanged;
}

/** Returns whether a delta point is new, and records it. */
export function isNewDelta(
  { streams, stateWriter }: Accumulation,
  series: AccumulatedSeries,
  { context, identity }: DeltaSource,
  [point, size, sum]: readonly [point: DataPoint, size: number, sum: number],
): boolean {
  key.identity = identity;
  key.process = context.process;
  let stream = series.streams.find(key) as Stream<DeltaWindows> | undefined;
  if (stream) {
    if (stream.identity !== identity) stream.identity = identity;
    streams.seen(stream, context.arrivalMs);
  } else {
    const windows = new DeltaWindows();
    const content = { value: windows, lowest: windows, timeUnixNano: 0n, baseline: undefined };
    stream = streams.open(series, key, content, context.arrivalMs);
  }
  if (!stream.value.add(point, { size, sum, metricNumber: context.metricNumber })) return false;
  stateWriter.streamChanged(stream);
  return true;
}

/** Reused for each lookup. */
const key = { identity: 0, process: '', startTimeUnixNano: deltaStart };
