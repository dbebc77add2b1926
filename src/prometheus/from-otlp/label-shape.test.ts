import { describe, expect, test, vi } from 'vitest';
import { toByteString } from '#bytes/utf8.ts';
import type { AnyValue } from '#pdata/attributes.ts';
import { LabelSetTable } from '#series/label-set-table.ts';
import { attributes } from '../../../test/support/pdata.ts';
import { LabelNamer } from '../naming/label-namer.ts';
import { LabelScheme } from './label-shape.ts';

const namer = new LabelNamer('UnderscoreEscapingWithSuffixes');
const labelName = (key: string) => namer.name(key);

/** Returns the labels of attributes in addition to constants, as `name=value`. */
function labelled(
  pairs: readonly (readonly [string, AnyValue])[],
  constants: Record<string, string> = {},
  reserved: string[] = [],
) {
  const scheme = new LabelScheme({ constants: Object.keys(constants), reserved, labelName });
  const { names, values, shape, isValid } = new LabelSetTable(scheme, Object.values(constants)).take(attributes(pairs));
  return { labels: names.map((name, index) => `${name}=${values[index]}`), shape, isValid };
}

const labelsOf = (...given: Parameters<typeof labelled>) => labelled(...given).labels;

describe('labels of attributes', () => {
  test('are sorted by name, values are text', () => {
    expect(
      labelsOf([
        ['b', 5n],
        ['a', true],
        ['c', 1.5],
        ['B', 'x'],
      ]),
    ).toEqual(['B=x', 'a=true', 'b=5', 'c=1.5']);
  });

  test('attributes with the same label name are joined in the order of their keys, regardless of arrival', () => {
    expect(
      labelsOf([
        ['a.b', '1'],
        ['a_b', '2'],
        ['a-b', '3'],
      ]),
    ).toEqual(['a_b=3;1;2']);
    expect(
      labelsOf([
        ['a_b', '2'],
        ['a-b', '3'],
        ['a.b', '1'],
      ]),
    ).toEqual(['a_b=3;1;2']);
    expect(
      labelsOf([
        ['a', '2'],
        ['a', '1'],
      ]),
    ).toEqual(['a=1;2']);
  });

  test('labels of the exporter and of the format take precedence', () => {
    expect(
      labelsOf(
        [
          ['job', 'mine'],
          ['le', 'x'],
        ],
        { job: 'airflow' },
        ['le'],
      ),
    ).toEqual(['exported_job=mine', 'exported_le=x', 'job=airflow']);
    expect(
      labelsOf(
        [
          ['job', '1'],
          ['exported.job', '2'],
        ],
        { job: 'j', exported_job: 'e' },
      ),
    ).toEqual(['exported_exported_job=2;1', 'exported_job=e', 'job=j']);
  });

  test('attributes without a name are omitted and counted, and still distinguish label sets', () => {
    const { labels, shape } = labelled([
      ['', 'x'],
      ['a', '1'],
    ]);
    expect([labels, shape.omitted]).toEqual([['a=1'], 1]);
    const table = new LabelSetTable(new LabelScheme({ constants: [], reserved: [], labelName }), []);
    expect(
      table.take(
        attributes([
          ['', 'x'],
          ['a', '1'],
        ]),
      ),
    ).not.toBe(
      table.take(
        attributes([
          ['', 'y'],
          ['a', '1'],
        ]),
      ),
    );
  });

  test('that can not be shown are said to be so', () => {
    expect(labelled([['a', 'x\udcff']]).isValid).toBe(false);
    expect(labelled([['a', 'ü']]).isValid).toBe(true);
    const keeping = new LabelScheme({ constants: [], reserved: [], labelName: (key) => key });
    for (const [key, isValid] of [
      ['a', true],
      ['__a', false],
      ['_', false],
      ['\udcff', false],
    ] as const) {
      expect(keeping.layoutOf([{ key, value: '' }]).shape.hasValidNames, key).toBe(isValid);
    }
  });
});

describe('a shape', () => {
  const scheme = () => new LabelScheme({ constants: [], reserved: [], labelName });
  const keysOf = (...keys: string[]) => keys.map((key) => ({ key, value: '' }));

  test('is one for all orders of the same keys', () => {
    const one = scheme();
    const first = one.layoutOf(keysOf('a', 'b', 'c'));
    const second = one.layoutOf(keysOf('c', 'a', 'b'));
    expect(second.shape).toBe(first.shape);
    expect([first.order, second.order]).toEqual([
      [0, 1, 2],
      [1, 2, 0],
    ]);
    expect(one.layoutOf(keysOf('a', 'b', 'c'))).toBe(first);
    expect(one.layoutOf(keysOf('a', 'b')).shape).not.toBe(first.shape);
  });

  test('is sorted by bytes, not by UTF-16', () => {
    const keys = ['\uffee', '\u{10000}'];
    expect(scheme().layoutOf(keysOf(...keys)).order).toEqual([0, 1]);
    expect(toByteString(keys[0]!) < toByteString(keys[1]!)).toBe(true);
  });

  test('is forgotten when there are too many, and made again', () => {
    const one = scheme();
    const first = one.layoutOf(keysOf('k0')).shape;
    for (let index = 1; index < 2_500; index++) one.layoutOf(keysOf(`k${index}`));
    const again = one.layoutOf(keysOf('k0')).shape;
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  test('has unpredictable hashes', async () => {
    const seeds = new Set<number>();
    for (let process = 0; process < 3; process++) {
      vi.resetModules();
      const { LabelScheme: Fresh } = await import('./label-shape.ts');
      seeds.add(new Fresh({ constants: [], reserved: [], labelName }).layoutOf(keysOf('a')).shape.seed);
    }
    expect(seeds.size).toBeGreaterThan(1);
  });
});
