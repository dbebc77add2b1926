import type { DataPoint } from '#pdata/metrics.ts';
import { type AppendOutcome, dropped, unchanged } from '../../outcome.ts';
import type { PointContext } from '../../policy.ts';
import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import type { Baseline } from '../streams/baseline.ts';
import type { Horizon } from '../streams/horizons.ts';
import { deltaStart, noRelated, type Stream, type StreamContent, type StreamKey } from '../streams/stream.ts';
import { kindOf, type NewStream, type StreamKind } from '../streams/stream-kind.ts';
import { processHash, type Tombstone, type TombstoneKey } from '../streams/tombstones.ts';
import type { CumulativeRule } from './cumulative-rule.ts';
import { type Epoch, epochOf, isEarlyAfter, usableTombstone } from './epoch.ts';
import { timeOf } from './point-time.ts';

/** Initial state of a stream. */
export interface NewStreamContent<Value> {
  readonly content: StreamContent<Value>;
  /** The value above which the first point counts. Undefined if it counts in full. */
  readonly from: Value | undefined;
  /** Whether the stream continues from its tombstone. The first point is then evaluated like a later one. */
  readonly isResumed: boolean;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

const outOfOrder = dropped('out_of_order');

// Objects that are reused for each new stream: there is one event loop, and their garbage costs as much as the rule.
const known: Mutable<TombstoneKey> = { seriesHash: 0, identity: 0, process: 0, startTimeUnixNano: 0n };
const evaluated: { -readonly [Key in keyof EvaluatedPoint<unknown>]: EvaluatedPoint<unknown>[Key] | undefined } = {
  key: undefined,
  point: undefined,
  context: undefined,
  known,
  epoch: undefined,
  time: 0n,
};

/**
 * Determines from pitot's records how a stream that is not active begins. Returns an outcome if the point begins no
 * stream. The result is valid until the next call.
 */
export function findNew<Series extends AccumulatedSeries, Point extends DataPoint, Value>(
  rule: CumulativeRule<Series, Point, Value>,
  series: Series,
  key: StreamKey,
  point: Point,
  context: PointContext,
): NewStreamContent<Value> | AppendOutcome {
  known.seriesHash = series.hash;
  known.identity = key.identity;
  known.process = processHash(key.process);
  known.startTimeUnixNano = key.startTimeUnixNano;
  const epoch = epochOf(rule.accumulation, series, key.startTimeUnixNano);
  evaluated.key = key;
  evaluated.point = point;
  evaluated.context = context;
  evaluated.epoch = epoch;
  evaluated.time = timeOf(point, context);
  const first = evaluated as EvaluatedPoint<Point>;
  const tombstone = usableTombstone(rule.accumulation, known, epoch);
  const found = tombstone ? resumed(rule, first, tombstone) : created(rule, series, first);
  // A large point is not kept until the next one.
  evaluated.point = undefined;
  return found;
}

function resumed<Point extends DataPoint, Value>(
  rule: CumulativeRule<never, Point, Value>,
  { point, known }: EvaluatedPoint<Point>,
  tombstone: Tombstone,
): NewStreamContent<Value> | AppendOutcome {
  const { streams } = rule.accumulation;
  const size = rule.sizeOf(point);
  const timeUnixNano = BigInt(tombstone.timeUnixMs) * 1_000_000n;
  const isRestart = point.startTimeUnixNano === 0n && size < tombstone.value && point.timeUnixNano > timeUnixNano;
  const value = isRestart ? rule.fromZero(rule.read(point)) : rule.valueOfTombstone(tombstone);
  const { limitUnixNano } = tombstone;
  // If the buckets of a histogram are not known anymore, the first higher count is the baseline.
  if (value === undefined && (size < tombstone.value || (size === tombstone.value && limitUnixNano === undefined)))
    return unchanged;
  streams.tombstones.remove(known);
  streams.counters.kinds.resumed?.add(1);
  if (isRestart && value !== undefined) {
    const content = { value, lowest: value, timeUnixNano: point.timeUnixNano, baseline: undefined };
    return { content, from: undefined, isResumed: false };
  }
  const isFull = !Number.isNaN(tombstone.lowest) && limitUnixNano === undefined;
  const content = value ?? rule.read(point);
  const lowest = isFull ? (rule.valueOfSize(tombstone.lowest) ?? content) : content;
  const waiting = { kind: 'resumed', value: content, timeUnixNano, limitUnixNano } as const;
  return {
    content: { value: content, lowest, timeUnixNano, baseline: isFull ? undefined : waiting },
    from: content,
    isResumed: value !== undefined || limitUnixNano !== undefined,
  };
}

/** The first point of a stream, and what the decision depends on. */
interface EvaluatedPoint<Point> {
  readonly key: StreamKey;
  readonly point: Point;
  readonly context: PointContext;
  readonly known: TombstoneKey;
  readonly epoch: Epoch;
  /** Time of the point, or of its arrival if the client has set none. */
  readonly time: bigint;
}

function created<Series extends AccumulatedSeries, Point extends DataPoint, Value>(
  rule: CumulativeRule<Series, Point, Value>,
  series: Series,
  first: EvaluatedPoint<Point>,
): NewStreamContent<Value> | AppendOutcome {
  const { key, point, known, time, epoch } = first;
  const { streams, historyMarginNano } = rule.accumulation;
  const { startTimeUnixNano } = point;
  const predecessor = startTimeUnixNano === time ? predecessorOf(rule, series, first) : undefined;
  if (predecessor === outOfOrder) return outOfOrder;
  const horizon = streams.horizons.of(series.hash, startTimeUnixNano);
  const family = familyOf(rule, series, first);
  facts.startTimeUnixNano = startTimeUnixNano;
  facts.timeUnixNano = time;
  facts.hasFamily = family !== undefined;
  facts.canContinue = predecessor !== undefined;
  facts.horizon = horizon;
  facts.hasProcessAttributes = key.process !== '';
  facts.isEarlyProcess = epoch.isGained
    ? isEarlyAfter(epoch, first.context.nowUnixMs)
    : streams.earlyProcesses.has(known.process);
  facts.epochUnixNano = epoch.epochUnixNano;
  facts.isUnrecorded = epoch.isUnrecorded;
  // Another pod can have counted a stream that came with a change of the ring, however old it is.
  facts.historyMarginNano = epoch.isGained ? epoch.epochUnixNano : historyMarginNano;
  const kind = kindOf(facts);
  if (startTimeUnixNano === 0n && key.process === '') rule.accumulation.unknownStart(series.instrument.metricName);
  const found =
    kind === 'fresh' || kind === 'history'
      ? inFull(rule, point)
      : aboveBaseline(rule, first, { kind, horizon, family, predecessor });
  if ('content' in found) streams.counters.kinds[kind]?.add(1);
  return found;
}

const facts: Mutable<NewStream> = {
  startTimeUnixNano: 0n,
  timeUnixNano: 0n,
  hasFamily: false,
  canContinue: false,
  horizon: undefined,
  hasProcessAttributes: false,
  isEarlyProcess: false,
  epochUnixNano: 0n,
  isUnrecorded: false,
  historyMarginNano: 0n,
};

function inFull<Series extends AccumulatedSeries, Point extends DataPoint, Value>(
  rule: CumulativeRule<Series, Point, Value>,
  point: Point,
): NewStreamContent<Value> {
  const value = rule.fromZero(rule.read(point));
  const { content } = full;
  content.value = value;
  content.lowest = value;
  content.timeUnixNano = point.timeUnixNano;
  return full as NewStreamContent<Value>;
}

/** The result for a stream that counts in full. */
const full = {
  content: { value: undefined as unknown, lowest: undefined as unknown, timeUnixNano: 0n, baseline: undefined },
  from: undefined,
  isResumed: false,
};

/** What determines the baseline of a stream that does not count in full. */
interface Origin<Value> {
  readonly kind: Exclude<StreamKind, 'fresh' | 'history'>;
  readonly horizon: Horizon | undefined;
  readonly family: Family<Value> | undefined;
  readonly predecessor: Predecessor<Value> | AppendOutcome | undefined;
}

function aboveBaseline<Series extends AccumulatedSeries, Point extends DataPoint, Value>(
  rule: CumulativeRule<Series, Point, Value>,
  { point, time, epoch }: EvaluatedPoint<Point>,
  { kind, horizon, family, predecessor }: Origin<Value>,
): NewStreamContent<Value> | AppendOutcome {
  const { startTimeUnixNano, timeUnixNano } = point;
  const value = rule.read(point);
  const size = rule.sizeOfValue(value);
  const begin = (baseline: Baseline<Value>, from: Value): NewStreamContent<Value> => ({
    content: { value, lowest: value, timeUnixNano, baseline },
    from,
    isResumed: false,
  });
  const baselined = (kindOnDisk: Baseline<Value>['kind'], base: Value, limitUnixNano: bigint | undefined) =>
    begin({ kind: kindOnDisk, value: base, timeUnixNano: time, limitUnixNano }, value);
  switch (kind) {
    case 'forked': {
      const floor = family?.lowest ?? 0;
      const base = size >= floor ? value : (family?.value ?? rule.valueOfSize(floor));
      // The buckets of a discarded histogram are unknown. The fork begins when it has counted more.
      if (base === undefined) return unchanged;
      rule.accumulation.streams.counters.forkedBaseline.add(size);
      // The stream can be a fork whose tombstone pitot has discarded.
      const mayBeCounted = horizon && startTimeUnixNano <= horizon.startTimeUnixNano;
      return baselined('forked', base, mayBeCounted ? horizon.limitUnixNano : undefined);
    }
    case 'continued': {
      const base = (predecessor as Predecessor<Value>).value ?? value;
      return begin({ kind: 'continued', value: base, timeUnixNano: time, limitUnixNano: undefined }, base);
    }
    case 'returning':
      return baselined('returning', value, horizon?.limitUnixNano);
    case 'preexisting':
      return baselined('preexisting', value, undefined);
    case 'preexisting_unrecorded':
      return baselined('preexisting', value, epoch.epochUnixNano - 1n);
  }
}

/** The other streams of a family of forks. */
interface Family<Value> {
  /** Lowest size received of the stream that counts in full. Undefined if there is none. */
  readonly lowest: number | undefined;
  /** The corresponding value. Undefined if that stream has been discarded. */
  readonly value: Value | undefined;
}

function familyOf<Series extends AccumulatedSeries, Point extends DataPoint, Value>(
  rule: CumulativeRule<Series, Point, Value>,
  series: Series,
  { key, known }: EvaluatedPoint<Point>,
): Family<Value> | undefined {
  const { tombstones } = rule.accumulation.streams;
  const full = rule.fullStreamOf(series, key);
  if (full !== undefined) return { lowest: rule.sizeOfValue(full), value: full };
  let lowest: number | undefined;
  let hasFamily = false;
  for (const one of tombstones.ofFamily(known)) {
    hasFamily = true;
    if (!Number.isNaN(one.lowest)) lowest = Math.max(lowest ?? 0, one.lowest);
  }
  hasFamily ||= hasRelated(series, key);
  return hasFamily ? { lowest, value: undefined } : undefined;
}

function hasRelated({ streams }: AccumulatedSeries, key: StreamKey): boolean {
  const family = streams.related(key);
  if (family === noRelated) return false;
  for (const stream of family) if (stream.process !== key.process) return true;
  return false;
}

/** The stream that a point with a rewritten start time continues. */
interface Predecessor<Value> {
  /** Undefined if its buckets are unknown. */
  readonly value: Value | undefined;
}

function predecessorOf<Series extends AccumulatedSeries, Point extends DataPoint, Value>(
  rule: CumulativeRule<Series, Point, Value>,
  series: Series,
  { key, point, known, time }: EvaluatedPoint<Point>,
): Predecessor<Value> | AppendOutcome | undefined {
  const size = rule.sizeOf(point);
  let best: (Predecessor<Value> & { readonly size: number }) | undefined;
  let isLate = false;
  const offer = (candidate: number, timeUnixNano: bigint, value: Value | undefined) => {
    if (timeUnixNano >= time) isLate = true;
    if (candidate <= size && (best === undefined || candidate > best.size)) best = { size: candidate, value };
  };
  for (const stream of series.streams.ofProcess(key) as Stream<Value>[]) {
    if (stream.startTimeUnixNano === deltaStart) continue;
    offer(rule.sizeOfValue(stream.value), stream.timeUnixNano, stream.value);
  }
  for (const one of rule.accumulation.streams.tombstones.ofProcess(known)) {
    offer(one.value, BigInt(one.timeUnixMs) * 1_000_000n, rule.valueOfTombstone(one));
  }
  return isLate ? outOfOrder : best;
}
