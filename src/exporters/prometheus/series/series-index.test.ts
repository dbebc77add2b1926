import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributes } from '../../../../test/support/pdata.ts';
import { LastNumber } from '../accumulation/last-value-number.ts';
import { CanonicalAttributes } from './label-sets.ts';
import { LabelScheme } from './label-shape.ts';
import { SeriesIndex } from './series-index.ts';
import type { StoredSeries } from './stored-series.ts';

const scheme = new LabelScheme({ constants: [], reserved: [], labelName: (key) => key });

function canonical(k: string, hash?: number): CanonicalAttributes {
  const form = new CanonicalAttributes();
  form.read(scheme, attributes({ k }));
  if (hash !== undefined) form.hash = hash;
  return form;
}

function seriesOf(form: CanonicalAttributes): StoredSeries {
  const series = new LastNumber(form.toLabelSet([]));
  series.hash = form.hash;
  return series;
}

test('an empty index finds nothing', () => {
  expect(new SeriesIndex().find(canonical('a'))).toBeUndefined();
});

test('series are told apart by their attributes when their hashes are equal', () => {
  const index = new SeriesIndex();
  const forms = ['a', 'b', 'c'].map((k) => canonical(k, 7));
  const series = forms.map(seriesOf);
  for (const one of series) index.add(one);
  index.remove(series[0]!);
  expect(forms.map((form) => index.find(form))).toEqual([undefined, series[1], series[2]]);
});

test('whatever is added and removed, the index has what a Map would have', () => {
  // Few hashes, negative ones too: long runs, and runs over the end of the table.
  const step = fc.record({ key: fc.integer({ min: 0, max: 40 }), isAdded: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), fc.integer({ min: 1, max: 50 }), (steps, spread) => {
      const index = new SeriesIndex();
      const model = new Map<number, StoredSeries>();
      const form = (key: number) => canonical(String(key), -(key % spread) * 3);
      for (const { key, isAdded } of steps) {
        const known = model.get(key);
        if (isAdded && known === undefined) {
          const series = seriesOf(form(key));
          index.add(series);
          model.set(key, series);
        } else if (!isAdded && known !== undefined) {
          index.remove(known);
          model.delete(key);
        }
      }
      expect(index.size).toBe(model.size);
      expect(new Set(index)).toEqual(new Set(model.values()));
      for (let key = 0; key <= 40; key++) expect(index.find(form(key))).toBe(model.get(key));
    }),
  );
});
