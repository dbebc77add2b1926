import { type OnOverLimit, OverLimit } from '../item-limits.ts';
import type { Metric, MetricDescriptor } from '../metrics.ts';
import { readExponentialPoint } from './decode-exponential-point.ts';
import { readHistogramPoint } from './decode-histogram-point.ts';
import { readNumberPoint } from './decode-number-point.ts';
import { readSummaryPoint } from './decode-summary-point.ts';
import { GatheredBytes } from './gathered-bytes.ts';
import { type Interned, type Interner, standsAt } from './interner.ts';
import type { PointParts } from './point-parts.ts';
import type { WireReader } from './wire-reader.ts';

const metricFields = {
  1: 'Name',
  2: 'Description',
  3: 'Unit',
  5: 'Gauge',
  7: 'Sum',
  9: 'Histogram',
  10: 'ExponentialHistogram',
  11: 'Summary',
  12: 'Metadata',
};
/** Data fields of a metric, by the number of settings that its type has in addition to the points. */
const dataFields = [
  { 1: 'DataPoints' },
  { 1: 'DataPoints', 2: 'AggregationTemporality' },
  { 1: 'DataPoints', 2: 'AggregationTemporality', 3: 'IsMonotonic' },
] as const;

type ReadPoint = (reader: WireReader, end: number, parts: PointParts) => unknown;

/** Data fields of a Metric by tag. `settings`: 0 none, 1 temporality, 2 temporality and monotonicity. */
const kinds: Readonly<Record<number, { type: Metric['type']; read: ReadPoint; settings: 0 | 1 | 2 }>> = {
  42: { type: 'Gauge', read: readNumberPoint, settings: 0 },
  58: { type: 'Sum', read: readNumberPoint, settings: 2 },
  74: { type: 'Histogram', read: readHistogramPoint, settings: 1 },
  82: { type: 'ExponentialHistogram', read: readExponentialPoint, settings: 1 },
  90: { type: 'Summary', read: readSummaryPoint, settings: 0 },
};

/** Content of a metric's data field: the type, its points, and its settings. */
interface MetricData {
  readonly tag: number;
  readonly end: number;
  readonly type: Metric['type'];
  readonly dataPoints: unknown[];
  aggregationTemporality: number;
  isMonotonic: boolean;
}

/** Caches that metrics of different requests share. */
export interface MetricMemory {
  readonly descriptors: Interner<MetricDescriptor>;
  readonly parts: PointParts;
  /** The descriptor that was read last. It predicts the next one. */
  previous: Interned<MetricDescriptor> | undefined;
}

const noDrop: OnOverLimit = () => undefined;

/**
 * Reads a Metric in pieces, so that a metric with a million points can be read in slices:
 * message Metric { string name = 1; string description = 2; string unit = 3; repeated KeyValue metadata = 12;
 * oneof data { Gauge 5; Sum 7; Histogram 9; ExponentialHistogram 10; Summary 11 } }
 * The descriptor's fields usually precede the data, and a prediction from the last request saves a lookup. Points that
 * exceed a limit are dropped. If the descriptor exceeds a limit, all points of the metric are dropped.
 */
export class MetricReader {
  readonly #reader: WireReader;
  readonly #memory: MetricMemory;
  readonly #onOverLimit: OnOverLimit;
  #end = 0;
  #descriptor = new GatheredBytes();
  #known: Interned<MetricDescriptor> | undefined;
  #data: MetricData | undefined;
  /** Whether the current position is inside the data field. */
  #isInData = false;
  /** Number of dropped points by reason. */
  #dropped: Map<OverLimit, number> | undefined;

  constructor(reader: WireReader, memory: MetricMemory, onOverLimit: OnOverLimit = noDrop) {
    this.#reader = reader;
    this.#memory = memory;
    this.#onOverLimit = onOverLimit;
  }

  /** Begins the metric whose length is at the current position. `end` is the end of the enclosing message. */
  begin(end: number): void {
    const reader = this.#reader;
    this.#end = reader.lengthEnd(end);
    this.#descriptor = new GatheredBytes();
    this.#known = undefined;
    this.#data = undefined;
    this.#isInData = false;
    this.#dropped = undefined;
    const start = reader.position;
    const guess = this.#memory.previous?.next;
    if (guess !== undefined && standsAt(guess, reader, start, this.#end) && this.#memory.descriptors.remembers(guess)) {
      this.#known = guess;
      reader.position = start + guess.length;
      this.#descriptor.add(reader, start, reader.position);
    }
  }

  /** Continues to read. Returns true at the end of the metric, and false if the reader has reached `pause`. */
  read(pause: number): boolean {
    const reader = this.#reader;
    for (;;) {
      if (this.#isInData) {
        if (!this.#readData(this.#data!, pause)) return false;
        this.#isInData = false;
      }
      if (reader.position >= this.#end) return true;
      if (reader.position >= pause) return false;
      this.#readField();
    }
  }

  /** Returns the metric, or undefined if its descriptor exceeds a limit; its points are then dropped. */
  finish(): Metric | undefined {
    const { descriptors, previous } = this.#memory;
    const data = this.#data;
    let known = this.#known;
    try {
      known ??= this.#descriptor.read(this.#reader, this.#lookUp);
    } catch (error) {
      if (!(error instanceof OverLimit)) throw error;
      this.#reportDropped('');
      // A metric without data points is also dropped: its descriptor must not reach a log.
      this.#onOverLimit(error.reason, data?.dataPoints.length ?? 0, '');
      return undefined;
    }
    descriptors.link(previous, known);
    this.#memory.previous = known;
    this.#reportDropped(known.value.name);
    return metricOf(known.value, data);
  }

  readonly #lookUp = (reader: WireReader, start: number, end: number) =>
    this.#memory.descriptors.get(reader, start, end);

  #readField(): void {
    const reader = this.#reader;
    const fieldStart = reader.position;
    const tag = reader.tag(this.#end);
    if (tag === 0x0a || tag === 0x12 || tag === 0x1a || tag === 0x62) {
      reader.position = reader.lengthEnd(this.#end);
      this.#known = undefined;
      this.#descriptor.add(reader, fieldStart, reader.position);
      return;
    }
    const kind = kinds[tag];
    if (kind === undefined) {
      reader.skip(tag, this.#end, metricFields);
      return;
    }
    const end = reader.lengthEnd(this.#end);
    this.#data = { tag, end, type: kind.type, dataPoints: [], aggregationTemporality: 0, isMonotonic: false };
    this.#isInData = true;
    this.#dropped = undefined;
  }

  /**
   * Gauge, Summary { repeated DataPoint data_points = 1; }
   * Histogram, ExponentialHistogram { …; AggregationTemporality aggregation_temporality = 2; }
   * Sum { …; …; bool is_monotonic = 3; }
   */
  #readData(data: MetricData, pause: number): boolean {
    const reader = this.#reader;
    const { parts } = this.#memory;
    const { end, dataPoints } = data;
    const { read, settings } = kinds[data.tag]!;
    while (reader.position < end) {
      if (reader.position >= pause) return false;
      const inner = reader.tag(end);
      if (inner === 0x0a) {
        const pointEnd = reader.lengthEnd(end);
        try {
          reader.beginItem(pointEnd);
          dataPoints.push(read(reader, pointEnd, parts));
        } catch (error) {
          if (!(error instanceof OverLimit)) throw error;
          this.#drop(error);
          reader.position = pointEnd;
        }
        reader.endItem();
      } else if (inner === 0x10 && settings > 0) data.aggregationTemporality = reader.varint32(end) | 0;
      else if (inner === 0x18 && settings === 2) data.isMonotonic = reader.varint(end) !== 0;
      else reader.skip(inner, end, dataFields[settings]);
    }
    return true;
  }

  #drop(exceeded: OverLimit): void {
    this.#dropped ??= new Map();
    this.#dropped.set(exceeded, (this.#dropped.get(exceeded) ?? 0) + 1);
  }

  #reportDropped(name: string): void {
    if (this.#dropped === undefined) return;
    for (const [{ reason }, points] of this.#dropped) this.#onOverLimit(reason, points, name);
  }
}

/** Combines the descriptor and data of a metric. */
function metricOf(descriptor: MetricDescriptor, data: MetricData | undefined): Metric {
  if (data === undefined) return { type: 'Empty', descriptor, dataPoints: [] };
  const { type, dataPoints, aggregationTemporality, isMonotonic } = data;
  switch (type) {
    case 'Sum':
      return { type, descriptor, dataPoints, aggregationTemporality, isMonotonic } as Metric;
    case 'Histogram':
    case 'ExponentialHistogram':
      return { type, descriptor, dataPoints, aggregationTemporality } as Metric;
    default:
      return { type, descriptor, dataPoints } as Metric;
  }
}
