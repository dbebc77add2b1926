import { describe, expect, test } from 'vitest';
import type { Metric } from '#pdata/metrics.ts';
import {
  attributes,
  counter,
  exponential,
  exponentialPoint,
  gauge,
  histogram,
  histogramPoint,
  number,
  summary,
  summaryPoint,
} from '../../../test/support/pdata.ts';
import { metricsOf, startProcessor } from '../../../test/support/processors.ts';
import { metricsTransformProcessorFactory } from './factory.ts';

type Labels = Record<string, string | bigint>;
const point = (value: number | bigint, labels: Labels = {}) => number(value, { attributes: attributes(labels) });

/** Applies transforms to metrics. */
async function transformed(transforms: object[], ...metrics: Metric[]): Promise<readonly Metric[]> {
  const { feed } = await startProcessor(metricsTransformProcessorFactory as never, { transforms });
  return metricsOf(await feed(...metrics));
}

const update = (operation: object, rest: object = {}) => [
  { include: 'm', action: 'update', operations: [operation], ...rest },
];
const shown = (metric: Metric | undefined) =>
  metric?.dataPoints.map((each) => [
    each.attributes.entries.map(({ key, value }) => `${key}=${value}`).join(),
    (each as { value?: unknown }).value,
  ]);

describe('labels', () => {
  test('are added where they are absent', async () => {
    const [metric] = await transformed(
      update({ action: 'add_label', new_label: 'a', new_value: 'x' }),
      gauge('m', point(1, { a: '1' }), point(2)),
    );
    expect(shown(metric)).toEqual([
      ['a=1', 1],
      ['a=x', 2],
    ]);
  });

  test('are renamed, and their values mapped', async () => {
    const operation = {
      action: 'update_label',
      label: 'a',
      new_label: 'b',
      value_actions: [{ value: '1', new_value: 'one' }],
    };
    const [metric] = await transformed(
      update(operation),
      gauge('m', point(1, { a: '1', c: 'c' }), point(2, { a: '2' }), point(3, { a: '1', b: 'old' }), point(4)),
    );
    expect(shown(metric)).toEqual([
      ['b=one,c=c', 1],
      ['b=2', 2],
      ['b=one', 3],
      ['', 4],
    ]);
  });

  test('drop points by value, and metrics without remaining points', async () => {
    const operation = { action: 'delete_label_value', label: 'a', label_value: '1' };
    expect(
      shown((await transformed(update(operation), gauge('m', point(1, { a: '1' }), point(2, { a: '2' }))))[0]),
    ).toEqual([['a=2', 2]]);
    expect(await transformed(update(operation), gauge('m', point(1, { a: '1' })))).toEqual([]);
  });

  test('are aggregated away, by set or by value', async () => {
    const metric = gauge(
      'm',
      point(1n, { a: '1', b: 'x' }),
      point(2n, { a: '2', b: 'x' }),
      point(5n, { a: '3', b: 'y' }),
    );
    const bySet = { action: 'aggregate_labels', label_set: ['b'], aggregation_type: 'sum' };
    expect(shown((await transformed(update(bySet), metric))[0])).toEqual([
      ['b=x', 3n],
      ['b=y', 5n],
    ]);
    const byValue = {
      action: 'aggregate_label_values',
      label: 'a',
      aggregated_values: ['1', '3'],
      new_value: 'odd',
      aggregation_type: 'max',
    };
    expect(
      shown(
        (
          await transformed(
            update(byValue),
            gauge('m', point(1n, { a: '1' }), point(2n, { a: '2' }), point(5n, { a: '3' })),
          )
        )[0],
      ),
    ).toEqual([
      ['a=odd', 5n],
      ['a=2', 2n],
    ]);
  });
});

describe('values', () => {
  test('convert every value to the other kind', async () => {
    const [metric] = await transformed(
      update({ action: 'toggle_scalar_data_type' }),
      gauge('m', point(7n), point(2.9), point(Number.NaN), point(1e300)),
    );
    expect(shown(metric)!.map(([, value]) => value)).toEqual([7, 2n, -(2n ** 63n), -(2n ** 63n)]);
  });

  test('are scaled; ints remain ints', async () => {
    const scale = update({ action: 'experimental_scale_value', experimental_scale: 1.5 });
    expect(shown((await transformed(scale, counter('m', point(3n), point(2))))[0])!.map(([, value]) => value)).toEqual([
      4n,
      3,
    ]);
    const [metric] = await transformed(
      scale,
      histogram('m', histogramPoint({ sum: 2, min: 1, max: undefined, explicitBounds: [1, 2] })),
    );
    expect(metric!.dataPoints).toMatchObject([
      { sum: 3, min: 1.5, max: undefined, explicitBounds: [1.5, 3], count: 3 },
    ]);
    const untouched = summary('m', summaryPoint());
    expect((await transformed(scale, untouched))[0]).toEqual(untouched);
  });

  test('are scaled by absurd factors without a fault', async () => {
    for (const experimental_scale of [1e308, -1, 1e-308]) {
      const scale = update({ action: 'experimental_scale_value', experimental_scale });
      const points = [-2147483648, 0, 2147483647].map((of) =>
        exponentialPoint({ scale: of, positive: { offset: 2147483647, bucketCounts: [1] } }),
      );
      for (const metric of [gauge('m', point(2n ** 62n)), exponential('m', ...points)]) {
        const [result] = await transformed(scale, metric);
        for (const each of result!.dataPoints) {
          if ('positive' in each) expect(each.positive.offset).toBe(each.positive.offset | 0);
          else expect(typeof (each as { value: unknown }).value).toBe('bigint');
        }
      }
    }
  });

  test('of an exponential histogram move by the logarithm of the factor', async () => {
    const given = exponential('m', exponentialPoint({ scale: 1, positive: { offset: 3, bucketCounts: [1] } }));
    const [metric] = await transformed(update({ action: 'experimental_scale_value', experimental_scale: 4 }), given);
    expect(metric!.dataPoints).toMatchObject([{ positive: { offset: 7 }, negative: { offset: 4 }, sum: 29 }]);
  });
});

describe('a selection', () => {
  test('selecting by labels does not change other points, and skips operations that need the whole metric', async () => {
    const match = { experimental_match_labels: { a: '1' } };
    const metric = gauge('m', point(1n, { a: '1' }), point(2n, { a: '2' }));
    expect(shown((await transformed(update({ action: 'toggle_scalar_data_type' }, match), metric))[0])).toEqual([
      ['a=1', 1],
      ['a=2', 2n],
    ]);
    const [unchanged] = await transformed(
      update({ action: 'add_label', new_label: 'b', new_value: 'x' }, { ...match, new_name: 'n' }),
      metric,
    );
    expect([unchanged!.descriptor.name, shown(unchanged)]).toEqual([
      'm',
      [
        ['a=1', 1n],
        ['a=2', 2n],
      ],
    ]);
  });

  test('selecting by pattern inserts its groups into the new name', async () => {
    const rename = (new_name: string) => [
      { include: '^(?P<first>\\w+)\\.(\\w+)$', match_type: 'regexp', action: 'update', new_name },
    ];
    for (const [new_name, name] of [
      ['${first}_$2', 'a_b'],
      ['$2.$$', 'b.$'],
      ['$nope', ''],
    ] as const) {
      expect((await transformed(rename(new_name), gauge('a.b', point(1))))[0]!.descriptor.name, new_name).toBe(name);
    }
  });

  test('a label that is absent counts as the empty text', async () => {
    const transforms = [
      { include: 'm', match_type: 'regexp', experimental_match_labels: { a: '^$' }, action: 'insert', new_name: 'n' },
    ];
    const metrics = await transformed(transforms, gauge('m', point(1n), point(2n, { a: 'x' })));
    expect(metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.length])).toEqual([
      ['m', 2],
      ['n', 1],
    ]);
  });
});

describe('combining', () => {
  const combine = [
    {
      include: '^m\\.(?P<of>\\w+)$',
      match_type: 'regexp',
      action: 'combine',
      new_name: 'all',
      aggregation_type: 'sum',
    },
  ];

  test('makes one metric, whose labels are the groups', async () => {
    const metrics = await transformed(
      combine,
      gauge('m.a', point(1n)),
      gauge('other', point(9n)),
      gauge('m.b', point(2n)),
    );
    expect(metrics.map(({ descriptor }) => descriptor.name)).toEqual(['other', 'all']);
    expect(shown(metrics[1])).toEqual([
      ['of=a', 1n],
      ['of=b', 2n],
    ]);
  });

  test.each<[string, Metric, Metric]>([
    ['types', gauge('m.a', point(1)), counter('m.b', point(1))],
    ['units', gauge({ name: 'm.a', unit: 's' }, point(1)), gauge('m.b', point(1))],
    ['labels', gauge('m.a', point(1, { k: 'v' })), gauge('m.b', point(1))],
    [
      'aggregation temporalities',
      counter({ name: 'm.a', aggregationTemporality: 1 }, point(1)),
      counter('m.b', point(1)),
    ],
  ])('of different %s changes nothing, with a warning', async (what, first, second) => {
    const { feed, settings } = await startProcessor(metricsTransformProcessorFactory as never, { transforms: combine });
    expect(metricsOf(await feed(first, second))).toEqual([first, second]);
    expect(settings.logged).toEqual([expect.stringContaining(`different ${what}`)]);
  });
});

test.each([
  [{}, 'missing required field "include"'],
  [{ include: 'm' }, '"action" must be in ["insert" "update" "combine" "group"]'],
  [{ include: 'm', action: 'insert' }, 'missing required field "new_name" while "action" is insert'],
  [
    { include: 'm', action: 'combine', new_name: 'n' },
    'missing required field "aggregation_type" while "action" is combine',
  ],
  [{ include: 'm', action: 'group' }, 'missing required field "group_resource_labels" while "action" is group'],
  [{ include: '(', action: 'update', match_type: 'regexp' }, '"include", '],
  [
    { include: 'm', action: 'update', operations: [{ action: 'nope' }] },
    'operation 1: "action" must be in ["add_label"',
  ],
  [
    { include: 'm', action: 'update', operations: [{ action: 'update_label' }] },
    'operation 1: missing required field "label" while "action" is update_label',
  ],
])('%j is refused', async (transform, message) => {
  await expect(startProcessor(metricsTransformProcessorFactory as never, { transforms: [transform] })).rejects.toThrow(
    message,
  );
});
