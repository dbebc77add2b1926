import { expect, test } from 'vitest';
import { encodeMetrics } from '../../test/support/otlp.ts';
import { noAttributes } from './attributes.ts';
import type { Metric, Metrics } from './metrics.ts';
import { MetricsDecoder } from './protobuf/decode-metrics.ts';
import { countElements, sliceMetrics } from './slice-metrics.ts';

const resource = { attributes: noAttributes, droppedAttributesCount: 0, entityRefs: [] };
const scopeOf = (name: string) => ({ name, version: '', attributes: noAttributes, droppedAttributesCount: 0 });
const point = (value: number) => ({
  ...{ attributes: noAttributes, startTimeUnixNano: 0n, timeUnixNano: 0n, flags: 0, exemplars: [] },
  value,
});
const gauge = (name: string, ...values: number[]): Metric => ({
  type: 'Gauge',
  descriptor: { name, description: '', unit: '', metadata: noAttributes },
  dataPoints: values.map(point),
});

const request: Metrics = {
  dataPointCount: 9,
  resourceMetrics: [
    {
      resource,
      schemaUrl: 'a',
      scopeMetrics: [
        { scope: scopeOf('s1'), schemaUrl: '', metrics: [gauge('m1', 1, 2, 3, 4, 5), gauge('m2', 6)] },
        { scope: scopeOf('empty'), schemaUrl: '', metrics: [] },
        { scope: scopeOf('s2'), schemaUrl: '', metrics: [gauge('m3'), gauge('m4', 7, 8)] },
      ],
    },
    { resource, schemaUrl: 'b', scopeMetrics: [{ scope: scopeOf('s3'), schemaUrl: 'u', metrics: [gauge('m5', 9)] }] },
  ],
};

/** Every point, with everything around it. */
function points({ resourceMetrics }: Metrics): string[] {
  return resourceMetrics.flatMap(({ schemaUrl, scopeMetrics }) =>
    scopeMetrics.flatMap(({ scope, metrics }) =>
      metrics.flatMap(({ descriptor, dataPoints }) =>
        dataPoints.map((one) => [schemaUrl, scope.name, descriptor.name, 'value' in one && one.value].join(' ')),
      ),
    ),
  );
}

test.each([1, 2, 3, 4, 5, 8, 100])('slices of %i elements have the points of the request, in order', (size) => {
  const slices = [...sliceMetrics(request, size)];
  expect(slices.flatMap(points)).toEqual(points(request));
  for (const slice of slices) {
    expect(slice.dataPointCount).toBe(points(slice).length);
    expect(slice.dataPointCount).toBeLessThanOrEqual(Math.max(size, 1));
  }
  if (size === 100) expect(slices).toHaveLength(1);
});

test('elements are resources, scopes, metrics, and points', () => {
  expect(countElements(request, 1000)).toBe(2 + 4 + 5 + 9);
  expect(countElements(request, 5)).toBeGreaterThan(5);
});

test('counts resources and scopes without metrics', () => {
  const empty = { resource, schemaUrl: '', scopeMetrics: [] };
  const request = { dataPointCount: 0, resourceMetrics: Array.from({ length: 10 }, () => empty) };
  expect([...sliceMetrics(request, 3)].length).toBeGreaterThan(2);
});

test('long texts count, of names, resources, and decoded points', () => {
  const text = 'x'.repeat(10_000);
  const few: Metrics = {
    dataPointCount: 1,
    resourceMetrics: [
      { resource, schemaUrl: '', scopeMetrics: [{ scope: scopeOf('s'), schemaUrl: '', metrics: [gauge('m', 1)] }] },
    ],
  };
  const bytes = encodeMetrics({
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            metrics: Array.from({ length: 20 }, (_, i) => ({
              name: `${text}${i}`,
              gauge: { dataPoints: [{ attributes: [{ key: 'k', value: { stringValue: `${text}${i}` } }], asInt: 1 }] },
            })),
          },
        ],
      },
    ],
  });
  const many = new MetricsDecoder().decode(bytes);
  expect(countElements(few, 1000)).toBe(4);
  expect(countElements(many, 10_000)).toBeGreaterThan(500);
  expect([...sliceMetrics(many, 100)].length).toBeGreaterThan(5);
  expect([...sliceMetrics(many, 100)].flatMap(points)).toEqual(points(many));
});
