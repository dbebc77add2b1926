import { expect, test } from 'vitest';
import { noAttributes } from './attributes.ts';
import type { Metric, Metrics } from './metrics.ts';
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
