import type { Metric, MetricDescriptor } from '../metrics.ts';
import { readExponentialPoint } from './decode-exponential-point.ts';
import { readHistogramPoint } from './decode-histogram-point.ts';
import { readNumberPoint } from './decode-number-point.ts';
import { readSummaryPoint } from './decode-summary-point.ts';
import type { PointParts } from './point-parts.ts';
import type { WireReader } from './wire-reader.ts';

const dataFields = { 1: 'DataPoints', 2: 'AggregationTemporality', 3: 'IsMonotonic' };

/** What a metric's data field holds: the type, its points and settings. */
export interface MetricData {
  readonly type: Metric['type'];
  readonly dataPoints: unknown[];
  aggregationTemporality: number;
  isMonotonic: boolean;
}

type ReadPoint = (reader: WireReader, end: number, parts: PointParts) => unknown;

/** The data fields of a Metric by tag; which further fields each has: 0 none, 1 temporality, 2 monotonicity too. */
const kinds: Readonly<Record<number, { type: Metric['type']; read: ReadPoint; settings: 0 | 1 | 2 }>> = {
  42: { type: 'Gauge', read: readNumberPoint, settings: 0 },
  58: { type: 'Sum', read: readNumberPoint, settings: 2 },
  74: { type: 'Histogram', read: readHistogramPoint, settings: 1 },
  82: { type: 'ExponentialHistogram', read: readExponentialPoint, settings: 1 },
  90: { type: 'Summary', read: readSummaryPoint, settings: 0 },
};

/**
 * Gauge, Summary { repeated DataPoint data_points = 1; }
 * Histogram, ExponentialHistogram { …; AggregationTemporality aggregation_temporality = 2; }
 * Sum { …; …; bool is_monotonic = 3; }
 * Undefined when the tag is none of these fields of a Metric.
 */
export function readMetricData(
  tag: number,
  reader: WireReader,
  end: number,
  parts: PointParts,
): MetricData | undefined {
  const kind = kinds[tag];
  if (kind === undefined) return undefined;
  const { read, settings } = kind;
  const messageEnd = reader.lengthEnd(end);
  const dataPoints: unknown[] = [];
  let aggregationTemporality = 0;
  let isMonotonic = false;
  while (reader.position < messageEnd) {
    const inner = reader.tag(messageEnd);
    if (inner === 0x0a) dataPoints.push(read(reader, messageEnd, parts));
    else if (inner === 0x10 && settings > 0) aggregationTemporality = reader.varint32(messageEnd) | 0;
    else if (inner === 0x18 && settings === 2) isMonotonic = reader.varint(messageEnd) !== 0;
    else
      reader.skip(
        inner,
        messageEnd,
        settings === 2
          ? dataFields
          : settings === 1
            ? { 1: 'DataPoints', 2: 'AggregationTemporality' }
            : { 1: 'DataPoints' },
      );
  }
  return { type: kind.type, dataPoints, aggregationTemporality, isMonotonic };
}

/** A metric from its two halves. */
export function metricOf(descriptor: MetricDescriptor, data: MetricData | undefined): Metric {
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
