import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LabelNamer } from '#prometheus/naming/label-namer.ts';
import { accumulatedOutput } from '../../test/support/accumulated-output.ts';
import { attributes, counter, histogram, histogramPoint, number, request, resource } from '../../test/support/pdata.ts';
import { seriesPosition } from './series-position.ts';

const settings = {
  processAttributes: ['service.instance.id'],
  translationStrategy: 'UnderscoreEscapingWithSuffixes',
} as const;
const namer = new LabelNamer(settings.translationStrategy, { keepsSeries: true });

const key = fc.constantFrom(
  'a.b',
  'a_b',
  'job',
  'exported_job',
  'le',
  'const',
  'otel_scope_name',
  '',
  'é',
  '日本',
  'x',
);
const value = fc.constantFrom('', 'v', 'v;v');
const pairs = fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 2 });
const name = fc.constantFrom('m', 'm_seconds', 'm_total');
const point = fc.record({
  metric: fc.record({
    name,
    unit: fc.constantFrom('', 's'),
    kind: fc.constantFrom('counter', 'histogram'),
  }),
  attributes: pairs,
  instance: fc.constantFrom('p1', 'p2'),
  namespace: fc.constantFrom(undefined, 'n'),
});

type PointParts = typeof point extends fc.Arbitrary<infer Parts> ? Parts : never;

function requestOf({ metric: { kind, name, unit }, attributes: entries, instance, namespace }: PointParts) {
  const of = resource({
    'service.name': 'airflow',
    'service.instance.id': instance,
    ...(namespace && { 'service.namespace': namespace }),
  });
  const parts = { attributes: attributes(entries) };
  const descriptor = { name, unit };
  const metric =
    kind === 'counter' ? counter(descriptor, number(1n, parts)) : histogram(descriptor, histogramPoint(parts));
  return { resource: of, metric, request: request({ resource: of }, metric), attributes: parts.attributes };
}

/** Adds two points to a store. Returns whether they are in one series. */
async function areInOneSeries(points: readonly PointParts[]): Promise<boolean> {
  const output = await accumulatedOutput({
    labels: {
      constLabels: new Map([['const', 'c']]),
      hasScopeLabels: true,
      labelName: (text) => namer.name(text),
    },
  });
  for (const each of points) output.append(requestOf(each).request);
  let count = 0;
  for (const instrument of output.store.parts.instruments.instruments) {
    for (const series of instrument.series) if (series.shownBy === series) count += 1;
  }
  await output.stop();
  return count === 1;
}

describe('the position of a series', () => {
  const position = seriesPosition(settings);
  const positionOf = (parts: PointParts) => {
    const { metric, resource, attributes } = requestOf(parts);
    return position({ resource, metric }, { attributes });
  };

  test('is the same for all points that the store adds to one series', async () => {
    let same = 0;
    await fc.assert(
      fc.asyncProperty(point, point, async (a, b) => {
        if (!(await areInOneSeries([a, b]))) return;
        same += 1;
        expect(positionOf(a)).toBe(positionOf(b));
      }),
      { numRuns: 2_000 },
    );
    expect(same).toBeGreaterThan(20);
  });

  test('differs between series', () => {
    const parts = { metric: { name: 'm', unit: '', kind: 'counter' }, instance: 'p1', namespace: undefined } as const;
    const positions = Array.from({ length: 500 }, (_, n) =>
      positionOf({ ...parts, attributes: [['x', `v${n}` as 'v']] }),
    );
    expect(new Set(positions).size).toBeGreaterThan(490);
  });

  test('does not depend on attributes that the resource has too: an exporter can replace them', () => {
    const of = resource({ 'service.name': 'airflow', x: 'r' });
    const metric = counter('m');
    const at = (values: Record<string, string>) =>
      position({ resource: of, metric }, { attributes: attributes(values) });
    expect(at({ x: 'a', y: 'b' })).toBe(at({ y: 'b' }));
    expect(at({ y: 'c' })).not.toBe(at({ y: 'b' }));
  });

  test('is that of the stored series', async () => {
    const self = 'pitot-0:14317';
    const output = await accumulatedOutput({ sharding: { ...settings, self, endpoints: [self], previous: [] } });
    const parts = requestOf({
      metric: { name: 'm', unit: 's', kind: 'counter' },
      attributes: [['a.b', 'v']],
      instance: 'p1',
      namespace: 'n',
    });
    output.append(parts.request);
    const [instrument] = output.store.parts.instruments.instruments;
    const [series] = instrument!.series;
    expect(series).toMatchObject({ position: position(parts, parts) });
    await output.stop();
  });
});
