import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { LabelNamer } from '#prometheus/naming/label-namer.ts';
import {
  encodeMetrics,
  type OtlpDataPoint,
  type OtlpKeyValue,
  type OtlpMetric,
  type OtlpRequest,
} from '../support/otlp.ts';
import { parseExposition } from '../support/parse-exposition.ts';
import { StoreOutput } from '../support/store-output.ts';
import { Random } from './random.ts';

/*
 * For any names and attributes, the output of the exporter can be parsed. It does not depend on the division, order, and encoding of
 * requests.
 */

const key = fc.constantFrom(
  'a.b',
  'a_b',
  'le',
  'quantile',
  'job',
  'instance',
  '__name__',
  '__',
  '_',
  '',
  '1x',
  'otel_scope_name',
  'é',
  'x\ny',
  'service.name',
  'k"',
  'const',
);
const value = fc.constantFrom<OtlpKeyValue['value']>(
  { stringValue: '' },
  { stringValue: 'v' },
  { stringValue: 'a"b\\c\n# EOF\n{x="y"} 1' },
  { intValue: 5 },
  { doubleValue: Number.NaN },
  { boolValue: true },
  { arrayValue: { values: [{ stringValue: 'é' }] } },
  undefined,
);
const attributes = fc
  .uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 4 })
  .map((pairs) => pairs.map(([name, of]) => (of === undefined ? { key: name } : { key: name, value: of })));
const number = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map((asInt) => ({ asInt })),
  fc.constantFrom(0.5, Number.NaN, -1e300, Number.POSITIVE_INFINITY).map((asDouble) => ({ asDouble })),
);
const times = fc.record({ timeUnixNano: fc.integer({ min: 1, max: 3 }), startTimeUnixNano: fc.constant(0) });
const histogram = fc.constantFrom<OtlpDataPoint>(
  { count: 3, sum: 1, bucketCounts: [1, 1, 1], explicitBounds: [1, 2] },
  { count: 1, bucketCounts: [1], explicitBounds: [] },
  { count: 2, bucketCounts: [1, 1, 0], explicitBounds: [2, 1] },
);
const exponential = fc.constantFrom<OtlpDataPoint>({
  count: 3,
  sum: 4,
  scale: 1,
  zeroCount: 1,
  positive: { offset: -1, bucketCounts: [1, 1] },
});
const summary = fc.constantFrom<OtlpDataPoint>(
  { count: 2, sum: 3, quantileValues: [{ quantile: 0.5, value: 1 }] },
  { count: 0 },
);
const points = (of: fc.Arbitrary<OtlpDataPoint>) =>
  fc.array(
    fc.tuple(of, times, attributes).map(([one, time, labels]) => ({ ...one, ...time, attributes: labels })),
    { minLength: 1, maxLength: 3 },
  );

const data: fc.Arbitrary<OtlpMetric> = fc.oneof(
  points(number).map((dataPoints) => ({ gauge: { dataPoints } })),
  points(number).map((dataPoints) => ({ sum: { dataPoints, aggregationTemporality: 2, isMonotonic: true } })),
  points(histogram).map((dataPoints) => ({ histogram: { dataPoints, aggregationTemporality: 2 } })),
  points(exponential).map((dataPoints) => ({ exponentialHistogram: { dataPoints, aggregationTemporality: 2 } })),
  points(summary).map((dataPoints) => ({ summary: { dataPoints } })),
);
const metric = fc.record({
  name: fc.constantFrom('m', 'm.x', 'm_x', 'x_total', '', 'é', '1', 'a"b\n'),
  unit: fc.constantFrom('', 's', '1'),
  description: fc.constantFrom('', 'one', 'two\n# EOF'),
});
const request: fc.Arbitrary<OtlpRequest> = fc.record({
  resourceMetrics: fc.array(
    fc.record({
      resource: fc.record({ attributes }),
      scopeMetrics: fc.array(
        fc.record({
          scope: fc.record({ name: fc.constantFrom('', 's') }),
          metrics: fc.array(
            fc.tuple(metric, data).map(([named, of]) => ({ ...named, ...of })),
            { maxLength: 3 },
          ),
        }),
        { minLength: 1, maxLength: 2 },
      ),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

const pageOf = (...requests: OtlpRequest[]) => pageWith({}, ...requests);

const pageWith = (options: ConstructorParameters<typeof StoreOutput>[0], ...requests: OtlpRequest[]) => {
  const decoder = new MetricsDecoder();
  return new StoreOutput(options).append(...requests.map((each) => decoder.decode(encodeMetrics(each)))).text();
};

/** Names of constant labels and scope labels, with which attributes can collide. */
const namer = new LabelNamer('UnderscoreEscapingWithSuffixes');
const allLabels = {
  labels: {
    constLabels: new Map([['const', 'c']]),
    hasScopeLabels: true,
    labelName: (name: string) => namer.name(name),
  },
};

const types = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const;

/** Returns the same points in requests of one point each. */
function pointByPoint({ resourceMetrics = [] }: OtlpRequest): OtlpRequest[] {
  return resourceMetrics.flatMap(({ scopeMetrics = [], ...resource }) =>
    scopeMetrics.flatMap(({ metrics = [], ...scope }) =>
      metrics.flatMap((each) =>
        types.flatMap((type) =>
          (each[type]?.dataPoints ?? []).map((point) => {
            const alone = { ...each, [type]: { ...each[type], dataPoints: [point] } };
            return { resourceMetrics: [{ ...resource, scopeMetrics: [{ ...scope, metrics: [alone] }] }] };
          }),
        ),
      ),
    ),
  );
}

/** Returns the same data with all attributes in another order. */
function reordered<T>(given: T, random: Random): T {
  if (Array.isArray(given)) return given.map((each) => reordered(each, random)) as T;
  if (typeof given !== 'object' || given === null) return given;
  const entries = Object.entries(given).map(([name, each]) => [
    name,
    name === 'attributes' ? random.shuffled(each as OtlpKeyValue[]) : reordered(each, random),
  ]);
  return Object.fromEntries(entries) as T;
}

/** Returns the same metrics with one unit for each name. Another unit moves a stream to another family, and there it arrived last. */
function withOneUnit({ resourceMetrics = [] }: OtlpRequest): OtlpRequest {
  const units = new Map<string | undefined, string>();
  const metricWithUnit = (each: OtlpMetric): OtlpMetric => {
    if (!units.has(each.name)) units.set(each.name, each.unit ?? '');
    return { ...each, unit: units.get(each.name)! };
  };
  return {
    resourceMetrics: resourceMetrics.map(({ scopeMetrics = [], ...resource }) => ({
      ...resource,
      scopeMetrics: scopeMetrics.map(({ metrics = [], ...scope }) => ({
        ...scope,
        metrics: metrics.map(metricWithUnit),
      })),
    })),
  };
}

describe('the output', () => {
  test('can be parsed for any input', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 3 }), fc.constantFrom({}, allLabels), (requests, options) => {
        expect(() => parseExposition(pageWith(options, ...requests), 'text')).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  test('does not depend on the order of attributes', () => {
    fc.assert(
      fc.property(request, fc.integer(), (given, seed) => {
        expect(pageOf(reordered(given, new Random(seed)))).toBe(pageOf(given));
      }),
      { numRuns: 500 },
    );
  });

  test('does not depend on the division of points into requests', () => {
    fc.assert(
      fc.property(request, (given) => {
        expect(pageOf(...pointByPoint(given))).toBe(pageOf(given));
      }),
      { numRuns: 500 },
    );
  });

  test('does not change if a request is repeated', () => {
    fc.assert(
      fc.property(request.map(withOneUnit), (given) => {
        expect(pageOf(given, given)).toBe(pageOf(given));
      }),
      { numRuns: 300 },
    );
  });
});

test('decodes two concatenated requests as both', () => {
  fc.assert(
    fc.property(request, request, (first, second) => {
      const decoder = new MetricsDecoder();
      const [a, b] = [encodeMetrics(first), encodeMetrics(second)];
      const both = decoder.decode(Buffer.concat([a, b]));
      const parts = [decoder.decode(a), decoder.decode(b)];
      expect(both.resourceMetrics).toEqual(parts.flatMap(({ resourceMetrics }) => resourceMetrics));
      expect(both.dataPointCount).toBe(parts[0]!.dataPointCount + parts[1]!.dataPointCount);
    }),
  );
});
