import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Instrument } from './instrument.ts';
import { SeriesOfLabels } from './series-of-labels.ts';
import type { StoredSeries } from './stored-series.ts';

test('whatever is added and removed, each instrument finds its own series and no other', () => {
  // Few instruments, which are walked over, and many, which are in a table.
  const step = fc.record({ instrument: fc.nat(60), isAdded: fc.boolean() });
  const steps = fc.oneof(fc.array(step, { maxLength: 30 }), fc.array(step, { minLength: 100, maxLength: 300 }));
  fc.assert(
    fc.property(steps, (all) => {
      const instruments = Array.from({ length: 61 }, (_, i) => ({ hash: (i % 7) + 1 }) as unknown as Instrument);
      const series = new SeriesOfLabels();
      const model = new Map<Instrument, StoredSeries>();
      for (const { instrument: index, isAdded } of all) {
        const instrument = instruments[index]!;
        const known = model.get(instrument);
        if (isAdded && known === undefined) {
          const added = { instrument, sibling: undefined } as unknown as StoredSeries;
          series.add(added);
          model.set(instrument, added);
        } else if (!isAdded && known !== undefined) {
          series.remove(known);
          model.delete(instrument);
          expect(known.sibling).toBeUndefined();
        }
      }
      expect(series.size).toBe(model.size);
      for (const instrument of instruments) expect(series.find(instrument)).toBe(model.get(instrument));
    }),
  );
});
